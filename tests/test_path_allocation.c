/* Every allocation of a path and of lambda_max failing in turn: ERM_ENOMEM, a sentence, an empty path, nothing leaked. */
#include "check.h"

#include "catalog_regularizer.h"
#include "ermopt/path.h"
#include "failing_alloc.h"
#include "problems.h"
#include "solving.h"

static bool finds_a_path(void *context)
{
    const erm_problem *const problem = context;
    erm_path path;
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_path_options options = {.count = 4, .ratio = 0.2, .solve = {.threads = 1}};
    const erm_status status = erm_path_solve(problem, &options, &path, detail);
    if (status == ERM_OK) {
        erm_path_free(&path);
        return true;
    }
    assert_int_equal(status, ERM_ENOMEM);
    assert_true(strlen(detail) > 0);
    assert_null(path.point);
    assert_int_equal(path.count, 0);
    return false;
}

static bool finds_lambda_max(void *context)
{
    const erm_problem *const problem = context;
    double lambda_max;
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_status status = erm_lambda_max(problem, &lambda_max, detail);
    assert_true(status == ERM_OK || status == ERM_ENOMEM);
    assert_true(status == ERM_OK || strlen(detail) > 0);
    return status == ERM_OK;
}

static void fail_each_in(const char *loss, const char *regularizer, int64_t n, int64_t d)
{
    int64_t count;
    const regularizer_case *const all = regularizer_catalog(&count);
    for (int64_t r = 0; r < count; r++) {
        if (strcmp(all[r].name, regularizer) != 0) continue;
        owned_problem *const owned = owned_problem_new(spec_of(loss, all[r].regularizer, n, d));
        assert_true(failing_alloc_each(finds_a_path, &owned->problem, true) > 10);
        assert_true(failing_alloc_each(finds_lambda_max, &owned->problem, true) > 5);
        owned_problem_free(owned);
    }
}

static void a_path_survives_every_failing_allocation(void **state)
{
    (void)state;
    fail_each_in("squared", "l1", 40, 5);           /* all features' Gram matrix */
    fail_each_in("squared", "l1, factors", 20, 60); /* that of some, and free features */
    fail_each_in("squared", "group lasso", 20, 240);
    fail_each_in("logistic", "l1", 20, 40);          /* a part of the features */
    fail_each_in("logistic", "nuclear norm", 20, 4); /* the whole */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_path_survives_every_failing_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
