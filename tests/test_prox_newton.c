/* Proximal Newton on a sample's Hessian: how few passes it takes, how fast its tail is, and what bad samples do. */
#include "check.h"

#include "ermopt/solve.h"
#include "named.h"
#include "solver/newton/sample_size.h"
#include "solving.h"

enum { SIZE = 64, MOST_EPOCHS = 64 };

/* Rows in which each value leans on the one before it. */
static owned_problem *correlated(int64_t n, int64_t d, const char *loss, erm_regularizer regularizer, bool intercept)
{
    problem_spec spec = spec_of(loss, regularizer, n, d);
    spec.intercept = intercept;
    owned_problem *owned = owned_problem_new(spec);
    double *const x = (double *)(uintptr_t)((const erm_dense *)owned->problem.X)->values;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 1; j < d; j++) x[i * d + j] = 0.9 * x[i * d + j - 1] + 0.4 * x[i * d + j];
    return owned;
}

static erm_result prox_newton(const erm_problem *problem, double tol, double *w)
{
    return solve(problem, (erm_options){.solver = erm_solver_prox_newton(NULL), .tol = tol, .max_epochs = 200}, w);
}

static void a_dozen_steps_of_a_pass_and_hardly_more_give_nine_digits(void **state)
{
    (void)state;
    static const char *const losses[] = {"logistic", "huber 1", "squared-hinge", "poisson"};
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++)
        for (int intercept = 0; intercept < 2; intercept++) {
            owned_problem *owned = correlated(20000, 30, losses[l], erm_l1(3e-3), intercept);
            double w[SIZE] = {0}, v[SIZE] = {0};
            const erm_result result = prox_newton(&owned->problem, 1e-9, w);
            const erm_result other = solve(&owned->problem, (erm_options){.solver = erm_solver_cd(NULL), .tol = 1e-10}, v);
            assert_int_equal(result.stop, ERM_STOP_CONVERGED);
            assert_near(result.certificate.primal, other.certificate.primal, 1e-9 * fabs(other.certificate.primal));
            if (result.epochs > 13 || result.passes > (double)result.epochs + 4)
                fail_case("%s: %lld steps, %g passes", losses[l], (long long)result.epochs, result.passes);
            owned_problem_free(owned);
        }
}

typedef struct trace {
    double gap[MOST_EPOCHS + 1];
    int64_t last;
} trace;

static bool record(const erm_progress *now, void *data)
{
    trace *const seen = data;
    seen->gap[now->epoch] = now->relative_gap;
    seen->last = now->epoch;
    return true;
}

/* The sample's Hessian alone would leave about sqrt(d / rows) = 0.18 of the error in w, and as much of the gap, at each step. */
static void what_it_learns_makes_the_tail_superlinear(void **state)
{
    (void)state;
    owned_problem *owned = correlated(50000, 20, "logistic", erm_l1(1e-2), false);
    double w[SIZE] = {0};
    trace seen = {{0}, 0};
    const erm_options options = {.solver = erm_solver_prox_newton(NULL),
                                 .tol = 1e-11,
                                 .max_epochs = MOST_EPOCHS,
                                 .check_every = 1,
                                 .monitor = record,
                                 .monitor_data = &seen};
    const erm_result result = solve(&owned->problem, options, w);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    const double last = seen.gap[seen.last], first = seen.gap[1];
    const double rate = pow(last / first, 1 / (double)(seen.last - 1));
    if (rate > 0.1) fail_case("%g a step from %g to %g", rate, first, last);
    owned_problem_free(owned);
}

static void the_hessian_of_all_rows_solves_a_quadratic_in_a_step(void **state)
{
    (void)state;
    owned_problem *owned = correlated(300, 20, "squared", erm_l1(1e-2), true);
    double w[SIZE] = {0};
    const erm_result result = prox_newton(&owned->problem, 1e-9, w);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_true(result.epochs <= 2);
    owned_problem_free(owned);
}

static void a_bad_sample_to_start_from_does_no_harm(void **state)
{
    (void)state;
    problem_spec spec = spec_of("logistic", erm_elastic_net(1e-3, 1e-3), 5000, 3);
    spec.weights = true;
    owned_problem *owned = owned_problem_new(spec);
    for (int64_t i = 0; i < 5000; i++) owned->weight[i] = i == 4321 || i == 17 ? 1 : 0; /* the sample may well weigh nothing */
    owned->y[17] = 1;
    owned->y[4321] = -1;
    double w[SIZE] = {0}, v[SIZE] = {0};
    const erm_result result = prox_newton(&owned->problem, 1e-8, w);
    const erm_result other = solve(&owned->problem, (erm_options){.solver = erm_solver_cd(NULL), .tol = 1e-8}, v);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_near(result.certificate.primal, other.certificate.primal, 1e-8);
    owned_problem_free(owned);
}

/* All but one of the rows have the same value in a column, which no sample sees. */
static void a_column_that_the_sample_misses_is_found(void **state)
{
    (void)state;
    owned_problem *owned = correlated(20000, 10, "logistic", erm_l1(1e-5), true);
    double *const x = (double *)(uintptr_t)((const erm_dense *)owned->problem.X)->values;
    for (int64_t i = 0; i < 20000; i++) x[i * 10 + 3] = i == 12345 ? 50 : 0;
    double w[SIZE] = {0}, v[SIZE] = {0};
    const erm_result result = prox_newton(&owned->problem, 1e-8, w);
    const erm_result other = solve(&owned->problem, (erm_options){.solver = erm_solver_cd(NULL), .tol = 1e-9}, v);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_near(result.certificate.primal, other.certificate.primal, 1e-8);
    if (result.epochs > 20) fail_case("%lld steps", (long long)result.epochs);
    owned_problem_free(owned);
}

/* A row that no sample sees, whose rate is infinite at the sample's solution. */
static void a_sample_whose_solution_makes_F_infinite_does_not_end_the_run(void **state)
{
    (void)state;
    static const char *const solvers[] = {"prox-newton", "newton-cg"};
    for (size_t s = 0; s < sizeof solvers / sizeof *solvers; s++) {
        owned_problem *owned = correlated(5000, 3, "poisson", s == 0 ? erm_l1(1e-3) : erm_l2(1e-3), true);
        double *const x = (double *)(uintptr_t)((const erm_dense *)owned->problem.X)->values;
        for (int64_t j = 0; j < 3; j++) x[4321 * 3 + j] *= j % 2 ? 1e4 : -1e4;
        double w[SIZE] = {0};
        erm_options options = {.tol = 1e-6, .max_epochs = 60};
        assert_true(erm_solver_from_name(solvers[s], &options.solver));
        erm_result result;
        assert_int_equal(erm_solve(&owned->problem, &options, w, &result), ERM_OK);
        if (result.stop == ERM_STOP_DIVERGED || result.epochs < 2)
            fail_case("%s: %s after %lld steps", result.solver, result.detail, (long long)result.epochs);
        assert_int_equal(result.stop, ERM_STOP_CONVERGED);
        owned_problem_free(owned);
    }
}

/* A step leaves d / rows of the error, and the first sets out from 0 with all of it. */
static void least_squares_take_a_pass_a_step_and_a_few_steps(void **state)
{
    (void)state;
    enum { COLS = 200 };
    owned_problem *owned = correlated(40000, COLS, "squared", erm_l2(1e-3), false);
    double w[COLS] = {0}, v[COLS] = {0};
    const erm_result result = prox_newton(&owned->problem, 1e-9, w);
    const erm_result other = solve(&owned->problem, (erm_options){.solver = erm_solver_newton(NULL), .tol = 1e-12}, v);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_near(result.certificate.primal, other.certificate.primal, 1e-9 * other.certificate.primal);
    if (result.epochs > 9 || result.passes > (double)result.epochs + 1)
        fail_case("%lld steps, %g passes", (long long)result.epochs, result.passes);
    owned_problem_free(owned);
}

static int64_t size_for(const erm_problem *problem, double tol)
{
    erm__workspace ws;
    assert_int_equal(erm__workspace_open(&ws, problem, 1), ERM_OK);
    const int64_t rows = erm__sample_size(&ws, tol);
    erm__workspace_close(&ws);
    return rows;
}

static void a_sample_grows_with_the_digits_that_are_wanted_and_is_all_of_few_rows(void **state)
{
    (void)state;
    owned_problem *many = correlated(50000, 40, "squared", erm_l2(1), true),
                  *few = correlated(100, 20, "squared", erm_l2(1), true);
    const int64_t loose = size_for(&many->problem, 1e-2), tight = size_for(&many->problem, 1e-12);
    assert_true(10 * 41 < loose && loose < tight && tight < 25000);
    assert_int_equal(size_for(&few->problem, 1e-6), 100);
    owned_problem_free(many);
    owned_problem_free(few);
}

static void auto_takes_it_for_many_rows_and_few_columns(void **state)
{
    (void)state;
    owned_problem *owned = correlated(20000, 30, "logistic", erm_l1(1e-2), true);
    double w[SIZE] = {0};
    const erm_result result = solve(&owned->problem, (erm_options){.tol = 1e-3}, w);
    assert_string_equal(result.solver, "prox-newton");
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dozen_steps_of_a_pass_and_hardly_more_give_nine_digits),
        cmocka_unit_test(what_it_learns_makes_the_tail_superlinear),
        cmocka_unit_test(the_hessian_of_all_rows_solves_a_quadratic_in_a_step),
        cmocka_unit_test(a_bad_sample_to_start_from_does_no_harm),
        cmocka_unit_test(a_column_that_the_sample_misses_is_found),
        cmocka_unit_test(a_sample_whose_solution_makes_F_infinite_does_not_end_the_run),
        cmocka_unit_test(least_squares_take_a_pass_a_step_and_a_few_steps),
        cmocka_unit_test(a_sample_grows_with_the_digits_that_are_wanted_and_is_all_of_few_rows),
        cmocka_unit_test(auto_takes_it_for_many_rows_and_few_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
