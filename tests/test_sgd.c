/* SGD: every step rule to the accuracy it promises, the average against the last iterate, an estimate without bias, and the
 * same bits for a seed. */
#include "check.h"

#include "ermopt/solve.h"
#include "named.h"
#include "problems.h"

enum { N = 300, D = 6, SIZE = 64 };

static owned_problem *problem_of(const char *loss, erm_regularizer regularizer, const char *kind, uint64_t seed)
{
    return owned_problem_new((problem_spec){.kind = kind_named(kind),
                                            .loss = loss_named(loss),
                                            .regularizer = regularizer,
                                            .n = N,
                                            .d = D,
                                            .intercept = true,
                                            .weights = seed % 2 == 1,
                                            .seed = seed});
}

static erm_result sgd(const erm_problem *problem, erm_sgd_params params, erm_options options, double *w)
{
    erm_result result;
    options.solver = erm_solver_sgd(&params);
    if (options.tol == 0) options.tol = 1e-15;
    if (erm_solve(problem, &options, w, &result)) fail_case("sgd: %s", result.detail);
    return result;
}

static double optimum(const erm_problem *problem)
{
    double w[SIZE] = {0};
    erm_result result;
    assert_int_equal(erm_solve(problem, &(erm_options){.solver = erm_solver_prox(NULL), .tol = 1e-9}, w, &result), ERM_OK);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    return result.certificate.primal;
}

static const char *const rule_names[] = {"auto", "constant", "inverse sqrt", "inverse", "adagrad", "adam"};

static void every_step_rule_reaches_two_hundredths_in_30_epochs_and_constant_steps_nearly(void **state)
{
    (void)state;
    static const char *const losses[] = {"squared", "logistic", "cross-entropy, 5 classes"};
    const erm_regularizer regularizers[] = {erm_l2(0.05), erm_l1(0.01), erm_l1_ball(1)};
    for (size_t l = 0; l < 3; l++)
        for (size_t r = 0; r < 3; r++)
            for (int rule = ERM_SGD_AUTO; rule <= ERM_SGD_ADAM; rule++)
                for (uint64_t seed = 0; seed < 2; seed++) {
                    owned_problem *owned = problem_of(losses[l], regularizers[r], seed < 1 ? "dense f64" : "csr f32", seed);
                    const double best = optimum(&owned->problem);
                    double w[SIZE] = {0};
                    const double P = sgd(&owned->problem, (erm_sgd_params){.rule = (erm_sgd_step)rule},
                                         (erm_options){.max_epochs = 30, .check_every = 30, .seed = seed}, w)
                                         .certificate.primal;
                    const bool steps_stay = rule == ERM_SGD_CONSTANT || (rule == ERM_SGD_INVERSE && r > 0); /* no modulus */
                    if (!(P - best < (steps_stay ? 0.04 : 0.02) * best))
                        fail_case("%s x %s, %s steps: F = %g, optimum %g", losses[l], regularizers[r].ops->name, rule_names[rule],
                                  P, best);
                    owned_problem_free(owned);
                }
}

static void hinge_with_l2_reaches_a_thousandth(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++) {
        owned_problem *owned = problem_of("hinge", erm_l2(0.05), seed < 2 ? "dense f64" : "csr f64", seed);
        double w[SIZE] = {0};
        const erm_options few = {.max_epochs = 500, .check_every = 500, .seed = seed},
                          many = {.max_epochs = 1500, .check_every = 1500};
        const double P = sgd(&owned->problem, (erm_sgd_params){0}, few, w).certificate.primal;
        const erm_result far = sgd(&owned->problem, (erm_sgd_params){0}, many, w);
        if (!(P - far.certificate.primal < 1e-3 * P))
            fail_case("seed %d: F = %g, later %g", (int)seed, P, far.certificate.primal);
        if (!(far.certificate.gap < 0.05 * P)) fail_case("seed %d: gap %g of %g", (int)seed, far.certificate.gap, P);
        owned_problem_free(owned);
    }
}

static void the_tail_average_beats_the_last_iterate_where_there_is_noise(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 8; seed++) {
        owned_problem *owned = problem_of("squared", erm_l2(0.01), "dense f64", seed);
        const double best = optimum(&owned->problem);
        double error[2];
        for (int last = 0; last < 2; last++) {
            double w[SIZE] = {0};
            const erm_sgd_params params = {.rule = ERM_SGD_CONSTANT, .batch = 1, .no_averaging = last};
            error[last] = sgd(&owned->problem, params, (erm_options){.max_epochs = 20, .check_every = 20, .seed = seed}, w)
                              .certificate.primal -
                          best;
        }
        if (!(error[0] < 0.5 * error[1])) fail_case("seed %d: %g on average, %g at last", (int)seed, error[0], error[1]);
        owned_problem_free(owned);
    }
}

/* For steps too short to change the gradient, an epoch's change of w is -t times the sum of the estimates, here of 200 rows
 * and of the 100 left. */
static void the_estimate_has_no_bias_when_the_last_batch_is_smaller(void **state)
{
    (void)state;
    enum { SEEDS = 400 };
    const double step = 1e-6;
    owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named("dense f64"),
                                                            .loss = loss_named("logistic"),
                                                            .regularizer = erm_none(),
                                                            .n = N,
                                                            .d = D,
                                                            .weights = true,
                                                            .seed = 6});
    const erm_sgd_params two = {.rule = ERM_SGD_CONSTANT, .step = step, .batch = 200, .no_averaging = true};
    const erm_sgd_params one = {.rule = ERM_SGD_CONSTANT, .step = 2 * step, .batch = N, .no_averaging = true};
    double mean[SIZE] = {0}, whole[SIZE] = {0}, distance = 0, length = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        double w[SIZE] = {0};
        sgd(&owned->problem, two, (erm_options){.max_epochs = 1, .seed = seed}, w);
        for (int j = 0; j < D; j++) mean[j] += w[j] / SEEDS;
    }
    sgd(&owned->problem, one, (erm_options){.max_epochs = 1}, whole);
    for (int j = 0; j < D; j++) {
        distance = fmax(distance, fabs(mean[j] - whole[j]));
        length = fmax(length, fabs(whole[j]));
    }
    if (!(distance < 0.1 * length)) fail_case("off by %g of %g", distance, length);
    owned_problem_free(owned);
}

static void every_batch_brings_the_objective_down(void **state)
{
    (void)state;
    static const int64_t batches[] = {1, 7, N, 10 * N};
    for (size_t b = 0; b < 4; b++)
        for (int rule = ERM_SGD_AUTO; rule <= ERM_SGD_ADAM; rule++) {
            owned_problem *owned = problem_of("logistic", erm_elastic_net(0.01, 0.01), "csr f64", b);
            const double best = optimum(&owned->problem);
            double w[SIZE] = {0}, start[SIZE] = {0};
            const erm_options options = {.max_epochs = 40, .check_every = 40};
            const double P = sgd(&owned->problem, (erm_sgd_params){.rule = (erm_sgd_step)rule, .batch = batches[b]}, options, w)
                                 .certificate.primal;
            const double first = slow_objective(owned, start);
            if (!(P - best < 0.5 * (first - best)))
                fail_case("%s, batch %d: F from %g to %g, optimum %g", rule_names[rule], (int)batches[b], first, P, best);
            owned_problem_free(owned);
        }
}

static void momentum_helps_or_does_no_harm(void **state)
{
    (void)state;
    owned_problem *owned = problem_of("logistic", erm_l2(0.05), "dense f64", 1);
    const double best = optimum(&owned->problem);
    double w[SIZE] = {0};
    const double P =
        sgd(&owned->problem, (erm_sgd_params){.momentum = 0.9}, (erm_options){.max_epochs = 30}, w).certificate.primal;
    assert_at_most(P, 1.01 * best, 0);
    owned_problem_free(owned);
}

static void the_units_of_a_column_do_not_matter(void **state)
{
    (void)state;
    for (int rule = ERM_SGD_AUTO; rule <= ERM_SGD_ADAM; rule++) {
        owned_problem *owned = problem_of("logistic", erm_none(), "dense f64", 2);
        double primal[2];
        for (int scaled = 0; scaled < 2; scaled++) {
            double w[SIZE] = {0};
            for (int64_t i = 0; scaled && i < N; i++) ((double *)owned->matrix->values)[i * D + 2] *= 1024;
            primal[scaled] = sgd(&owned->problem, (erm_sgd_params){.rule = (erm_sgd_step)rule}, (erm_options){.max_epochs = 5}, w)
                                 .certificate.primal;
        }
        if (fabs(primal[0] - primal[1]) > 1e-9) fail_case("%s: %.12g and %.12g", rule_names[rule], primal[0], primal[1]);
        owned_problem_free(owned);
    }
}

static void the_same_seed_gives_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    owned_problem *owned = problem_of("logistic", erm_l2(0.01), "csr f64", 1);
    double w[4][SIZE] = {{0}};
    for (int run = 0; run < 4; run++)
        sgd(&owned->problem, (erm_sgd_params){.batch = 16},
            (erm_options){.max_epochs = 3, .threads = run < 3 ? run + 1 : 1, .seed = run < 3 ? 7 : 8}, w[run]);
    assert_memory_equal(w[0], w[1], sizeof w[0]);
    assert_memory_equal(w[0], w[2], sizeof w[0]);
    assert_memory_not_equal(w[0], w[3], sizeof w[0]);
    owned_problem_free(owned);
}

static void the_answer_stays_inside_every_set(void **state)
{
    (void)state;
    const erm_regularizer sets[] = {erm_box(-0.2, 0.1), erm_nonnegative(), erm_l2_ball(0.3), erm_l1_ball(0.3), erm_simplex(1)};
    for (size_t r = 0; r < sizeof sets / sizeof sets[0]; r++)
        for (int rule = ERM_SGD_AUTO; rule <= ERM_SGD_ADAM; rule++) {
            owned_problem *owned = problem_of("hinge", sets[r], "dense f32", 3);
            double w[SIZE] = {sets[r].ops == erm_simplex(1).ops ? 1 : 0};
            const erm_result result =
                sgd(&owned->problem, (erm_sgd_params){.rule = (erm_sgd_step)rule}, (erm_options){.max_epochs = 3}, w);
            if (!isfinite(result.certificate.primal)) fail_case("%s, %s: outside", sets[r].ops->name, rule_names[rule]);
            owned_problem_free(owned);
        }
}

static void corner_cases_stay_finite(void **state)
{
    (void)state;
    const double y[] = {1, -1, -1, 1, 1, -1};
    const double one[] = {3}, blank[] = {1, 2, 0, 0, 3, -1, 0, 0, 2, 2, 1, 0}, constant[] = {5, 1, 5, 2, 5, -1, 5, 0, 5, 3, 5, 4};
    const double none[12] = {0}, heavy[] = {0, 0, 1e3, 0, 1e-3, 0};
    const struct {
        int64_t n, d;
        const double *full, *weight;
    } cases[] = {{1, 1, one, NULL},      {6, 1, blank, NULL}, {6, 2, blank, NULL},
                 {6, 2, constant, NULL}, {6, 2, none, NULL},  {6, 2, blank, heavy}};
    for (int m = 0; m < matrix_kinds_count; m++)
        for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
            for (int rule = ERM_SGD_AUTO; rule <= ERM_SGD_ADAM; rule++)
                for (int hinge = 0; hinge < 2; hinge++) {
                    owned_matrix *X = owned_matrix_new(&matrix_kinds[m], cases[c].n, cases[c].d, cases[c].full);
                    const erm_problem problem = {.X = X->X,
                                                 .y = y,
                                                 .weight = cases[c].weight,
                                                 .regularizer = erm_l2(0.1),
                                                 .intercept = true,
                                                 .loss = hinge ? erm_loss_hinge() : erm_loss_squared()};
                    double w[SIZE] = {0};
                    const erm_result result =
                        sgd(&problem, (erm_sgd_params){.rule = (erm_sgd_step)rule}, (erm_options){.max_epochs = 50}, w);
                    if (result.stop == ERM_STOP_DIVERGED || !isfinite(result.certificate.primal))
                        fail_case("%s, case %d, %s: %s", matrix_kinds[m].name, (int)c, rule_names[rule], result.detail);
                    owned_matrix_free(X);
                }
}

static void it_refuses_parameters_that_mean_nothing(void **state)
{
    (void)state;
    owned_problem *owned = problem_of("hinge", erm_l2(0.1), "dense f64", 1);
    const erm_sgd_params wrong[] = {{.step = -1},
                                    {.step = NAN},
                                    {.batch = -1},
                                    {.momentum = 1},
                                    {.momentum = -0.1},
                                    {.rule = ERM_SGD_ADAM, .momentum = 0.5},
                                    {.rule = (erm_sgd_step)6}};
    for (size_t p = 0; p < sizeof wrong / sizeof wrong[0]; p++) {
        double w[SIZE] = {0};
        assert_int_equal(erm_solve(&owned->problem, &(erm_options){.solver = erm_solver_sgd(&wrong[p])}, w, NULL), ERM_EINVAL);
    }
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_rule_reaches_two_hundredths_in_30_epochs_and_constant_steps_nearly),
        cmocka_unit_test(hinge_with_l2_reaches_a_thousandth),
        cmocka_unit_test(the_tail_average_beats_the_last_iterate_where_there_is_noise),
        cmocka_unit_test(the_estimate_has_no_bias_when_the_last_batch_is_smaller),
        cmocka_unit_test(every_batch_brings_the_objective_down),
        cmocka_unit_test(momentum_helps_or_does_no_harm),
        cmocka_unit_test(the_units_of_a_column_do_not_matter),
        cmocka_unit_test(the_same_seed_gives_the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(the_answer_stays_inside_every_set),
        cmocka_unit_test(corner_cases_stay_finite),
        cmocka_unit_test(it_refuses_parameters_that_mean_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
