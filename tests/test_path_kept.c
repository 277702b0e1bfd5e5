/* Paths whose solver stays open: as certified as fits from 0, in few passes over X, with the same bits
 * for any number of threads. */
#include "check.h"

#include "ermopt/path.h"
#include "ermopt/rng.h"

enum { N = 6000, D = 20, FEW = 200, LAMBDAS = 12 };

static double x[N * D], y[N], weight[N], offset[N];

typedef struct kept_case {
    const char *loss;
    double l1, l2;
    int64_t n;
    const char *solver; /* asked for where there is no l1 */
    double passes;      /* for each lambda, at most, and one for each step: its certificate's, for the margins */
} kept_case;

static const kept_case cases[] = {
    {"logistic", 1, 0, N, "prox-newton", 6},      {"logistic", 0.5, 0.5, N, "prox-newton", 4},
    {"squared-hinge", 1, 0, N, "prox-newton", 6}, {"poisson", 1, 0, N, "prox-newton", 6},
    {"logistic", 0, 1, N, "newton-cg", 8},        {"poisson", 0, 1, N, "newton-cg", 8},
    {"logistic", 0, 1, FEW, "newton", 8},
};

static erm_problem draw(const kept_case *spec, erm_dense *X)
{
    static const double scale[] = {1, 1e-3, 100};
    erm_rng rng = erm_rng_seed(3);
    erm_problem problem = {.y = y, .weight = weight, .offset = offset, .intercept = true};
    assert_true(erm_loss_from_name(spec->loss, 0, &problem.loss));
    for (int64_t i = 0; i < spec->n; i++) {
        double z = 0.5;
        for (int64_t j = 0; j < D; j++) {
            const double drawn = erm_rng_normal(&rng);
            x[i * D + j] = drawn * scale[j % 3] + (j == 4 ? 5 : 0);
            z += j % 4 == 0 ? drawn : 0;
        }
        weight[i] = erm_rng_uniform(&rng) + 0.5;
        offset[i] = 0.1 * erm_rng_normal(&rng);
        const bool positive = erm_rng_uniform(&rng) < 1 / (1 + exp(-z));
        y[i] = problem.loss.ops->classifies ? (positive ? 1 : -1) : floor(exp(0.3 * z) + erm_rng_uniform(&rng));
    }
    *X = erm_dense_f64(spec->n, D, x, D);
    problem.X = &X->base;
    problem.regularizer = spec->l1 > 0 && spec->l2 > 0 ? erm_elastic_net(spec->l1, spec->l2)
                          : spec->l1 > 0               ? erm_l1(spec->l1)
                                                       : erm_l2(spec->l2);
    return problem;
}

static erm_path path_of(const kept_case *spec, const erm_problem *problem, erm_path_options options)
{
    static double lambda[LAMBDAS];
    if (spec->l1 == 0) assert_true(erm_solver_from_name(spec->solver, &options.solve.solver));
    for (int i = 0; i < LAMBDAS; i++) lambda[i] = 0.2 * pow(0.6, i);
    options.lambda = lambda;
    options.count = LAMBDAS;
    erm_path path;
    char detail[ERM_DETAIL_SIZE];
    if (erm_path_solve(problem, &options, &path, detail)) fail_case("%s", detail);
    assert_int_equal(path.count, LAMBDAS);
    return path;
}

static void judge_point(const kept_case *spec, const erm_problem *problem, const erm_path *path, int64_t i)
{
    const double tol = 1e-7;
    const erm_path_point *const point = &path->point[i];
    double w[D + 1], alone[D + 1] = {0};
    erm_problem scaled = *problem;
    scaled.regularizer = erm_regularizer_scaled(&problem->regularizer, point->lambda);
    erm_path_w(path, i, w);
    erm_certificate now;
    erm_result result;
    assert_int_equal(erm_certify(&scaled, w, &now, NULL), ERM_OK);
    assert_int_equal(erm_solve(&scaled, &(erm_options){.tol = tol}, alone, &result), ERM_OK);
    if (point->result.stop != ERM_STOP_CONVERGED || strcmp(point->result.solver, spec->solver) != 0)
        fail_case("%s: %s, %s", spec->loss, point->result.solver, point->result.detail);
    assert_near(now.primal, point->result.certificate.primal, 1e-13);
    assert_at_most(now.primal, result.certificate.primal + 1.01 * tol * fabs(now.primal), 0);
    assert_at_most(point->result.certificate.dual, result.certificate.primal, 1e-13);
}

static void every_point_is_certified_in_few_passes(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        erm_dense X;
        const erm_problem problem = draw(&cases[c], &X);
        erm_path path = path_of(&cases[c], &problem, (erm_path_options){.solve = {.tol = 1e-7}});
        double passes = 0, steps = 0;
        for (int64_t i = 0; i < path.count; i++) {
            judge_point(&cases[c], &problem, &path, i);
            passes += path.point[i].result.passes;
            steps += (double)path.point[i].result.epochs;
        }
        if (passes > cases[c].passes * LAMBDAS + steps)
            fail_case("%s, %s: %g passes over X", cases[c].loss, cases[c].solver, passes);
        erm_path_free(&path);
    }
}

static void the_number_of_threads_changes_no_bit(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        erm_dense X;
        const erm_problem problem = draw(&cases[c], &X);
        erm_path one = path_of(&cases[c], &problem, (erm_path_options){.solve = {.tol = 1e-7, .threads = 1}});
        for (int threads = 2; threads <= 3; threads++) {
            erm_path more = path_of(&cases[c], &problem, (erm_path_options){.solve = {.tol = 1e-7, .threads = threads}});
            for (int64_t i = 0; i < LAMBDAS; i++) {
                double w[D + 1], other[D + 1];
                erm_path_w(&one, i, w);
                erm_path_w(&more, i, other);
                assert_memory_equal(w, other, sizeof w);
            }
            erm_path_free(&more);
        }
        erm_path_free(&one);
    }
}

static void max_epochs_and_max_seconds_end_a_point_with_a_sentence(void **state)
{
    (void)state;
    erm_dense X;
    const erm_problem problem = draw(&cases[0], &X);
    erm_path path = path_of(&cases[0], &problem, (erm_path_options){.solve = {.tol = 1e-14, .max_epochs = 1}});
    for (int64_t i = 1; i < path.count; i++) {
        assert_int_equal(path.point[i].result.stop, ERM_STOP_MAX_EPOCHS);
        assert_int_equal(path.point[i].result.epochs, 1);
        assert_non_null(strstr(path.point[i].result.detail, "max_epochs"));
    }
    assert_int_equal(path.stop, ERM_STOP_MAX_EPOCHS);
    erm_path_free(&path);
    const erm_path_options hurried = {.solve = {.tol = 1e-14, .max_seconds = 1e-9}, .lambda = (const double[]){1e-4}, .count = 1};
    assert_int_equal(erm_path_solve(&problem, &hurried, &path, NULL), ERM_OK);
    assert_int_equal(path.count, 1);
    assert_int_equal(path.point[0].result.stop, ERM_STOP_TIME);
    erm_path_free(&path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_point_is_certified_in_few_passes),
        cmocka_unit_test(the_number_of_threads_changes_no_bit),
        cmocka_unit_test(max_epochs_and_max_seconds_end_a_point_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
