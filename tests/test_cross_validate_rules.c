/* Cross-validation: the choice by its rules, the monitor, and what is refused. */
#include "check.h"

#include "cv_cases.h"
#include "selection/cross_validate.h"

static void the_rule_of_one_standard_error_on_a_known_curve(void **state)
{
    (void)state;
    double lambda[] = {9, 8, 7, 6, 5, 4, 3}, mean[] = {5, 2.6, 2.4, 2, 2, 3, NAN}, error[] = {1, 1, 0.1, 0.5, 0.3, 0.1, 0};
    erm_cv cv = {.count = 7, .lambda = lambda, .mean = mean, .error = error};
    erm__cv_choose(&cv);
    assert_int_equal(cv.best, 3); /* the larger lambda of two as good */
    assert_int_equal(cv.one_se, 2);
    error[3] = 0.7;
    erm__cv_choose(&cv);
    assert_int_equal(cv.one_se, 1);
    error[3] = NAN;
    erm__cv_choose(&cv);
    assert_int_equal(cv.one_se, 3);
    double area[] = {0.5, 0.7, 0.8, 0.9, 0.85, 0.6, NAN}, small[] = {0, 0, 0, 0.1, 0, 0, 0};
    cv = (erm_cv){.count = 7, .lambda = lambda, .mean = area, .error = small, .metric = ERM_METRIC_AUC};
    erm__cv_choose(&cv);
    assert_int_equal(cv.best, 3);
    assert_int_equal(cv.one_se, 2);
    for (int i = 0; i < 7; i++) mean[i] = NAN;
    cv = (erm_cv){.count = 7, .lambda = lambda, .mean = mean, .error = error};
    erm__cv_choose(&cv);
    assert_int_equal(cv.best, -1);
    assert_int_equal(cv.one_se, -1);
}

typedef struct counter {
    int64_t calls, last, total, end;
} counter;

static bool count_fits(int64_t done, int64_t total, void *data)
{
    counter *const seen = data;
    assert_true(done > seen->last && done <= total);
    seen->calls++;
    seen->last = done;
    seen->total = total;
    return done < seen->end;
}

static void the_monitor_counts_fits_and_can_cancel(void **state)
{
    (void)state;
    owned_problem *const owned = cv_problem(&cv_cases[0]);
    counter seen = {.end = INT64_MAX};
    erm_cv_options options = {
        .folds = CV_FOLDS, .path = {.count = 6, .solve = {.threads = 1}}, .monitor = count_fits, .monitor_data = &seen};
    erm_cv cv = cv_of(&owned->problem, options);
    assert_int_equal(seen.calls, 6 * (CV_FOLDS + 1));
    assert_int_equal(seen.total, 6 * (CV_FOLDS + 1));
    erm_cv_free(&cv);
    for (int64_t end = 2; end < 20; end += 7) {
        seen = (counter){.end = end};
        cv = cv_of(&owned->problem, options);
        assert_int_equal(cv.stop, ERM_STOP_CANCELLED);
        assert_int_equal(seen.calls, end);
        erm_cv_free(&cv);
    }
    options.monitor = NULL;
    options.path.solve.max_seconds = 1e-9;
    cv = cv_of(&owned->problem, options);
    assert_int_equal(cv.stop, ERM_STOP_TIME);
    assert_int_equal(cv.count, 1);
    assert_int_equal(cv.best, 0);
    erm_cv_free(&cv);
    owned_problem_free(owned);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    owned_problem *const owned = cv_problem(&cv_cases[0]);
    static int32_t gap[CV_N], one[CV_N], negative[CV_N];
    for (int i = 0; i < CV_N; i++) gap[i] = i % 2 ? 2 : 0;
    negative[3] = -1;
    const erm_cv_options wrong[] = {{.folds = 1},
                                    {.folds = CV_N + 1},
                                    {.fold = gap},
                                    {.fold = one},
                                    {.fold = negative},
                                    {.path = {.ratio = 2}},
                                    {.recipe = {.count = 1}},
                                    {.metric = (erm_metric)9}};
    erm_cv cv;
    char detail[ERM_DETAIL_SIZE];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(erm_cross_validate(&owned->problem, &wrong[i], &cv, detail), ERM_EINVAL);
        assert_true(strlen(detail) > 10);
        assert_null(cv.mean);
    }
    assert_int_equal(erm_cross_validate(&owned->problem, &(erm_cv_options){.metric = ERM_METRIC_AUC}, &cv, detail),
                     ERM_EUNSUPPORTED);
    assert_int_equal(erm_cross_validate(NULL, NULL, &cv, detail), ERM_EINVAL);
    assert_int_equal(erm_cross_validate(&owned->problem, NULL, NULL, detail), ERM_EINVAL);
    erm_metric metric;
    assert_false(erm_metric_from_name("f1", &metric));
    assert_true(erm_metric_from_name("auc", &metric) && metric == ERM_METRIC_AUC);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rule_of_one_standard_error_on_a_known_curve),
        cmocka_unit_test(the_monitor_counts_fits_and_can_cancel),
        cmocka_unit_test(what_is_wrong_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
