/* Truncated Newton: how fast it converges, what its preconditioners do, and what scikit-learn finds. */
#include "check.h"

#include "ermopt/solve.h"
#include "named.h"
#include "solving.h"

enum { SIZE = 4096, MOST_EPOCHS = 64 };

static erm_result newton_cg(const erm_problem *problem, erm_newton_cg_preconditioner kind, double tol, double *w)
{
    const erm_newton_cg_params params = {.preconditioner = kind};
    return solve(problem, (erm_options){.solver = erm_solver_newton_cg(&params), .tol = tol, .max_epochs = 200}, w);
}

typedef struct trace {
    double primal[MOST_EPOCHS + 1];
    int64_t last;
} trace;

static bool record(const erm_progress *now, void *data)
{
    trace *const seen = data;
    seen->primal[now->epoch] = now->certificate.primal;
    seen->last = now->epoch;
    return true;
}

/* What is left after a step, relative to F, is less than the power 1.5 of what was left before, up to the forcing term. */
static void its_tail_is_superlinear(void **state)
{
    (void)state;
    static const char *const losses[] = {"logistic", "poisson", "cross-entropy, 5 classes"};
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++) {
        owned_problem *owned = owned_problem_new(spec_of(losses[l], erm_l2(1e-3), 400, 12));
        double w[SIZE] = {0};
        trace seen = {{0}, 0};
        const erm_options options = {.solver = erm_solver_newton_cg(NULL),
                                     .tol = 1e-14,
                                     .max_epochs = MOST_EPOCHS,
                                     .check_every = 1,
                                     .monitor = record,
                                     .monitor_data = &seen};
        const erm_result result = solve(&owned->problem, options, w);
        if (result.certificate.gap > 1e-11 || result.epochs > 15)
            fail_case("%s: gap %g after %lld epochs", losses[l], result.certificate.gap, (long long)result.epochs);
        const double best = result.certificate.primal;
        for (int64_t epoch = 1; epoch <= seen.last; epoch++) {
            const double before = (seen.primal[epoch - 1] - best) / best, after = (seen.primal[epoch] - best) / best;
            if (before < 1e-3 && after > fmax(10 * pow(before, 1.5), 1e-14))
                fail_case("%s: %g left, then %g", losses[l], before, after);
        }
        owned_problem_free(owned);
    }
}

/* n rows of which each value leans on the one before it, times a scale of its own for each column. */
static owned_problem *ill_conditioned(int64_t n, int64_t d, const char *loss, double l2)
{
    problem_spec spec = spec_of(loss, erm_l2(l2), n, d);
    spec.intercept = false;
    owned_problem *owned = owned_problem_new(spec);
    double *const x = (double *)(uintptr_t)((const erm_dense *)owned->problem.X)->values;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 1; j < d; j++) x[i * d + j] = 0.98 * x[i * d + j - 1] + 0.2 * x[i * d + j];
    return owned;
}

static void the_sample_takes_the_place_of_many_products(void **state)
{
    (void)state;
    owned_problem *owned = ill_conditioned(20000, 30, "logistic", 1e-6);
    double w[SIZE] = {0}, v[SIZE] = {0};
    const erm_result sample = newton_cg(&owned->problem, ERM_NEWTON_CG_SAMPLE, 1e-9, w);
    const erm_result diagonal = newton_cg(&owned->problem, ERM_NEWTON_CG_DIAGONAL, 1e-9, v);
    assert_int_equal(sample.stop, ERM_STOP_CONVERGED);
    assert_int_equal(diagonal.stop, ERM_STOP_CONVERGED);
    assert_near(sample.certificate.primal, diagonal.certificate.primal, 1e-9);
    if (!(3 * sample.passes < diagonal.passes && sample.passes < 20))
        fail_case("%g passes with the sample, %g without", sample.passes, diagonal.passes);
    owned_problem_free(owned);
}

/* With all rows in the sample M is the Hessian, and a quadratic is minimised by one product. */
static void the_sample_of_all_rows_is_the_hessian(void **state)
{
    (void)state;
    owned_problem *owned = ill_conditioned(200, 30, "squared", 1e-3);
    double w[SIZE] = {0};
    const erm_result result = newton_cg(&owned->problem, ERM_NEWTON_CG_SAMPLE, 1e-12, w);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_true(result.epochs == 1);
    owned_problem_free(owned);
}

/* softmax: adding one vector to all outputs changes only the penalty, so that the start's sums must be found to be wrong. */
static void the_mean_over_the_outputs_is_found_too(void **state)
{
    (void)state;
    for (int kind = ERM_NEWTON_CG_DIAGONAL; kind <= ERM_NEWTON_CG_SAMPLE; kind++) {
        owned_problem *owned = owned_problem_new(spec_of("cross-entropy, 5 classes", erm_l2(1e-4), 300, 10));
        double w[SIZE] = {0}, v[SIZE] = {0};
        for (int64_t j = 0; j < owned->size; j++) v[j] = 3 + (double)(j % 3);
        const erm_result zero = newton_cg(&owned->problem, (erm_newton_cg_preconditioner)kind, 1e-10, w);
        const erm_result far = newton_cg(&owned->problem, (erm_newton_cg_preconditioner)kind, 1e-10, v);
        assert_int_equal(zero.stop, ERM_STOP_CONVERGED);
        assert_int_equal(far.stop, ERM_STOP_CONVERGED);
        assert_near(zero.certificate.primal, far.certificate.primal, 1e-10);
        for (int64_t j = 0; j < 50; j++) assert_near(w[j], v[j], 1e-3);
        owned_problem_free(owned);
    }
}

static void a_bad_sample_to_start_from_does_no_harm(void **state)
{
    (void)state;
    problem_spec spec = spec_of("logistic", erm_l2(1e-6), 5000, 3);
    spec.weights = true;
    owned_problem *owned = owned_problem_new(spec);
    for (int64_t i = 0; i < 5000; i++) owned->weight[i] = i == 4321 || i == 17 ? 1 : 0; /* the sample may well weigh nothing */
    owned->y[17] = 1;
    owned->y[4321] = -1;
    double w[SIZE] = {0}, v[SIZE] = {0};
    const erm_result result = newton_cg(&owned->problem, ERM_NEWTON_CG_AUTO, 1e-6, w);
    const erm_result other = solve(&owned->problem, (erm_options){.solver = erm_solver_newton(NULL), .tol = 1e-6}, v);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_near(result.certificate.primal, other.certificate.primal, 1e-9);
    owned_problem_free(owned);
}

/* Formulas in place of data; F from scikit-learn 1.2.1, LogisticRegression(C=1/(n l2), solver="newton-cg", tol=1e-12). */
static void it_agrees_with_scikit_learn(void **state)
{
    (void)state;
    enum { N = 200, D = 6 };
    static double x[N * D], two[N], three[N];
    for (int64_t i = 0; i < N; i++) {
        const double t = (double)i;
        for (int64_t j = 0; j < D; j++) x[i * D + j] = sin(1 + t * (double)(j + 1) * 0.7) + 0.3 * cos(t * 0.31) * (double)(j % 2);
        const int often = i * 7 % 5 < 2, first = x[i * D] > 0.2;
        two[i] = often != first ? 1 : -1;
        three[i] = often + first;
    }
    const erm_dense X = erm_dense_f64(N, D, x, D);
    static const char *const solvers[] = {"newton-cg", "lbfgs", "owlqn"};
    for (size_t s = 0; s < sizeof solvers / sizeof *solvers; s++) {
        erm_problem problem = {
            .X = &X.base, .y = two, .loss = erm_loss_logistic(), .regularizer = erm_l2(1e-2), .intercept = true, .k = 1};
        erm_options options = {.tol = 1e-10};
        assert_true(erm_solver_from_name(solvers[s], &options.solver));
        double w[SIZE] = {0}, W[SIZE] = {0};
        assert_near(solve(&problem, options, w).certificate.primal, 0.6764617078156369, 1e-10);
        assert_near(w[0], 0.45668448095536085, 1e-5);
        assert_near(w[D], -0.045401006091346036, 1e-5);
        problem.y = three;
        problem.k = 3;
        problem.loss = erm_loss_cross_entropy();
        assert_near(solve(&problem, options, W).certificate.primal, 0.7639109079840168, 1e-10);
        assert_near(W[0], -1.860633167870901, 1e-4);
        assert_near(W[3], -0.42855585183807154, 1e-4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_tail_is_superlinear),
        cmocka_unit_test(the_sample_takes_the_place_of_many_products),
        cmocka_unit_test(the_sample_of_all_rows_is_the_hessian),
        cmocka_unit_test(the_mean_over_the_outputs_is_found_too),
        cmocka_unit_test(a_bad_sample_to_start_from_does_no_harm),
        cmocka_unit_test(it_agrees_with_scikit_learn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
