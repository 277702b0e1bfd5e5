/* Every allocation of a solve and of a certificate failing in turn: ERM_ENOMEM, a sentence, w untouched, nothing leaked. */
#include "check.h"

#include <errno.h>
#include <stdio.h>

#include "catalog_regularizer.h"
#include "ermopt/freedom.h"
#include "ermopt/solve.h"
#include "failing_alloc.h"
#include "files.h"
#include "named.h"
#include "problems.h"

enum { SIZE = 64 };

static owned_problem *problem_of(int64_t n, const char *loss, const char *regularizer)
{
    int64_t count;
    const regularizer_case *all = regularizer_catalog(&count);
    for (int64_t r = 0; r < count; r++)
        if (!strcmp(all[r].name, regularizer))
            return owned_problem_new((problem_spec){.kind = &matrix_kinds[0],
                                                    .loss = loss_named(loss),
                                                    .regularizer = all[r].regularizer,
                                                    .n = n,
                                                    .d = 4,
                                                    .weights = true,
                                                    .intercept = true,
                                                    .seed = 3});
    fail_case("no regularizer %s in the catalog", regularizer);
    return NULL;
}

typedef struct attempt {
    const erm_problem *problem;
    erm_options options;
} attempt;

static bool solves(void *context)
{
    const attempt *now = context;
    double w[SIZE] = {0};
    erm_result result;
    const erm_status status = erm_solve(now->problem, &now->options, w, &result);
    if (status == ERM_OK) return true;
    assert_int_equal(status, ERM_ENOMEM);
    assert_string_equal(result.detail, "out of memory");
    for (int j = 0; j < SIZE; j++) assert_true(w[j] == 0);
    return false;
}

static bool certifies(void *context)
{
    const attempt *now = context;
    const double w[SIZE] = {0};
    erm_certificate certificate;
    const erm_status status = erm_certify(now->problem, w, &certificate, NULL);
    assert_true(status == ERM_OK || status == ERM_ENOMEM);
    return status == ERM_OK;
}

static bool counts_freedom(void *context)
{
    const attempt *now = context;
    const double w[SIZE] = {1, 2};
    double freedom;
    const erm_status status = erm_degrees_of_freedom(now->problem, w, &freedom, NULL);
    assert_true(status == ERM_OK || status == ERM_ENOMEM);
    return status == ERM_OK;
}

static void fail_each_of(bool (*call)(void *), erm_solver solver, int64_t n, const char *loss, const char *regularizer)
{
    owned_problem *owned = problem_of(n, loss, regularizer);
    attempt now = {.problem = &owned->problem, .options = {.max_epochs = 5, .solver = solver}};
    assert_true(failing_alloc_each(call, &now, true) > 10);
    owned_problem_free(owned);
}

static void fail_each(bool (*call)(void *), const char *name, int64_t n, const char *loss, const char *regularizer)
{
    erm_solver solver;
    assert_true(erm_solver_from_name(name, &solver));
    fail_each_of(call, solver, n, loss, regularizer);
}

static void fail_each_in(bool (*call)(void *), const char *solver, const char *loss, const char *regularizer)
{
    fail_each(call, solver, 30, loss, regularizer);
}

static void every_solver_survives_every_failing_allocation(void **state)
{
    (void)state;
    static const char *const solvers[] = {"gd", "prox", "svrg", "sgd", "saga", "hogwild"};
    for (int s = 0; s < 6; s++) fail_each_in(solves, solvers[s], "logistic", "l2");
    fail_each_of(solves, erm_solver_svrg(&(erm_svrg_params){.accelerated = true}), 30, "logistic", "l1");
    fail_each_in(solves, "newton", "logistic", "l2");
    fail_each(solves, "newton", 2, "logistic", "l2"); /* fewer rows than columns */
    fail_each_in(solves, "newton-cg", "logistic", "l2");
    fail_each(solves, "newton-cg", 4200, "logistic", "l2"); /* enough rows to start from a sample */
    fail_each(solves, "prox-newton", 4200, "logistic", "l1");
    fail_each_in(solves, "prox-newton", "logistic", "group lasso");
    fail_each_in(solves, "lbfgs", "logistic", "l2");
    fail_each_in(solves, "owlqn", "logistic", "l1");
    fail_each_in(solves, "direct", "squared", "l2");
    fail_each_in(solves, "interior", "hinge", "l2");
    fail_each_in(solves, "alm", "epsilon-insensitive", "l2");
    fail_each_in(solves, "multipliers", "hinge", "l1");
    fail_each_in(solves, "multipliers", "quantile 0.9", "group lasso");
    fail_each_in(solves, "multipliers", "absolute", "fused lasso");
    fail_each_in(solves, "cd", "logistic", "l1");
    fail_each_in(solves, "cd", "squared", "group lasso");
    fail_each_in(solves, "cd", "squared", "mcp");
    fail_each_in(solves, "cd", "cross-entropy, 5 classes", "l21");
    fail_each_in(solves, "cd", "multitask-squared, 3 outputs", "mcp");
    fail_each_in(solves, "gram", "squared", "l1");
    fail_each_in(solves, "gram", "squared", "group lasso");
    fail_each_in(solves, "dual", "hinge", "l2");
    fail_each_in(solves, "dual", "logistic", "elastic net");
    for (int s = 1; s < 5; s++) fail_each_in(solves, solvers[s], "logistic", "fused lasso"); /* one that needs scratch */
}

/* Solves for so many epochs in all; a file that could not be written for want of memory ends the run with the best point. */
static bool solves_until(const attempt *now, int64_t epochs)
{
    double w[SIZE] = {0};
    erm_options options = now->options;
    erm_result result;
    options.max_epochs = epochs;
    const erm_status status = erm_solve(now->problem, &options, w, &result);
    if (status == ERM_OK) return true;
    assert_int_equal(status, ERM_ENOMEM);
    assert_non_null(strstr(result.detail, "memory"));
    if (result.stop == ERM_STOP_NONE)
        for (int j = 0; j < SIZE; j++) assert_true(w[j] == 0);
    return false;
}

/* Writes a checkpoint, and goes on from it. */
static bool resumes(void *context)
{
    const attempt *now = context;
    if (remove(now->options.checkpoint) != 0) errno = 0;
    return solves_until(now, 2) && solves_until(now, 5);
}

static void checkpoints_survive_every_failing_allocation(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH];
    files_path(&directory, "checkpoint", path);
    static const char *const solvers[] = {"prox", "dual", "newton-cg"};
    for (int s = 0; s < 3; s++) {
        owned_problem *owned = problem_of(30, "logistic", "l2");
        attempt now = {.problem = &owned->problem, .options = {.tol = 1e-14, .checkpoint = path}};
        assert_true(erm_solver_from_name(solvers[s], &now.options.solver));
        assert_true(failing_alloc_each(resumes, &now, true) > 20);
        owned_problem_free(owned);
    }
    files_remove_directory(&directory);
}

static void what_prepares_a_problem_survives_every_failing_allocation(void **state)
{
    (void)state;
    owned_problem *owned = problem_of(30, "logistic", "l2");
    owned->problem.standardise = true;
    owned->problem.class_weight = (const double[]){1, 2};
    attempt now = {.problem = &owned->problem, .options = {.solver = erm_solver_prox(NULL), .max_epochs = 5}};
    assert_true(failing_alloc_each(solves, &now, true) > 10);
    assert_true(failing_alloc_each(certifies, &now, true) > 10);
    assert_true(failing_alloc_each(counts_freedom, &now, true) > 10);
    owned_problem_free(owned);
}

static void a_certificate_survives_every_failing_allocation(void **state)
{
    (void)state;
    fail_each_in(certifies, "auto", "logistic", "l2");
    fail_each_in(certifies, "auto", "logistic", "l2, factors"); /* with a free feature */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_solver_survives_every_failing_allocation),
        cmocka_unit_test(checkpoints_survive_every_failing_allocation),
        cmocka_unit_test(what_prepares_a_problem_survives_every_failing_allocation),
        cmocka_unit_test(a_certificate_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
