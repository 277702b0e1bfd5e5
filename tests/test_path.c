/* Paths: every point is the optimum of its lambda, certified on all the data, whatever was left out on the way. */
#include "check.h"

#include <stdio.h>

#include "catalog_regularizer.h"
#include "ermopt/path.h"
#include "problems.h"
#include "solving.h"

enum { SIZE = 2048 };

static erm_path path_of(const erm_problem *problem, erm_path_options options)
{
    erm_path path;
    char detail[ERM_DETAIL_SIZE];
    if (erm_path_solve(problem, &options, &path, detail)) fail_case("%s", detail);
    return path;
}

/* Each point: certified by erm_certify, and no worse than a fit of its own from 0. */
static void judge(const erm_problem *problem, const erm_path *path, double tol, const char *name)
{
    static double w[SIZE], alone[SIZE];
    for (int64_t i = 0; i < path->count; i++) {
        const erm_path_point *const point = &path->point[i];
        erm_problem scaled = *problem;
        scaled.regularizer = erm_regularizer_scaled(&problem->regularizer, point->lambda);
        erm_path_w(path, i, w);
        erm_certificate certificate;
        char detail[ERM_DETAIL_SIZE];
        if (erm_certify(&scaled, w, &certificate, detail)) fail_case("%s: %s", name, detail);
        if (point->result.stop != ERM_STOP_CONVERGED)
            fail_case("%s: lambda %g: %s, %s", name, point->lambda, erm_stop_text(point->result.stop), point->result.detail);
        const bool nonconvex = problem->regularizer.ops->nonconvex;
        const bool gap = certificate.kind == ERM_CERTIFICATE_GAP; /* free features may leave none, as in erm_solve */
        if (!gap && !nonconvex && !problem->regularizer.factor) fail_case("%s: lambda %g: no gap", name, point->lambda);
        const double left = gap ? certificate.gap / certificate.primal : certificate.kkt;
        if (!(left <= 10 * tol)) /* the point may have the dual bound of another */
            fail_case("%s: lambda %g: %g is left", name, point->lambda, left);
        if (fabs(certificate.primal - point->result.certificate.primal) > 1e-12 * fabs(certificate.primal))
            fail_case("%s: lambda %g: another objective", name, point->lambda);
        if (nonconvex) continue;
        memset(alone, 0, sizeof alone);
        erm_options options = {.tol = tol};
        erm_solver_from_name("prox", &options.solver);
        const erm_result result = solve(&scaled, options, alone);
        if (point->result.certificate.dual > result.certificate.primal * (1 + 1e-12))
            fail_case("%s: lambda %g: a false bound", name, point->lambda);
        if (fabs(result.certificate.primal - certificate.primal) > 2 * tol * fabs(certificate.primal))
            fail_case("%s: lambda %g: F = %.12g, alone %.12g", name, point->lambda, certificate.primal,
                      result.certificate.primal);
    }
}

static erm_regularizer named_regularizer(const char *name)
{
    int64_t count;
    const regularizer_case *const all = regularizer_catalog(&count);
    for (int64_t r = 0; r < count; r++)
        if (!strcmp(all[r].name, name)) return all[r].regularizer;
    fail_case("no regularizer %s in the catalog", name);
    return erm_none();
}

typedef struct path_case {
    const char *loss, *regularizer;
    int64_t n, d;
    int kind; /* of the matrix */
    bool weights, offset, intercept;
} path_case;

static const path_case cases[] = {
    {"squared", "l1", 60, 12, 0, false, false, true},
    {"squared", "l1", 30, 90, 0, false, false, false},
    {"squared", "l1", 30, 90, 1, true, true, true},
    {"squared", "l1, factors", 30, 90, 4, true, false, true},
    {"squared", "elastic net", 40, 100, 2, true, true, true},
    {"squared", "elastic net, factors", 80, 20, 3, true, true, true},
    {"squared", "nonnegative lasso", 40, 100, 5, false, false, true},
    {"squared", "l1 box", 40, 100, 6, false, true, true},
    {"squared", "group lasso", 40, 60, 0, true, false, true},
    {"squared", "group lasso, factors", 60, 12, 2, false, false, true},
    {"squared", "sparse group lasso", 40, 60, 3, false, true, true},
    {"squared", "sparse group lasso, factors", 40, 60, 1, true, false, true},
    {"squared", "mcp", 60, 20, 0, false, false, true},
    {"squared", "scad", 40, 60, 0, true, false, true},
    {"squared", "slope", 30, 50, 0, false, false, true},
    {"squared", "fused lasso", 40, 20, 0, false, false, true},
    {"squared", "l2 + l1", 30, 40, 0, false, false, true},
    {"logistic", "l1", 60, 80, 0, false, false, true},
    {"logistic", "l1, factors", 120, 20, 4, true, true, true},
    {"logistic", "elastic net", 60, 80, 5, true, true, false},
    {"logistic", "group lasso", 60, 40, 0, true, false, true},
    {"logistic", "mcp", 80, 10, 0, false, false, true},
    {"huber 1", "sparse group lasso", 50, 60, 2, false, true, true},
    {"poisson", "l1", 60, 30, 0, false, false, true},
    {"cross-entropy, 5 classes", "l21", 80, 30, 0, true, false, true},
    {"cross-entropy, 5 classes", "l1", 60, 40, 4, false, false, true},
    {"cross-entropy, 5 classes", "nuclear norm", 60, 10, 0, false, false, true},
};

static owned_problem *problem_of(const path_case *one)
{
    return owned_problem_new((problem_spec){.kind = &matrix_kinds[one->kind % matrix_kinds_count],
                                            .loss = loss_named(one->loss),
                                            .regularizer = named_regularizer(one->regularizer),
                                            .n = one->n,
                                            .d = one->d,
                                            .weights = one->weights,
                                            .offset = one->offset,
                                            .intercept = one->intercept,
                                            .seed = 11});
}

static void every_point_is_the_certified_optimum_of_its_lambda(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const path_case *const one = &cases[c];
        char name[128];
        snprintf(name, sizeof name, "%s x %s, %d x %d", one->loss, one->regularizer, (int)one->n, (int)one->d);
        owned_problem *const owned = problem_of(one);
        const double tol = strstr(one->loss, "cross") ? 1e-6 : 1e-8;
        erm_path path = path_of(&owned->problem, (erm_path_options){.count = 12, .ratio = 0.05, .solve = {.tol = tol}});
        assert_int_equal(path.count, 12);
        judge(&owned->problem, &path, tol, name);
        erm_path_free(&path);
        owned_problem_free(owned);
    }
}

static void screening_changes_nothing_but_the_work(void **state)
{
    (void)state;
    static double w[SIZE], other[SIZE];
    owned_problem *const owned = owned_problem_new(spec_of("logistic", erm_l1(1), 50, 300));
    erm_path_options options = {.count = 20, .ratio = 0.1, .solve = {.solver = erm_solver_prox(NULL), .tol = 1e-10}};
    erm_path screened = path_of(&owned->problem, options);
    options.no_screening = true;
    erm_path whole = path_of(&owned->problem, options);
    double passes = 0, all = 0;
    for (int64_t i = 0; i < 20; i++) {
        erm_path_w(&screened, i, w);
        erm_path_w(&whole, i, other);
        assert_int_equal(screened.point[i].nonzeros, whole.point[i].nonzeros);
        for (int64_t j = 0; j < owned->size; j++) assert_near(w[j], other[j], 1e-3);
        passes += screened.point[i].result.passes;
        all += whole.point[i].result.passes;
    }
    if (!(passes < 0.75 * all)) fail_case("%g passes with screening, %g without", passes, all);
    erm_path_free(&screened);
    erm_path_free(&whole);
    owned_problem_free(owned);
}

static void a_lasso_path_reads_the_data_about_once_a_lambda(void **state)
{
    (void)state;
    for (int tall = 0; tall < 2; tall++) {
        problem_spec spec = spec_of("squared", erm_l1(1), tall ? 400 : 60, tall ? 30 : 300);
        spec.intercept = false;
        owned_problem *const owned = owned_problem_new(spec);
        erm_path path = path_of(&owned->problem, (erm_path_options){.count = 50, .ratio = 0.01, .solve = {.tol = 1e-8}});
        double rounds = 0;
        for (int64_t i = 0; i < path.count; i++) rounds += (double)path.point[i].result.epochs;
        assert_true(rounds <= 60);
        erm_path_free(&path);
        owned_problem_free(owned);
    }
}

static void a_path_on_wide_dense_data_reads_it_a_few_times_for_ten_lambdas(void **state)
{
    (void)state;
    static const char *const kinds[] = {"dense f64", "dense f32 with gaps", "dense columns f64", "dense columns f32 with gaps"};
    for (size_t c = 0; c < 8; c++) {
        problem_spec spec = spec_of("squared", c < 4 ? erm_l1(1) : erm_elastic_net(0.9, 0.1), 70, 1400);
        for (int m = 0; matrix_kind_at(m); m++)
            if (!strcmp(matrix_kind_at(m)->name, kinds[c % 4])) spec.kind = matrix_kind_at(m);
        spec.weights = c % 2 == 0;
        spec.offset = c % 3 == 0;
        spec.intercept = c != 1;
        owned_problem *const owned = owned_problem_new(spec);
        erm_path path = path_of(&owned->problem, (erm_path_options){.count = 22, .ratio = 0.2, .solve = {.tol = 1e-7}});
        double passes = 0;
        for (int64_t i = 0; i < path.count; i++) passes += path.point[i].result.passes;
        if (!(passes <= 11)) fail_case("%s: %g passes for %d lambdas", kinds[c % 4], passes, (int)path.count);
        judge(&owned->problem, &path, 1e-7, kinds[c % 4]);
        erm_path_free(&path);
        owned_problem_free(owned);
    }
}

static void one_to_seven_threads_give_the_same_bits(void **state)
{
    (void)state;
    static const int threads[] = {1, 2, 3, 4, 7};
    static double first[SIZE], w[SIZE];
    for (size_t c = 0; c < 2; c++) {
        owned_problem *const owned =
            owned_problem_new(spec_of(c ? "logistic" : "squared", erm_l1(1), c ? 2000 : 400, c ? 900 : 1500));
        for (int t = 0; t < 5; t++) {
            erm_path path =
                path_of(&owned->problem, (erm_path_options){.count = 4, .ratio = 0.3, .solve = {.threads = threads[t]}});
            erm_path_w(&path, 3, t ? w : first);
            if (t && memcmp(first, w, (size_t)owned->size * sizeof *w)) fail_case("%d threads give another W", threads[t]);
            erm_path_free(&path);
        }
        owned_problem_free(owned);
    }
}

static void given_lambdas_are_taken_in_any_order(void **state)
{
    (void)state;
    static const double lambda[] = {0.3, 0.05, 0.2, 3, 0.01};
    for (int tall = 0; tall < 2; tall++) {
        owned_problem *const owned = owned_problem_new(spec_of("squared", erm_l1(1), tall ? 90 : 40, tall ? 10 : 70));
        erm_path path = path_of(&owned->problem, (erm_path_options){.lambda = lambda, .count = 5, .solve = {.tol = 1e-9}});
        assert_int_equal(path.count, 5);
        judge(&owned->problem, &path, 1e-9, "given lambdas");
        erm_path_free(&path);
        owned_problem_free(owned);
    }
    owned_problem *const owned = owned_problem_new(spec_of("squared", erm_l2(1), 40, 6)); /* no lambda_max */
    erm_path path = path_of(&owned->problem, (erm_path_options){.lambda = lambda, .count = 5, .solve = {.tol = 1e-9}});
    assert_true(isnan(path.lambda_max));
    judge(&owned->problem, &path, 1e-9, "ridge");
    erm_path_free(&path);
    owned_problem_free(owned);
}

static bool stop_at_third(const erm_path_point *point, void *data)
{
    int *const seen = data;
    assert_true(point->lambda > 0);
    return ++*seen < 3;
}

static void the_monitor_and_the_clock_end_a_path_early(void **state)
{
    (void)state;
    owned_problem *const owned = owned_problem_new(spec_of("squared", erm_l1(1), 40, 70));
    int seen = 0;
    erm_path path = path_of(&owned->problem, (erm_path_options){.monitor = stop_at_third, .monitor_data = &seen});
    assert_int_equal(path.count, 3);
    assert_int_equal(path.stop, ERM_STOP_CANCELLED);
    erm_path_free(&path);
    path = path_of(&owned->problem, (erm_path_options){.solve = {.max_seconds = 1e-9}});
    assert_int_equal(path.count, 1);
    assert_int_equal(path.stop, ERM_STOP_TIME);
    erm_path_free(&path);
    assert_null(path.point);
    owned_problem_free(owned);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    owned_problem *const owned = owned_problem_new(spec_of("squared", erm_l1(1), 20, 5));
    static const double bad[] = {1, -1};
    const erm_path_options wrong[] = {
        {.count = -1}, {.ratio = 1}, {.lambda = bad, .count = 2}, {.lambda = bad}, {.solve = {.tol = -1}}};
    erm_path path;
    char detail[ERM_DETAIL_SIZE];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(erm_path_solve(&owned->problem, &wrong[i], &path, detail), ERM_EINVAL);
        assert_true(strlen(detail) > 10);
        assert_null(path.point);
    }
    owned->problem.regularizer = erm_l2(1);
    assert_int_equal(erm_path_solve(&owned->problem, NULL, &path, detail), ERM_EUNSUPPORTED);
    assert_non_null(strstr(detail, "l2"));
    owned->problem.regularizer = erm_l1(-1);
    assert_int_equal(erm_path_solve(&owned->problem, NULL, &path, detail), ERM_EINVAL);
    assert_int_equal(erm_path_solve(NULL, NULL, &path, detail), ERM_EINVAL);
    assert_int_equal(erm_path_solve(&owned->problem, NULL, NULL, detail), ERM_EINVAL);
    owned_problem_free(owned);
}

static void a_checkpoint_is_refused(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("squared", erm_l1(1), 20, 3));
    const erm_path_options options = {.solve = {.checkpoint = "nowhere"}};
    erm_path path;
    char detail[ERM_DETAIL_SIZE];
    assert_int_equal(erm_path_solve(&owned->problem, &options, &path, detail), ERM_EUNSUPPORTED);
    assert_non_null(strstr(detail, "a path keeps no checkpoint"));
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_checkpoint_is_refused),
        cmocka_unit_test(every_point_is_the_certified_optimum_of_its_lambda),
        cmocka_unit_test(screening_changes_nothing_but_the_work),
        cmocka_unit_test(a_lasso_path_reads_the_data_about_once_a_lambda),
        cmocka_unit_test(a_path_on_wide_dense_data_reads_it_a_few_times_for_ten_lambdas),
        cmocka_unit_test(one_to_seven_threads_give_the_same_bits),
        cmocka_unit_test(given_lambdas_are_taken_in_any_order),
        cmocka_unit_test(the_monitor_and_the_clock_end_a_path_early),
        cmocka_unit_test(what_is_wrong_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
