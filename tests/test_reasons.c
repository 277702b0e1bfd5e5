/* Every reason to stop that data or a user's own loss can give has its stop and its sentence; none is success with garbage. */
#include "check.h"

#include "solving.h"

enum { SIZE = 64 };

static erm_result solve_with(const erm_problem *problem, const char *solver, erm_options options, double *w)
{
    assert_true(erm_solver_from_name(solver, &options.solver));
    return solve(problem, options, w);
}

/* Whether the solver takes the problem. */
static bool takes(const erm_problem *problem, const char *solver)
{
    double w[SIZE] = {0};
    erm_options options = {.max_epochs = 1};
    assert_true(erm_solver_from_name(solver, &options.solver));
    return erm_solve(problem, &options, w, NULL) == ERM_OK;
}

/* ---- no minimum ------------------------------------------------------------------------------------------------------ */

static double linear_eval(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight,
                          double *D, double *H)
{
    (void)self;
    double sum = 0;
    for (int64_t i = 0; i < n * k; i++) {
        const double s = weight ? weight[i] : 1;
        sum += s * Y[i] * Z[i];
        if (D) D[i] = s * Y[i];
        if (H) H[i] = 0;
    }
    return sum;
}

static double nan_eval(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight,
                       double *D, double *H)
{
    linear_eval(self, n, k, Z, Y, weight, D, H);
    return NAN;
}

static double curvature_1(const erm_loss *self, int64_t k)
{
    (void)self;
    (void)k;
    return 1;
}

static const erm_loss_ops linear_ops = {.name = "linear", .differentiable = true, .eval = linear_eval, .curvature = curvature_1};
static const erm_loss_ops nan_ops = {.name = "nan", .differentiable = true, .eval = nan_eval, .curvature = curvature_1};

static void an_objective_without_a_lower_bound_is_said_to_have_no_minimum(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4}, y[] = {1, -1, 1, 0.5};
    const erm_dense X = erm_dense_f64(4, 1, x, 1);
    for (int intercept = 0; intercept < 2; intercept++) {
        const erm_problem problem = {
            .X = &X.base, .y = y, .loss = {.ops = &linear_ops}, .regularizer = erm_none(), .intercept = intercept == 1};
        for (int64_t s = 0; erm_solver_name(s); s++) {
            double w[2] = {0};
            if (!takes(&problem, erm_solver_name(s))) continue;
            const erm_result result = solve_with(&problem, erm_solver_name(s), (erm_options){.max_epochs = 100}, w);
            assert_int_equal(result.stop, ERM_STOP_UNATTAINED);
            assert_true(strstr(result.detail, "without bound"));
            assert_true(isfinite(w[0]) && isfinite(w[1]));
        }
    }
}

static void counts_that_are_all_0_have_no_best_intercept(void **state)
{
    (void)state;
    const double x[] = {1, -2, 3, -4}, y[4] = {0};
    const erm_dense X = erm_dense_f64(4, 1, x, 1);
    const erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_poisson(), .regularizer = erm_l2(0.1), .intercept = true};
    double w[2] = {0};
    const erm_result result = solve(&problem, (erm_options){0}, w);
    assert_int_equal(result.stop, ERM_STOP_UNATTAINED);
    assert_true(strstr(result.detail, "intercept"));
}

/* Of five classes, class 3 has no sample, or only samples of weight 0, or just one. */
static void a_class_without_samples_has_no_best_intercept(void **state)
{
    (void)state;
    enum { MISSING, WEIGHTLESS, RARE };
    for (int how = MISSING; how <= RARE; how++) {
        owned_problem *owned = owned_problem_new(spec_of("cross-entropy, 5 classes", erm_l2(0.1), 60, 3));
        double weight[60], w[SIZE] = {0};
        for (int i = 0; i < 60; i++) {
            owned->y[i] = i == 0 && how != MISSING ? 3 : (const double[]){0, 1, 2, 4}[i % 4];
            weight[i] = i == 0 && how == WEIGHTLESS ? 0 : 1;
        }
        owned->problem.weight = weight;
        owned->problem.intercept = true;
        const erm_result result = solve(&owned->problem, (erm_options){0}, w);
        assert_int_equal(result.stop, how == RARE ? ERM_STOP_CONVERGED : ERM_STOP_UNATTAINED);
        if (how != RARE) assert_true(strstr(result.detail, "intercept"));
        owned_problem_free(owned);
    }
}

static void targets_far_from_0_are_attained(void **state)
{
    (void)state;
    static const char *const losses[] = {"huber 1", "absolute", "quantile 0.9", "epsilon-insensitive", "squared"};
    for (int l = 0; l < 5; l++)
        for (int intercept = 0; intercept < 2; intercept++) {
            owned_problem *owned = owned_problem_new(spec_of(losses[l], erm_l2(1e-3), 50, 3));
            owned->problem.intercept = intercept == 1;
            for (int i = 0; i < 50; i++) owned->y[i] += 1e9;
            double w[SIZE] = {0};
            const erm_result result = solve(&owned->problem, (erm_options){.max_epochs = 50}, w);
            if (result.stop == ERM_STOP_UNATTAINED) fail_case("%s: %s", losses[l], result.detail);
            owned_problem_free(owned);
        }
}

/* ---- what is not finite ---------------------------------------------------------------------------------------------- */

static void a_loss_that_is_not_a_number_is_called_diverged(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4}, y[] = {1, -1, 1, 0.5};
    const erm_dense X = erm_dense_f64(4, 1, x, 1);
    const erm_problem problem = {.X = &X.base, .y = y, .loss = {.ops = &nan_ops}, .regularizer = erm_l2(1)};
    double w[1] = {0};
    const erm_result result = solve(&problem, (erm_options){0}, w);
    assert_int_equal(result.stop, ERM_STOP_DIVERGED);
    assert_true(strstr(result.detail, "not a number"));
}

static void a_start_where_the_objective_overflows_is_named(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("poisson", erm_l2(0.1), 50, 3));
    static const char *const solvers[] = {"gd", "prox", "newton"};
    for (int s = 0; s < 3; s++) {
        double w[SIZE] = {1e4, -1e4, 1e4, 1e4};
        const erm_result result = solve_with(&owned->problem, solvers[s], (erm_options){.max_epochs = 100}, w);
        if (result.stop == ERM_STOP_CONVERGED) continue; /* it found its way back */
        if (result.stop != ERM_STOP_DIVERGED || !strstr(result.detail, "start"))
            fail_case("%s: %s, %s", solvers[s], erm_stop_text(result.stop), result.detail);
    }
    owned_problem_free(owned);
}

/* ---- rounding -------------------------------------------------------------------------------------------------------- */

static void more_digits_than_there_are_stop_as_stalled_with_what_is_left(void **state)
{
    (void)state;
    static const char *const solvers[] = {"gd", "prox", "svrg", "newton"};
    owned_problem *owned = owned_problem_new(spec_of("logistic", erm_l2(0.01), 100, 5));
    for (int s = 0; s < 4; s++) {
        double w[SIZE] = {0};
        const erm_result result = solve_with(&owned->problem, solvers[s], (erm_options){.tol = 1e-18, .max_epochs = 100000}, w);
        const bool exact = result.stop == ERM_STOP_CONVERGED && result.certificate.gap == 0;
        if (!exact && result.stop != ERM_STOP_STALLED) fail_case("%s: %s", solvers[s], result.detail);
        assert_true(exact || strstr(result.detail, "relative gap"));
        assert_true(result.certificate.gap < 1e-13);
        assert_true(result.epochs < 20000);
    }
    owned_problem_free(owned);
}

/* ---- columns that say nothing ---------------------------------------------------------------------------------------- */

/* Columns 1 and 3 are all 0 (or, beside an intercept, all 7). */
static owned_problem *with_empty_columns(const char *loss, erm_regularizer regularizer, double value)
{
    owned_problem *owned = owned_problem_new(spec_of(loss, regularizer, 60, 5));
    double full[60 * 5];
    memcpy(full, owned->matrix->full, sizeof full);
    for (int i = 0; i < 60; i++) full[5 * i + 1] = full[5 * i + 3] = value;
    owned_matrix_free(owned->matrix);
    owned->matrix = owned_matrix_new(kind_named("dense f64"), 60, 5, full);
    owned->problem.X = owned->matrix->X;
    return owned;
}

static void columns_that_say_nothing_get_no_weight(void **state)
{
    (void)state;
    static const char *const losses[] = {"squared", "logistic", "hinge"};
    for (int l = 0; l < 3; l++)
        for (int constant = 0; constant < 2; constant++)
            for (int r = 0; r < 4; r++)
                for (int64_t s = 0; erm_solver_name(s); s++) {
                    const erm_regularizer regularizers[] = {erm_l2(0.01), erm_l1(0.01), erm_elastic_net(0.01, 0.01), erm_none()};
                    owned_problem *owned = with_empty_columns(losses[l], regularizers[r], constant ? 7 : 0);
                    double w[SIZE] = {0};
                    const char *solver = erm_solver_name(s);
                    if (takes(&owned->problem, solver) && strcmp(solver, "sgd") != 0 && strcmp(solver, "hogwild") != 0) {
                        const erm_result result = solve_with(&owned->problem, solver, (erm_options){.max_epochs = 3000}, w);
                        const bool sgd = !strcmp(result.solver, "sgd");
                        /* dependent columns without a penalty: one answer of many, and of a kink there may be no bound */
                        const bool many =
                            r == 3 && (result.stop == ERM_STOP_NOT_UNIQUE || (l == 2 && result.stop == ERM_STOP_STALLED));
                        if (result.stop != ERM_STOP_CONVERGED && !many && !sgd)
                            fail_case("%s on %s, %s, columns of %d: %s", solver, losses[l], regularizers[r].ops->name,
                                      constant ? 7 : 0, result.detail);
                        const double weight = fmax(fabs(w[1]), fabs(w[3]));
                        /* beside an intercept a constant column is pushed to 0 by a penalty alone, and there is rounding */
                        if (weight > (!constant ? 0 : sgd || r == 3 ? INFINITY : 1e-9))
                            fail_case("%s on %s, %s: weight %g", solver, losses[l], regularizers[r].ops->name, weight);
                    }
                    owned_problem_free(owned);
                }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_objective_without_a_lower_bound_is_said_to_have_no_minimum),
        cmocka_unit_test(counts_that_are_all_0_have_no_best_intercept),
        cmocka_unit_test(a_class_without_samples_has_no_best_intercept),
        cmocka_unit_test(targets_far_from_0_are_attained),
        cmocka_unit_test(a_loss_that_is_not_a_number_is_called_diverged),
        cmocka_unit_test(a_start_where_the_objective_overflows_is_named),
        cmocka_unit_test(more_digits_than_there_are_stop_as_stalled_with_what_is_left),
        cmocka_unit_test(columns_that_say_nothing_get_no_weight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
