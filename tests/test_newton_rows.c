/* Newton's method with fewer rows than columns: the same answers, in as few steps. */
#include "check.h"

#include "ermopt/solve.h"
#include "named.h"
#include "solving.h"

enum { SIZE = 4096, N = 40, D = 120 };

static erm_result newton(const erm_problem *problem, double tol, double *w)
{
    return solve(problem, (erm_options){.solver = erm_solver_newton(NULL), .tol = tol}, w);
}

static void it_finds_what_prox_finds(void **state)
{
    (void)state;
    static const char *const losses[] = {"squared", "logistic", "huber 1", "squared-hinge"};
    static double factor[D];
    for (int64_t j = 0; j < D; j++) factor[j] = 0.5 + (double)(j % 4);
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++)
        for (int m = 0; m < matrix_kinds_count; m++) {
            problem_spec spec = spec_of(losses[l], erm_l2(0.05), N, D);
            spec.kind = &matrix_kinds[m];
            spec.intercept = m % 3 != 0;
            spec.weights = m % 2 == 0;
            spec.offset = m % 5 == 0;
            if (m % 4 != 0) spec.regularizer.factor = factor;
            owned_problem *owned = owned_problem_new(spec);
            double w[SIZE] = {0}, v[SIZE] = {0};
            const erm_result result = newton(&owned->problem, 1e-10, w);
            const erm_result other = solve(&owned->problem, (erm_options){.solver = erm_solver_prox(NULL), .tol = 1e-9}, v);
            if (result.stop != ERM_STOP_CONVERGED || result.epochs > (l == 0 ? 2 : 15))
                fail_case("%s on %s: %s after %lld steps", losses[l], spec.kind->name, result.detail, (long long)result.epochs);
            assert_near(result.certificate.primal, other.certificate.primal, 1e-8);
            owned_problem_free(owned);
        }
}

static void ridge_is_exact_to_rounding_in_two_steps(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("squared", erm_l2(1e-2), N, D));
    double w[SIZE] = {0};
    erm_options options = {.solver = erm_solver_newton(NULL), .tol = 1e-16, .max_epochs = 2};
    assert_true(solve(&owned->problem, options, w).certificate.gap < 1e-14);
    owned_problem_free(owned);
}

/* X'DX it is then. */
static void free_features_are_left_free(void **state)
{
    (void)state;
    static double factor[D];
    for (int64_t j = 0; j < D; j++) factor[j] = j == 7 ? 0 : 1;
    erm_regularizer R = erm_l2(0.05);
    R.factor = factor;
    owned_problem *owned = owned_problem_new(spec_of("logistic", R, N, D));
    double w[SIZE] = {0}, v[SIZE] = {0};
    const erm_result result = newton(&owned->problem, 1e-8, w);
    const erm_result other = solve(&owned->problem, (erm_options){.solver = erm_solver_lbfgs(NULL), .tol = 1e-8}, v);
    assert_near(result.certificate.primal, other.certificate.primal, 1e-7);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_finds_what_prox_finds),
        cmocka_unit_test(ridge_is_exact_to_rounding_in_two_steps),
        cmocka_unit_test(free_features_are_left_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
