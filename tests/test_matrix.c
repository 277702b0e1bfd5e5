/* The contract of matrices, for every storage format and view: what each operation computes, for which rows, and what check
 * finds. */
#include "check.h"

#include <float.h>
#include <stdio.h>

#include "matrices.h"

/* ---- the cases ----------------------------------------------------------------------------------------------------- */

typedef struct shape {
    int64_t rows, cols;
    double density;
} shape;

/* Below, at and above the sizes at which kernels change their ways: 8 lanes, 4 rows, 5 and 15 outputs, 256 columns. */
static const shape shapes[] = {
    {1, 1, 1},      {1, 9, 1},   {7, 1, 0.5},   {5, 3, 0.8},   {16, 8, 1}, {23, 17, 0.3}, {9, 64, 0.02},
    {21, 259, 0.5}, {5, 530, 1}, {12, 40, 0.0}, {70, 33, 0.1}, {0, 4, 1},  {3, 0, 1},
};
static const int64_t outputs[] = {1, 2, 3, 10, 32};

enum { SHAPES = sizeof shapes / sizeof *shapes, OUTPUTS = sizeof outputs / sizeof *outputs, SELECTIONS = 5 };

typedef struct sample {
    const matrix_kind *kind;
    owned_matrix *matrix;
    int64_t *list; /* rows in any order, some twice */
    erm_rng rng;
} sample;

/* The s-th way to choose rows: all, some in the middle, none, a list, a part of a list. */
static erm_rows selection(const sample *now, int s)
{
    const int64_t n = now->matrix->rows;
    const erm_rows ways[SELECTIONS] = {
        {0, n, NULL}, {n / 3, n / 2, NULL}, {n, 0, NULL}, {0, n, now->list}, {n / 4, n / 2, now->list}};
    return ways[s];
}

/* Runs `test` on every kind and shape. */
static void on_every_matrix(void (*test)(sample *now))
{
    for (int s = 0; s < SHAPES; s++)
        for (int kind = 0; matrix_kind_at(kind); kind++) {
            if (CHECK_SANITIZED && kind >= matrix_kinds_count && (s + kind) % 3) continue;
            const int64_t rows = shapes[s].rows;
            sample now = {.kind = matrix_kind_at(kind), .rng = erm_rng_seed((uint64_t)s)};
            double *full = random_numbers(&now.rng, rows, shapes[s].cols, shapes[s].density);
            now.matrix = owned_matrix_new(now.kind, rows, shapes[s].cols, full);
            now.list = malloc((size_t)(rows + 1) * sizeof *now.list);
            for (int64_t t = 0; t < rows; t++) now.list[t] = (int64_t)erm_rng_below(&now.rng, (uint64_t)rows);
            test(&now);
            free(now.list);
            owned_matrix_free(now.matrix);
            free(full);
        }
}

static double *random_vector(sample *now, int64_t count) { return random_numbers(&now->rng, 1, count, 0.9); }

/* value is sum within the rounding of a sum of `terms` products whose absolute values add up to `size`. */
static void assert_sum(const sample *now, const char *what, double value, long double sum, long double size, int64_t terms)
{
    const long double bound = (long double)(terms + 2) * (long double)DBL_EPSILON * size;
    if (!(fabsl((long double)value - sum) <= bound))
        fail_case("%s, %lld x %lld: %s is %.17g, expected %.17Lg", now->kind->name, (long long)now->matrix->rows,
                  (long long)now->matrix->cols, what, value, sum);
}

/* ---- what the operations compute ----------------------------------------------------------------------------------- */

static void check_mul(sample *now, erm_rows rows, int64_t k)
{
    const int64_t cols = now->matrix->cols;
    double *W = random_vector(now, cols * k), *Z = random_vector(now, rows.count * k);
    now->matrix->X->ops->mul(now->matrix->X, rows, k, W, Z);
    for (int64_t t = 0; t < rows.count; t++)
        for (int64_t c = 0; c < k; c++) {
            const double *x = now->matrix->full + erm_row_number(rows, t) * cols;
            const double *x_size = now->matrix->size + erm_row_number(rows, t) * cols;
            long double sum = 0, size = 0;
            for (int64_t j = 0; j < cols; j++) {
                sum += (long double)x[j] * (long double)W[j * k + c];
                size += fabsl((long double)x_size[j] * (long double)W[j * k + c]);
            }
            assert_sum(now, "an entry of XW", Z[t * k + c], sum, size, cols);
        }
    free(W);
    free(Z);
}

static void check_mul_t(sample *now, erm_rows rows, int64_t k)
{
    const int64_t cols = now->matrix->cols;
    double *R = random_vector(now, rows.count * k), *G = random_vector(now, cols * k), *before = random_vector(now, cols * k);
    memcpy(before, G, (size_t)(cols * k) * sizeof *G);
    now->matrix->X->ops->mul_t(now->matrix->X, rows, k, R, G);
    for (int64_t j = 0; j < cols; j++)
        for (int64_t c = 0; c < k; c++) {
            long double sum = (long double)before[j * k + c], size = fabsl(sum);
            for (int64_t t = 0; t < rows.count; t++) {
                const int64_t at = erm_row_number(rows, t) * cols + j;
                sum += (long double)now->matrix->full[at] * (long double)R[t * k + c];
                size += fabsl((long double)now->matrix->size[at] * (long double)R[t * k + c]);
            }
            assert_sum(now, "an entry of G + X'R", G[j * k + c], sum, size, rows.count);
        }
    free(R);
    free(G);
    free(before);
}

static void check_adjointness(sample *now, erm_rows rows, int64_t k)
{
    const int64_t cols = now->matrix->cols;
    const erm_matrix *X = now->matrix->X;
    double *W = random_vector(now, cols * k), *Z = random_vector(now, rows.count * k), *R = random_vector(now, rows.count * k);
    double *G = calloc((size_t)(cols * k + 1), sizeof *G);
    X->ops->mul(X, rows, k, W, Z);
    X->ops->mul_t(X, rows, k, R, G);
    double left = 0, right = 0, size = 1;
    for (int64_t p = 0; p < rows.count * k; p++) left += Z[p] * R[p], size += fabs(Z[p] * R[p]);
    for (int64_t p = 0; p < cols * k; p++) right += W[p] * G[p], size += fabs(W[p] * G[p]);
    assert_near(left / size, right / size, 1e-14);
    free(W);
    free(Z);
    free(R);
    free(G);
}

static void for_rows_and_outputs(sample *now, void (*check)(sample *now, erm_rows rows, int64_t k))
{
    const bool large = now->matrix->rows * now->matrix->cols > 5000, view = now->kind->part[0];
    for (int s = 0; s < SELECTIONS; s++)
        for (int o = 0; o < OUTPUTS - large; o += view ? 2 : 1) check(now, selection(now, s), outputs[o]);
}

static void check_mul_all(sample *now) { for_rows_and_outputs(now, check_mul); }
static void check_mul_t_all(sample *now) { for_rows_and_outputs(now, check_mul_t); }
static void check_adjointness_all(sample *now) { for_rows_and_outputs(now, check_adjointness); }

static void mul_gives_the_product_of_the_chosen_rows(void **state)
{
    (void)state;
    on_every_matrix(check_mul_all);
}

static void mul_t_adds_the_transposed_product(void **state)
{
    (void)state;
    on_every_matrix(check_mul_t_all);
}

static void mul_and_mul_t_are_adjoint(void **state)
{
    (void)state;
    on_every_matrix(check_adjointness_all);
}

/* Solvers keep margins of earlier calls, and compare them. */
static void check_margins_alone(sample *now)
{
    const int64_t n = now->matrix->rows;
    const erm_matrix *X = now->matrix->X;
    double *W = random_vector(now, now->matrix->cols), *Z = random_vector(now, n);
    X->ops->mul(X, (erm_rows){.count = n}, 1, W, Z);
    for (int64_t i = 0; i < n; i++) {
        double z = NAN;
        X->ops->mul(X, (erm_rows){.begin = i, .count = 1}, 1, W, &z);
        assert_memory_equal(&z, &Z[i], sizeof z);
    }
    free(W);
    free(Z);
}

static void a_margin_has_the_same_bits_alone_and_among_others(void **state)
{
    (void)state;
    on_every_matrix(check_margins_alone);
}

static void check_squares(sample *now)
{
    const int64_t cols = now->matrix->cols;
    const erm_matrix *X = now->matrix->X;
    for (int s = 0; s < 2 * SELECTIONS; s++) {
        const erm_rows rows = selection(now, s / 2);
        double *norms = random_vector(now, rows.count), *sums = random_vector(now, cols), *before = random_vector(now, cols);
        double *weight = random_vector(now, rows.count);
        memcpy(before, sums, (size_t)cols * sizeof *sums);
        X->ops->row_sqnorms(X, rows, norms);
        X->ops->col_sqsums(X, rows, s % 2 ? weight : NULL, sums);
        for (int64_t t = 0; t < rows.count; t++) {
            const double *x = now->matrix->full + erm_row_number(rows, t) * cols;
            const double *x_size = now->matrix->size + erm_row_number(rows, t) * cols;
            long double sum = 0, size = 0;
            for (int64_t j = 0; j < cols; j++) {
                sum += (long double)x[j] * (long double)x[j];
                size += (long double)x_size[j] * (long double)x_size[j];
            }
            assert_sum(now, "a row's square norm", norms[t], sum, size, cols);
        }
        for (int64_t j = 0; j < cols; j++) {
            long double sum = (long double)before[j], size = fabsl(sum);
            for (int64_t t = 0; t < rows.count; t++) {
                const int64_t at = erm_row_number(rows, t) * cols + j;
                const long double x = now->matrix->full[at], x_size = now->matrix->size[at];
                sum += (long double)(s % 2 ? weight[t] : 1) * x * x;
                size += fabsl((long double)(s % 2 ? weight[t] : 1)) * x_size * x_size;
            }
            assert_sum(now, "a column's sum of squares", sums[j], sum, size, rows.count);
        }
        free(norms);
        free(sums);
        free(before);
        free(weight);
    }
}

static void row_sqnorms_and_col_sqsums_give_sums_of_squares(void **state)
{
    (void)state;
    on_every_matrix(check_squares);
}

static void check_rows(sample *now)
{
    const int64_t cols = now->matrix->cols;
    const erm_matrix *X = now->matrix->X;
    assert_true(X->ops->sparse == now->kind->sparse);
    if (!X->ops->row) return;
    int32_t *index = malloc((size_t)(cols + 1) * sizeof *index);
    double *value = malloc((size_t)(cols + 1) * sizeof *value);
    for (int64_t i = 0; i < now->matrix->rows; i++) {
        const erm_row row = X->ops->row(X, i, index, value);
        int64_t p = 0;
        for (int64_t j = 0; j < cols; j++) {
            const bool stored = p < row.count && (row.index ? row.index[p] == j : true);
            const double x = stored ? row.value[p++] : 0;
            assert_true(x == now->matrix->full[i * cols + j]);
        }
        assert_int_equal(p, row.count);
    }
    free(index);
    free(value);
}

static void row_gives_the_values_of_a_row(void **state)
{
    (void)state;
    on_every_matrix(check_rows);
}

/* Sums of small integers (and of their quarters, in views) have no rounding, so every kind and every order of summation must
 * be exact. */
static void whole_numbers_have_no_rounding_in_any_format(void **state)
{
    (void)state;
    enum { N = 45, D = 301, K = 3 };
    erm_rng rng = erm_rng_seed(11);
    double *full = random_numbers(&rng, N, D, 0.4), W[D * K], Z[N * K];
    for (int p = 0; p < N * D; p++) full[p] = round(3 * full[p]);
    for (int p = 0; p < D * K; p++) W[p] = (double)erm_rng_below(&rng, 9) - 4;
    for (int kind = 0; matrix_kind_at(kind); kind++) {
        owned_matrix *matrix = owned_matrix_new(matrix_kind_at(kind), N, D, full);
        double G[D * K] = {0}, exact[N * K] = {0}, exact_G[D * K] = {0};
        matrix->X->ops->mul(matrix->X, (erm_rows){.count = N}, K, W, Z);
        matrix->X->ops->mul_t(matrix->X, (erm_rows){.count = N}, K, Z, G);
        for (int p = 0; p < N * D * K; p++) exact[p / K / D * K + p % K] += matrix->full[p / K] * W[p % (D * K)];
        for (int p = 0; p < N * D * K; p++) exact_G[p % (D * K)] += matrix->full[p / K] * exact[p / K / D * K + p % K];
        for (int p = 0; p < N * K; p++) assert_true(Z[p] == exact[p]);
        for (int p = 0; p < D * K; p++) assert_true(G[p] == exact_G[p]);
        owned_matrix_free(matrix);
    }
    free(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mul_gives_the_product_of_the_chosen_rows),
        cmocka_unit_test(mul_t_adds_the_transposed_product),
        cmocka_unit_test(mul_and_mul_t_are_adjoint),
        cmocka_unit_test(a_margin_has_the_same_bits_alone_and_among_others),
        cmocka_unit_test(row_sqnorms_and_col_sqsums_give_sums_of_squares),
        cmocka_unit_test(row_gives_the_values_of_a_row),
        cmocka_unit_test(whole_numbers_have_no_rounding_in_any_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
