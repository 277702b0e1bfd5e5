/* Conjugate gradients on a copy of X in floats: the same minimum, certified with X itself. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "base/rough.h"
#include "ermopt/solve.h"
#include "solver/newton/single.h"
#include "solver/run.h"
#include "solving.h"

enum { N = 700, D = 1600 /* more than a million values */ };

/* Columns far from 0 compared with how much they vary. */
static owned_problem *wide_problem(const char *loss, bool weights)
{
    problem_spec spec = spec_of(loss, erm_l2(0.1), N, D);
    spec.weights = weights;
    owned_problem *owned = owned_problem_new(spec);
    double *const x = (double *)(uintptr_t)((const erm_dense *)owned->problem.X)->values;
    for (int64_t p = 0; p < N * D; p++) x[p] += 1e4 * (double)(p % D % 3);
    return owned;
}

static erm_result newton_cg(const erm_problem *problem, double tol, int threads, double *w)
{
    memset(w, 0, (D + 1) * sizeof *w);
    return solve(problem, (erm_options){.solver = erm_solver_newton_cg(NULL), .tol = tol, .threads = threads}, w);
}

static void the_minimum_is_that_of_the_numbers_themselves(void **state)
{
    (void)state;
    static const char *const losses[] = {"squared", "logistic"};
    double w[D + 1], v[D + 1] = {0};
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++) {
        owned_problem *owned = wide_problem(losses[l], true);
        const erm_result result = newton_cg(&owned->problem, 1e-10, 1, w);
        memset(v, 0, sizeof v);
        const erm_result other =
            solve(&owned->problem, (erm_options){.solver = erm_solver_newton(NULL), .tol = 1e-10, .threads = 1}, v);
        assert_int_equal(result.stop, ERM_STOP_CONVERGED);
        assert_near(result.certificate.primal, other.certificate.primal, 2e-10 * fabs(other.certificate.primal));
        if (!(result.workspace_bytes > 4 * N * D)) fail_case("%s: there was no copy", losses[l]);
        owned_problem_free(owned);
    }
}

/* A solve of least squares ends with the product after which its gap is small enough. */
static void least_squares_take_one_step_and_as_many_products_as_the_tolerance_asks_for(void **state)
{
    (void)state;
    double w[D + 1];
    owned_problem *owned = wide_problem("squared", false);
    const erm_result loose = newton_cg(&owned->problem, 1e-1, 1, w), tight = newton_cg(&owned->problem, 1e-4, 1, w);
    assert_int_equal(loose.epochs, 1);
    assert_int_equal(tight.epochs, 1);
    if (!(loose.passes + 2 < tight.passes)) fail_case("%g passes, and %g for more digits", loose.passes, tight.passes);
    owned_problem_free(owned);
}

static void a_number_that_is_too_large_for_floats_keeps_the_doubles(void **state)
{
    (void)state;
    double w[D + 1];
    owned_problem *owned = wide_problem("squared", true);
    double *const x = (double *)(uintptr_t)((const erm_dense *)owned->problem.X)->values;
    owned->weight[5] = 0;
    x[5 * D + 7] = 1e100; /* seen by no mean */
    const erm_result result = newton_cg(&owned->problem, 1e-8, 1, w);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    owned_problem_free(owned);
}

static void the_bits_do_not_depend_on_the_number_of_threads(void **state)
{
    (void)state;
    double w[D + 1], v[D + 1];
    owned_problem *owned = wide_problem("squared", true);
    newton_cg(&owned->problem, 1e-2, 1, w);
    for (int threads = 2; threads <= 3; threads++) {
        newton_cg(&owned->problem, 1e-2, threads, v);
        assert_memory_equal(w, v, sizeof w);
    }
    owned_problem_free(owned);
}

/* Every number of outputs and of rows up to some more than are done at once. */
static void rough_products_are_products_to_six_digits(void **state)
{
    (void)state;
    enum { COLS = 7 * ERM_ROUGH_COLS, ROWS = 9, OUTPUTS = 12 };
    float x[ROWS * COLS], V[OUTPUTS * COLS], r[ROWS * OUTPUTS];
    double z[ROWS * OUTPUTS], G[OUTPUTS * COLS];
    erm_rng rng = erm_rng_seed(3);
    for (int64_t i = 0; i < ROWS * COLS; i++) x[i] = (float)erm_rng_normal(&rng);
    for (int64_t i = 0; i < OUTPUTS * COLS; i++) V[i] = (float)erm_rng_normal(&rng);
    for (int64_t i = 0; i < ROWS * OUTPUTS; i++) r[i] = (float)erm_rng_normal(&rng);
    for (int64_t n = 1; n <= ROWS; n++)
        for (int64_t k = 1; k <= OUTPUTS; k++) {
            for (int64_t p = 0; p < k * COLS; p++) G[p] = 1;
            erm__rough_mul(n, COLS, k, x, V, 3, z);
            erm__rough_mul_t(n, COLS, k, x, r, 2, G);
            for (int64_t t = 0; t < n; t++)
                for (int64_t c = 0; c < k; c++) {
                    double sum = 0;
                    for (int64_t j = 0; j < COLS; j++) sum += (double)x[t * COLS + j] * (double)V[c * COLS + j];
                    assert_near(z[t * k + c], 3 * sum, 1e-4);
                }
            for (int64_t c = 0; c < k; c++)
                for (int64_t j = 0; j < COLS; j++) {
                    double sum = 0;
                    for (int64_t t = 0; t < n; t++) sum += (double)r[t * k + c] * (double)x[t * COLS + j];
                    assert_near(G[c * COLS + j], 1 + 2 * sum, 1e-5);
                }
        }
}

static double distance(int64_t count, const double *a, const double *b)
{
    double difference = 0, size = 0;
    for (int64_t i = 0; i < count; i++) {
        difference += (a[i] - b[i]) * (a[i] - b[i]);
        size += b[i] * b[i];
    }
    return sqrt(difference / size);
}

static void fill(int64_t count, uint64_t seed, double *x)
{
    erm_rng rng = erm_rng_seed(seed);
    for (int64_t i = 0; i < count; i++) x[i] = erm_rng_normal(&rng);
}

static void compare_products(owned_problem *owned)
{
    erm__workspace ws;
    erm__certifier certifier;
    erm_run run;
    erm__single single = {.made = false};
    assert_int_equal(erm__workspace_open(&ws, &owned->problem, 2), ERM_OK);
    assert_int_equal(erm__certifier_open(&certifier, &ws), ERM_OK);
    assert_int_equal(erm__run_open(&run, &certifier, erm_solver_newton_cg(NULL), 0, NULL), ERM_OK);
    assert_int_equal(erm__single_open(&single, &run), ERM_OK);
    assert_true(single.made);
    const int64_t count = ws.n * run.k, size = run.size;
    double *const z = erm_run_take(&run, count), *const u = erm_run_take(&run, count), *const u2 = erm_run_take(&run, count);
    double *const v = erm_run_take(&run, size), *const g = erm_run_take(&run, size), *const g2 = erm_run_take(&run, size);
    fill(count, 1, z);
    fill(size, 2, v);
    for (int64_t p = 0; p < size; p++) v[p] *= sqrt(run.metric[p / run.k]);
    const erm__middle middle = {.z = owned->problem.loss.ops->hessian_mul ? z : NULL};
    erm__sweep_curvature(&ws, run.centre, middle, v, u, g);
    erm__single_curvature(&single, middle, v, u2, g2);
    for (int64_t p = 0; p < size; p++) { /* as if all columns were of size 1 */
        g[p] *= sqrt(run.metric[p / run.k]);
        g2[p] *= sqrt(run.metric[p / run.k]);
    }
    assert_at_most(distance(count, u2, u), 1e-6, 0);
    assert_at_most(distance(size, g2, g), 1e-6, 0);
    erm__workspace_close(&ws);
}

static void a_product_with_the_copy_is_one_with_the_numbers_whatever_the_columns_sizes(void **state)
{
    (void)state;
    static const char *const losses[] = {"squared", "cross-entropy, 5 classes"};
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++)
        for (int intercept = 0; intercept < 2; intercept++) {
            problem_spec spec = spec_of(losses[l], erm_l2(0.1), N, D);
            spec.weights = true;
            spec.intercept = intercept;
            owned_problem *owned = owned_problem_new(spec);
            double *const x = (double *)(uintptr_t)((const erm_dense *)owned->problem.X)->values;
            for (int64_t p = 0; p < N * D; p++) x[p] *= pow(10, 40 * (double)(p % D % 5 - 2));
            compare_products(owned);
            owned_problem_free(owned);
        }
}

/* Several outputs go by floats, samples too; columns that floats cannot tell apart are left to doubles. */
static void classes_of_nearly_equal_columns_reach_the_minimum(void **state)
{
    (void)state;
    enum { ROWS = 26000, COLS = 42 };
    for (int nearly = 0; nearly < 2; nearly++) {
        owned_problem *owned = owned_problem_new(spec_of("cross-entropy, 5 classes", erm_l2(1e-6), ROWS, COLS));
        double *const x = (double *)(uintptr_t)((const erm_dense *)owned->problem.X)->values;
        for (int64_t i = 0; nearly && i < ROWS; i++) x[i * COLS + 1] = x[i * COLS] + 1e-5 * x[i * COLS + 2];
        double w[5 * (COLS + 1)] = {0}, v[5 * (COLS + 1)] = {0};
        const erm_options options = {.solver = erm_solver_newton_cg(NULL), .tol = 1e-9, .max_epochs = 40};
        const erm_result result = solve(&owned->problem, options, w);
        assert_int_equal(result.stop, ERM_STOP_CONVERGED);
        const erm_options slow = {.solver = erm_solver_lbfgs(NULL), .tol = 1e-6, .max_epochs = 400};
        const erm_result other = solve(&owned->problem, slow, v);
        assert_at_most(result.certificate.primal, other.certificate.primal, 1e-9);
        assert_true(result.certificate.dual <= other.certificate.primal + 1e-12);
        owned_problem_free(owned);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_minimum_is_that_of_the_numbers_themselves),
        cmocka_unit_test(least_squares_take_one_step_and_as_many_products_as_the_tolerance_asks_for),
        cmocka_unit_test(a_number_that_is_too_large_for_floats_keeps_the_doubles),
        cmocka_unit_test(the_bits_do_not_depend_on_the_number_of_threads),
        cmocka_unit_test(rough_products_are_products_to_six_digits),
        cmocka_unit_test(a_product_with_the_copy_is_one_with_the_numbers_whatever_the_columns_sizes),
        cmocka_unit_test(classes_of_nearly_equal_columns_reach_the_minimum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
