/* A run that is cut off after any epoch and goes on from its checkpoint ends with the bits of one that was not: every solver, on
 * problems that take it through its branches, and on random ones. */
#include "check.h"

#include <stdio.h>

#include "catalog_regularizer.h"
#include "resuming.h"
#include "soak.h"
#include "solving.h"

enum { SIZE = 4096, MOST_FILES = 800 };

static erm_regularizer regularizer_named(const char *name)
{
    int64_t count;
    const regularizer_case *all = regularizer_catalog(&count);
    for (int64_t r = 0; r < count; r++)
        if (!strcmp(all[r].name, name)) return all[r].regularizer;
    fail_case("no regularizer %s in the catalog", name);
    return (erm_regularizer){0};
}

/* Resumes from every `step`-th epoch that was kept, and the last. Returns from how many. */
static int64_t resume_everywhere(resuming *runs, const erm_problem *problem, erm_options options, int64_t step, const double *w,
                                 const erm_result *reference, const char *name)
{
    const int64_t size = erm_problem_size(problem);
    int64_t tried = 0;
    for (int64_t f = 0; f < runs->count; f = f + step < runs->count || f == runs->count - 1 ? f + step : runs->count - 1) {
        double v[SIZE];
        erm_result result;
        for (int64_t j = 0; j < size; j++) v[j] = 0.5; /* the file knows better */
        options.threads = f % 2 ? 1 : 2;
        const int64_t epoch = runs->file[f].epoch;
        if (resuming_from(runs, f, problem, options, v, &result))
            fail_case("%s, from epoch %lld: %s", name, (long long)epoch, result.detail);
        if (result.resumed != epoch)
            fail_case("%s, from epoch %lld: resumed at %lld", name, (long long)epoch, (long long)result.resumed);
        if (!resuming_same(size, w, reference, v, &result))
            fail_case("%s: from epoch %lld of %lld it ends after %lld, at F = %.17g (%s); uninterrupted %.17g (%s)", name,
                      (long long)epoch, (long long)reference->epochs, (long long)result.epochs, result.certificate.primal,
                      result.detail, reference->certificate.primal, reference->detail);
        tried++;
    }
    return tried;
}

typedef struct resume_case {
    const char *solver;
    const void *params;
    const char *loss, *regularizer;
    double strength; /* multiplies the regularizer; 0: 1 */
    double tol;      /* 0: 1e-11 */
    const char *kind;
    int64_t n, d;
    int64_t epochs;   /* at most */
    int64_t at_least; /* so many, or the case shows nothing */
    bool weights, offset, no_intercept, random_start;
} resume_case;

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
    {.solver = "sgd", .loss = "hinge", .regularizer = "l2", .n = 70, .d = 6, .epochs = 40, .at_least = 40},
    {.solver = "sgd",
     .params = &(erm_sgd_params){.momentum = 0.9, .batch = 7},
     .loss = "logistic",
     .regularizer = "l1",
     .strength = 0.1,
     .n = 70,
     .d = 6,
     .epochs = 40,
     .at_least = 40},
    {.solver = "sgd",
     .params = &(erm_sgd_params){.rule = ERM_SGD_ADAM},
     .loss = "logistic",
     .regularizer = "l2",
     .n = 70,
     .d = 6,
     .epochs = 40,
     .at_least = 40},
    {.solver = "sgd",
     .params = &(erm_sgd_params){.rule = ERM_SGD_ADAGRAD, .no_averaging = true},
     .loss = "absolute",
     .regularizer = "l2",
     .n = 70,
     .d = 6,
     .epochs = 40,
     .at_least = 40},
    {.solver = "sgd",
     .params = &(erm_sgd_params){.rule = ERM_SGD_INVERSE, .no_shuffle = true},
     .loss = "multiclass-hinge, 4 classes",
     .regularizer = "l2",
     .n = 70,
     .d = 5,
     .kind = "csc f64",
     .epochs = 40,
     .at_least = 40},
    {.solver = "svrg", .loss = "logistic", .regularizer = "elastic net", .strength = 0.1, .n = 80, .d = 8, .at_least = 5},
    {.solver = "svrg",
     .loss = "logistic",
     .regularizer = "l1",
     .strength = 0.1,
     .n = 80,
     .d = 200,
     .kind = "csr f64",
     .no_intercept = true,
     .epochs = 60,
     .at_least = 5},
    {.solver = "svrg",
     .params = &(erm_svrg_params){.accelerated = true},
     .loss = "squared",
     .regularizer = "l1",
     .strength = 0.1,
     .n = 80,
     .d = 8,
     .at_least = 5},
    {.solver = "svrg",
     .params = &(erm_svrg_params){.accelerated = true},
     .loss = "logistic",
     .regularizer = "elastic net",
     .strength = 0.1,
     .n = 80,
     .d = 200,
     .kind = "csr f64",
     .no_intercept = true,
     .epochs = 60,
     .at_least = 8},
    {.solver = "svrg",
     .params = &(erm_svrg_params){.loopless = true, .batch = 3},
     .loss = "huber 1",
     .regularizer = "l2",
     .n = 80,
     .d = 8,
     .at_least = 5},
    {.solver = "saga", .loss = "logistic", .regularizer = "elastic net", .strength = 0.1, .n = 80, .d = 8, .at_least = 3},
    {.solver = "saga",
     .loss = "logistic",
     .regularizer = "l1",
     .strength = 0.1,
     .n = 80,
     .d = 200,
     .kind = "csr f32",
     .no_intercept = true,
     .epochs = 60,
     .at_least = 3},
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
    {.solver = "prox-newton", .loss = "logistic", .regularizer = "l1", .strength = 0.05, .n = 400, .d = 12, .at_least = 1},
    {.solver = "prox-newton", .loss = "logistic", .regularizer = "l1", .strength = 0.05, .n = 9000, .d = 10, .at_least = 1},
    {.solver = "prox-newton", .loss = "poisson", .regularizer = "group lasso", .strength = 0.1, .n = 300, .d = 12, .at_least = 1},
    {.solver = "gram", .loss = "squared", .regularizer = "l1", .strength = 0.1, .n = 80, .d = 20, .at_least = 1},
    {.solver = "gram", .loss = "squared", .regularizer = "group lasso", .strength = 0.1, .n = 80, .d = 20, .at_least = 1},
    {.solver = "dual", .loss = "hinge", .regularizer = "l2", .strength = 0.01, .n = 80, .d = 8, .at_least = 5},
    {.solver = "dual",
     .loss = "hinge",
     .regularizer = "l2",
     .strength = 0.01,
     .n = 80,
     .d = 200,
     .kind = "csr f64",
     .no_intercept = true,
     .at_least = 2},
    {.solver = "dual", .loss = "logistic", .regularizer = "elastic net", .strength = 0.1, .n = 80, .d = 8, .at_least = 3},
    {.solver = "dual",
     .loss = "squared-hinge",
     .regularizer = "l2",
     .strength = 0.01,
     .n = 80,
     .d = 8,
     .kind = "csc f64",
     .at_least = 3},
    {.solver = "dual",
     .loss = "squared",
     .regularizer = "l2",
     .strength = 0.01,
     .n = 60,
     .d = 8,
     .kind = "dense columns f64",
     .weights = true,
     .at_least = 3},
    {.solver = "dual",
     .params = &(erm_dual_params){.no_leaps = true, .no_shrinking = true},
     .loss = "epsilon-insensitive",
     .regularizer = "l2",
     .strength = 0.01,
     .n = 80,
     .d = 8,
     .at_least = 3},
    {.solver = "dual",
     .loss = "multiclass-hinge, 4 classes",
     .regularizer = "l2",
     .strength = 0.1,
     .n = 60,
     .d = 6,
     .at_least = 3},
    {.solver = "prox",
     .loss = "squared",
     .regularizer = "l1, factors",
     .strength = 0.1,
     .n = 60,
     .d = 12,
     .offset = true,
     .random_start = true,
     .at_least = 5},
    {.solver = "dual",
     .loss = "hinge",
     .regularizer = "l2",
     .strength = 0.1,
     .n = 60,
     .d = 6,
     .random_start = true,
     .at_least = 3},
    /* to where rounding lets nothing move any more, which certificates in a row tell */
    {.solver = "svrg",
     .loss = "logistic",
     .regularizer = "total variation",
     .tol = 1e-17,
     .n = 60,
     .d = 6,
     .epochs = 3000,
     .at_least = 16},
    {.solver = "prox",
     .loss = "cross-entropy, 5 classes",
     .regularizer = "total variation",
     .tol = 1e-17,
     .n = 60,
     .d = 6,
     .epochs = 3000,
     .at_least = 16},
    {.solver = "interior", .loss = "hinge", .regularizer = "l2", .tol = 1e-17, .n = 60, .d = 6, .epochs = 3000, .at_least = 10},
    {.solver = "dual", .loss = "hinge", .regularizer = "l2", .tol = 1e-17, .n = 60, .d = 6, .epochs = 3000, .at_least = 16},
    {.solver = "auto", .loss = "logistic", .regularizer = "l2", .n = 60, .d = 8, .at_least = 2},
};

static void one_case(const resume_case *each, int number)
{
    problem_spec spec = spec_of(each->loss, regularizer_named(each->regularizer), each->n, each->d);
    if (each->strength > 0) spec.regularizer = erm_regularizer_scaled(&spec.regularizer, each->strength);
    if (each->kind) spec.kind = kind_named(each->kind);
    spec.weights = each->weights;
    spec.offset = each->offset;
    spec.intercept = !each->no_intercept;
    owned_problem *owned = owned_problem_new(spec);
    char name[200];
    snprintf(name, sizeof name, "case %d, %s on %s x %s", number, each->solver, each->loss, each->regularizer);
    erm_options options = {.tol = each->tol > 0 ? each->tol : 1e-11, .max_epochs = each->epochs ? each->epochs : 300, .seed = 3};
    assert_true(erm_solver_from_name(each->solver, &options.solver));
    options.solver.params = each->params;
    double w[SIZE] = {0};
    erm_rng rng = erm_rng_seed(5);
    assert_true(owned->size <= SIZE);
    for (int64_t j = 0; each->random_start && j < owned->size; j++) w[j] = 0.3 * erm_rng_normal(&rng);
    resuming runs = resuming_new(MOST_FILES);
    erm_result reference;
    if (resuming_record(&runs, &owned->problem, options, w, &reference)) fail_case("%s: %s", name, reference.detail);
    if (reference.epochs < each->at_least || runs.count < 1)
        fail_case("%s: only %lld epochs: %s", name, (long long)reference.epochs, reference.detail);
    resume_everywhere(&runs, &owned->problem, options, 1 + runs.count / 20, w, &reference, name);
    resuming_free(&runs);
    owned_problem_free(owned);
}

static void a_run_goes_on_from_every_epoch_to_the_same_bits(void **state)
{
    (void)state;
    for (int c = 0; c < (int)(sizeof cases / sizeof *cases); c++) one_case(&cases[c], c);
}

static uint64_t first_seed = 1;
static long seeds = CHECK_SANITIZED ? 10 : 50;

static void random_problems_go_on_to_the_same_bits_with_every_solver(void **state)
{
    (void)state;
    int64_t tried = 0;
    resuming runs = resuming_new(MOST_FILES);
    for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) {
        soak_problem soak = soak_problem_new(seed);
        for (int s = 0; erm_solver_name(s); s++) {
            char name[800];
            snprintf(name, sizeof name, "%s on %s", erm_solver_name(s), soak.text);
            erm_options options = {.tol = 1e-10, .max_epochs = 40, .seed = 5};
            assert_true(erm_solver_from_name(erm_solver_name(s), &options.solver));
            double w[SIZE] = {0};
            erm_result reference;
            const erm_status status = resuming_record(&runs, &soak.owned->problem, options, w, &reference);
            const bool cannot = strstr(reference.detail, "cannot go on from a checkpoint") != NULL;
            if (cannot && strcmp(reference.solver, "hogwild") != 0) fail_case("%s: %s", name, reference.detail);
            if (status == ERM_EUNSUPPORTED) continue;
            if (status) fail_case("%s: %s", name, reference.detail);
            tried += resume_everywhere(&runs, &soak.owned->problem, options, 1 + runs.count / 3, w, &reference, name);
        }
        soak_problem_free(&soak);
    }
    resuming_free(&runs);
    if (tried < 3 * seeds) fail_case("only %lld runs were resumed", (long long)tried);
}

int main(int argc, char **argv)
{
    if (argc > 1) first_seed = strtoull(argv[1], NULL, 10);
    if (argc > 2) seeds = strtol(argv[2], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_goes_on_from_every_epoch_to_the_same_bits),
        cmocka_unit_test(random_problems_go_on_to_the_same_bits_with_every_solver),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
