/* Paths of small random problems, most of them nasty: no lower bound is above what another solver finds, and what two call
 * optimal is equal. test_path_soak FIRST COUNT takes other seeds. */
#include "check.h"

#include <float.h>

#include <stdio.h>

#include "ermopt/path.h"
#include "soak.h"

enum { SIZE = 512, LAMBDAS = 5, SEEDS = CHECK_SANITIZED ? 25 : 100 };

static const double TOL = 1e-7;
static const double lambda[LAMBDAS] = {3, 1, 0.3, 0.25, 0.01};

static int64_t first_seed = 1, seeds = SEEDS, points, certified;

static bool has_gap(const erm_certificate *certificate) { return certificate->kind == ERM_CERTIFICATE_GAP; }

static void one_point(const soak_problem *soak, const erm_path *path, int64_t i)
{
    const erm_problem *const problem = &soak->owned->problem;
    const erm_certificate *const ours = &path->point[i].result.certificate;
    static double w[SIZE], other[SIZE];
    erm_problem scaled = *problem;
    scaled.regularizer = erm_regularizer_scaled(&problem->regularizer, path->point[i].lambda);
    erm_path_w(path, i, w);
    for (int64_t j = 0; j < soak->owned->size; j++)
        if (!isfinite(w[j])) fail_case("%s: lambda %g: w[%d] is not finite", soak->text, path->point[i].lambda, (int)j);
    points++;
    memset(other, 0, sizeof other);
    erm_options options = {.tol = TOL, .max_epochs = 1000};
    erm_solver_from_name(problem->loss.ops->differentiable ? "prox" : "auto", &options.solver);
    erm_result alone;
    if (erm_solve(&scaled, &options, other, &alone)) return;
    erm_certificate at_0; /* to whose rounding error a perfect fit is measured */
    memset(other, 0, sizeof other);
    assert_int_equal(erm_certify(&scaled, other, &at_0, NULL), ERM_OK);
    const double F = alone.certificate.primal;
    const double digit = 1e-9 * fmax(fabs(F), fabs(ours->primal)) + 1e-15 + DBL_EPSILON * fabs(at_0.primal);
    if (has_gap(ours) && ours->dual > F + digit)
        fail_case("%s: lambda %g: bound %.17g above %.17g", soak->text, path->point[i].lambda, ours->dual, F);
    if (path->point[i].result.stop != ERM_STOP_CONVERGED || !has_gap(ours)) return;
    certified++;
    if (ours->primal > F + 2 * TOL * fabs(F) + digit)
        fail_case("%s: lambda %g: %.17g, alone %.17g", soak->text, path->point[i].lambda, ours->primal, F);
}

static void random_paths_have_no_false_bound_and_no_wrong_optimum(void **state)
{
    (void)state;
    for (int64_t seed = first_seed; seed < first_seed + seeds; seed++) {
        soak_problem soak = soak_problem_new((uint64_t)seed);
        erm_path path;
        char detail[ERM_DETAIL_SIZE] = "";
        const erm_path_options options = {.lambda = lambda, .count = LAMBDAS, .solve = {.tol = TOL, .max_epochs = 1000}};
        const erm_status status = erm_path_solve(&soak.owned->problem, &options, &path, detail);
        if (status) fail_case("%s: %s", soak.text, detail);
        for (int64_t i = 0; i < path.count; i++) one_point(&soak, &path, i);
        erm_path_free(&path);
        soak_problem_free(&soak);
    }
    printf("%lld points, %lld with a gap within tol\n", (long long)points, (long long)certified);
    assert_true(certified > points / 3);
}

int main(int argc, char **argv)
{
    if (argc > 2) {
        first_seed = atoll(argv[1]);
        seeds = atoll(argv[2]);
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_paths_have_no_false_bound_and_no_wrong_optimum)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
