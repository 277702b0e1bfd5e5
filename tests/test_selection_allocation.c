/* Every allocation of a selection failing in turn: ERM_ENOMEM, a sentence, an empty answer, nothing leaked. */
#include "check.h"

#include "ermopt/selection.h"
#include "failing_alloc.h"
#include "problems.h"
#include "solving.h"

static bool validates(void *context)
{
    erm_cv cv;
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_cv_options options = {.folds = 2, .keep_paths = true, .path = {.count = 2, .ratio = 0.5, .solve = {.threads = 1}}};
    const erm_status status = erm_cross_validate(context, &options, &cv, detail);
    if (status == ERM_OK) {
        erm_cv_free(&cv);
        return true;
    }
    assert_int_equal(status, ERM_ENOMEM);
    assert_true(strlen(detail) > 0);
    assert_null(cv.mean);
    assert_null(cv.path.point);
    return false;
}

static bool deals(void *context)
{
    int32_t fold[30];
    double y[30];
    int64_t group[30];
    char detail[ERM_DETAIL_SIZE] = "";
    for (int i = 0; i < 30; i++) group[i] = (int64_t)(y[i] = i % 4);
    const erm_deal deal = {.stratum = y, .group = context ? group : NULL};
    const erm_status status = erm_deal_folds(30, 3, &deal, fold, detail);
    assert_true(status == ERM_OK || (status == ERM_ENOMEM && strlen(detail) > 0));
    return status == ERM_OK;
}

static bool leaves_out(void *context)
{
    const erm_problem *const problem = context;
    double w[100] = {0}, Z[100];
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_status status = erm_alo_margins(problem, w, Z, detail);
    assert_true(status == ERM_OK || (status == ERM_ENOMEM && strlen(detail) > 0));
    return status == ERM_OK;
}

static bool watches(void *context)
{
    const erm_problem *const problem = context;
    double w[100] = {0};
    erm_early_stop stop;
    char detail[ERM_DETAIL_SIZE] = "";
    erm_status status = erm_early_stop_open(problem, ERM_METRIC_AUC, 2, &stop, detail);
    assert_true(status == ERM_OK || (status == ERM_ENOMEM && strlen(detail) > 0));
    if (status) return false;
    const erm_progress now = {.w = w};
    const bool goes_on = erm_early_stop_monitor(&now, &stop);
    assert_true(goes_on == (stop.status == ERM_OK));
    erm_early_stop_close(&stop);
    return goes_on;
}

static bool curves(void *context)
{
    erm_curve curve;
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_prepare steps[] = {erm_prepare_standardise()};
    const erm_curve_options options = {.count = 2, .recipe = {.steps = steps, .count = 1}, .folds = 2, .solve = {.threads = 1}};
    const erm_status status = erm_learning_curve(context, &options, &curve, detail);
    assert_true(status == ERM_OK || (status == ERM_ENOMEM && strlen(detail) > 0));
    if (status) assert_null(curve.rows);
    erm_curve_free(&curve);
    return status == ERM_OK;
}

static void the_others_survive_every_failing_allocation(void **state)
{
    (void)state;
    problem_spec spec = spec_of("logistic", erm_l2(0.1), 20, 3);
    owned_problem *const owned = owned_problem_new(spec);
    const double class_weight[] = {1, 2};
    owned->problem.class_weight = class_weight;
    assert_true(failing_alloc_each(leaves_out, &owned->problem, true) > 10);
    assert_true(failing_alloc_each(watches, &owned->problem, true) == 4);
    assert_true(failing_alloc_each(curves, &owned->problem, true) > 20);
    owned_problem_free(owned);
}

static void cross_validation_survives_every_failing_allocation(void **state)
{
    (void)state;
    static const char *const kinds[] = {"dense f64", "csc f64"};
    for (int c = 0; c < 2; c++) {
        problem_spec spec = spec_of("logistic", erm_l1(1), 20, 3);
        spec.kind = kind_named(kinds[c]);
        owned_problem *const owned = owned_problem_new(spec);
        assert_true(failing_alloc_each(validates, &owned->problem, true) > 20);
        owned_problem_free(owned);
    }
}

static void dealing_survives_every_failing_allocation(void **state)
{
    int groups = 1;
    (void)state;
    assert_true(failing_alloc_each(deals, NULL, true) == 2);
    assert_true(failing_alloc_each(deals, &groups, true) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cross_validation_survives_every_failing_allocation),
        cmocka_unit_test(the_others_survive_every_failing_allocation),
        cmocka_unit_test(dealing_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
