/* The learning curve: nested numbers of rows, means over runs that equal a loop by hand, and the gap that closes. */
#include "check.h"

#include "ermopt/selection.h"
#include "solving.h"

enum { N = 120, D = 5 };

static erm_curve curve_of(const erm_problem *problem, erm_curve_options options)
{
    erm_curve curve;
    char detail[ERM_DETAIL_SIZE];
    if (erm_learning_curve(problem, &options, &curve, detail)) fail_case("%s", detail);
    return curve;
}

static void all_training_rows_give_what_a_loop_by_hand_gives(void **state)
{
    (void)state;
    problem_spec spec = spec_of("logistic", erm_l2(0.05), N, D);
    spec.weights = true;
    owned_problem *const owned = owned_problem_new(spec);
    const int64_t rows[] = {96};
    const erm_curve_options options = {
        .solve = {.tol = 1e-13}, .rows = rows, .count = 1, .folds = 5, .repeats = 2, .deal = {.seed = 9}};
    erm_curve curve = curve_of(&owned->problem, options);
    double train = 0, held_out = 0, w[D + 1] = {0}, Z[N], value;
    assert_int_equal(curve.runs, 10);
    for (int run = 0; run < 10; run++) {
        int32_t fold[N];
        int64_t list[N];
        assert_int_equal(erm_deal_folds(N, 5, &(erm_deal){.seed = 9 + (uint64_t)run / 5}, fold, NULL), ERM_OK);
        for (int others = 0; others < 2; others++) {
            const int64_t count = erm_fold_rows(N, fold, run % 5, others == 0, list);
            erm_subset part;
            assert_int_equal(erm_subset_open(&owned->problem, count, list, &part), ERM_OK);
            if (others == 0) solve(&part.problem, (erm_options){.tol = 1e-13}, w);
            erm_problem_margins(&part.problem, w, Z);
            assert_int_equal(erm_problem_risk(&part.problem, ERM_METRIC_LOSS, Z, &value, NULL), ERM_OK);
            *(others ? &held_out : &train) += value / 10;
            erm_subset_close(&part);
        }
    }
    assert_near(curve.train[0], train, 1e-6);
    assert_near(curve.held_out[0], held_out, 1e-6);
    assert_true(curve.train_error[0] > 0 && curve.held_out_error[0] > 0);
    erm_curve_free(&curve);
    owned_problem_free(owned);
}

static void the_gap_closes_with_more_rows(void **state)
{
    (void)state;
    owned_problem *const owned = owned_problem_new(spec_of("squared", erm_l2(1e-3), 1500, 20));
    erm_curve curve = curve_of(&owned->problem, (erm_curve_options){.count = 6, .folds = 4});
    assert_int_equal(curve.count, 6);
    assert_int_equal(curve.rows[5], 1125);
    for (int64_t i = 0; i < 6; i++) {
        assert_true(curve.held_out[i] > curve.train[i]);
        if (i == 0) continue;
        assert_true(curve.rows[i] > curve.rows[i - 1]);
        assert_true(curve.held_out[i] - curve.train[i] < curve.held_out[i - 1] - curve.train[i - 1]);
    }
    erm_curve_free(&curve);
    owned_problem_free(owned);
}

static void one_to_seven_threads_give_the_same_bits(void **state)
{
    (void)state;
    static const int threads[] = {1, 2, 3, 4, 7};
    owned_problem *const owned = owned_problem_new(spec_of("logistic", erm_l1(0.01), N, D));
    erm_curve first = {0};
    for (int t = 0; t < 5; t++) {
        erm_curve curve = curve_of(&owned->problem, (erm_curve_options){.count = 3, .solve = {.threads = threads[t]}});
        if (t > 0) assert_memory_equal(curve.train, first.train, (size_t)(4 * curve.count) * sizeof(double));
        if (t == 0)
            first = curve;
        else
            erm_curve_free(&curve);
    }
    erm_curve_free(&first);
    owned_problem_free(owned);
}

/* With few rows of the rare class a plain beginning may have none of it: then the fit has one class alone. */
static void beginnings_have_their_share_of_every_stratum(void **state)
{
    (void)state;
    owned_problem *const owned = owned_problem_new(spec_of("logistic", erm_l2(0.1), N, D));
    for (int i = 0; i < N; i++) owned->y[i] = i % 10 == 0 ? 1 : -1;
    const int64_t rows[] = {10, 20};
    const erm_curve_options options = {
        .rows = rows, .count = 2, .folds = 3, .metric = ERM_METRIC_AUC, .deal = {.stratum = owned->y}};
    erm_curve curve = curve_of(&owned->problem, options);
    assert_true(curve.train[0] > 0.5); /* a number in every run: AUC needs both classes */
    assert_true(isfinite(curve.train_error[0]) && isfinite(curve.held_out_error[0]));
    erm_curve_free(&curve);
    owned_problem_free(owned);
}

static bool stop_at_fourth(int64_t done, int64_t total, void *data)
{
    assert_int_equal(total, 15);
    *(int64_t *)data = done;
    return done < 4;
}

static void the_monitor_can_cancel(void **state)
{
    (void)state;
    owned_problem *const owned = owned_problem_new(spec_of("squared", erm_l2(0.1), N, D));
    int64_t last = 0;
    const erm_curve_options options = {.count = 3, .solve = {.threads = 1}, .monitor = stop_at_fourth, .monitor_data = &last};
    erm_curve curve = curve_of(&owned->problem, options);
    assert_int_equal(last, 4);
    assert_int_equal(curve.stop, ERM_STOP_CANCELLED);
    assert_int_equal(curve.count, 0);
    erm_curve_free(&curve);
    owned_problem_free(owned);
}

static void groups_come_whole(void **state)
{
    (void)state;
    owned_problem *const owned = owned_problem_new(spec_of("squared", erm_l2(0.1), N, D));
    int64_t group[N];
    for (int i = 0; i < N; i++) group[i] = i / 4;
    erm_curve curve = curve_of(&owned->problem, (erm_curve_options){.count = 3, .deal = {.group = group}});
    assert_int_equal(curve.rows[2], 96);
    erm_curve_free(&curve);
    owned_problem_free(owned);
}

static void few_rows_give_each_number_of_them_once(void **state)
{
    (void)state;
    owned_problem *const owned = owned_problem_new(spec_of("squared", erm_l2(0.1), 4, 2));
    erm_curve curve = curve_of(&owned->problem, (erm_curve_options){0});
    assert_int_equal(curve.count, 3);
    for (int64_t i = 0; i < 3; i++) assert_int_equal(curve.rows[i], i + 1);
    erm_curve_free(&curve);
    owned_problem_free(owned);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    owned_problem *const owned = owned_problem_new(spec_of("squared", erm_l2(0.1), N, D));
    const int64_t many[] = {10, 97}, none[] = {0}, falling[] = {20, 10}, twice[] = {20, 20};
    const erm_curve_options wrong[] = {{.rows = falling, .count = 2},
                                       {.rows = twice, .count = 2},
                                       {.rows = many, .count = 2},
                                       {.rows = none, .count = 1},
                                       {.folds = N + 1},
                                       {.repeats = -1},
                                       {.solve = {.tol = -1}}};
    erm_curve curve;
    char detail[ERM_DETAIL_SIZE];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(erm_learning_curve(&owned->problem, &wrong[i], &curve, detail), ERM_EINVAL);
        assert_true(strlen(detail) > 10);
        assert_null(curve.rows);
    }
    const erm_curve_options kept = {.solve = {.checkpoint = "learning_curve.checkpoint"}};
    assert_int_equal(erm_learning_curve(&owned->problem, &kept, &curve, detail), ERM_EUNSUPPORTED);
    assert_non_null(strstr(detail, "checkpoint"));
    assert_int_equal(erm_learning_curve(NULL, NULL, &curve, detail), ERM_EINVAL);
    assert_int_equal(erm_learning_curve(&owned->problem, NULL, NULL, detail), ERM_EINVAL);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_training_rows_give_what_a_loop_by_hand_gives),
        cmocka_unit_test(the_gap_closes_with_more_rows),
        cmocka_unit_test(one_to_seven_threads_give_the_same_bits),
        cmocka_unit_test(beginnings_have_their_share_of_every_stratum),
        cmocka_unit_test(the_monitor_can_cancel),
        cmocka_unit_test(groups_come_whole),
        cmocka_unit_test(few_rows_give_each_number_of_them_once),
        cmocka_unit_test(what_is_wrong_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
