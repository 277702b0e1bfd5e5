/* Cholesky factors: what they solve, that threads and known rows change no bit, and which matrices have none. */
#include "check.h"

#include "base/chol.h"
#include "matrices.h"

static double *take(int64_t count) { return calloc((size_t)count + 1, sizeof(double)); }

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
        cmocka_unit_test(a_solve_by_cholesky_factors_satisfies_the_equations),
        cmocka_unit_test(factors_have_the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(rows_of_a_factor_that_are_known_change_no_bits),
        cmocka_unit_test(a_matrix_that_is_not_positive_definite_has_no_factor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
