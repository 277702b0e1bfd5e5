/* Augmented Lagrangian: how few steps it takes whatever the scaling, what a step reads, and that it
 * agrees with the interior point. */
#include "check.h"

#include <math.h>

#include "ermopt/solve.h"
#include "named.h"
#include "solving.h"

enum { D = 8 };

static erm_result solve_by(erm_solver solver, const erm_problem *problem)
{
    double w[D + 1] = {0};
    const erm_result result = solve(problem, (erm_options){.solver = solver, .tol = 1e-8}, w);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    return result;
}

/* n rows whose first column is 1e4 times as large as the others. */
static owned_problem *scaled_problem(const char *loss, int64_t n)
{
    owned_problem *owned = owned_problem_new(spec_of(loss, erm_l2(1e-4), n, D));
    double *const x = (double *)(uintptr_t)((const erm_dense *)owned->problem.X)->values;
    for (int64_t i = 0; i < n; i++) x[i * D] *= 1e4;
    return owned;
}

static const char *const losses[] = {"hinge", "absolute", "quantile 0.9", "epsilon-insensitive"};
enum { LOSSES = sizeof losses / sizeof *losses };

/* A step reads X for its margins and its gradient; the rows of the matrix are few: but for the first ones
 * they shrink with the width. */
static void some_forty_steps_of_two_passes_and_a_few_rows_are_enough_for_any_scaling(void **state)
{
    (void)state;
    for (int l = 0; l < LOSSES; l++) {
        owned_problem *owned = scaled_problem(losses[l], 4000);
        const erm_result result = solve_by(erm_solver_alm(NULL), &owned->problem);
        if (result.epochs > 50 || result.passes > 2.2 * (double)result.epochs + 4)
            fail_case("%s: %lld steps, %g passes", losses[l], (long long)result.epochs, result.passes);
        owned_problem_free(owned);
    }
}

/* Ten times the rows: ten times as many are near a kink at the same width, but no more steps are needed. */
static void the_steps_do_not_grow_with_the_rows(void **state)
{
    (void)state;
    for (int l = 0; l < LOSSES; l++) {
        owned_problem *few = scaled_problem(losses[l], 2000), *many = scaled_problem(losses[l], 20000);
        const int64_t steps = solve_by(erm_solver_alm(NULL), &few->problem).epochs;
        assert_at_most((double)solve_by(erm_solver_alm(NULL), &many->problem).epochs, 1.5 * (double)steps, 0);
        owned_problem_free(few);
        owned_problem_free(many);
    }
}

static void it_finds_the_optimum_of_the_interior_point(void **state)
{
    (void)state;
    for (int l = 0; l < LOSSES; l++) {
        owned_problem *owned = scaled_problem(losses[l], 400);
        const double F = solve_by(erm_solver_alm(NULL), &owned->problem).certificate.primal;
        const double G = solve_by(erm_solver_interior(NULL), &owned->problem).certificate.primal;
        assert_at_most(fabs(F - G), 1e-8 * fabs(G), 0);
        owned_problem_free(owned);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(some_forty_steps_of_two_passes_and_a_few_rows_are_enough_for_any_scaling),
        cmocka_unit_test(the_steps_do_not_grow_with_the_rows),
        cmocka_unit_test(it_finds_the_optimum_of_the_interior_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
