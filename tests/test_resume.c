/* A run that is cut off after any epoch and goes on from its checkpoint, with another number of threads, ends with the bits of
 * one that was not: solvers that read all rows in a step, on problems that take them through their branches. */
#include "check.h"

#include "ermopt/path.h"
#include "named.h"
#include "resuming.h"
#include "solving.h"

static const resume_case cases[] = {
    {.solver = "gd", .loss = "logistic", .regularizer = "l2", .n = 60, .d = 8, .at_least = 15},
    {.solver = "gd",
     .params = &(erm_gd_params){.rule = ERM_GD_LINE_SEARCH},
     .loss = "huber 1",
     .regularizer = "l2",
     .n = 50,
     .d = 5,
     .at_least = 10},
    {.solver = "gd",
     .params = &(erm_gd_params){.rule = ERM_GD_FIXED},
     .loss = "squared",
     .regularizer = "l2",
     .n = 50,
     .d = 5,
     .epochs = 60,
     .at_least = 20},
    {.solver = "gd",
     .loss = "cross-entropy, 5 classes",
     .regularizer = "l2",
     .n = 60,
     .d = 5,
     .kind = "csr f64",
     .weights = true,
     .at_least = 10},
    {.solver = "prox", .loss = "logistic", .regularizer = "l1", .strength = 0.1, .n = 60, .d = 12, .at_least = 20},
    {.solver = "prox",
     .params = &(erm_prox_params){.plain = true},
     .loss = "squared",
     .regularizer = "fused lasso",
     .strength = 0.1,
     .n = 40,
     .d = 8,
     .epochs = 60,
     .at_least = 10},
    {.solver = "prox",
     .params = &(erm_prox_params){.no_restart = true},
     .loss = "logistic",
     .regularizer = "group lasso",
     .strength = 0.1,
     .n = 40,
     .d = 8,
     .epochs = 60,
     .at_least = 10},
    {.solver = "prox",
     .loss = "multitask-squared, 3 outputs",
     .regularizer = "nuclear norm",
     .strength = 0.1,
     .n = 40,
     .d = 6,
     .at_least = 5},
    {.solver = "newton", .loss = "logistic", .regularizer = "l2", .n = 60, .d = 8, .at_least = 3},
    {.solver = "newton",
     .loss = "poisson",
     .regularizer = "l2",
     .strength = 0.01,
     .n = 20,
     .d = 60,
     .weights = true,
     .at_least = 3},
    {.solver = "newton-cg", .loss = "logistic", .regularizer = "l2", .n = 60, .d = 8, .at_least = 3},
    {.solver = "newton-cg",
     .params = &(erm_newton_cg_params){.preconditioner = ERM_NEWTON_CG_DIAGONAL},
     .loss = "squared-hinge",
     .regularizer = "l2",
     .strength = 0.01,
     .n = 60,
     .d = 80,
     .at_least = 3},
    {.solver = "newton-cg", .loss = "cross-entropy, 5 classes", .regularizer = "l2", .n = 90, .d = 8, .at_least = 3},
    {.solver = "newton-cg",
     .loss = "logistic",
     .regularizer = "l2",
     .strength = 0.01,
     .n = 4200,
     .d = 6,
     .at_least = 3}, /* a sample first */
    {.solver = "newton-cg", .loss = "squared", .regularizer = "l2", .strength = 1e-4, .n = 80, .d = 60, .at_least = 1},
    {.solver = "lbfgs", .loss = "logistic", .regularizer = "l2", .strength = 1e-3, .n = 60, .d = 20, .at_least = 10},
    {.solver = "lbfgs",
     .params = &(erm_lbfgs_params){.pairs = 3},
     .loss = "gamma",
     .regularizer = "l2",
     .strength = 0.01,
     .n = 60,
     .d = 12,
     .at_least = 10},
    {.solver = "owlqn", .loss = "logistic", .regularizer = "elastic net", .strength = 0.1, .n = 60, .d = 20, .at_least = 8},
    {.solver = "owlqn",
     .params = &(erm_lbfgs_params){.pairs = 3},
     .loss = "cross-entropy, 5 classes",
     .regularizer = "l1",
     .strength = 0.05,
     .n = 60,
     .d = 12,
     .at_least = 8},
    {.solver = "direct", .loss = "squared", .regularizer = "l2", .n = 60, .d = 8, .at_least = 1},
    {.solver = "interior", .loss = "hinge", .regularizer = "l2", .n = 60, .d = 8, .at_least = 5},
    {.solver = "interior", .loss = "epsilon-insensitive", .regularizer = "l2", .n = 60, .d = 8, .weights = true, .at_least = 5},
    {.solver = "interior", .loss = "quantile 0.9", .regularizer = "none", .n = 60, .d = 5, .offset = true, .at_least = 5},
    {.solver = "multipliers", .loss = "hinge", .regularizer = "l1", .strength = 0.02, .n = 80, .d = 250, .at_least = 10},
    {.solver = "multipliers",
     .loss = "epsilon-insensitive",
     .regularizer = "box",
     .n = 60,
     .d = 8,
     .kind = "csc f64",
     .at_least = 5},
    {.solver = "multipliers",
     .loss = "quantile 0.9",
     .regularizer = "group lasso",
     .strength = 0.02,
     .n = 60,
     .d = 8,
     .at_least = 10},
    {.solver = "multipliers",
     .loss = "hinge",
     .regularizer = "sparse group lasso",
     .strength = 0.02,
     .n = 60,
     .d = 8,
     .kind = "csr f64",
     .at_least = 5},
    {.solver = "multipliers", .loss = "absolute", .regularizer = "simplex", .n = 60, .d = 6, .weights = true, .at_least = 5},
    {.solver = "multipliers",
     .loss = "multiclass-hinge, 4 classes",
     .regularizer = "l1",
     .strength = 0.02,
     .n = 60,
     .d = 6,
     .at_least = 5},
    {.solver = "cd", .loss = "squared", .regularizer = "l1", .strength = 0.02, .n = 80, .d = 250, .at_least = 2},
    {.solver = "cd",
     .loss = "squared",
     .regularizer = "l1",
     .strength = 0.02,
     .n = 60,
     .d = 520,
     .at_least = 10}, /* some columns are copied */
    {.solver = "cd",
     .loss = "logistic",
     .regularizer = "l1",
     .strength = 0.02,
     .n = 80,
     .d = 250,
     .kind = "csc f64",
     .at_least = 3},
    {.solver = "cd",
     .loss = "logistic",
     .regularizer = "l1",
     .strength = 0.01,
     .n = 600,
     .d = 900,
     .kind = "csr f64",
     .at_least = 3}, /* columns are picked, and more than would move */
    {.solver = "cd",
     .loss = "squared",
     .regularizer = "l1",
     .strength = 0.01,
     .n = 200,
     .d = 900,
     .kind = "csr f64",
     .at_least = 3},
    {.solver = "cd",
     .params = &(erm_cd_params){.random_order = true, .no_working_set = true, .no_anderson = true},
     .loss = "logistic",
     .regularizer = "elastic net",
     .strength = 0.1,
     .n = 60,
     .d = 30,
     .at_least = 3},
    {.solver = "cd", .loss = "logistic", .regularizer = "group lasso", .strength = 0.1, .n = 80, .d = 60, .at_least = 2},
    {.solver = "cd",
     .loss = "squared",
     .regularizer = "sparse group lasso",
     .strength = 0.1,
     .n = 80,
     .d = 60,
     .kind = "csr f64",
     .at_least = 2},
    {.solver = "cd", .loss = "squared", .regularizer = "mcp", .strength = 0.2, .n = 60, .d = 30, .at_least = 2},
    {.solver = "cd",
     .loss = "logistic",
     .regularizer = "l1",
     .strength = 0.01,
     .n = 9000,
     .d = 80,
     .at_least = 2}, /* rows are sampled */
    {.solver = "cd", .loss = "cross-entropy, 5 classes", .regularizer = "l1", .strength = 0.05, .n = 80, .d = 12, .at_least = 3},
    {.solver = "cd",
     .loss = "cross-entropy, 5 classes",
     .regularizer = "l21",
     .strength = 0.05,
     .n = 60,
     .d = 300,
     .kind = "csr f64",
     .at_least = 3},
    {.solver = "cd",
     .params = &(erm_cd_params){.random_order = true, .no_working_set = true, .no_anderson = true},
     .loss = "cross-entropy, 2 classes",
     .regularizer = "group lasso",
     .strength = 0.1,
     .n = 60,
     .d = 30,
     .at_least = 3},
    {.solver = "cd",
     .loss = "multitask-squared, 3 outputs",
     .regularizer = "l21",
     .strength = 0.05,
     .n = 40,
     .d = 600,
     .at_least = 2},
    {.solver = "cd",
     .loss = "multitask-squared, 3 outputs",
     .regularizer = "mcp",
     .strength = 0.2,
     .n = 60,
     .d = 30,
     .at_least = 2},
    {.solver = "prox-newton", .loss = "logistic", .regularizer = "l1", .strength = 0.05, .n = 400, .d = 12, .at_least = 1},
    {.solver = "prox-newton", .loss = "logistic", .regularizer = "l1", .strength = 0.05, .n = 9000, .d = 10, .at_least = 1},
    {.solver = "prox-newton", .loss = "poisson", .regularizer = "group lasso", .strength = 0.1, .n = 300, .d = 12, .at_least = 1},
    {.solver = "gram", .loss = "squared", .regularizer = "l1", .strength = 0.1, .n = 80, .d = 20, .at_least = 1},
    {.solver = "gram", .loss = "squared", .regularizer = "group lasso", .strength = 0.1, .n = 80, .d = 20, .at_least = 1},
    {.solver = "prox",
     .loss = "squared",
     .regularizer = "l1, factors",
     .strength = 0.1,
     .n = 60,
     .d = 12,
     .offset = true,
     .random_start = true,
     .at_least = 5},
    /* to where rounding lets nothing move any more, which certificates in a row tell */
    {.solver = "prox",
     .loss = "cross-entropy, 5 classes",
     .regularizer = "total variation",
     .tol = 1e-17,
     .n = 60,
     .d = 6,
     .epochs = 3000,
     .at_least = 16},
    {.solver = "interior", .loss = "hinge", .regularizer = "l2", .tol = 1e-17, .n = 60, .d = 6, .epochs = 3000, .at_least = 10},
    {.solver = "auto", .loss = "logistic", .regularizer = "l2", .n = 60, .d = 8, .at_least = 2},
};

static void a_run_goes_on_from_every_epoch_to_the_same_bits(void **state)
{
    (void)state;
    resuming_cases(cases, sizeof cases / sizeof *cases);
}

/* Of so many groups a step works on few, whose columns are copied when they are wanted. */
static void a_run_on_some_groups_of_compressed_rows_goes_on_to_the_same_bits(void **state)
{
    (void)state;
    enum { N = 60, D = 600, OF_A_GROUP = 3 };
    static int32_t group[D];
    for (int32_t j = 0; j < D; j++) group[j] = j / OF_A_GROUP;
    const erm_groups groups = {D / OF_A_GROUP, group, NULL};
    static const struct {
        const char *loss;
        double share; /* of the penalty from which on all weights are 0 */
    } fits[] = {{"squared", 0.5}, {"squared", 0.25}, {"squared", 0.1}, {"logistic", 0.3}, {"logistic", 0.1}};
    for (size_t f = 0; f < sizeof fits / sizeof *fits; f++) {
        problem_spec spec = spec_of(fits[f].loss, erm_group_lasso(1, &groups), N, D);
        spec.intercept = true;
        spec.kind = kind_named("csr f64");
        owned_problem *owned = owned_problem_new(spec);
        double w[RESUMING_SIZE] = {0}, most;
        assert_int_equal(erm_lambda_max(&owned->problem, &most, NULL), ERM_OK);
        owned->problem.regularizer = erm_group_lasso(fits[f].share * most, &groups);
        resuming runs = resuming_new(RESUMING_FILES);
        const erm_options options = {.solver = erm_solver_cd(NULL), .tol = 1e-11, .max_epochs = 300};
        erm_result reference;
        if (resuming_record(&runs, &owned->problem, options, w, &reference)) fail_case("%s", reference.detail);
        if (reference.epochs < 2) fail_case("%s: only %lld epochs", fits[f].loss, (long long)reference.epochs);
        resuming_everywhere(&runs, &owned->problem, options, 1, w, &reference, fits[f].loss);
        resuming_free(&runs);
        owned_problem_free(owned);
    }
}

/* The certificate that a budget makes is not one that the run would have made: what the solver learns from it is not to stay. */
static void a_run_that_a_budget_ended_goes_on_to_the_same_bits(void **state)
{
    (void)state;
    enum { MOST = 400, ENDS = 16 /* of a run, which each take as long as it */ };
    static const char *const losses[] = {"logistic", "squared-hinge", "hinge"};
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++) {
        owned_problem *owned = owned_problem_new(spec_of(losses[l], erm_elastic_net(1e-4, 1e-4), 40, 60));
        resuming runs = resuming_new(1);
        erm_options options = {.solver = erm_solver_dual(NULL), .tol = 1e-9, .max_epochs = MOST};
        double w[RESUMING_SIZE] = {0};
        erm_result whole, half;
        assert_int_equal(erm_solve(&owned->problem, &options, w, &whole), ERM_OK);
        if (whole.epochs < 10) fail_case("%s: only %lld epochs", losses[l], (long long)whole.epochs);
        options.checkpoint = runs.path;
        for (int64_t end = 1; end < whole.epochs; end += 1 + whole.epochs / ENDS) {
            double v[RESUMING_SIZE] = {0};
            options.max_epochs = end;
            assert_int_equal(erm_solve(&owned->problem, &options, v, &half), ERM_OK);
            options.max_epochs = MOST;
            assert_int_equal(erm_solve(&owned->problem, &options, v, &half), ERM_OK);
            assert_int_equal(half.resumed, end);
            if (!resuming_same(owned->size, w, &whole, v, &half))
                fail_case("%s: %lld epochs, then others", losses[l], (long long)end);
            remove(runs.path);
        }
        resuming_free(&runs);
        owned_problem_free(owned);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_goes_on_from_every_epoch_to_the_same_bits),
        cmocka_unit_test(a_run_that_a_budget_ended_goes_on_to_the_same_bits),
        cmocka_unit_test(a_run_on_some_groups_of_compressed_rows_goes_on_to_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
