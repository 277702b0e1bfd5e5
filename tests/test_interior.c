/* Interior point: how few steps it takes whatever the scaling, and what a step reads. */
#include "check.h"

#include "ermopt/solve.h"
#include "named.h"
#include "solving.h"

enum { N = 400, D = 8 };

/* A predictor and a corrector read X twice each and the matrix once; the gradient is known from the step before. */
static void some_twenty_steps_of_five_passes_are_enough_for_any_scaling(void **state)
{
    (void)state;
    static const char *const losses[] = {"hinge", "absolute", "epsilon-insensitive"};
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++) {
        owned_problem *owned = owned_problem_new(spec_of(losses[l], erm_l2(1e-4), N, D));
        double *const x = (double *)(uintptr_t)((const erm_dense *)owned->problem.X)->values, w[D + 1] = {0};
        for (int64_t i = 0; i < N; i++) x[i * D] *= 1e4;
        const erm_result result = solve(&owned->problem, (erm_options){.solver = erm_solver_interior(NULL), .tol = 1e-8}, w);
        assert_int_equal(result.stop, ERM_STOP_CONVERGED);
        if (result.epochs > 30 || result.passes > 5 * (double)result.epochs + 4)
            fail_case("%s: %lld steps, %g passes", losses[l], (long long)result.epochs, result.passes);
        owned_problem_free(owned);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(some_twenty_steps_of_five_passes_are_enough_for_any_scaling)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
