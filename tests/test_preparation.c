/* Preparation: every step against its formula, in every format; what it learns from, and what it refuses. */
#include <stdio.h>

#include "check.h"
#include "matrices.h"
#include "preparations.h"

/* ---- the formulas, on dense numbers --------------------------------------------------------------------------------- */

/* A table of numbers that is prepared in place: the first n rows are those of training. */
typedef struct table {
    int64_t rows, d, n;
    double *x;
} table;

static double *column(const table *t, int64_t j, int64_t *count)
{
    double *values = calloc((size_t)t->n + 1, sizeof *values);
    assert_non_null(values);
    *count = 0;
    for (int64_t i = 0; i < t->n; i++)
        if (!isnan(t->x[i * t->d + j])) values[(*count)++] = t->x[i * t->d + j];
    return values;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double mean_of(int64_t n, const double *x)
{
    long double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += (long double)x[i];
    return n > 0 ? (double)(sum / (long double)n) : 0;
}

static double median_of(int64_t n, double *x)
{
    qsort(x, (size_t)n, sizeof *x, compare);
    return n == 0 ? 0 : n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

static void scale_column(table *t, int64_t j, double centre, double size)
{
    for (int64_t i = 0; i < t->rows; i++) t->x[i * t->d + j] = (t->x[i * t->d + j] - centre) / (size > 0 ? size : 1);
}

/* Whether the step was done. */
static bool change_column(table *t, int64_t j, const char *step)
{
    int64_t n;
    double *x = column(t, j, &n), low = INFINITY, high = -INFINITY, square = 0, fill = NAN;
    const double mean = mean_of(n, x);
    for (int64_t i = 0; i < n; i++) {
        low = fmin(low, x[i]);
        high = fmax(high, x[i]);
        square += (x[i] - mean) * (x[i] - mean) / (double)n;
    }
    bool done = true;
    if (strcmp(step, "standardise") == 0)
        scale_column(t, j, low == high ? low : mean, low == high ? 0 : sqrt(square));
    else if (strcmp(step, "min-max") == 0)
        scale_column(t, j, low, high - low);
    else if (strcmp(step, "max-abs") == 0)
        scale_column(t, j, 0, fmax(-low, high));
    else if (strcmp(step, "impute=mean") == 0)
        fill = mean;
    else if (strcmp(step, "impute=median") == 0)
        fill = median_of(n, x);
    else
        done = sscanf(step, "impute=%lf", &fill) == 1;
    for (int64_t i = 0; done && !isnan(fill) && i < t->rows; i++)
        if (isnan(t->x[i * t->d + j])) t->x[i * t->d + j] = fill;
    free(x);
    return done;
}

static void replace(table *t, int64_t d, double *x)
{
    free(t->x);
    t->x = x;
    t->d = d;
}

static void drop_constant(table *t)
{
    double *kept = calloc((size_t)(t->rows * t->d + 1), sizeof *kept);
    bool *varies = calloc((size_t)t->d + 1, sizeof *varies);
    assert_non_null(kept);
    assert_non_null(varies);
    int64_t d = 0, at = 0;
    for (int64_t j = 0; j < t->d; j++) {
        for (int64_t i = 1; i < t->n; i++) varies[j] = varies[j] || t->x[i * t->d + j] != t->x[j];
        d += varies[j];
    }
    for (int64_t i = 0; i < t->rows; i++)
        for (int64_t j = 0; j < t->d; j++)
            if (varies[j]) kept[at++] = t->x[i * t->d + j];
    free(varies);
    replace(t, d, kept);
}

/* Products in the order of nested loops over their factors. */
static int64_t expand(const double *x, int64_t d, int degree, bool distinct, int64_t from, double product, double *out)
{
    if (degree == 0) {
        *out = product;
        return 1;
    }
    int64_t count = 0;
    for (int64_t j = from; j < d; j++)
        count += expand(x, d, degree - 1, distinct, distinct ? j + 1 : j, product * x[j], out + count);
    return count;
}

static void polynomial(table *t, int degree, bool distinct)
{
    double *out = calloc((size_t)(t->rows * 4000 + 4000), sizeof *out);
    assert_non_null(out);
    int64_t at = 0;
    for (int64_t i = 0; i < t->rows; i++)
        for (int g = 1; g <= degree; g++) at += expand(t->x + i * t->d, t->d, g, distinct, 0, 1, out + at);
    replace(t, t->rows > 0 ? at / t->rows : 0, out);
}

/* False if the recipe has a step that is checked elsewhere. */
static bool prepare(table *t, const char *recipe)
{
    char text[200], *step = text;
    snprintf(text, sizeof text, "%s", recipe);
    for (char *end; step; step = end) {
        int degree;
        end = strchr(step, ',');
        if (end) *end++ = '\0';
        if (strcmp(step, "drop-constant") == 0) {
            drop_constant(t);
        } else if (sscanf(step, "polynomial=%d", &degree) == 1) {
            polynomial(t, degree, false);
        } else if (sscanf(step, "interactions=%d", &degree) == 1) {
            polynomial(t, degree, true);
        } else {
            for (int64_t j = 0; j < t->d; j++)
                if (!change_column(t, j, step)) return false;
        }
    }
    return true;
}

/* ---- tests ---------------------------------------------------------------------------------------------------------- */

enum { ROWS = 40, TRAINING = 29, COLS = 6 };

/* Numbers with a constant column, an empty one, and one far from 0. */
static double *numbers(erm_rng *rng, int64_t rows, bool missing)
{
    double *x = random_numbers(rng, rows, COLS, 0.6);
    for (int64_t i = 0; i < rows; i++) {
        x[i * COLS + 1] = 0;
        x[i * COLS + 2] = (double)(float)(x[i * COLS + 2] + 100);
    }
    if (missing) preparations_punch(rng, rows * COLS, x);
    for (int64_t i = 0; i < rows; i++) x[i * COLS + 4] = 0.1f;
    return x;
}

/* One recipe on one kind of matrix: learnt from the first rows, applied to all. */
static bool follows_its_formula(const matrix_kind *kind, const char *recipe, bool missing, uint64_t seed)
{
    erm_rng rng = erm_rng_seed(seed);
    double *x = numbers(&rng, ROWS, missing);
    owned_matrix *all = owned_matrix_new(kind, ROWS, COLS, x);
    int64_t list[TRAINING];
    for (int64_t i = 0; i < TRAINING; i++) list[i] = i;
    const erm_rows_view training = erm_rows_view_of(all->X, TRAINING, list);
    table t = {.rows = ROWS, .n = TRAINING, .d = all->cols, .x = calloc(ROWS * COLS * 3, sizeof *t.x)};
    assert_non_null(t.x);
    memcpy(t.x, all->full, (size_t)(all->rows * all->cols) * sizeof *t.x);
    t.rows = all->rows;
    const bool known = all->rows >= TRAINING && prepare(&t, recipe);
    if (known) {
        erm_preparation fitted = preparations_fit(recipe, &training.base, NULL);
        double *made = preparations_apply(&fitted, all->X);
        if (fitted.d != t.d) fail_case("%s of %s: %d columns, not %d", recipe, kind->name, (int)fitted.d, (int)t.d);
        for (int64_t p = 0; p < t.rows * t.d; p++)
            if (!(fabs(made[p] - t.x[p]) <= 1e-9 * fmax(1, fabs(t.x[p]))))
                fail_case("%s of %s: row %d, column %d: %.17g, not %.17g", recipe, kind->name, (int)(p / t.d), (int)(p % t.d),
                          made[p], t.x[p]);
        free(made);
        erm_preparation_free(&fitted);
    }
    free(t.x);
    free(x);
    owned_matrix_free(all);
    return known;
}

static void every_step_follows_its_formula_in_every_format(void **state)
{
    (void)state;
    int done = 0;
    for (int r = 0; preparations_recipes[r]; r++) {
        const matrix_kind *kind;
        for (int number = 0; (kind = matrix_kind_at(number)) != NULL; number++) {
            const bool missing = r < preparations_missing && !kind->centred && !kind->part[0];
            done += follows_its_formula(kind, preparations_recipes[r], missing, (uint64_t)(100 * r + number));
        }
    }
    assert_true(done > 100);
}

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
        double *x = numbers(&rng, ROWS, missing), *spoilt = numbers(&rng, ROWS, missing);
        memcpy(spoilt, x, ROWS * COLS * sizeof *x);
        int64_t list[TRAINING], count = 0;
        for (int64_t i = 0; i < ROWS; i++) {
            const bool held_out = i % 4 == 0 || count == TRAINING;
            if (!held_out) list[count++] = i;
            for (int64_t j = 0; held_out && j < COLS; j++) spoilt[i * COLS + j] = missing && j % 2 ? NAN : 1e9 * (double)(i - 20);
        }
        const erm_dense clean = erm_dense_f64(ROWS, COLS, x, COLS), bad = erm_dense_f64(ROWS, COLS, spoilt, COLS);
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
            double *x = numbers(&rng, ROWS, r < preparations_missing);
            owned_matrix *all = owned_matrix_new(kind, ROWS, COLS, x);
            erm_preparation fitted = preparations_fit(preparations_recipes[r], all->X, NULL);
            double *together = preparations_apply(&fitted, all->X);
            for (int64_t begin = 0, count = 1; begin < ROWS; begin += count, count = 1 + (begin + 5) % 9) {
                if (begin + count > ROWS) count = ROWS - begin;
                int64_t list[ROWS];
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
    enum { MOST = 3 * ROWS };
    for (int r = 0; preparations_recipes[r]; r++) {
        for (int sparse = 0; sparse < 2; sparse++) {
            erm_rng rng = erm_rng_seed(9 + (uint64_t)r);
            double *x = numbers(&rng, ROWS, r < preparations_missing), weight[ROWS];
            owned_matrix *all = owned_matrix_new(matrix_kind_called(sparse ? "csr f64" : "dense f64"), ROWS, COLS, x);
            int64_t list[MOST], count = 0;
            for (int64_t i = 0; i < ROWS; i++) {
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

static void assert_no_fit(const char *recipe, const erm_matrix *X, const double *weight, erm_status status, const char *part)
{
    char detail[ERM_DETAIL_SIZE] = "";
    erm_prepare steps[PREPARATIONS_STEPS];
    erm_preparation fitted;
    memset(&fitted, 0x5a, sizeof fitted);
    const int64_t count = preparations_parse(recipe, steps);
    const erm_status found = erm_preparation_fit(steps, count, X, weight, &fitted, detail);
    if (found != status || !strstr(detail, part)) fail_case("%s: status %d, \"%s\"", recipe, (int)found, detail);
    assert_null(fitted.step);
    assert_int_equal(fitted.count, 0);
}

static void what_cannot_be_is_refused_in_a_sentence(void **state)
{
    (void)state;
    const double x[] = {1, 2, NAN, 4, 5, 6}, infinite[] = {1, INFINITY, NAN, 4}, huge[] = {-1e308, 1, 1e308, 1},
                 tiny[] = {0, 1, 5e-324, 2}, weight[] = {1, -1, 1}, none[] = {0, 0, 0};
    const erm_dense X = erm_dense_f64(3, 2, x, 2), Y = erm_dense_f64(2, 2, infinite, 2), Z = erm_dense_f64(2, 2, huge, 2),
                    T = erm_dense_f64(2, 2, tiny, 2), empty = erm_dense_f64(0, 2, x, 2);
    const int64_t start[] = {0};
    const erm_csr wide = erm_csr_f64(0, 10000, start, NULL, NULL);
    const int64_t one_start[] = {0, 0};
    const erm_csr wide_row = erm_csr_f64(1, 10000, one_start, NULL, NULL);
    assert_no_fit("standardise", &X.base, NULL, ERM_EDATA, "X[1][0] is nan; expected finite values; missing values");
    assert_no_fit("polynomial=2", &X.base, NULL, ERM_EDATA, "impute");
    assert_no_fit("impute=mean", &Y.base, NULL, ERM_EDATA, "X[0][1] is inf");
    assert_no_fit("min-max", &Z.base, NULL, ERM_EDATA, "column 0");
    assert_no_fit("standardise", &Z.base, NULL, ERM_EDATA, "column 0");
    assert_no_fit("max-abs", &T.base, NULL, ERM_EDATA, "column 0");
    assert_no_fit("impute=mean", &X.base, weight, ERM_EDATA, "weight[1]");
    assert_no_fit("impute=mean", &X.base, none, ERM_EDATA, "no rows");
    assert_no_fit("impute=mean", &empty.base, NULL, ERM_EDATA, "no rows");
    assert_no_fit("impute=mean", &wide.base, NULL, ERM_EDATA, "no rows");
    assert_no_fit("polynomial=2", &wide_row.base, NULL, ERM_EINVAL, "more than 16777216 columns of 10000");
    assert_no_fit("polynomial=8", &wide_row.base, NULL, ERM_EINVAL, "more than");
    assert_no_fit("interactions=7", &wide_row.base, NULL, ERM_EINVAL, "more than");
    assert_no_fit("polynomial=9", &T.base, NULL, ERM_EINVAL, "from 1 to 8");
    assert_no_fit("polynomial=1.5", &T.base, NULL, ERM_EINVAL, "from 1 to 8");
    assert_no_fit("hash=0", &T.base, NULL, ERM_EINVAL, "whole number");
    assert_no_fit("hash=1e9", &T.base, NULL, ERM_EINVAL, "whole number");
    assert_no_fit("fourier=10:0", &T.base, NULL, ERM_EINVAL, "gamma");
    assert_no_fit("fourier=-1:1", &T.base, NULL, ERM_EINVAL, "features");
}

static void data_that_do_not_fit_a_preparation_are_refused(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4, 5, 7};
    char detail[ERM_DETAIL_SIZE];
    const erm_dense X = erm_dense_f64(3, 2, x, 2), wide = erm_dense_f64(2, 3, x, 3);
    erm_preparation fitted = preparations_fit("standardise", &X.base, NULL);
    erm_prepared prepared;
    assert_int_equal(erm_preparation_apply(&fitted, &wide.base, &prepared, detail), ERM_EINVAL);
    assert_non_null(strstr(detail, "3 columns"));
    assert_null(prepared.parts);
    erm_preparation_free(&fitted);
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

static void too_many_steps_are_refused(void **state)
{
    (void)state;
    enum { MANY = ERM_PREPARE_STEPS_MAX + 1 };
    const double x[] = {1, 2};
    const erm_dense X = erm_dense_f64(2, 1, x, 1);
    erm_prepare steps[MANY];
    erm_preparation fitted;
    char said[ERM_DETAIL_SIZE];
    for (int t = 0; t < MANY; t++) steps[t] = erm_prepare_max_abs();
    assert_int_equal(erm_preparation_fit(steps, MANY, &X.base, NULL, &fitted, said), ERM_EINVAL);
    assert_non_null(strstr(said, "at most 100"));
    assert_int_equal(erm_preparation_fit(steps, MANY - 1, &X.base, NULL, &fitted, said), ERM_OK);
    erm_preparation_free(&fitted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_many_steps_are_refused),
        cmocka_unit_test(every_step_follows_its_formula_in_every_format),
        cmocka_unit_test(preparation_never_sees_held_out_rows),
        cmocka_unit_test(any_part_of_the_rows_gives_the_same_bits),
        cmocka_unit_test(a_weight_of_k_is_k_copies_and_a_weight_of_0_is_no_row),
        cmocka_unit_test(columns_that_are_not_there_are_zeros),
        cmocka_unit_test(what_cannot_be_is_refused_in_a_sentence),
        cmocka_unit_test(data_that_do_not_fit_a_preparation_are_refused),
        cmocka_unit_test(a_recipe_without_steps_is_the_data_themselves),
        cmocka_unit_test(scaling_copies_nothing_and_keeps_sparse_data_sparse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
