/* Paths whose solver stays open, on standardised columns, with penalty factors, rows of weight 0 and lambdas in any order: every
 * point is what a fit from 0 finds, and its certificate that of the whole problem. */
#include "check.h"

#include "ermopt/path.h"
#include "ermopt/rng.h"

enum { N = CHECK_SANITIZED ? 400 : 2000, D = 12, LAMBDAS = 6 };
static const double TOL = 1e-6;

static double x[N * D], y[N], weight[N];

/* Columns of sizes from 1e-2 to 30, one far from 0; a fifth of the rows weighs nothing, and says nonsense. */
static void draw(const erm_loss *loss)
{
    erm_rng rng = erm_rng_seed(2);
    for (int64_t i = 0; i < N; i++) {
        const bool nothing = i % 5 == 0;
        double z = 0.3;
        for (int64_t j = 0; j < D; j++) {
            const double drawn = erm_rng_normal(&rng), size = j % 3 == 1 ? 1e-2 : j % 3 == 2 ? 30 : 1;
            x[i * D + j] = (nothing ? 10 : 1) * drawn * size + (j == 2 ? 100 : 0);
            z += j % 4 == 0 ? 0.6 * drawn : 0;
        }
        weight[i] = nothing ? 0 : 1 + 2 * erm_rng_uniform(&rng);
        const double u = erm_rng_uniform(&rng);
        y[i] = loss->ops->classifies ? (u < 1 / (1 + exp(-z)) ? 1 : -1) : floor(exp(0.3 * z) + u);
    }
}

typedef struct form {
    const char *loss;
    erm_regularizer regularizer;
    const char *solver;
    bool standardise, factors;
} form;

static void judge_point(const form *now, const erm_problem *problem, const erm_path *path, int64_t i)
{
    const erm_result *const found = &path->point[i].result;
    double w[D + 1], alone[D + 1] = {0};
    erm_problem scaled = *problem;
    scaled.regularizer = erm_regularizer_scaled(&problem->regularizer, path->point[i].lambda);
    erm_path_w(path, i, w);
    erm_certificate whole;
    erm_result scratch;
    assert_int_equal(erm_certify(&scaled, w, &whole, NULL), ERM_OK);
    assert_int_equal(erm_solve(&scaled, &(erm_options){.tol = 1e-9}, alone, &scratch), ERM_OK);
    assert_int_equal(scratch.stop, ERM_STOP_CONVERGED);
    const double F = scratch.certificate.primal;
    const bool good = found->stop == ERM_STOP_CONVERGED && strcmp(found->solver, now->solver) == 0 &&
                      fabs(whole.primal - found->certificate.primal) <= 1e-10 * F && whole.primal <= F * (1 + 1.1 * TOL) &&
                      found->certificate.dual <= F * (1 + 1e-9) && found->certificate.gap <= TOL * whole.primal;
    if (!good)
        fail_case("%s, %s, standardise %d, factors %d, lambda %g: %s, P %.12g, certified %.12g, D %.12g, from 0 %.12g, %s",
                  now->loss, problem->regularizer.ops->name, now->standardise, now->factors, path->point[i].lambda, found->solver,
                  found->certificate.primal, whole.primal, found->certificate.dual, F, found->detail);
}

static void judge(const form *now)
{
    static const double lambda[LAMBDAS] = {0.3, 0.1, 0.001, 0.01, 0.03, 0.003},
                        factor[D] = {1, 1, 1, 0, 1, 4, 1, 1, 1, 1, 0.5, 1};
    erm_loss loss;
    assert_true(erm_loss_from_name(now->loss, 0, &loss));
    draw(&loss);
    const erm_dense X = erm_dense_f64(N, D, x, D);
    erm_problem problem = {.X = &X.base,
                           .y = y,
                           .weight = weight,
                           .loss = loss,
                           .regularizer = now->regularizer,
                           .intercept = true,
                           .standardise = now->standardise};
    if (now->factors) problem.regularizer.factor = factor;
    erm_path_options options = {.lambda = lambda, .count = LAMBDAS, .solve = {.tol = TOL}};
    assert_true(erm_solver_from_name(now->solver, &options.solve.solver));
    erm_path path;
    char detail[ERM_DETAIL_SIZE];
    if (erm_path_solve(&problem, &options, &path, detail)) fail_case("%s", detail);
    assert_int_equal(path.count, LAMBDAS);
    for (int64_t i = 0; i < LAMBDAS; i++) judge_point(now, &problem, &path, i);
    erm_path_free(&path);
}

static void every_form_of_a_problem_is_fitted_as_from_scratch(void **state)
{
    (void)state;
    static const char *const losses[] = {"logistic", "poisson", "squared-hinge", "huber"};
    const erm_regularizer sharp[] = {erm_l1(1), erm_elastic_net(0.5, 0.5)};
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++)
        for (int way = 0; way < 4; way++) {
            form now = {.loss = losses[l], .solver = "prox-newton", .standardise = way & 1, .factors = way & 2};
            for (int r = 0; r < 2; r++) {
                now.regularizer = sharp[r];
                judge(&now);
            }
            now.regularizer = erm_l2(1);
            now.solver = way & 1 ? "newton" : "newton-cg";
            judge(&now);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_a_problem_is_fitted_as_from_scratch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
