/* What each loss promises by itself: labels, probabilities, digits, its name and parameter. */
#include "check.h"

#include "ermopt/loss.h"
#include "ermopt/rng.h"

static bool takes(erm_loss loss, int64_t k, double y) { return loss.ops->label_ok(&loss, k, y); }

static void sign_losses_refuse_every_other_label(void **state)
{
    (void)state;
    const erm_loss losses[] = {erm_loss_logistic(), erm_loss_hinge(), erm_loss_squared_hinge(), erm_loss_smoothed_hinge(1),
                               erm_loss_modified_huber()};
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++) {
        assert_true(takes(losses[i], 1, -1) && takes(losses[i], 1, 1));
        const double wrong[] = {0, 3, NAN, INFINITY, -INFINITY, 0.5, 1 + 1e-15};
        for (size_t j = 0; j < sizeof wrong / sizeof wrong[0]; j++) assert_false(takes(losses[i], 1, wrong[j]));
    }
}

static void class_losses_refuse_numbers_that_are_no_class(void **state)
{
    (void)state;
    const erm_loss losses[] = {erm_loss_cross_entropy(), erm_loss_multiclass_hinge()};
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++) {
        assert_true(takes(losses[i], 3, 0) && takes(losses[i], 3, 1) && takes(losses[i], 3, 2));
        const double wrong[] = {3, -1, 0.5, NAN, INFINITY, -INFINITY, 1e300};
        for (size_t j = 0; j < sizeof wrong / sizeof wrong[0]; j++) assert_false(takes(losses[i], 3, wrong[j]));
    }
}

static void losses_with_log_link_refuse_negative_targets(void **state)
{
    (void)state;
    const erm_loss losses[] = {erm_loss_poisson(), erm_loss_gamma(), erm_loss_tweedie(1.5)};
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++) {
        assert_true(takes(losses[i], 1, 0.5) && takes(losses[i], 1, 1e6));
        const double wrong[] = {-1, -1e-300, NAN, INFINITY, -INFINITY};
        for (size_t j = 0; j < sizeof wrong / sizeof wrong[0]; j++) assert_false(takes(losses[i], 1, wrong[j]));
    }
    assert_true(takes(erm_loss_poisson(), 1, 0) && takes(erm_loss_tweedie(1.5), 1, 0));
    assert_false(takes(erm_loss_gamma(), 1, 0));
}

static void logistic_mean_is_the_probability_of_plus_1(void **state)
{
    (void)state;
    const erm_loss loss = erm_loss_logistic();
    const double z[] = {0, 2, -2, 1e4, -1e4, 40, -40};
    double p[7];
    loss.ops->mean(&loss, 7, 1, z, p);
    for (int t = 0; t < 7; t++) assert_near(p[t], (double)(1 / (1 + expl(-(long double)z[t]))), 1e-15);
    assert_true(p[3] == 1 && p[4] == 0 && p[6] > 0);
}

static void means_of_the_log_link_are_exponentials(void **state)
{
    (void)state;
    const erm_loss losses[] = {erm_loss_poisson(), erm_loss_gamma(), erm_loss_tweedie(1.2)};
    const double z[] = {0, 3, -20};
    for (int i = 0; i < 3; i++) {
        double mean[3];
        losses[i].ops->mean(&losses[i], 3, 1, z, mean);
        for (int t = 0; t < 3; t++) assert_near(mean[t] / (double)expl(z[t]), 1, 1e-15);
    }
}

/* exp(800) is no double; a sample of weight 0 must not turn the sum into NaN. */
static void weight_0_silences_an_overflow(void **state)
{
    (void)state;
    const erm_loss losses[] = {erm_loss_poisson(), erm_loss_gamma(), erm_loss_tweedie(1.2)};
    const double z[] = {800, -8000, 1}, y[] = {1, 1, 1}, s[] = {0, 0, 1};
    for (int i = 0; i < 3; i++) {
        double d[3], h[3];
        const double alone = losses[i].ops->eval(&losses[i], 1, 1, z + 2, y, NULL, NULL, NULL);
        assert_true(losses[i].ops->eval(&losses[i], 3, 1, z, y, s, d, h) == alone);
        assert_true(d[0] == 0 && d[1] == 0 && h[0] == 0 && h[1] == 0);
    }
}

static void modified_huber_mean_is_a_clipped_line(void **state)
{
    (void)state;
    const erm_loss loss = erm_loss_modified_huber();
    const double z[] = {-3, -0.5, 0, 1, 1e4}, expected[] = {0, 0.25, 0.5, 1, 1};
    double p[5];
    loss.ops->mean(&loss, 5, 1, z, p);
    for (int t = 0; t < 5; t++) assert_true(p[t] == expected[t]);
}

static void cross_entropy_mean_is_a_distribution_at_any_margin(void **state)
{
    (void)state;
    enum { N = 500, K = 7 };
    const erm_loss loss = erm_loss_cross_entropy();
    static double Z[N * K], P[N * K];
    erm_rng rng = erm_rng_seed(1);
    for (int i = 0; i < N * K; i++) Z[i] = (i / K % 2 ? 1e4 : 1) * erm_rng_normal(&rng);
    loss.ops->mean(&loss, N, K, Z, P);
    for (int t = 0; t < N; t++) {
        double sum = 0;
        long double normalizer = 0;
        for (int c = 0; c < K; c++) normalizer += expl((long double)Z[t * K + c] - Z[t * K]);
        for (int c = 0; c < K; c++) {
            assert_true(P[t * K + c] >= 0 && P[t * K + c] <= 1);
            const long double exact = expl((long double)Z[t * K + c] - Z[t * K]) / normalizer;
            if (t % 2 == 0) assert_near(P[t * K + c], (double)exact, 1e-15);
            sum += P[t * K + c];
        }
        assert_near(sum, 1, 1e-15);
    }
}

/* Rows too long for any scratch memory take another way; it must give the same. */
static void cross_entropy_takes_many_classes(void **state)
{
    (void)state;
    enum { N = 3, K = 5000 };
    const erm_loss loss = erm_loss_cross_entropy();
    static double Z[N * K], D[N * K], D2[N * K], H[N * K], H2[N * K];
    erm_rng rng = erm_rng_seed(2);
    for (int i = 0; i < N * K; i++) Z[i] = 5 * erm_rng_normal(&rng);
    const double y[N] = {0, 4999, 1234}, s[N] = {1, 0.5, 2};
    const double value = loss.ops->eval(&loss, N, K, Z, y, s, D, H);
    assert_near(loss.ops->eval(&loss, N, K, Z, y, s, NULL, NULL), value, 1e-14);
    loss.ops->eval(&loss, N, K, Z, y, s, D2, NULL);
    loss.ops->eval(&loss, N, K, Z, y, s, NULL, H2);
    long double exact = 0;
    for (int t = 0; t < N; t++) {
        long double sum = 0;
        for (int c = 0; c < K; c++) sum += expl(Z[t * K + c]);
        exact += s[t] * (logl(sum) - Z[t * K + (int)y[t]]);
        for (int c = 0; c < K; c++) {
            const long double p = expl(Z[t * K + c]) / sum;
            assert_near(D[t * K + c], (double)(s[t] * (p - (c == y[t]))), 1e-15);
            assert_near(H[t * K + c], (double)(s[t] * p * (1 - p)), 1e-15);
        }
    }
    assert_near(value, (double)exact, 1e-14);
    assert_memory_equal(D, D2, sizeof D);
    assert_memory_equal(H, H2, sizeof H);
}

/* Rows are taken in tiles, in two ways, with padding: whatever their number, each must come out as if alone. */
static void cross_entropy_rows_do_not_disturb_one_another(void **state)
{
    (void)state;
    enum { N = 70, K = 300 };
    const erm_loss loss = erm_loss_cross_entropy();
    static double Z[N * K], D[N * K + 1], H[N * K + 1], y[N];
    erm_rng rng = erm_rng_seed(3);
    for (int i = 0; i < N * K; i++) Z[i] = 3 * erm_rng_normal(&rng);
    const int64_t outputs[] = {2, 3, 8, 9, 63, 100, K}, rows[] = {1, 2, 7, 31, 33, N};
    for (int i = 0; i < 7; i++) {
        const int64_t k = outputs[i];
        for (int t = 0; t < N; t++) y[t] = (double)erm_rng_below(&rng, (uint64_t)k);
        for (int j = 0; j < 6; j++) {
            const int64_t n = rows[j];
            D[n * k] = H[n * k] = 77;
            double sum = 0;
            const double value = loss.ops->eval(&loss, n, k, Z, y, NULL, D, H);
            for (int64_t t = 0; t < n; t++) {
                double d[K], h[K];
                sum += loss.ops->eval(&loss, 1, k, Z + t * k, y + t, NULL, d, h);
                for (int64_t c = 0; c < k; c++) {
                    assert_near(D[t * k + c], d[c], 1e-15);
                    assert_near(H[t * k + c], h[c], 1e-15);
                }
            }
            assert_near(value, sum, 1e-14);
            assert_true(D[n * k] == 77 && H[n * k] == 77);
        }
    }
}

/* log(1 + e) and 1 - p without cancellation: relative, not absolute, digits when a sample is fitted all but perfectly. */
static void losses_of_nearly_perfect_fits_keep_their_digits(void **state)
{
    (void)state;
    double z[] = {60, 0, 0}, y = 0, d[3], h[3];
    erm_loss loss = erm_loss_cross_entropy();
    const double rest = (double)(2 * expl(-60));
    assert_near(loss.ops->eval(&loss, 1, 3, z, &y, NULL, d, h) / rest, 1, 1e-14);
    assert_near(d[0] / rest, -1, 1e-14);
    assert_near(h[0] / rest, 1, 1e-14);
    y = 1;
    loss = erm_loss_logistic();
    assert_near(loss.ops->eval(&loss, 1, 1, z, &y, NULL, d, h) / (0.5 * rest), 1, 1e-14);
    assert_near(d[0] / (0.5 * rest), -1, 1e-14);
    assert_near(h[0] / (0.5 * rest), 1, 1e-14);
}

static void names_lead_to_their_losses(void **state)
{
    (void)state;
    const char *const names[] = {"squared",
                                 "logistic",
                                 "hinge",
                                 "squared-hinge",
                                 "huber",
                                 "cross-entropy",
                                 "absolute",
                                 "quantile",
                                 "epsilon-insensitive",
                                 "squared-epsilon-insensitive",
                                 "smoothed-hinge",
                                 "modified-huber",
                                 "poisson",
                                 "gamma",
                                 "tweedie",
                                 "multitask-squared",
                                 "multiclass-hinge"};
    erm_loss loss;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_true(erm_loss_from_name(names[i], 0, &loss));
        assert_string_equal(loss.ops->name, names[i]);
        assert_non_null(loss.ops->labels);
    }
    assert_false(erm_loss_from_name("no-such-loss", 0, &loss));
    assert_false(erm_loss_from_name("", 0, &loss));
    assert_true(erm_loss_from_name("huber", 0, &loss) && loss.param == 1);
    assert_true(erm_loss_from_name("huber", 2.5, &loss) && loss.param == 2.5);
}

static void parameters_out_of_range_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double param;
    } wrong[] = {{"huber", -1},
                 {"huber", INFINITY},
                 {"huber", NAN},
                 {"quantile", 1},
                 {"quantile", -0.1},
                 {"epsilon-insensitive", -1},
                 {"squared-epsilon-insensitive", -1},
                 {"smoothed-hinge", -1},
                 {"smoothed-hinge", NAN},
                 {"tweedie", 1},
                 {"tweedie", 2},
                 {"tweedie", 3}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        erm_loss loss;
        if (erm_loss_from_name(wrong[i].name, wrong[i].param, &loss)) fail_case("%s took %g", wrong[i].name, wrong[i].param);
        assert_true(isnan(loss.ops->curvature(&loss, 1)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sign_losses_refuse_every_other_label),
        cmocka_unit_test(class_losses_refuse_numbers_that_are_no_class),
        cmocka_unit_test(logistic_mean_is_the_probability_of_plus_1),
        cmocka_unit_test(cross_entropy_mean_is_a_distribution_at_any_margin),
        cmocka_unit_test(cross_entropy_takes_many_classes),
        cmocka_unit_test(losses_of_nearly_perfect_fits_keep_their_digits),
        cmocka_unit_test(losses_with_log_link_refuse_negative_targets),
        cmocka_unit_test(means_of_the_log_link_are_exponentials),
        cmocka_unit_test(weight_0_silences_an_overflow),
        cmocka_unit_test(modified_huber_mean_is_a_clipped_line),
        cmocka_unit_test(cross_entropy_rows_do_not_disturb_one_another),
        cmocka_unit_test(names_lead_to_their_losses),
        cmocka_unit_test(parameters_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
