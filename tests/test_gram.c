/* Gram matrices and Cholesky factors, against sums in long double over every storage format, with any number of threads. */
#include "check.h"

#include <float.h>

#include "base/chol.h"
#include "matrices.h"
#include "named.h"
#include "problem/gram.h"

/* A problem whose data are known as `full`, with a column of ones behind them where there is an intercept. */
typedef struct sample {
    const char *name;
    owned_matrix *matrix;
    erm_problem problem;
    int64_t n, d, m;
    double *weight, *h, *centre;
} sample;

static double *take(int64_t count) { return calloc((size_t)count + 1, sizeof(double)); }

/* Columns j with j % 10 == 1 have means of `mean` times their spread, without zeros. */
static sample *sample_new(const matrix_kind *kind, int64_t n, int64_t d, double density, double mean, bool intercept)
{
    erm_rng rng = erm_rng_seed((uint64_t)(n + d));
    double *full = random_numbers(&rng, n, d, density);
    for (int64_t p = 0; p < n * d && mean != 0; p++)
        if (p % d % 10 == 1) full[p] = (double)(float)(mean + erm_rng_normal(&rng));
    sample *now = calloc(1, sizeof *now);
    *now = (sample){.name = kind->name, .n = n, .d = d, .m = d + intercept};
    now->matrix = owned_matrix_new(kind, n, d, full);
    free(full);
    now->weight = take(n);
    now->h = take(n);
    now->centre = take(d);
    double total = 0;
    for (int64_t i = 0; i < n; i++) {
        now->weight[i] = (double)(erm_rng_below(&rng, 3)) + (i == 0);
        now->h[i] = now->weight[i] * erm_rng_uniform(&rng);
        total += now->weight[i];
    }
    for (int64_t j = 0; j < d; j++) {
        long double sum = 0;
        for (int64_t i = 0; i < n; i++) sum += (long double)now->weight[i] * (long double)now->matrix->full[i * d + j];
        now->centre[j] = (double)(sum / (long double)total);
    }
    now->problem = (erm_problem){
        .X = now->matrix->X, .weight = now->weight, .loss = erm_loss_squared(), .regularizer = erm_l2(1), .intercept = intercept};
    return now;
}

static void sample_free(sample *now)
{
    owned_matrix_free(now->matrix);
    free(now->weight);
    free(now->h);
    free(now->centre);
    free(now);
}

typedef struct call {
    const double *centre, *h, *metric;
    bool of_rows;
    int threads;
} call;

/* The Gram matrix by the library, to be freed with test_free. */
static double *computed(const sample *now, call how)
{
    erm__workspace ws;
    assert_int_equal(erm__workspace_open(&ws, &now->problem, how.threads), ERM_OK);
    double *memory = erm__arena_doubles(&ws.arena, how.of_rows ? erm__gram_rows_memory(&ws) : erm__gram_memory(&ws));
    assert_non_null(memory);
    const int64_t order = how.of_rows ? now->n : erm__gram_order(&ws);
    assert_int_equal(order, how.of_rows ? now->n : now->m);
    double *A = take(order * order);
    for (int64_t p = 0; p < order * order; p++) A[p] = NAN; /* what was there before does not count */
    if (how.of_rows)
        erm__gram_of_rows(&ws, how.centre, how.metric, memory, A);
    else
        erm__gram(&ws, how.centre, how.h, memory, A);
    erm__workspace_close(&ws);
    return A;
}

static long double entry(const sample *now, const double *centre, int64_t i, int64_t j)
{
    if (j == now->d) return 1;
    return (long double)now->matrix->full[i * now->d + j] - (centre ? (long double)centre[j] : 0);
}

/* Compares A with its definition; the error of an entry is relative to the sum of the products' sizes. */
static void assert_gram(const sample *now, call how, const double *A, double tolerance)
{
    const double *s = how.h ? how.h : now->problem.weight;
    long double S = 0;
    for (int64_t i = 0; i < now->n; i++) S += now->problem.weight ? (long double)now->problem.weight[i] : 1;
    for (int64_t a = 0; a < now->m; a++)
        for (int64_t b = 0; b < now->m; b++) {
            long double sum = 0, size = 0;
            for (int64_t i = 0; i < now->n; i++) {
                const long double product =
                    (s ? (long double)s[i] : 1) * entry(now, how.centre, i, a) * entry(now, how.centre, i, b);
                sum += product;
                size += fabsl(product);
            }
            const double value = A[a * now->m + b];
            if (!(fabsl((long double)value - sum / S) <= (long double)tolerance * size / S))
                fail_case("%s, %lld x %lld: A[%lld][%lld] is %.17g, expected %.17Lg", now->name, (long long)now->n,
                          (long long)now->d, (long long)a, (long long)b, value, sum / S);
        }
}

static void check_gram(const sample *now, call how, double tolerance)
{
    double *A = computed(now, how);
    assert_gram(now, how, A, tolerance);
    free(A);
}

/* ---- what they compute --------------------------------------------------------------------------------------------- */

/* Around the sizes of panels, tiles, chunks and blocks. */
static const struct {
    int64_t n, d;
    double density;
} shapes[] = {{1, 1, 1}, {40, 7, 1}, {33, 8, 0.5}, {129, 12, 0.9}, {128, 23, 0.1}, {300, 25, 0.05}, {70, 57, 0.2}, {5, 0, 1}};

enum { SHAPES = sizeof shapes / sizeof *shapes };

static void the_gram_matrix_is_the_weighted_sum_of_outer_products(void **state)
{
    (void)state;
    for (int kind = 0; kind < matrix_kinds_count; kind++)
        for (int s = 0; s < SHAPES; s++)
            for (int intercept = 0; intercept < 2; intercept++) {
                sample *now = sample_new(&matrix_kinds[kind], shapes[s].n, shapes[s].d, shapes[s].density, 0, intercept);
                const double tolerance = DBL_EPSILON * (double)(now->n + 8), loose = 100 * tolerance;
                check_gram(now, (call){.threads = 2}, tolerance);
                check_gram(now, (call){.h = now->h, .threads = 2}, tolerance);
                if (intercept) check_gram(now, (call){.centre = now->centre, .h = now->h, .threads = 2}, loose);
                now->problem.weight = NULL;
                check_gram(now, (call){.threads = 1}, tolerance);
                sample_free(now);
            }
}

/* In floats, of columns of any size, in any order of rows. */
static void a_rough_gram_matrix_has_six_digits(void **state)
{
    (void)state;
    static const int64_t rows[] = {1, 129, 300, 4500}, cols[] = {3, 16, 33, 70};
    for (size_t s = 0; s < sizeof rows / sizeof *rows; s++)
        for (int intercept = 0; intercept < 2; intercept++) {
            sample *now = sample_new(kind_named("dense f64"), rows[s], cols[s], 1, 0, intercept);
            now->problem.weight = NULL;
            double *const unit = take(now->d);
            for (int64_t j = 0; j < now->d; j++) unit[j] = 1 / (1 + (double)j);
            int64_t *const list = calloc((size_t)now->n, sizeof *list);
            for (int64_t i = 0; i < now->n; i++) list[i] = now->n - 1 - i;
            erm__workspace ws;
            assert_int_equal(erm__workspace_open(&ws, &now->problem, 2), ERM_OK);
            assert_true(erm__gram_is_dense(&ws));
            double *const memory = erm__arena_doubles(&ws.arena, erm__gram_memory(&ws)), *const A = take(now->m * now->m);
            const double *const centre = intercept ? now->centre : NULL;
            erm__gram_rough(&ws, centre, unit, (erm_rows){.count = now->n, .list = list}, NULL, 1, memory, A);
            assert_gram(now, (call){.centre = centre}, A, 1e-6);
            erm__gram_rough(&ws, centre, unit, (erm_rows){.count = now->n}, now->h, 1e-3, memory, A);
            assert_gram(now, (call){.centre = centre, .h = now->h}, A, 1e-6);
            erm__workspace_close(&ws);
            free(A);
            free(list);
            free(unit);
            sample_free(now);
        }
}

static void negative_weights_keep_their_sign(void **state)
{
    (void)state;
    for (int kind = 0; kind < matrix_kinds_count; kind++) {
        sample *now = sample_new(&matrix_kinds[kind], 150, 11, 0.6, 0, true);
        for (int64_t i = 0; i < now->n; i += 7) now->h[i] = -1 - (double)i;
        check_gram(now, (call){.h = now->h, .threads = 1}, 200 * DBL_EPSILON);
        sample_free(now);
    }
}

/* Centred sums of order 1 from numbers of order 1e6: digits are lost if the means are taken off afterwards. */
static void columns_with_large_means_keep_their_digits(void **state)
{
    (void)state;
    for (int kind = 0; kind < matrix_kinds_count; kind++) {
        sample *now = sample_new(&matrix_kinds[kind], 400, 40, 0.1, 1e6, true);
        check_gram(now, (call){.centre = now->centre, .h = now->h, .threads = 2}, 1e-9);
        sample_free(now);
    }
}

/* A matrix with nothing but the operations that every matrix has. */
static void a_matrix_without_optional_operations_has_a_gram_matrix(void **state)
{
    (void)state;
    for (int kind = 0; kind < matrix_kinds_count; kind++) {
        sample *now = sample_new(&matrix_kinds[kind], 100, 21, 0.1, 0, true);
        erm_matrix_ops ops = *now->matrix->X->ops;
        ops.row = NULL;
        ops.scan = NULL;
        now->matrix->view.dense.base.ops = &ops;
        check_gram(now, (call){.centre = now->centre, .threads = 2}, 1e-12);
        sample_free(now);
    }
}

static void the_gram_matrix_of_rows_is_the_sum_over_columns(void **state)
{
    (void)state;
    for (int kind = 0; kind < matrix_kinds_count; kind++)
        for (int centred = 0; centred < 2; centred++) {
            sample *now = sample_new(&matrix_kinds[kind], 91, 130, 0.3, centred ? 10 : 0, true);
            const call how = {.of_rows = true, .centre = centred ? now->centre : NULL, .threads = 2};
            double *A = computed(now, how), *metric = take(now->d);
            for (int64_t j = 0; j < now->d; j++) metric[j] = 0.5 + (double)(j % 5);
            double *B = computed(now, (call){.of_rows = true, .centre = how.centre, .metric = metric, .threads = 2});
            for (int64_t i = 0; i < now->n; i++)
                for (int64_t k = 0; k < now->n; k++) {
                    long double a = 0, b = 0;
                    for (int64_t j = 0; j < now->d; j++) {
                        const long double product = entry(now, how.centre, i, j) * entry(now, how.centre, k, j);
                        a += product;
                        b += (long double)metric[j] * product;
                    }
                    assert_near(A[i * now->n + k], (double)a, 1e-11);
                    assert_near(B[i * now->n + k], (double)b, 1e-11);
                    assert_true(A[i * now->n + k] == A[k * now->n + i]);
                }
            free(A);
            free(B);
            free(metric);
            sample_free(now);
        }
}

/* More columns than are packed together. */
static void the_gram_matrix_of_long_rows_is_the_sum_over_columns(void **state)
{
    (void)state;
    sample *now = sample_new(&matrix_kinds[0], 13, 2300, 1, 0, false);
    double *A = computed(now, (call){.of_rows = true, .threads = 2});
    for (int64_t i = 0; i < now->n; i++)
        for (int64_t k = 0; k < now->n; k++) {
            long double a = 0;
            for (int64_t j = 0; j < now->d; j++) a += entry(now, NULL, i, j) * entry(now, NULL, k, j);
            assert_near(A[i * now->n + k], (double)a, 1e-11);
        }
    free(A);
    sample_free(now);
}

/* A row that is taken twice counts as one of twice the weight, and those that are not taken not at all. */
static void the_gram_matrix_of_a_list_is_that_of_the_rows_in_it(void **state)
{
    (void)state;
    enum { ROWS = 300, TAKEN = 170 };
    for (int kind = 0; kind < matrix_kinds_count; kind++) {
        sample *now = sample_new(&matrix_kinds[kind], ROWS, 21, 0.3, 0, true);
        double *h = take(ROWS), each[TAKEN];
        int64_t list[TAKEN];
        for (int64_t t = 0; t < TAKEN; t++) {
            list[t] = t * t % ROWS;
            each[t] = 0.5 + (double)(t % 4);
            h[list[t]] += each[t];
        }
        double *B = computed(now, (call){.centre = now->centre, .h = h, .threads = 1}), *A = take(now->m * now->m);
        erm__workspace ws;
        assert_int_equal(erm__workspace_open(&ws, &now->problem, 2), ERM_OK);
        double *memory = erm__arena_doubles(&ws.arena, erm__gram_memory(&ws));
        erm__gram_sample(&ws, now->centre, (erm_rows){.count = TAKEN, .list = list}, each, memory, A);
        for (int64_t p = 0; p < now->m * now->m; p++) assert_near(A[p], B[p], 1e-11);
        erm__workspace_close(&ws);
        free(A);
        free(B);
        free(h);
        sample_free(now);
    }
}

/* ---- threads ------------------------------------------------------------------------------------------------------- */

static void check_threads(const sample *now, call how)
{
    static const int threads[] = {2, 3, 4, 7};
    how.threads = 1;
    double *one = computed(now, how);
    const int64_t order = how.of_rows ? now->n : now->m;
    for (int t = 0; t < 4; t++) {
        how.threads = threads[t];
        double *many = computed(now, how);
        if (memcmp(one, many, (size_t)(order * order) * sizeof *one) != 0)
            fail_case("%s: %d threads give other bits than one", now->name, how.threads);
        free(many);
    }
    free(one);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    static const int64_t rows[] = {2500, 900, 60}; /* in lanes, together, and fewer rows than columns */
    for (int kind = 0; kind < matrix_kinds_count; kind++)
        for (int s = 0; s < 3; s++)
            for (int density = 0; density < 2; density++) {
                sample *now = sample_new(&matrix_kinds[kind], rows[s], s == 2 ? 90 : 30, density ? 0.1 : 0.5, 0, true);
                check_threads(now, (call){.centre = now->centre, .h = now->h});
                if (s == 2) check_threads(now, (call){.centre = now->centre, .of_rows = true});
                sample_free(now);
            }
}

static void lanes_add_up_to_the_sum(void **state)
{
    (void)state;
    for (int kind = 0; kind < matrix_kinds_count; kind++) {
        sample *now = sample_new(&matrix_kinds[kind], 2100, 13, kind % 2 ? 0.1 : 0.7, 0, true);
        check_gram(now, (call){.centre = now->centre, .h = now->h, .threads = 2}, 1e-12);
        sample_free(now);
    }
}

/* ---- Cholesky factors ---------------------------------------------------------------------------------------------- */

/* B'B + I */
static double *positive_definite(erm_rng *rng, int64_t m)
{
    double *B = random_numbers(rng, m, m, 1), *A = take(m * m);
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < m; j++) {
            A[i * m + j] = i == j;
            for (int64_t k = 0; k < m; k++) A[i * m + j] += B[k * m + i] * B[k * m + j];
        }
    free(B);
    return A;
}

static void a_solve_by_cholesky_factors_satisfies_the_equations(void **state)
{
    (void)state;
    static const int64_t orders[] = {0, 1, 2, 7, 32, 65, 300}, columns[] = {1, 3, 16, 43};
    erm_rng rng = erm_rng_seed(7);
    for (int o = 0; o < 7; o++)
        for (int c = 0; c < 4; c++) {
            const int64_t m = orders[o], k = columns[c];
            double *A = positive_definite(&rng, m), *L = take(m * m), *B = random_numbers(&rng, m, k, 1), *X = take(m * k);
            memcpy(L, A, (size_t)(m * m) * sizeof *A);
            memcpy(X, B, (size_t)(m * k) * sizeof *B);
            for (int64_t i = 0; i < m; i++)
                for (int64_t j = i + 1; j < m; j++) L[i * m + j] = NAN; /* only the lower triangle counts */
            assert_true(erm__cholesky(m, L, 2));
            erm__cholesky_solve(m, k, L, X);
            for (int64_t i = 0; i < m; i++)
                for (int64_t t = 0; t < k; t++) {
                    double sum = 0;
                    for (int64_t j = 0; j < m; j++) sum += A[i * m + j] * X[j * k + t];
                    assert_near(sum, B[i * k + t], 1e-10);
                }
            free(A);
            free(L);
            free(B);
            free(X);
        }
}

static void factors_have_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    enum { ORDER = 333 };
    erm_rng rng = erm_rng_seed(9);
    double *A = positive_definite(&rng, ORDER), *L = take(ORDER * ORDER), *first = take(ORDER * ORDER);
    for (int threads = 1; threads <= 7; threads++) {
        memcpy(L, A, ORDER * ORDER * sizeof *A);
        assert_true(erm__cholesky(ORDER, L, threads));
        if (threads == 1) memcpy(first, L, ORDER * ORDER * sizeof *A);
        assert_memory_equal(first, L, ORDER * ORDER * sizeof *A);
    }
    for (int64_t i = 0; i < ORDER; i++)
        for (int64_t j = i + 1; j < ORDER; j++) assert_true(L[i * ORDER + j] == A[i * ORDER + j]);
    free(A);
    free(L);
    free(first);
}

static void rows_of_a_factor_that_are_known_change_no_bits(void **state)
{
    (void)state;
    enum { ORDER = 300 };
    erm_rng rng = erm_rng_seed(10);
    double *A = positive_definite(&rng, ORDER), *whole = take(ORDER * ORDER), *L = take(ORDER * ORDER);
    memcpy(whole, A, ORDER * ORDER * sizeof *A);
    assert_true(erm__cholesky(ORDER, whole, 1));
    for (int64_t known = 0; known <= 9 * ERM_CHOLESKY_WIDE; known += ERM_CHOLESKY_WIDE)
        for (int threads = 1; threads <= 3; threads++) {
            memcpy(L, A, ORDER * ORDER * sizeof *A);
            for (int64_t i = 0; i < known; i++) memcpy(L + i * ORDER, whole + i * ORDER, (size_t)(i + 1) * sizeof *L);
            assert_true(erm__cholesky_go_on(ORDER, known, L, threads));
            for (int64_t i = 0; i < ORDER; i++)
                assert_memory_equal(L + i * ORDER, whole + i * ORDER, (size_t)(i + 1) * sizeof *L);
        }
    free(A);
    free(whole);
    free(L);
}

static void a_matrix_that_is_not_positive_definite_has_no_factor(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(8);
    const double bad[] = {-1, 0, NAN, INFINITY, -INFINITY};
    for (int b = 0; b < 5; b++)
        for (int64_t i = 0; i < 6; i++) {
            double *A = positive_definite(&rng, 6);
            A[i * 6 + i] = bad[b];
            assert_false(erm__cholesky(6, A, 2));
            free(A);
        }
    double *A = positive_definite(&rng, 6);
    A[4 * 6 + 1] = NAN;
    assert_false(erm__cholesky(6, A, 2));
    free(A);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gram_matrix_is_the_weighted_sum_of_outer_products),
        cmocka_unit_test(a_rough_gram_matrix_has_six_digits),
        cmocka_unit_test(negative_weights_keep_their_sign),
        cmocka_unit_test(columns_with_large_means_keep_their_digits),
        cmocka_unit_test(a_matrix_without_optional_operations_has_a_gram_matrix),
        cmocka_unit_test(the_gram_matrix_of_rows_is_the_sum_over_columns),
        cmocka_unit_test(the_gram_matrix_of_long_rows_is_the_sum_over_columns),
        cmocka_unit_test(the_gram_matrix_of_a_list_is_that_of_the_rows_in_it),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(lanes_add_up_to_the_sum),
        cmocka_unit_test(a_solve_by_cholesky_factors_satisfies_the_equations),
        cmocka_unit_test(factors_have_the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(rows_of_a_factor_that_are_known_change_no_bits),
        cmocka_unit_test(a_matrix_that_is_not_positive_definite_has_no_factor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
