/* Models that prepare their data: saved, loaded and applied to the same bits; their names; folded into the coefficients. */
#include <stdio.h>

#include "check.h"
#include "files.h"
#include "matrices.h"
#include "models.h"
#include "preparations.h"

enum { ROWS = 60, COLS = 5, MOST = 3000 };

/* A model of random coefficients after a recipe that is fitted to X. */
static erm_model prepared_model(erm_rng *rng, const char *recipe, const erm_matrix *X, erm_loss loss, int64_t k)
{
    erm_preparation fitted = preparations_fit(recipe, X, NULL);
    erm_prepared prepared;
    erm_model model;
    static const char *const names[] = {"one", "two words", "", "100%", "\n"};
    assert_int_equal(erm_preparation_apply(&fitted, X, &prepared, NULL), ERM_OK);
    double *w = random_numbers(rng, fitted.d + 1, k, 0.8);
    const erm_problem problem = {.X = prepared.X, .loss = loss, .k = k, .intercept = true};
    assert_int_equal(erm_model_create(&problem, w, NULL, NULL, &model), ERM_OK);
    assert_int_equal(erm_model_describe(&model, &fitted, names), ERM_OK);
    assert_int_equal(erm_model_input_columns(&model), COLS);
    free(w);
    erm_prepared_free(&prepared);
    erm_preparation_free(&fitted);
    return model;
}

static double *numbers(erm_rng *rng, int recipe)
{
    double *x = random_numbers(rng, ROWS, COLS, 0.7);
    for (int64_t i = 0; i < ROWS; i++) x[i * COLS + 2] = 1;
    if (recipe < preparations_missing) preparations_punch(rng, ROWS * COLS, x);
    return x;
}

static void assert_same_bits(int64_t count, const double *a, const double *b, const char *what)
{
    for (int64_t p = 0; p < count; p++)
        if (memcmp(&a[p], &b[p], sizeof *a) != 0) fail_case("%s: number %d is %.17g and %.17g", what, (int)p, a[p], b[p]);
}

static void margins_of(const erm_model *model, const erm_matrix *X, double *Z, const char *what)
{
    char detail[ERM_DETAIL_SIZE] = "";
    if (erm_model_margins(model, X, Z, detail) != ERM_OK) fail_case("%s: %s", what, detail);
}

static void every_step_is_saved_and_loaded_and_predicts_the_same_bits(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], detail[ERM_DETAIL_SIZE] = "";
    files_path(&directory, "model", path);
    for (int r = 0; preparations_recipes[r]; r++) {
        const char *const recipe = preparations_recipes[r];
        erm_rng rng = erm_rng_seed((uint64_t)r);
        double *x = numbers(&rng, r), before[2 * ROWS], after[2 * ROWS];
        const erm_dense X = erm_dense_f64(ROWS, COLS, x, COLS);
        erm_model model = prepared_model(&rng, recipe, &X.base, erm_loss_cross_entropy(), 2), back;
        model.index_base = r % 2;
        if (erm_model_save(&model, path, detail) != ERM_OK) fail_case("%s: %s", recipe, detail);
        if (erm_model_load(path, &back, detail) != ERM_OK) fail_case("%s: %s", recipe, detail);
        assert_int_equal(back.preparation.count, model.preparation.count);
        assert_int_equal(back.feature_names, COLS);
        for (int64_t j = 0; j < COLS; j++) assert_string_equal(back.feature_name[j], model.feature_name[j]);
        for (int64_t t = 0; t < model.preparation.count; t++) {
            const erm_fitted_step *const a = &model.preparation.step[t], *const b = &back.preparation.step[t];
            assert_ptr_equal(a->step.ops, b->step.ops);
            assert_true(a->step.seed == b->step.seed && a->d_in == b->d_in && a->d_out == b->d_out);
            assert_same_bits(2, a->step.param, b->step.param, recipe);
            assert_same_bits(a->d_in * a->width, a->number, b->number, recipe);
        }
        margins_of(&model, &X.base, before, recipe);
        margins_of(&back, &X.base, after, recipe);
        assert_same_bits(2 * ROWS, before, after, recipe);
        erm_model_free(&model);
        erm_model_free(&back);
        free(x);
    }
    files_remove_directory(&directory);
}

/* z = W'x + b of the prepared rows, computed here. */
static void margins_are_of_the_prepared_rows(void **state)
{
    (void)state;
    const char *const kinds[] = {"dense f64", "csr f64", "csc f32", "dense columns f64"};
    for (int r = 0; preparations_recipes[r]; r++)
        for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
            const char *const recipe = preparations_recipes[r];
            erm_rng rng = erm_rng_seed(100 + (uint64_t)r);
            double *x = numbers(&rng, r), Z[2 * ROWS];
            owned_matrix *X = owned_matrix_new(matrix_kind_called(kinds[kind]), ROWS, COLS, x);
            erm_model model = prepared_model(&rng, recipe, X->X, erm_loss_cross_entropy(), 2);
            double *prepared = preparations_apply(&model.preparation, X->X);
            margins_of(&model, X->X, Z, recipe);
            for (int64_t i = 0; i < ROWS; i++)
                for (int64_t c = 0; c < 2; c++) {
                    double z = model.w[2 * model.d + c];
                    for (int64_t j = 0; j < model.d; j++) z += prepared[i * model.d + j] * model.w[2 * j + c];
                    if (!(fabs(z - Z[2 * i + c]) <= 1e-9 * fmax(1, fabs(z))))
                        fail_case("%s of %s: z[%d] = %g, not %g", recipe, kinds[kind], (int)i, Z[2 * i + c], z);
                }
            free(prepared);
            free(x);
            erm_model_free(&model);
            owned_matrix_free(X);
        }
}

/* Rows in chunks, with and without missing values in them, as a program streams them. Dense ones come by eights, as many as are
 * multiplied side by side. */
static void rows_in_chunks_have_the_same_bits_as_all_together(void **state)
{
    (void)state;
    for (int r = 0; preparations_recipes[r]; r++)
        for (int sparse = 0; sparse < 2; sparse++) {
            erm_rng rng = erm_rng_seed(200 + (uint64_t)r);
            double *few = numbers(&rng, r), *x = calloc(MOST * COLS, sizeof *x), *all = calloc(MOST, sizeof *all),
                   *part = calloc(MOST, sizeof *part);
            assert_true(x && all && part);
            for (int64_t p = 0; p < MOST * COLS; p++) x[p] = few[p % (ROWS * COLS)] * (double)(1 + p / (ROWS * COLS));
            const matrix_kind *kind = matrix_kind_called(sparse ? "csr f64" : "dense f64");
            owned_matrix *X = owned_matrix_new(kind, MOST, COLS, x);
            erm_model model = prepared_model(&rng, preparations_recipes[r], X->X, erm_loss_squared(), 1);
            margins_of(&model, X->X, all, preparations_recipes[r]);
            for (int64_t begin = 0, count = sparse ? 1 : 8; begin < MOST;
                 begin += count, count = sparse ? 2 * count + 5 : 16 + 8 * (count / 8)) {
                if (begin + count > MOST) count = MOST - begin;
                owned_matrix *chunk = owned_matrix_new(kind, count, COLS, x + begin * COLS);
                margins_of(&model, chunk->X, part, preparations_recipes[r]);
                assert_same_bits(count, all + begin, part, preparations_recipes[r]);
                owned_matrix_free(chunk);
            }
            owned_matrix_free(X);
            erm_model_free(&model);
            free(few);
            free(x);
            free(all);
            free(part);
        }
}

static void missing_values_that_nothing_replaces_are_named(void **state)
{
    (void)state;
    double x[2 * COLS] = {1, 2, 3, 4, 5, 1, 3, NAN, 7, 2}, clean[2 * COLS] = {1, 2, 3, 4, 5, 1, 3, 9, 7, 2}, z[2];
    const erm_dense X = erm_dense_f64(2, COLS, x, COLS), training = erm_dense_f64(2, COLS, clean, COLS);
    for (int r = preparations_missing; preparations_recipes[r]; r++) {
        erm_rng rng = erm_rng_seed(3);
        char detail[ERM_DETAIL_SIZE] = "";
        erm_model model = prepared_model(&rng, preparations_recipes[r], &training.base, erm_loss_squared(), 1);
        assert_int_equal(erm_model_margins(&model, &X.base, z, detail), ERM_EDATA);
        if (!strstr(detail, "X[1][2] is nan; expected finite values; missing values can be replaced"))
            fail_case("%s: %s", preparations_recipes[r], detail);
        erm_model_free(&model);
    }
}

static void what_does_not_fit_a_model_is_not_put_in_it(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4, 5, 6}, w[] = {1, 2};
    const erm_dense narrow = erm_dense_f64(3, 2, x, 2), wide = erm_dense_f64(2, 3, x, 3);
    const erm_problem problem = {.X = &narrow.base, .loss = erm_loss_squared()};
    erm_model model;
    assert_int_equal(erm_model_create(&problem, w, NULL, NULL, &model), ERM_OK);
    erm_preparation fitted = preparations_fit("standardise", &wide.base, NULL);
    assert_int_equal(erm_model_describe(&model, &fitted, NULL), ERM_EINVAL);
    assert_int_equal(model.preparation.count, 0);
    erm_preparation_free(&fitted);
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], detail[ERM_DETAIL_SIZE] = "";
    files_path(&directory, "model", path);
    fitted = preparations_fit("standardise", &narrow.base, NULL);
    assert_int_equal(erm_model_describe(&model, &fitted, NULL), ERM_OK);
    model.preparation.step[0].number[1] = 0;
    assert_int_equal(erm_model_save(&model, path, detail), ERM_EINVAL);
    model.preparation.step[0].number[1] = 1;
    model.d = 1;
    assert_int_equal(erm_model_save(&model, path, detail), ERM_EINVAL);
    assert_non_null(strstr(detail, "preparation"));
    assert_int_equal(files_count(&directory), 0);
    erm_preparation_free(&fitted);
    erm_model_free(&model);
    files_remove_directory(&directory);
}

/* Rounding takes the preparation into the coefficients first: with doubles' own precision nothing else changes. */
static void a_rounded_model_predicts_alike_without_its_preparation(void **state)
{
    (void)state;
    int folded = 0;
    for (int r = 0; preparations_recipes[r]; r++) {
        erm_rng rng = erm_rng_seed(300 + (uint64_t)r);
        char detail[ERM_DETAIL_SIZE] = "";
        double *x = numbers(&rng, r), before[ROWS], after[ROWS];
        const erm_dense X = erm_dense_f64(ROWS, COLS, x, COLS);
        erm_model model = prepared_model(&rng, preparations_recipes[r], &X.base, erm_loss_squared(), 1);
        margins_of(&model, &X.base, before, preparations_recipes[r]);
        const bool possible = erm_preparation_is_view(&model.preparation);
        const erm_status status = erm_model_round(&model, ERM_WEIGHTS_FLOAT, detail);
        if (status != (possible ? ERM_OK : ERM_EUNSUPPORTED)) fail_case("%s: %s", preparations_recipes[r], detail);
        if (!possible) assert_non_null(strstr(detail, "cannot be taken into its coefficients"));
        if (possible) assert_true(model.d == COLS && model.preparation.count == (r < preparations_missing));
        margins_of(&model, &X.base, after, preparations_recipes[r]);
        for (int64_t i = 0; i < ROWS; i++) assert_near(after[i], before[i], 1e-5);
        folded += possible;
        erm_model_free(&model);
        free(x);
    }
    assert_true(folded >= 8);
}

static void a_folded_model_predicts_the_same_bits(void **state)
{
    (void)state;
    for (int r = 0; preparations_recipes[r]; r++) {
        erm_rng rng = erm_rng_seed(400 + (uint64_t)r);
        double *x = numbers(&rng, r), before[2 * ROWS], after[2 * ROWS];
        const erm_dense X = erm_dense_f64(ROWS, COLS, x, COLS);
        erm_model model = prepared_model(&rng, preparations_recipes[r], &X.base, erm_loss_cross_entropy(), 2);
        margins_of(&model, &X.base, before, preparations_recipes[r]);
        const bool possible = erm_preparation_is_view(&model.preparation);
        assert_int_equal(erm_model_fold(&model), possible ? ERM_OK : ERM_EUNSUPPORTED);
        if (possible) assert_true(model.d == COLS && model.preparation.count == (r < preparations_missing));
        margins_of(&model, &X.base, after, preparations_recipes[r]);
        assert_same_bits(2 * ROWS, before, after, preparations_recipes[r]);
        erm_model_free(&model);
        free(x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_is_saved_and_loaded_and_predicts_the_same_bits),
        cmocka_unit_test(margins_are_of_the_prepared_rows),
        cmocka_unit_test(rows_in_chunks_have_the_same_bits_as_all_together),
        cmocka_unit_test(missing_values_that_nothing_replaces_are_named),
        cmocka_unit_test(what_does_not_fit_a_model_is_not_put_in_it),
        cmocka_unit_test(a_folded_model_predicts_the_same_bits),
        cmocka_unit_test(a_rounded_model_predicts_alike_without_its_preparation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
