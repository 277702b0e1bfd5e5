/* Metrics against values worked out by hand and by definition. */
#include "check.h"

#include "ermopt/metrics.h"
#include "ermopt/rng.h"

static void accuracy_is_the_weighted_share_of_equal_entries(void **state)
{
    (void)state;
    const double predicted[] = {0, 1, 2, 1}, y[] = {0, 1, 1, NAN}, weight[] = {1, 2, 4, 1};
    assert_near(erm_metric_accuracy(4, predicted, y, NULL), 0.5, 0);
    assert_near(erm_metric_accuracy(4, predicted, y, weight), 3.0 / 8, 0);
    assert_true(isnan(erm_metric_accuracy(0, predicted, y, NULL)));
}

static void a_nan_label_is_wrong_even_for_a_nan_prediction(void **state)
{
    (void)state;
    const double both[] = {NAN};
    assert_near(erm_metric_accuracy(1, both, both, NULL), 0, 0);
}

static void log_loss_is_the_weighted_mean_of_minus_log_p(void **state)
{
    (void)state;
    const double P[] = {0.5, 0.25, 0.25, 0.1, 0.2, 0.7}, y[] = {1, 2}, weight[] = {3, 1};
    assert_near(erm_metric_log_loss(2, 3, P, y, NULL), (log(4) - log(0.7)) / 2, 1e-15);
    assert_near(erm_metric_log_loss(2, 3, P, y, weight), (3 * log(4) - log(0.7)) / 4, 1e-15);
}

static void log_loss_clips_and_counts_unknown_classes_as_impossible(void **state)
{
    (void)state;
    const double P[] = {1, 0}, impossible = -log(1e-15);
    const double labels[] = {1, NAN, 2, -1, 0.5};
    for (int i = 0; i < 5; i++) assert_near(erm_metric_log_loss(1, 2, P, &labels[i], NULL), impossible, 1e-15);
    const double zero = 0, above[] = {1 + 1e-9, 0}, unknown[] = {NAN, 0};
    assert_near(erm_metric_log_loss(1, 2, above, &zero, NULL), 0, 0);
    assert_true(isnan(erm_metric_log_loss(1, 2, unknown, &zero, NULL)));
}

static double auc_of(int64_t n, const double *score, const double *y, const double *weight)
{
    double auc = -1;
    assert_int_equal(erm_metric_auc(n, score, y, weight, &auc), ERM_OK);
    return auc;
}

static void auc_of_small_cases_is_as_by_hand(void **state)
{
    (void)state;
    const double score[] = {0.1, 0.4, 0.35, 0.8}, y[] = {-1, -1, 1, 1}, reversed[] = {1, 1, -1, -1};
    assert_near(auc_of(4, score, y, NULL), 0.75, 0);
    assert_near(auc_of(4, score, reversed, NULL), 0.25, 0);
    const double same[] = {2, 2, 2, 2};
    assert_near(auc_of(4, same, y, NULL), 0.5, 0);
    const double extreme[] = {-INFINITY, -0.0, 0.0, INFINITY}; /* -0 and 0 tie */
    assert_near(auc_of(4, extreme, y, NULL), 0.875, 0);
}

static void auc_without_a_class_or_with_a_nan_score_is_nan(void **state)
{
    (void)state;
    const double score[] = {1, 2, NAN}, ones[] = {1, 1, 1}, y[] = {0, 1, 1}, weight[] = {0, 1, 1};
    assert_true(isnan(auc_of(2, score, ones, NULL)));
    assert_true(isnan(auc_of(2, score, y, weight)));
    assert_true(isnan(auc_of(3, score, y, NULL)));
    assert_true(isnan(auc_of(0, score, y, NULL)));
    assert_near(auc_of(2, score, y, NULL), 1, 0);
}

/* The definition: over all pairs of one positive and one negative. */
static double auc_by_pairs(int64_t n, const double *score, const double *y, const double *weight)
{
    double won = 0, total = 0;
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < n; j++) {
            if (!(y[i] > 0) || y[j] > 0) continue;
            const double pair = weight ? weight[i] * weight[j] : 1;
            won += score[i] > score[j] ? pair : score[i] == score[j] ? pair / 2 : 0;
            total += pair;
        }
    }
    return won / total;
}

static void auc_is_the_share_of_ordered_pairs(void **state)
{
    (void)state;
    enum { N = 200 };
    erm_rng rng = erm_rng_seed(3);
    for (int trial = 0; trial < 20; trial++) {
        double score[N], y[N], weight[N];
        for (int i = 0; i < N; i++) {
            y[i] = erm_rng_below(&rng, 3) == 0 ? 1 : -1;
            score[i] = trial % 2 ? erm_rng_normal(&rng) + y[i] : (double)erm_rng_below(&rng, 7); /* without and with ties */
            weight[i] = (double)erm_rng_below(&rng, 4);
        }
        assert_near(auc_of(N, score, y, NULL), auc_by_pairs(N, score, y, NULL), 1e-14);
        assert_near(auc_of(N, score, y, weight), auc_by_pairs(N, score, y, weight), 1e-14);
    }
}

static void mse_and_r2_are_as_by_hand(void **state)
{
    (void)state;
    const double predicted[] = {1, 2, 5}, y[] = {1, 4, 4}, weight[] = {2, 1, 1};
    assert_near(erm_metric_mse(3, predicted, y, NULL), 5.0 / 3, 1e-15);
    assert_near(erm_metric_r2(3, predicted, y, NULL), 1 - 5.0 / 6, 1e-15); /* variance 2 */
    assert_near(erm_metric_mse(3, predicted, y, weight), 5.0 / 4, 1e-15);
    assert_near(erm_metric_r2(3, predicted, y, weight), 1 - 1.25 / 2.25, 1e-15); /* mean 2.5 */
    assert_near(erm_metric_r2(3, y, y, NULL), 1, 0);
}

static void r2_of_a_constant_target_is_nan(void **state)
{
    (void)state;
    const double y[] = {0.1, 0.1, 0.1}, predicted[] = {0.1, 0.2, 0.3}, weight[] = {0, 1, 1}, almost[] = {5, 0.1, 0.1};
    assert_true(isnan(erm_metric_r2(3, predicted, y, NULL)));
    assert_true(isnan(erm_metric_r2(3, predicted, almost, weight)));
    assert_true(isfinite(erm_metric_r2(3, predicted, almost, NULL)));
}

static void r2_keeps_its_digits_far_from_zero(void **state)
{
    (void)state;
    const double y[] = {1e9, 1e9 + 1, 1e9 + 2}, predicted[] = {1e9, 1e9 + 1, 1e9 + 1};
    assert_near(erm_metric_r2(3, predicted, y, NULL), 0.5, 1e-15);
}

static void weight_2_is_the_row_twice(void **state)
{
    (void)state;
    const double predicted[] = {0, 1, 1, 1}, y[] = {1, 1, 0, 0}, score[] = {0.2, 0.1, 0.2, 0.2}, weight[] = {1, 1, 2};
    assert_near(erm_metric_accuracy(3, predicted, y, weight), erm_metric_accuracy(4, predicted, y, NULL), 1e-15);
    assert_near(erm_metric_mse(3, predicted, y, weight), erm_metric_mse(4, predicted, y, NULL), 1e-15);
    assert_near(erm_metric_r2(3, predicted, y, weight), erm_metric_r2(4, predicted, y, NULL), 1e-15);
    assert_near(auc_of(3, score, y, weight), auc_of(4, score, y, NULL), 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accuracy_is_the_weighted_share_of_equal_entries),
        cmocka_unit_test(a_nan_label_is_wrong_even_for_a_nan_prediction),
        cmocka_unit_test(log_loss_is_the_weighted_mean_of_minus_log_p),
        cmocka_unit_test(log_loss_clips_and_counts_unknown_classes_as_impossible),
        cmocka_unit_test(auc_of_small_cases_is_as_by_hand),
        cmocka_unit_test(auc_without_a_class_or_with_a_nan_score_is_nan),
        cmocka_unit_test(auc_is_the_share_of_ordered_pairs),
        cmocka_unit_test(mse_and_r2_are_as_by_hand),
        cmocka_unit_test(r2_of_a_constant_target_is_nan),
        cmocka_unit_test(r2_keeps_its_digits_far_from_zero),
        cmocka_unit_test(weight_2_is_the_row_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
