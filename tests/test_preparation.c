/* Preparation: what it learns from, and that parts of the data, copies and columns that are not there change nothing. */
#include "check.h"
#include "matrices.h"
#include "preparations.h"

enum { TRAINING = 29 };

static void assert_same_bits(int64_t count, const double *a, const double *b, const char *what)
{
    for (int64_t p = 0; p < count; p++)
        if (memcmp(&a[p], &b[p], sizeof *a) != 0) fail_case("%s: number %d is %.17g and %.17g", what, (int)p, a[p], b[p]);
}

static void assert_same_preparation(const erm_preparation *a, const erm_preparation *b, const char *what)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->d, b->d);
    for (int64_t t = 0; t < a->count; t++) {
        assert_int_equal(a->step[t].d_in, b->step[t].d_in);
        assert_same_bits(a->step[t].d_in * a->step[t].width, a->step[t].number, b->step[t].number, what);
    }
}

/* What would tell: held-out rows that are a billion, or missing. */
static void preparation_never_sees_held_out_rows(void **state)
{
    (void)state;
    for (int r = 0; preparations_recipes[r]; r++) {
        const bool missing = r < preparations_missing;
        erm_rng rng = erm_rng_seed(7);
        double *x = preparations_numbers(&rng, PREPARATIONS_ROWS, missing),
               *spoilt = preparations_numbers(&rng, PREPARATIONS_ROWS, missing);
        memcpy(spoilt, x, PREPARATIONS_ROWS * PREPARATIONS_COLS * sizeof *x);
        int64_t list[TRAINING], count = 0;
        for (int64_t i = 0; i < PREPARATIONS_ROWS; i++) {
            const bool held_out = i % 4 == 0 || count == TRAINING;
            if (!held_out) list[count++] = i;
            for (int64_t j = 0; held_out && j < PREPARATIONS_COLS; j++)
                spoilt[i * PREPARATIONS_COLS + j] = missing && j % 2 ? NAN : 1e9 * (double)(i - 20);
        }
        const erm_dense clean = erm_dense_f64(PREPARATIONS_ROWS, PREPARATIONS_COLS, x, PREPARATIONS_COLS),
                        bad = erm_dense_f64(PREPARATIONS_ROWS, PREPARATIONS_COLS, spoilt, PREPARATIONS_COLS);
        const erm_rows_view from_clean = erm_rows_view_of(&clean.base, count, list),
                            from_bad = erm_rows_view_of(&bad.base, count, list);
        erm_preparation a = preparations_fit(preparations_recipes[r], &from_clean.base, NULL),
                        b = preparations_fit(preparations_recipes[r], &from_bad.base, NULL);
        assert_same_preparation(&a, &b, preparations_recipes[r]);
        erm_preparation_free(&a);
        erm_preparation_free(&b);
        free(x);
        free(spoilt);
    }
}

/* Rows prepared one by one, in pieces, and together; dense and sparse. */
static void any_part_of_the_rows_gives_the_same_bits(void **state)
{
    (void)state;
    const char *const kinds[] = {"dense f64", "csr f64", "csc f64", "dense columns f64", "csr f32"};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        for (int r = 0; preparations_recipes[r]; r++) {
            const matrix_kind *kind = matrix_kind_called(kinds[k]);
            if (!kind) fail_case("there is no %s", kinds[k]);
            erm_rng rng = erm_rng_seed(8);
            double *x = preparations_numbers(&rng, PREPARATIONS_ROWS, r < preparations_missing);
            owned_matrix *all = owned_matrix_new(kind, PREPARATIONS_ROWS, PREPARATIONS_COLS, x);
            erm_preparation fitted = preparations_fit(preparations_recipes[r], all->X, NULL);
            double *together = preparations_apply(&fitted, all->X);
            for (int64_t begin = 0, count = 1; begin < PREPARATIONS_ROWS; begin += count, count = 1 + (begin + 5) % 9) {
                if (begin + count > PREPARATIONS_ROWS) count = PREPARATIONS_ROWS - begin;
                int64_t list[PREPARATIONS_ROWS];
                for (int64_t t = 0; t < count; t++) list[t] = begin + t;
                const erm_rows_view part = erm_rows_view_of(all->X, count, list);
                double *made = preparations_apply(&fitted, &part.base);
                assert_same_bits(count * fitted.d, made, together + begin * fitted.d, preparations_recipes[r]);
                free(made);
            }
            free(together);
            erm_preparation_free(&fitted);
            owned_matrix_free(all);
            free(x);
        }
    }
}

static void a_weight_of_k_is_k_copies_and_a_weight_of_0_is_no_row(void **state)
{
    (void)state;
    enum { MOST = 3 * PREPARATIONS_ROWS };
    for (int r = 0; preparations_recipes[r]; r++) {
        for (int sparse = 0; sparse < 2; sparse++) {
            erm_rng rng = erm_rng_seed(9 + (uint64_t)r);
            double *x = preparations_numbers(&rng, PREPARATIONS_ROWS, r < preparations_missing), weight[PREPARATIONS_ROWS];
            owned_matrix *all =
                owned_matrix_new(matrix_kind_called(sparse ? "csr f64" : "dense f64"), PREPARATIONS_ROWS, PREPARATIONS_COLS, x);
            int64_t list[MOST], count = 0;
            for (int64_t i = 0; i < PREPARATIONS_ROWS; i++) {
                weight[i] = (double)erm_rng_below(&rng, 4);
                for (int c = 0; c < (int)weight[i]; c++) list[count++] = i;
            }
            const erm_rows_view copies = erm_rows_view_of(all->X, count, list);
            erm_preparation a = preparations_fit(preparations_recipes[r], all->X, weight),
                            b = preparations_fit(preparations_recipes[r], &copies.base, NULL);
            assert_int_equal(a.d, b.d);
            for (int64_t t = 0; t < a.count; t++)
                for (int64_t p = 0; p < a.step[t].d_in * a.step[t].width; p++)
                    assert_near(a.step[t].number[p], b.step[t].number[p], 1e-13);
            erm_preparation_free(&a);
            erm_preparation_free(&b);
            owned_matrix_free(all);
            free(x);
        }
    }
}

static void columns_that_are_not_there_are_zeros(void **state)
{
    (void)state;
    const double wide[] = {1, 2, 0, 0, 3, -1, 0, 0}, narrow[] = {1, 2, 3, -1}, other[] = {1, 2, 5, 6, 0, 1, 2, 3};
    const erm_dense training = erm_dense_f64(2, 4, other, 4), a = erm_dense_f64(2, 4, wide, 4),
                    b = erm_dense_f64(2, 2, narrow, 2);
    for (int r = preparations_missing; preparations_recipes[r]; r++) {
        erm_preparation fitted = preparations_fit(preparations_recipes[r], &training.base, NULL);
        double *of_wide = preparations_apply(&fitted, &a.base), *of_narrow = preparations_apply(&fitted, &b.base);
        for (int64_t p = 0; p < 2 * fitted.d; p++) assert_near(of_wide[p], of_narrow[p], 1e-14);
        free(of_wide);
        free(of_narrow);
        erm_preparation_free(&fitted);
    }
}

static void a_recipe_without_steps_is_the_data_themselves(void **state)
{
    (void)state;
    const double x[] = {1, NAN};
    const erm_dense X = erm_dense_f64(1, 2, x, 2);
    erm_preparation fitted;
    erm_prepared prepared;
    assert_int_equal(erm_preparation_fit(NULL, 0, &X.base, NULL, &fitted, NULL), ERM_OK);
    assert_int_equal(fitted.d, 2);
    assert_int_equal(erm_preparation_apply(&fitted, &X.base, &prepared, NULL), ERM_OK);
    assert_ptr_equal(prepared.X, &X.base);
    assert_int_equal(prepared.copied, 0);
    erm_prepared_free(&prepared);
    erm_preparation_free(&fitted);
}

static void scaling_copies_nothing_and_keeps_sparse_data_sparse(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(3);
    double *x = random_numbers(&rng, 30, 5, 0.3);
    owned_matrix *X = owned_matrix_new(matrix_kind_called("csr f64"), 30, 5, x);
    const char *const recipes[] = {"standardise", "max-abs", "drop-constant,standardise", "impute=mean,drop-constant,min-max"};
    for (size_t r = 0; r < sizeof recipes / sizeof *recipes; r++) {
        erm_preparation fitted = preparations_fit(recipes[r], X->X, NULL);
        erm_prepared prepared;
        assert_int_equal(erm_preparation_apply(&fitted, X->X, &prepared, NULL), ERM_OK);
        assert_true(erm_preparation_is_view(&fitted));
        assert_int_equal(prepared.copied, 0);
        assert_true(prepared.X->ops->sparse);
        erm_prepared_free(&prepared);
        erm_preparation_free(&fitted);
    }
    owned_matrix_free(X);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(preparation_never_sees_held_out_rows),
        cmocka_unit_test(any_part_of_the_rows_gives_the_same_bits),
        cmocka_unit_test(a_weight_of_k_is_k_copies_and_a_weight_of_0_is_no_row),
        cmocka_unit_test(columns_that_are_not_there_are_zeros),
        cmocka_unit_test(a_recipe_without_steps_is_the_data_themselves),
        cmocka_unit_test(scaling_copies_nothing_and_keeps_sparse_data_sparse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
