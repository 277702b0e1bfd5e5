/* Conjugate gradients on a copy of X in floats: the same minimum, certified with X itself. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "ermopt/solve.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_minimum_is_that_of_the_numbers_themselves),
        cmocka_unit_test(least_squares_take_one_step_and_as_many_products_as_the_tolerance_asks_for),
        cmocka_unit_test(a_number_that_is_too_large_for_floats_keeps_the_doubles),
        cmocka_unit_test(the_bits_do_not_depend_on_the_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
