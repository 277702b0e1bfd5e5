/* SGD on sparse rows: steps that touch a row's columns alone are the steps that move all of W, averages included. */
#include "check.h"

#include "ermopt/solve.h"
#include "named.h"
#include "problems.h"
#include "resuming.h"
#include "solving.h"

enum { N = 150, D = 160, SIZE = 1024, SETS = 8 };

static owned_problem *sparse_problem(const char *loss, erm_regularizer regularizer, uint64_t seed)
{
    owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named("csr f64"),
                                                            .loss = loss_named(loss),
                                                            .regularizer = regularizer,
                                                            .n = N,
                                                            .d = D,
                                                            .weights = seed % 2 == 1,
                                                            .offset = seed % 3 == 1,
                                                            .seed = seed});
    erm_rng rng = erm_rng_seed(seed);
    double *const full = random_numbers(&rng, N, D, 0.02);
    owned_matrix *const matrix = owned_matrix_new(kind_named(seed % 2 ? "csr f64" : "csr f32"), N, D, full);
    free(full);
    owned_matrix_free(owned->matrix);
    owned->matrix = matrix;
    owned->problem.X = matrix->X;
    return owned;
}

static int64_t proxes; /* calls of the regularizer's prox: one a step, where all of W moves */
static void (*real_prox)(const erm_regularizer *, erm_shape, double, const double *, const double *, double *);

static void counting_prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V,
                          double *W)
{
    proxes++;
    real_prox(self, shape, step, metric, V, W);
}

/* Without `entry` all of W moves in each step. Returns the calls of prox. */
static int64_t sgd(owned_problem *owned, bool lazy, erm_sgd_params params, int64_t epochs, double *w)
{
    const erm_regularizer_ops *const ops = owned->problem.regularizer.ops;
    erm_regularizer_ops counted = *ops;
    real_prox = ops->prox;
    counted.prox = counting_prox;
    if (!lazy) counted.entry = NULL;
    owned->problem.regularizer.ops = &counted;
    proxes = 0;
    memset(w, 0, SIZE * sizeof *w);
    solve(&owned->problem,
          (erm_options){.solver = erm_solver_sgd(&params), .tol = 1e-15, .max_epochs = epochs, .check_every = epochs}, w);
    owned->problem.regularizer.ops = ops;
    return proxes;
}

static void lazy_steps_equal_steps_of_all_of_w(void **state)
{
    (void)state;
    static double centre[SIZE], factor[D];
    for (int e = 0; e < SIZE; e++) centre[e] = 0.01 * (e % 7 - 3);
    for (int j = 0; j < D; j++) factor[j] = j % 3;
    erm_regularizer factors = erm_elastic_net(0.002, 0.05);
    factors.factor = factor;
    const erm_regularizer regularizers[SETS] = {erm_none(),
                                                erm_l1(0.005),
                                                erm_l2(0.1),
                                                erm_elastic_net(0.005, 0.1),
                                                erm_nonnegative(),
                                                factors,
                                                erm_proximity(0.1, centre),
                                                erm_box(-0.1, 0.2)};
    static const char *const losses[] = {"logistic", "hinge", "cross-entropy, 5 classes"};
    uint64_t seed = 1;
    for (int r = 0; r < SETS; r++)
        for (int l = 0; l < 3; l++)
            for (int way = 0; way < 6; way++, seed++) {
                owned_problem *owned = sparse_problem(losses[l], regularizers[r], seed);
                const erm_sgd_params params = {
                    .rule = ERM_SGD_CONSTANT, .step = 0.3, .batch = 1 + 2 * (way % 3), .no_averaging = way < 3};
                double a[SIZE], b[SIZE];
                if (sgd(owned, true, params, 5, a) >= N / 4) fail_case("%s: all of W was moved", regularizers[r].ops->name);
                if (sgd(owned, false, params, 5, b) < N / 4) fail_case("%s: not all of W was moved", regularizers[r].ops->name);
                for (int64_t e = 0; e < owned->size; e++)
                    if (fabs(a[e] - b[e]) > 1e-9 * fmax(1, fabs(b[e])))
                        fail_case("%s x %s, way %d: w[%d] = %.15g, not %.15g", losses[l], regularizers[r].ops->name, way, (int)e,
                                  a[e], b[e]);
                owned_problem_free(owned);
            }
}

/* Row 0 has a value in each column, the others in a few: its step must be short, theirs need not be. */
static void one_long_row_does_not_hold_up_the_others(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++) {
        owned_problem *owned = sparse_problem("logistic", erm_l2(0.002), 6 * seed);
        erm_rng rng = erm_rng_seed(seed);
        double *const full = random_numbers(&rng, N, D, 0.02), w[SIZE] = {0};
        for (int64_t j = 0; j < D; j++) full[j] = 1;
        for (int64_t i = 0; i < N; i++) owned->y[i] = full[i * D] + full[i * D + 1] + full[i * D + 2] > 0 ? 1 : -1;
        owned_matrix_free(owned->matrix);
        owned->matrix = owned_matrix_new(kind_named("csr f64"), N, D, full);
        owned->problem.X = owned->matrix->X;
        free(full);
        const double best = solve(&owned->problem, (erm_options){.tol = 1e-8}, w).certificate.primal;
        sgd(owned, true, (erm_sgd_params){0}, 30, w);
        const double F = slow_objective(owned, w);
        if (!(F - best < 0.05 * best)) fail_case("seed %d: F = %g, optimum %g", (int)seed, F, best);
        owned_problem_free(owned);
    }
}

static void a_run_that_was_cut_off_ends_with_the_same_bits(void **state)
{
    (void)state;
    const erm_solver solvers[] = {erm_solver_sgd(NULL), erm_solver_sgd(&(erm_sgd_params){.batch = 3}), erm_solver_svrg(NULL),
                                  erm_solver_saga(NULL), erm_solver_svrg(&(erm_svrg_params){.accelerated = true})};
    resuming runs = resuming_new(40);
    for (size_t s = 0; s < sizeof solvers / sizeof *solvers; s++)
        for (uint64_t seed = 0; seed < 4; seed++) {
            owned_problem *owned =
                sparse_problem(seed % 2 || s > 1 ? "logistic" : "hinge", seed < 2 ? erm_l2(0.02) : erm_l1(0.002), seed);
            const erm_options options = {.solver = solvers[s], .tol = 1e-12, .max_epochs = 40, .seed = seed};
            double w[RESUMING_SIZE] = {0};
            erm_result reference;
            assert_int_equal(resuming_record(&runs, &owned->problem, options, w, &reference), ERM_OK);
            assert_true(resuming_everywhere(&runs, &owned->problem, options, 5, w, &reference, solvers[s].ops->name) > 1);
            owned_problem_free(owned);
        }
    resuming_free(&runs);
}

static void the_same_seed_gives_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    owned_problem *owned = sparse_problem("logistic", erm_elastic_net(0.001, 0.01), 3);
    double w[4][SIZE] = {{0}};
    for (int run = 0; run < 4; run++)
        solve(&owned->problem,
              (erm_options){.solver = erm_solver_sgd(NULL),
                            .tol = 1e-15,
                            .max_epochs = 4,
                            .threads = run < 3 ? run + 1 : 1,
                            .seed = run < 3 ? 7 : 8},
              w[run]);
    assert_memory_equal(w[0], w[1], sizeof w[0]);
    assert_memory_equal(w[0], w[2], sizeof w[0]);
    assert_memory_not_equal(w[0], w[3], sizeof w[0]);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lazy_steps_equal_steps_of_all_of_w),
        cmocka_unit_test(one_long_row_does_not_hold_up_the_others),
        cmocka_unit_test(a_run_that_was_cut_off_ends_with_the_same_bits),
        cmocka_unit_test(the_same_seed_gives_the_same_bits_for_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
