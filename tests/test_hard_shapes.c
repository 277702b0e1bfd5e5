/* Shapes of problems that have led solvers astray: each must end at its optimum. */
#include "check.h"

#include <math.h>
#include <stdlib.h>

#include "ermopt/rng.h"
#include "solving.h"

enum { SIZE = 512 };

static void must_converge(const erm_problem *problem, const char *name, double *F)
{
    static double w[SIZE];
    memset(w, 0, sizeof w);
    const erm_result result = solve(problem, (erm_options){.tol = 1e-6, .max_epochs = 5000}, w);
    if (result.stop != ERM_STOP_CONVERGED) fail_case("%s: %s, %s", name, result.solver, result.detail);
    *F = result.certificate.primal;
}

/* The mean of 1000 times 0.1 is not 0.1 by an ulp, and what is left of the column is no feature. */
static void a_constant_column_beside_an_intercept_changes_nothing(void **state)
{
    (void)state;
    enum { N = 1000, D = 4 };
    static const char *const losses[] = {"squared", "squared", "logistic", "logistic", "huber 1"};
    const erm_regularizer regularizers[] = {erm_nonnegative(), erm_l1(0.01), erm_none(), erm_l2(0.01), erm_none()};
    static double X[N * D];
    for (int l = 0; l < 5; l++) {
        owned_problem *owned = owned_problem_new(spec_of(losses[l], regularizers[l], N, D - 1));
        for (int i = 0; i < N; i++)
            for (int j = 0; j < D; j++) X[i * D + j] = j == 1 ? 0.1 : owned->matrix->full[i * (D - 1) + (j > 1 ? j - 1 : j)];
        const erm_dense wide = erm_dense_f64(N, D, X, D);
        double without, with;
        must_converge(&owned->problem, losses[l], &without);
        erm_problem problem = owned->problem;
        problem.X = &wide.base;
        must_converge(&problem, losses[l], &with);
        assert_near(with, without, 2e-6 * fabs(without));
        owned_problem_free(owned);
    }
}

/* At W = 0 all residuals are where Huber's loss is straight, and more columns than rows. */
static void few_rows_far_from_their_targets_are_fitted(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("huber 1", erm_l2(0.1), 50, 200));
    for (int i = 0; i < 50; i++) owned->y[i] += 100;
    double F;
    must_converge(&owned->problem, "huber 1", &F);
    assert_at_most(F, 5, 0);
    owned_problem_free(owned);
}

/* W may rest at 0 or at a bound while the dual variables still move. */
static void a_dual_goes_on_while_w_rests(void **state)
{
    (void)state;
    static const char *const losses[] = {"epsilon-insensitive", "absolute", "hinge"};
    for (int l = 0; l < 3; l++)
        for (uint64_t seed = 1; seed <= 5; seed++) {
            problem_spec spec = spec_of(losses[l], erm_elastic_net_box(0.05, 0.1, -0.2, 0.2), 60, 8);
            spec.seed = seed;
            owned_problem *owned = owned_problem_new(spec);
            double F;
            must_converge(&owned->problem, losses[l], &F);
            owned_problem_free(owned);
        }
}

/* The intercept's anchor must not swing for ever where classes are of unequal size. */
static void a_dual_with_an_intercept_fits_unequal_classes(void **state)
{
    (void)state;
    enum { N = 200, D = 3 };
    static double X[N * D], y[N], w[D + 1];
    for (uint64_t seed = 1; seed <= 12; seed++) {
        erm_rng rng = erm_rng_seed(seed);
        for (int i = 0; i < N; i++) {
            y[i] = i % 5 == 0 ? 1 : -1;
            for (int j = 0; j < D; j++) X[i * D + j] = erm_rng_normal(&rng) + (j == 0 ? 0.7 * y[i] : 0);
        }
        const erm_dense matrix = erm_dense_f64(N, D, X, D);
        const erm_problem problem = {
            .X = &matrix.base, .y = y, .loss = erm_loss_hinge(), .regularizer = erm_l2(0.01), .intercept = true};
        memset(w, 0, sizeof w);
        const erm_result result = solve(&problem, (erm_options){.solver = erm_solver_dual(NULL), .tol = 1e-6}, w);
        if (result.stop != ERM_STOP_CONVERGED) fail_case("seed %d: %s", (int)seed, result.detail);
    }
}

/* Squares about 0 would lose all digits. */
static void columns_far_from_0_keep_their_digits(void **state)
{
    (void)state;
    enum { N = 2000, D = 10 };
    static double X[N * D];
    static const char *const losses[] = {"squared", "logistic"};
    for (int l = 0; l < 2; l++) {
        owned_problem *owned = owned_problem_new(spec_of(losses[l], erm_l1(0.01), N, D));
        for (int e = 0; e < N * D; e++) X[e] = owned->matrix->full[e] + 1e6;
        const erm_dense far = erm_dense_f64(N, D, X, D);
        double near_F, F, w[D + 1] = {0};
        must_converge(&owned->problem, losses[l], &near_F);
        erm_problem problem = owned->problem;
        problem.X = &far.base;
        const erm_result result = solve(&problem, (erm_options){.solver = erm_solver_cd(NULL), .tol = 1e-6}, w);
        if (result.stop != ERM_STOP_CONVERGED) fail_case("%s: %s", losses[l], result.detail);
        F = result.certificate.primal;
        assert_near(F, near_F, 1e-5 * near_F);
        owned_problem_free(owned);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_constant_column_beside_an_intercept_changes_nothing),
        cmocka_unit_test(few_rows_far_from_their_targets_are_fitted),
        cmocka_unit_test(a_dual_goes_on_while_w_rests),
        cmocka_unit_test(a_dual_with_an_intercept_fits_unequal_classes),
        cmocka_unit_test(columns_far_from_0_keep_their_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
