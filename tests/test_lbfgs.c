/* L-BFGS, its line search, and OWL-QN: rates, passes over the data, scales, orthants. */
#include "check.h"

#include "ermopt/solve.h"
#include "named.h"
#include "solver/newton/lbfgs_search.h"
#include "solving.h"

enum { SIZE = 4096 };

/* ---- the line search ---- */

typedef struct curve {
    double (*value)(double t, double *slope);
    int calls;
} curve;

static double call(void *context, double t, double *slope)
{
    curve *const self = context;
    self->calls++;
    return self->value(t, slope);
}

static double parabola(double t, double *slope)
{
    *slope = 2 * (t - 300);
    return (t - 300) * (t - 300);
}

static double steep(double t, double *slope) /* overflows from t = 709 on */
{
    *slope = exp(t) - 2;
    return exp(t) - 2 * t;
}

static double wall(double t, double *slope) /* log barrier at t = 1e-3 */
{
    *slope = t < 1e-3 ? -2 + 1e-4 / (1e-3 - t) : NAN;
    return t < 1e-3 ? -2 * t - 1e-4 * log(1e-3 - t) : INFINITY;
}

static double huber(double t, double *slope) /* straight at first, its slope jumps at 20 */
{
    *slope = t < 20 ? -1 : 5 * (t - 20.1);
    return t < 20 ? -t : -20 + 2.5 * (t - 20.1) * (t - 20.1) - 2.5 * 0.01;
}

static double rising(double t, double *slope) /* its slope at 0 was said to be negative */
{
    *slope = 1;
    return t;
}

static void its_steps_satisfy_the_wolfe_conditions(void **state)
{
    (void)state;
    double (*const curves[])(double, double *) = {parabola, steep, wall, huber};
    static const double steps[] = {1, 1e-6, 1e4}, wolfes[] = {0.9, 0.1, 1e-3};
    for (size_t c = 0; c < sizeof curves / sizeof *curves; c++)
        for (size_t s = 0; s < 3; s++)
            for (size_t w = 0; w < 3; w++) {
                curve own = {.value = curves[c]};
                erm__line line = {.value = call, .context = &own, .wolfe = wolfes[w]};
                line.value0 = curves[c](0, &line.slope0);
                const double t = erm__line_search(&line, steps[s]);
                double slope;
                const double value = curves[c](t, &slope);
                const bool lower = value <= line.value0 + 1e-4 * t * line.slope0 + 1e-12 * fabs(line.value0);
                if (!(t > 0) || !lower || fabs(slope) > -wolfes[w] * line.slope0 * (1 + 1e-12) || own.calls > 25)
                    fail_case("curve %zu from %g to %g: %g at %g, slope %g of %g, %d calls", c, steps[s], wolfes[w], value, t,
                              slope, line.slope0, own.calls);
            }
}

static void there_is_no_step_where_nothing_goes_down(void **state)
{
    (void)state;
    curve own = {.value = rising};
    const erm__line line = {.value = call, .context = &own, .value0 = 0, .slope0 = -1, .wolfe = 0.9};
    assert_true(erm__line_search(&line, 1) == 0);
}

/* ---- L-BFGS ---- */

static erm_result run(const char *solver, const erm_problem *problem, double tol, double *w)
{
    erm_options options = {.tol = tol};
    assert_true(erm_solver_from_name(solver, &options.solver));
    return solve(problem, options, w);
}

enum { MOST_EPOCHS = 400 };

static int64_t steps_to(const solve_trace *seen, double best, double left)
{
    int64_t epoch = 0;
    while (epoch < MOST_EPOCHS && seen->primal[epoch] - best > left * best) epoch++;
    return epoch;
}

static erm_result with_pairs(const erm_problem *problem, int64_t pairs, solve_trace *seen)
{
    double w[SIZE] = {0};
    const erm_lbfgs_params params = {.pairs = pairs};
    const erm_options options = {.solver = erm_solver_lbfgs(&params),
                                 .tol = 1e-13,
                                 .max_epochs = MOST_EPOCHS,
                                 .check_every = 1,
                                 .monitor = trace_record,
                                 .monitor_data = seen};
    return solve(problem, options, w);
}

/* With the pairs of all steps it is BFGS, which gains more digits the longer it runs. */
static void with_all_pairs_its_tail_is_superlinear(void **state)
{
    (void)state;
    static const char *const losses[] = {"squared", "logistic", "gamma"};
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++) {
        owned_problem *owned = owned_problem_new(spec_of(losses[l], erm_l2(1e-3), 300, 15));
        solve_trace seen = {{0}};
        const double best = with_pairs(&owned->problem, MOST_EPOCHS, &seen).certificate.primal;
        const int64_t first = steps_to(&seen, best, 1e-4), then = steps_to(&seen, best, 1e-8) - first,
                      last = steps_to(&seen, best, 1e-12) - first - then;
        if (first + then + last > 60 || last > then || 2 * last > first + then)
            fail_case("%s: %lld, %lld and %lld steps for four digits each", losses[l], (long long)first, (long long)then,
                      (long long)last);
        owned_problem_free(owned);
    }
}

static void more_pairs_take_fewer_steps(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("logistic", erm_l2(1e-5), 300, 25));
    solve_trace seen = {{0}};
    const int64_t few = with_pairs(&owned->problem, 2, &seen).epochs, many = with_pairs(&owned->problem, 30, &seen).epochs;
    if (!(3 * many < 2 * few)) fail_case("%lld steps with 30 pairs, %lld with 2", (long long)many, (long long)few);
    owned_problem_free(owned);
}

static void most_steps_read_the_data_once(void **state)
{
    (void)state;
    static const char *const losses[] = {"logistic", "squared-hinge", "cross-entropy, 5 classes"};
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++) {
        owned_problem *owned = owned_problem_new(spec_of(losses[l], erm_l2(1e-4), 500, 20));
        double w[SIZE] = {0};
        const erm_result result = run("lbfgs", &owned->problem, 1e-9, w);
        assert_int_equal(result.stop, ERM_STOP_CONVERGED);
        if (result.epochs > 150 || result.passes > 1.3 * (double)result.epochs + 3)
            fail_case("%s: %g passes for %lld steps", losses[l], result.passes, (long long)result.epochs);
        owned_problem_free(owned);
    }
}

/* Powers of two, so that no digit of the data changes. */
static void scales_of_columns_do_not_matter(void **state)
{
    (void)state;
    enum { D = 6 };
    owned_problem *owned = owned_problem_new(spec_of("logistic", erm_none(), 200, D));
    double w[SIZE] = {0}, v[SIZE] = {0};
    const erm_result plain = run("lbfgs", &owned->problem, 1e-9, w);
    double *const x = (double *)(uintptr_t)((const erm_dense *)owned->problem.X)->values;
    for (int64_t p = 0; p < 200 * D; p++) x[p] = ldexp(x[p], (int)(p % D) * 7 - 20);
    const erm_result scaled = run("lbfgs", &owned->problem, 1e-9, v);
    assert_int_equal(plain.stop, ERM_STOP_CONVERGED);
    assert_int_equal(plain.epochs, scaled.epochs);
    for (int64_t j = 0; j < D; j++) assert_near(w[j], ldexp(v[j], (int)j * 7 - 20), 1e-12);
    owned_problem_free(owned);
}

/* ---- OWL-QN ---- */

static void owlqn_finds_the_zeros_that_prox_finds(void **state)
{
    (void)state;
    static const double factor[] = {1, 0, 2, 1, 0.5, 3, 1, 1, 0, 1, 1, 1};
    static const char *const losses[] = {"squared", "logistic", "cross-entropy, 5 classes"};
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++)
        for (int elastic = 0; elastic < 2; elastic++) {
            erm_regularizer R = elastic ? erm_elastic_net(0.02, 0.05) : erm_l1(0.02);
            R.factor = factor;
            owned_problem *owned = owned_problem_new(spec_of(losses[l], R, 300, 12));
            double w[SIZE] = {0}, v[SIZE] = {0};
            const erm_result result = run("owlqn", &owned->problem, 1e-10, w), other = run("prox", &owned->problem, 1e-10, v);
            if (result.stop != ERM_STOP_CONVERGED || result.epochs > 150)
                fail_case("%s: %s after %lld steps", losses[l], result.detail, (long long)result.epochs);
            assert_near(result.certificate.primal, other.certificate.primal, 1e-9);
            for (int64_t j = 0; j < owned->size; j++) assert_true((w[j] == 0) == (v[j] == 0));
            assert_true(result.nonzeros < 12 * owned->problem.k);
            owned_problem_free(owned);
        }
}

static void owlqn_refuses_what_it_cannot_fit(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("squared", erm_box(0, 1), 50, 3));
    double w[SIZE] = {0};
    erm_result result;
    const erm_options options = {.solver = erm_solver_owlqn(NULL)};
    assert_int_equal(erm_solve(&owned->problem, &options, w, &result), ERM_EUNSUPPORTED);
    assert_non_null(strstr(result.detail, "owlqn needs no penalty, l1"));
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_steps_satisfy_the_wolfe_conditions), cmocka_unit_test(there_is_no_step_where_nothing_goes_down),
        cmocka_unit_test(with_all_pairs_its_tail_is_superlinear), cmocka_unit_test(more_pairs_take_fewer_steps),
        cmocka_unit_test(most_steps_read_the_data_once),          cmocka_unit_test(scales_of_columns_do_not_matter),
        cmocka_unit_test(owlqn_finds_the_zeros_that_prox_finds),  cmocka_unit_test(owlqn_refuses_what_it_cannot_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
