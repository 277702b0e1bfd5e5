/* Every allocation of a solve and of a certificate failing in turn: ERM_ENOMEM, a sentence, w untouched, nothing leaked. */
#include "check.h"

#include "catalog_regularizer.h"
#include "ermopt/solve.h"
#include "failing_alloc.h"
#include "named.h"
#include "problems.h"

enum { SIZE = 64 };

static owned_problem *problem_of(const char *loss, const char *regularizer)
{
    int64_t count;
    const regularizer_case *all = regularizer_catalog(&count);
    for (int64_t r = 0; r < count; r++)
        if (!strcmp(all[r].name, regularizer))
            return owned_problem_new((problem_spec){.kind = &matrix_kinds[0],
                                                    .loss = loss_named(loss),
                                                    .regularizer = all[r].regularizer,
                                                    .n = 30,
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

static void fail_each_in(bool (*call)(void *), const char *solver, const char *loss, const char *regularizer)
{
    owned_problem *owned = problem_of(loss, regularizer);
    attempt now = {.problem = &owned->problem, .options = {.max_epochs = 5}};
    assert_true(erm_solver_from_name(solver, &now.options.solver));
    assert_true(failing_alloc_each(call, &now, true) > 10);
    owned_problem_free(owned);
}

static void every_solver_survives_every_failing_allocation(void **state)
{
    (void)state;
    static const char *const solvers[] = {"gd", "prox", "svrg", "sgd", "saga", "hogwild"};
    for (int s = 0; s < 6; s++) fail_each_in(solves, solvers[s], "logistic", "l2");
    fail_each_in(solves, "newton", "logistic", "l2");
    fail_each_in(solves, "direct", "squared", "l2");
    fail_each_in(solves, "interior", "hinge", "l2");
    for (int s = 1; s < 5; s++) fail_each_in(solves, solvers[s], "logistic", "fused lasso"); /* one that needs scratch */
}

static void a_certificate_survives_every_failing_allocation(void **state)
{
    (void)state;
    fail_each_in(certifies, "auto", "logistic", "l2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_solver_survives_every_failing_allocation),
        cmocka_unit_test(a_certificate_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
