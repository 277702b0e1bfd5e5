/* Every solver on every (loss, regularizer) of the catalogs x {weights, offset, factors, intercept}: the optimum that two
 * solvers certify, or an honest refusal. */
#include "check.h"

#include <stdio.h>

#include "catalog_regularizer.h"
#include "ermopt/solve.h"
#include "problems.h"

enum { N = 60, D = 5, SIZE = 64, SHARE = CHECK_SANITIZED ? 13 : 1 };

static const double TOL = 1e-6, TIGHT = 1e-8;

/* What SGD and Hogwild are held to: F within 10 % of the optimum after 300 epochs of a few steps each (nearly all end within
 * 1 %; cross-entropy with free features 7 %). Its gap is looser than that, and where the loss's curvature is unbounded no step is
 * safe: there it only may not end worse than it began. */
static const double SGD_FAR = 1e-1;
enum { SGD_EPOCHS = 300, SGD_SHARE = 7 };

static const char *only; /* test_grid SOLVER: no other is tried */

typedef struct outcome {
    erm_status status;
    erm_result result;
    double w[SIZE];
} outcome;

static outcome solve_with(const char *name, const erm_problem *problem, double tol, int64_t max_epochs)
{
    outcome out = {0};
    erm_options options = {.tol = tol, .max_epochs = max_epochs, .seed = 3};
    assert_true(erm_solver_from_name(name, &options.solver));
    out.status = erm_solve(problem, &options, out.w, &out.result);
    return out;
}

/* What a solver cannot do without; besides, it refuses what erm_problem_check does. One row a solver. */
enum {
    SMOOTH_LOSS = 1,
    BOUNDED_CURVATURE = 2,
    SMOOTH_PENALTY = 4,
    QUADRATIC_PENALTY = 8, /* none, L2, a distance */
    ONE_OUTPUT = 16,
    SQUARED_LOSS = 32,
    STRAIGHT_LINES = 64, /* with kinks between */
    ELASTIC_NET = 128,   /* or a part of it */
    COORDINATES = 256,   /* of their own, or groups */
    ADVANCE = 512,       /* that are moved many steps at once, or groups */
    DUAL_STEP = 1024,
    STRONG_CONVEXITY = 2048,
    SEPARATE_ADVANCE = 4096, /* and no groups */
    KINK = 8192,
    CONVEX = 16384
};
static const struct {
    const char *solver;
    unsigned needs;
} limits[] = {
    {"auto", 0},
    {"gd", SMOOTH_LOSS | SMOOTH_PENALTY},
    {"prox", SMOOTH_LOSS},
    {"sgd", 0},
    {"svrg", SMOOTH_LOSS | BOUNDED_CURVATURE},
    {"saga", SMOOTH_LOSS | BOUNDED_CURVATURE},
    {"hogwild", SEPARATE_ADVANCE},
    {"newton", SMOOTH_LOSS | QUADRATIC_PENALTY | ONE_OUTPUT},
    {"newton-cg", SMOOTH_LOSS | QUADRATIC_PENALTY},
    {"prox-newton", SMOOTH_LOSS | ADVANCE | ONE_OUTPUT},
    {"lbfgs", SMOOTH_LOSS | SMOOTH_PENALTY},
    {"owlqn", SMOOTH_LOSS | ELASTIC_NET},
    {"cd", SMOOTH_LOSS | COORDINATES},
    {"gram", SQUARED_LOSS | ADVANCE},
    {"dual", DUAL_STEP | STRONG_CONVEXITY},
    {"direct", SQUARED_LOSS | QUADRATIC_PENALTY | ONE_OUTPUT},
    {"interior", STRAIGHT_LINES | QUADRATIC_PENALTY | ONE_OUTPUT},
    {"alm", STRAIGHT_LINES | QUADRATIC_PENALTY | ONE_OUTPUT},
    {"multipliers", KINK | DUAL_STEP | CONVEX},
};

static bool is_among(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0) names++;
    return *names != NULL;
}

static bool is_strongly_convex(const erm_regularizer *R)
{
    return R->ops->separable && (R->ops->advance || R->ops->hessian) && R->ops->modulus && R->ops->modulus(R, D) > 0;
}

static unsigned lacks(const erm_problem *problem)
{
    static const char *const elastic[] = {"none", "l1", "l2", "elastic-net", NULL};
    const erm_loss *loss = &problem->loss;
    const erm_regularizer_ops *penalty = problem->regularizer.ops;
    unsigned what = 0;
    if (!loss->ops->differentiable) what |= SMOOTH_LOSS;
    if (!isfinite(loss->ops->curvature(loss, problem->k))) what |= BOUNDED_CURVATURE;
    if (!penalty->grad) what |= SMOOTH_PENALTY;
    if (!penalty->hessian) what |= QUADRATIC_PENALTY;
    if (problem->k > 1) what |= ONE_OUTPUT;
    if (strcmp(loss->ops->name, "squared") != 0) what |= SQUARED_LOSS;
    if (loss->ops->differentiable || !loss->ops->dual_form) what |= STRAIGHT_LINES;
    if (!is_among(penalty->name, elastic)) what |= ELASTIC_NET;
    if (!(penalty->separable && (penalty->entry || penalty->advance)) && !penalty->blocks && !penalty->row) what |= COORDINATES;
    if (!penalty->advance && !penalty->blocks) what |= ADVANCE;
    if (!loss->ops->dual_step && !(loss->ops->dual_form && problem->k == 1)) what |= DUAL_STEP;
    if (!penalty->advance || !penalty->separable) what |= SEPARATE_ADVANCE;
    if (loss->ops->differentiable) what |= KINK;
    if (penalty->nonconvex) what |= CONVEX;
    if (!is_strongly_convex(&problem->regularizer)) what |= STRONG_CONVEXITY;
    return what;
}

static bool must_refuse(const char *solver, const erm_problem *problem)
{
    for (size_t row = 0; row < sizeof limits / sizeof *limits; row++)
        if (!strcmp(solver, limits[row].solver)) return limits[row].needs & lacks(problem);
    fail_case("%s has no row in the table of what solvers need", solver);
    return false;
}

static bool is_stochastic(const char *solver, const erm_problem *problem)
{
    const bool kink = !problem->loss.ops->differentiable && must_refuse("dual", problem) && must_refuse("multipliers", problem);
    return !strcmp(solver, "sgd") || !strcmp(solver, "hogwild") || (!strcmp(solver, "auto") && kink);
}

/* A quick answer. */
static void judge_stochastic(const outcome *out, const erm_problem *problem, const char *name, double F, double optimum)
{
    const erm_loss *loss = &problem->loss;
    const bool bounded = !loss->ops->differentiable || isfinite(loss->ops->curvature(loss, problem->k));
    if (out->status) fail_case("sgd on %s: %s", name, out->result.detail);
    if (bounded && isfinite(optimum) && F - optimum > SGD_FAR * fmax(fabs(F), 1e-3))
        fail_case("sgd on %s: F = %.9g, optimum %.9g", name, F, optimum);
}

static void judge(const char *solver, const owned_problem *owned, const char *name, double optimum)
{
    const erm_problem *problem = &owned->problem;
    const bool stochastic = is_stochastic(solver, problem), convex = !problem->regularizer.ops->nonconvex;
    const outcome out = solve_with(solver, problem, TOL, stochastic ? SGD_EPOCHS : 100000);
    if (must_refuse(solver, problem)) {
        if (out.status != ERM_EUNSUPPORTED || !strstr(out.result.detail, solver))
            fail_case("%s on %s: not refused", solver, name);
        return;
    }
    if (out.status) fail_case("%s on %s: %s", solver, name, out.result.detail);
    const double P = out.result.certificate.primal, F = slow_objective(owned, out.w), size = fmax(fabs(F), 1e-3);
    if (fabs(P - F) > 1e-12 * size) fail_case("%s on %s: P = %.17g, F = %.17g", solver, name, P, F);
    if (stochastic) {
        judge_stochastic(&out, problem, name, F, optimum);
        return;
    }
    const bool proven = convex && (problem->loss.ops->differentiable || problem->regularizer.ops->conjugate);
    if (out.result.stop != ERM_STOP_CONVERGED && (proven || out.result.stop != ERM_STOP_STALLED))
        fail_case("%s on %s: %s", solver, name, out.result.detail);
    if (isfinite(optimum) && fabs(P - optimum) > 2 * TOL * size)
        fail_case("%s on %s: F = %.12g, elsewhere %.12g", solver, name, P, optimum);
}

/* Why there is no pair of solvers that certify the optimum of a problem; NULL where there must be one. */
static const char *excuse(const erm_problem *problem)
{
    if (problem->regularizer.ops->nonconvex) return "not convex: several stationary points, and no dual bound";
    if (!problem->regularizer.ops->conjugate)
        return "total variation: its conjugate is finite only where entries add up to exactly 0";
    return NULL;
}

/* The number-th, from 0, of the solvers that do the problem to many digits, the most unlike ones first. NULL: no more. */
static const char *accurate_solver(const erm_problem *problem, int number)
{
    static const char *const names[] = {"interior", "multipliers", "newton", "cd", "prox", "svrg", "gd"};
    for (size_t s = 0; s < sizeof names / sizeof *names; s++)
        if (!must_refuse(names[s], problem) && number-- == 0) return names[s];
    return NULL;
}

static double certified(const char *solver, const owned_problem *owned, const char *name)
{
    const outcome out = solve_with(solver, &owned->problem, TIGHT, 100000);
    const erm_certificate *c = &out.result.certificate;
    if (out.status || out.result.stop != ERM_STOP_CONVERGED || c->kind != ERM_CERTIFICATE_GAP ||
        !(c->gap <= TIGHT * fabs(c->primal)))
        fail_case("%s on %s: gap %g of %.12g, kkt %g: %s", solver, name, c->gap, c->primal, c->kkt, out.result.detail);
    return c->primal;
}

/* The optimum, certified by two solvers that work in different ways; by one where there is one (its certificate is a proof);
 * NaN where there is none. */
static double certified_optimum(const owned_problem *owned, const char *name)
{
    const erm_problem *problem = &owned->problem;
    if (excuse(problem)) return NAN;
    const double F = certified(accurate_solver(problem, 0), owned, name);
    const char *const other = accurate_solver(problem, 1);
    if (!other) return F;
    const double G = certified(other, owned, name);
    if (fabs(F - G) > TIGHT * fabs(F)) fail_case("%s: %s finds %.12g, %s %.12g", name, accurate_solver(problem, 0), F, other, G);
    return F;
}

/* turn: every SGD_SHARE-th problem also goes to sgd, which takes most of the time. */
static void one_problem(problem_spec spec, const char *name, int64_t turn)
{
    owned_problem *owned = owned_problem_new(spec);
    const double optimum = certified_optimum(owned, name);
    for (int64_t s = 0; erm_solver_name(s); s++) {
        const char *const solver = erm_solver_name(s);
        const bool due = only ? !strcmp(only, solver) : turn % SGD_SHARE == 0 || !is_stochastic(solver, &owned->problem);
        if (due) judge(solver, owned, name, optimum);
    }
    owned_problem_free(owned);
}

/* Every pair of a loss and a regularizer meets each of these, and so each combination of two features. The catalog has every
 * regularizer twice, without and with factors; formats change from problem to problem. */
static const struct {
    bool weights, offset, factors, intercept;
} covering[] = {{0, 0, 0, 0}, {0, 1, 1, 1}, {1, 0, 1, 1}, {1, 1, 0, 1}, {1, 1, 1, 0}};
enum { ROWS = sizeof covering / sizeof *covering };

static void one_pair(catalog_loss loss, const regularizer_case *without_and_with_factors, int64_t turn)
{
    for (int row = 0; row < ROWS; row++, turn++) {
        if (turn % SHARE) continue;
        const regularizer_case *const regularizer = &without_and_with_factors[covering[row].factors];
        const matrix_kind *const kind = &matrix_kinds[turn / SHARE % matrix_kinds_count];
        const problem_spec spec = {.kind = kind,
                                   .loss = loss,
                                   .regularizer = regularizer->regularizer,
                                   .n = N,
                                   .d = D,
                                   .weights = covering[row].weights,
                                   .offset = covering[row].offset,
                                   .intercept = covering[row].intercept,
                                   .seed = (uint64_t)turn};
        char name[200];
        snprintf(name, sizeof name, "%s x %s x %s%s%s%s, seed %lld", loss.name, regularizer->name, kind->name,
                 spec.weights ? " x weights" : "", spec.offset ? " x offset" : "", spec.intercept ? " x intercept" : "",
                 (long long)turn);
        one_problem(spec, name, turn / SHARE);
    }
}

static void every_solver_reaches_the_same_certified_optimum_or_refuses(void **state)
{
    (void)state;
    int64_t regularizers, turn = 1;
    const regularizer_case *regularizer = regularizer_catalog(&regularizers);
    for (int l = 0; l < catalog_loss_count(); l++)
        for (int64_t r = 0; r < regularizers; r += 2, turn += ROWS) {
            assert_true(!regularizer[r].regularizer.factor && regularizer[r + 1].regularizer.factor);
            one_pair(catalog_loss_at(l), &regularizer[r], turn);
        }
}

int main(int argc, char **argv)
{
    if (argc > 1) only = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_solver_reaches_the_same_certified_optimum_or_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
