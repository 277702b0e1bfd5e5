/* Proximal method of multipliers: how few steps it takes whatever the scaling, what a step reads, penalties of every kind, and
 * what it says where nothing can be proven. */
#include "check.h"

#include <math.h>
#include <stdlib.h>

#include "ermopt/solve.h"
#include "named.h"
#include "solving.h"

static const char *const losses[] = {"hinge", "absolute", "quantile 0.9", "epsilon-insensitive"};
enum { LOSSES = sizeof losses / sizeof *losses, D = 8 };

static erm_result fit(const erm_problem *problem, erm_options options)
{
    double *const w = calloc((size_t)erm_problem_size(problem), sizeof *w);
    assert_non_null(w);
    if (!options.solver.ops) options.solver = erm_solver_multipliers(NULL);
    const erm_result result = solve(problem, options, w);
    free(w);
    return result;
}

static double certified(const erm_problem *problem)
{
    const erm_result result = fit(problem, (erm_options){.tol = 1e-8});
    if (result.stop != ERM_STOP_CONVERGED || result.certificate.kind != ERM_CERTIFICATE_GAP) fail_case("%s", result.detail);
    assert_at_most(result.certificate.gap, 1e-8 * fabs(result.certificate.primal), 0);
    return result.certificate.primal;
}

/* n rows whose first column is 1e4 times as large as the others. */
static owned_problem *scaled_problem(const char *loss, int64_t n)
{
    owned_problem *owned = owned_problem_new(spec_of(loss, erm_l1(1e-3), n, D));
    double *const x = (double *)(uintptr_t)((const erm_dense *)owned->problem.X)->values;
    for (int64_t i = 0; i < n; i++) x[i * D] *= 1e4;
    return owned;
}

/* A step reads X for its margins and for the certificate of its problem; the rows of its matrix are few. */
static void not_many_steps_of_two_passes_are_enough_for_any_scaling(void **state)
{
    (void)state;
    for (int l = 0; l < LOSSES; l++) {
        owned_problem *owned = scaled_problem(losses[l], 4000);
        const erm_result result = fit(&owned->problem, (erm_options){.tol = 1e-8});
        if (result.stop != ERM_STOP_CONVERGED || result.epochs > 150 || result.passes > 2 * (double)result.epochs + 20)
            fail_case("%s: %lld steps, %g passes, %s", losses[l], (long long)result.epochs, result.passes, result.detail);
        owned_problem_free(owned);
    }
}

static void the_steps_hardly_grow_with_the_rows(void **state)
{
    (void)state;
    for (int l = 0; l < LOSSES; l++) {
        owned_problem *few = scaled_problem(losses[l], 2000), *many = scaled_problem(losses[l], 20000);
        const int64_t steps = fit(&few->problem, (erm_options){.tol = 1e-8}).epochs;
        assert_at_most((double)fit(&many->problem, (erm_options){.tol = 1e-8}).epochs, 2 * (double)steps, 0);
        owned_problem_free(few);
        owned_problem_free(many);
    }
}

/* More columns than its matrix has room for, so that it works on sets of them. */
static void sparse_fits_of_far_more_columns_than_rows_are_certified(void **state)
{
    (void)state;
    for (int l = 0; l < LOSSES; l++) {
        owned_problem *owned = owned_problem_new(spec_of(losses[l], erm_l1(0.05), 80, 2500));
        certified(&owned->problem);
        owned_problem_free(owned);
    }
}

/* More columns than Newton steps take: coordinate descent inside. */
static void groups_of_many_columns_are_certified(void **state)
{
    (void)state;
    enum { COLUMNS = 1200 };
    int32_t group[COLUMNS];
    for (int32_t j = 0; j < COLUMNS; j++) group[j] = j / 6;
    const erm_groups groups = {.count = COLUMNS / 6, .group = group};
    owned_problem *owned = owned_problem_new(spec_of("absolute", erm_group_lasso(0.2, &groups), 60, COLUMNS));
    certified(&owned->problem);
    owned_problem_free(owned);
}

/* With a penalty that leaves nothing but the intercept, absolute loss is least at the median. */
static void under_a_strong_penalty_the_answer_is_the_median(void **state)
{
    (void)state;
    const double x[] = {1, -2, 0.5, 3, -1}, y[] = {4, 1, 7, 100, 2};
    const erm_dense X = erm_dense_f64(5, 1, x, 1);
    const erm_problem problem = {
        .X = &X.base, .y = y, .loss = erm_loss_absolute(), .regularizer = erm_l1(1000), .intercept = true};
    double w[2] = {0};
    const erm_result result = solve(&problem, (erm_options){.solver = erm_solver_multipliers(NULL), .tol = 1e-9}, w);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_near(w[0], 0, 0);
    assert_near(w[1], 4, 1e-6);
}

/* A box that holds nothing back is no penalty at all, which the interior point knows how to fit. */
static void a_wide_box_changes_nothing(void **state)
{
    (void)state;
    for (int l = 0; l < LOSSES; l++) {
        owned_problem *owned = owned_problem_new(spec_of(losses[l], erm_none(), 300, D));
        const erm_result free = fit(&owned->problem, (erm_options){.solver = erm_solver_interior(NULL), .tol = 1e-8});
        assert_int_equal(free.stop, ERM_STOP_CONVERGED);
        owned->problem.regularizer = erm_box(-1e3, 1e3);
        assert_near(certified(&owned->problem), free.certificate.primal, 2e-8 * free.certificate.primal);
        owned_problem_free(owned);
    }
}

/* Total variation has no dual bound, and a loss with a kink no residual: the answer is good, but nothing is claimed. */
static void where_nothing_can_be_proven_nothing_is_claimed(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("absolute", erm_fused_lasso(1e-7, 0.05), 200, D));
    const double nearly = certified(&owned->problem);
    owned->problem.regularizer = erm_fused_lasso(0, 0.05);
    const erm_result result = fit(&owned->problem, (erm_options){.tol = 1e-8});
    assert_int_equal(result.stop, ERM_STOP_STALLED);
    assert_int_equal(result.certificate.kind, ERM_CERTIFICATE_KKT);
    assert_at_most(result.certificate.primal, nearly * (1 + 1e-8), 0);
    owned_problem_free(owned);
}

static void auto_takes_it_and_says_why(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("hinge", erm_l1(0.01), 100, D));
    double w[D + 1] = {0};
    erm_result result;
    assert_int_equal(erm_solve(&owned->problem, &(erm_options){.tol = 1e-8}, w, &result), ERM_OK);
    assert_string_equal(result.solver, "multipliers");
    assert_non_null(result.why);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(not_many_steps_of_two_passes_are_enough_for_any_scaling),
        cmocka_unit_test(the_steps_hardly_grow_with_the_rows),
        cmocka_unit_test(sparse_fits_of_far_more_columns_than_rows_are_certified),
        cmocka_unit_test(groups_of_many_columns_are_certified),
        cmocka_unit_test(under_a_strong_penalty_the_answer_is_the_median),
        cmocka_unit_test(a_wide_box_changes_nothing),
        cmocka_unit_test(where_nothing_can_be_proven_nothing_is_claimed),
        cmocka_unit_test(auto_takes_it_and_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
