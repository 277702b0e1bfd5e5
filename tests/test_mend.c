/* Bounds where scaling a dual point does not help: every convex pair is certified tightly, and no bound is ever above F. */
#include "check.h"

#include <stdio.h>

#include "catalog_regularizer.h"
#include "ermopt/solve.h"
#include "named.h"
#include "problem/certifier.h"
#include "problems.h"

enum { N = 60, D = 5, SIZE = 64, POINTS = 24 };

/* A random point of the constraint set at about this distance from w. */
static void point_near(const owned_problem *owned, erm_rng *rng, const double *w, double distance, double *v)
{
    const erm_problem *problem = &owned->problem;
    const erm_regularizer *R = &problem->regularizer;
    double scratch[4096];
    for (int64_t j = 0; j < owned->size; j++) v[j] = w[j] + distance * erm_rng_normal(rng);
    const erm_shape shape = {.d = problem->X->cols, .k = problem->k, .scratch = scratch};
    assert_true(!R->ops->scratch || R->ops->scratch(R, shape.d, shape.k) <= 4096);
    R->ops->prox(R, shape, 1e-300, NULL, v, v);
}

/* dual: a bound that somebody claims, w: the best point known. Points at distances of 1e-9 to 10 from w. */
static void no_objective_is_below(double dual, const owned_problem *owned, const double *w, const char *name)
{
    erm_rng rng = erm_rng_seed(5);
    double v[SIZE];
    for (int trial = 0; trial < POINTS; trial++) {
        point_near(owned, &rng, w, trial ? pow(10, trial % 11 - 9) : 0, v);
        const double F = slow_objective(owned, v);
        if (dual > F + 1e-13 * fmax(1, fabs(F))) fail_case("%s: D = %.17g > F = %.17g", name, dual, F);
    }
}

/* What keeps a convex pair from a tight bound here; NULL: nothing. */
static const char *exception(const erm_problem *problem)
{
    if (!problem->regularizer.ops->conjugate) return "its conjugate is finite only where entries of U add up to exactly 0";
    const bool interior = !problem->loss.ops->differentiable && problem->loss.ops->dual_form && problem->regularizer.ops->hessian;
    if (!problem->loss.ops->differentiable && !interior) return "no solver comes near the optimum, nor to its dual variables";
    return NULL;
}

static void certify_tightly(problem_spec spec, const char *name)
{
    owned_problem *owned = owned_problem_new(spec);
    const erm_problem *problem = &owned->problem;
    double w[SIZE] = {0};
    erm_result result;
    erm_options options = {.tol = 1e-12, .max_epochs = 50000};
    assert_true(erm_solver_from_name(problem->loss.ops->differentiable ? "prox" : "interior", &options.solver));
    const bool tight = !exception(problem);
    if (!tight) {
        options.max_epochs = 20;
        options.solver = (erm_solver){0};
    }
    if (erm_solve(problem, &options, w, &result)) fail_case("%s: %s", name, result.detail);
    const erm_certificate *of_solve = &result.certificate;
    erm_certificate alone;
    assert_int_equal(erm_certify(problem, w, &alone, NULL), ERM_OK);
    if (tight && !(of_solve->gap <= 1e-11 * fabs(of_solve->primal)))
        fail_case("%s: gap %g of %g in the solve, kkt %g", name, of_solve->gap, of_solve->primal, of_solve->kkt);
    /* a loss with a kink needs the solver's dual variables */
    if (tight && problem->loss.ops->differentiable && !(alone.gap <= 1e-9 * fabs(alone.primal)))
        fail_case("%s: gap %g of %g, certified from w alone, kkt %g", name, alone.gap, alone.primal, alone.kkt);
    no_objective_is_below(of_solve->dual, owned, w, name);
    no_objective_is_below(alone.dual, owned, w, name);
    double v[SIZE];
    erm_rng rng = erm_rng_seed(6);
    for (int far = -6; far <= 1; far++) { /* bounds from elsewhere, some of them far from tight */
        point_near(owned, &rng, w, pow(10, far), v);
        assert_int_equal(erm_certify(problem, v, &alone, NULL), ERM_OK);
        no_objective_is_below(alone.dual, owned, w, name);
    }
    owned_problem_free(owned);
}

static void every_convex_pair_is_certified_tightly_and_never_falsely(void **state)
{
    (void)state;
    int64_t count, turn = 0;
    const regularizer_case *regularizer = regularizer_catalog(&count);
    for (int l = 0; l < catalog_loss_count(); l++)
        for (int64_t r = 0; r < count; r++, turn++) {
            if (regularizer[r].regularizer.ops->nonconvex || (CHECK_SANITIZED && turn % 13)) continue;
            const problem_spec spec = {.kind = &matrix_kinds[turn % matrix_kinds_count],
                                       .loss = catalog_loss_at(l),
                                       .regularizer = regularizer[r].regularizer,
                                       .n = N,
                                       .d = D,
                                       .weights = turn % 3 == 1,
                                       .offset = turn % 5 < 2,
                                       .intercept = turn % 7 < 4,
                                       .seed = (uint64_t)turn};
            char name[160];
            snprintf(name, sizeof name, "%s x %s, number %lld", spec.loss.name, regularizer[r].name, (long long)turn);
            certify_tightly(spec, name);
        }
}

/* n x d numbers; the first `free` features are not penalised. */
typedef struct wide {
    double *x, *y, *factor, *w;
    erm_dense X;
    erm_problem problem;
} wide;

static wide wide_new(int64_t n, int64_t d, int64_t free_features, erm_loss loss)
{
    wide of = {.x = calloc((size_t)(n * d), sizeof(double)), .y = calloc((size_t)n, sizeof(double))};
    of.factor = calloc((size_t)d, sizeof(double));
    of.w = calloc((size_t)d + 1, sizeof(double));
    erm_rng rng = erm_rng_seed((uint64_t)(n + d));
    for (int64_t p = 0; p < n * d; p++) of.x[p] = erm_rng_normal(&rng);
    for (int64_t i = 0; i < n; i++) of.y[i] = of.x[i * d] + erm_rng_normal(&rng) > 0 ? 1 : -1;
    for (int64_t j = 0; j < d; j++) of.factor[j] = j >= free_features;
    of.X = erm_dense_f64(n, d, of.x, d);
    of.problem = (erm_problem){.y = of.y, .loss = loss, .regularizer = erm_l2(0.01), .intercept = true};
    of.problem.regularizer.factor = of.factor;
    return of;
}

static void wide_free(wide *of)
{
    free(of->x);
    free(of->y);
    free(of->factor);
    free(of->w);
}

static erm_certificate certificate_at(wide *of)
{
    erm_certificate certificate;
    of->problem.X = &of->X.base;
    assert_int_equal(erm_certify(&of->problem, of->w, &certificate, NULL), ERM_OK);
    return certificate;
}

static void more_free_features_than_the_limit_leave_only_the_residual(void **state)
{
    (void)state;
    static const int64_t free_features[] = {ERM_MEND_MOST - 1, ERM_MEND_MOST};
    for (int many = 0; many < 2; many++) { /* and the intercept */
        wide of = wide_new(700, 300, free_features[many], erm_loss_squared());
        const erm_certificate certificate = certificate_at(&of);
        assert_int_equal(certificate.kind, many ? ERM_CERTIFICATE_KKT : ERM_CERTIFICATE_GAP);
        assert_true(certificate.kkt > 0);
        if (many) assert_true(certificate.dual == -INFINITY && certificate.gap == INFINITY);
        wide_free(&of);
    }
}

/* At w = 0 the bound comes from the refit of the free features alone: the optimum of the problem without the others, less
 * what the others can still gain. */
static void a_bound_far_from_the_optimum_is_still_a_bound(void **state)
{
    (void)state;
    wide of = wide_new(200, 12, 4, erm_loss_logistic());
    const erm_certificate at_0 = certificate_at(&of);
    assert_int_equal(at_0.kind, ERM_CERTIFICATE_GAP);
    erm_result result;
    assert_int_equal(erm_solve(&of.problem, &(erm_options){.tol = 1e-12}, of.w, &result), ERM_OK);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_true(at_0.dual < result.certificate.primal);
    assert_true(at_0.dual > 0);
    wide_free(&of);
}

/* Equal columns, a column of zeros, scales of 1e-6 and 1e6, and a column that hardly varies about 1e3. */
static void free_columns_may_be_dependent_and_of_any_scale(void **state)
{
    (void)state;
    static const char *const losses[] = {"squared", "logistic", "huber 1", "squared-hinge"};
    for (int l = 0; l < 4; l++) {
        enum { n = 150, d = 9 };
        wide of = wide_new(n, d, 7, loss_named(losses[l]).loss);
        for (int64_t i = 0; i < n; i++) {
            double *const row = of.x + i * d;
            row[1] = row[0];
            row[2] = 0;
            row[3] *= 1e-6;
            row[4] *= 1e6;
            row[5] = 1e3 + row[5];
        }
        of.problem.X = &of.X.base;
        erm_result result;
        assert_int_equal(erm_solve(&of.problem, &(erm_options){.tol = 1e-10}, of.w, &result), ERM_OK);
        const erm_certificate certificate = certificate_at(&of);
        if (!(certificate.gap <= 1e-9 * certificate.primal))
            fail_case("%s: gap %g of %g, kkt %g", losses[l], certificate.gap, certificate.primal, certificate.kkt);
        wide_free(&of);
    }
}

/* The averages of many rows' derivatives at points around w: in the domain of l*, and feasible for nothing else. */
static void offer_average(const owned_problem *owned, const double *w, double *dual)
{
    const erm_problem *problem = &owned->problem;
    const int64_t n = problem->X->rows, d = problem->X->cols, k = problem->k;
    enum { AVERAGED = 64 };
    erm_rng rng = erm_rng_seed(8);
    double *const z = calloc((size_t)(n * k), sizeof(double)), *const a = calloc((size_t)(n * k), sizeof(double));
    for (int turn = 0; turn < AVERAGED; turn++) {
        double v[SIZE];
        for (int64_t j = 0; j < owned->size; j++) v[j] = w[j] + 0.02 * erm_rng_normal(&rng);
        problem->X->ops->mul(problem->X, (erm_rows){.count = n}, k, v, z);
        for (int64_t i = 0; i < n * k; i++)
            z[i] += (problem->intercept ? v[d * k + i % k] : 0) + (problem->offset ? problem->offset[i] : 0);
        problem->loss.ops->eval(&problem->loss, n, k, z, problem->y, problem->weight, a, NULL);
        for (int64_t i = 0; i < n * k; i++) dual[i] += a[i] / AVERAGED;
    }
    free(z);
    free(a);
}

static void offered_dual_points_of_several_outputs_give_a_bound(void **state)
{
    (void)state;
    static const char *const losses[] = {"multiclass-hinge, 4 classes", "cross-entropy, 5 classes",
                                         "multitask-squared, 3 outputs"};
    for (int l = 0; l < 3; l++)
        for (int variant = 0; variant < 4; variant++) {
            const double factor[D] = {1, variant & 2 ? 0 : 1, 1, 1, 1};
            erm_regularizer l2 = erm_l2(0.1);
            l2.factor = factor;
            const problem_spec spec = {.kind = &matrix_kinds[0],
                                       .loss = loss_named(losses[l]),
                                       .regularizer = l2,
                                       .n = N,
                                       .d = D,
                                       .weights = true,
                                       .offset = true,
                                       .intercept = variant & 1,
                                       .seed = 3};
            owned_problem *owned = owned_problem_new(spec);
            double w[SIZE] = {0}, dual[N * 5] = {0};
            erm_result result;
            erm_options options = {.max_epochs = 3000, .tol = 1e-6};
            if (!owned->problem.loss.ops->differentiable && (variant & 2))
                options.solver = erm_solver_sgd(NULL); /* rough will do */
            assert_int_equal(erm_solve(&owned->problem, &options, w, &result), ERM_OK);
            offer_average(owned, w, dual);
            erm__workspace ws;
            erm__certifier certifier;
            assert_int_equal(erm__workspace_open(&ws, &owned->problem, 1), ERM_OK);
            assert_int_equal(erm__certifier_open(&certifier, &ws), ERM_OK);
            const double far[SIZE] = {0}; /* so that the bound is the offered point's */
            const erm_certificate with = erm__certifier_run(&certifier, far, dual);
            if (!(with.dual > 0.85 * result.certificate.primal))
                fail_case("%s, variant %d: offered bound %g, F* about %g", losses[l], variant, with.dual,
                          result.certificate.primal);
            no_objective_is_below(with.dual, owned, w, losses[l]);
            erm__workspace_close(&ws);
            owned_problem_free(owned);
        }
}

static void mended_bounds_have_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    wide of = wide_new(6000, 120, 100, erm_loss_logistic());
    of.problem.X = &of.X.base;
    erm_certificate first = {0};
    for (int threads = 1; threads <= 7; threads += 2) {
        erm__workspace ws;
        erm__certifier certifier;
        assert_int_equal(erm__workspace_open(&ws, &of.problem, threads), ERM_OK);
        assert_int_equal(erm__certifier_open(&certifier, &ws), ERM_OK);
        const erm_certificate now = erm__certifier_run(&certifier, of.w, NULL);
        assert_int_equal(now.kind, ERM_CERTIFICATE_GAP);
        if (threads == 1) first = now;
        assert_memory_equal(&first, &now, sizeof now);
        erm__workspace_close(&ws);
    }
    wide_free(&of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_convex_pair_is_certified_tightly_and_never_falsely),
        cmocka_unit_test(more_free_features_than_the_limit_leave_only_the_residual),
        cmocka_unit_test(a_bound_far_from_the_optimum_is_still_a_bound),
        cmocka_unit_test(free_columns_may_be_dependent_and_of_any_scale),
        cmocka_unit_test(offered_dual_points_of_several_outputs_give_a_bound),
        cmocka_unit_test(mended_bounds_have_the_same_bits_for_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
