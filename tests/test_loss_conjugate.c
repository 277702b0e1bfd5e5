/* Conjugates at the ends of their domains, outside, and, where there is no closed form, against bisection. */
#include "check.h"

#include "ermopt/loss.h"

static double conjugate_of(erm_loss loss, double a, double y) { return loss.ops->conjugate(&loss, 1, 1, &a, &y, NULL); }

/* b = -a y, from one end of the domain to the other. */
static void conjugates_are_exact_at_the_ends_of_their_domain(void **state)
{
    (void)state;
    for (int sign = -1; sign <= 1; sign += 2) {
        const double y = sign;
        assert_true(conjugate_of(erm_loss_logistic(), 0, y) == 0 && conjugate_of(erm_loss_logistic(), -y, y) == 0);
        assert_near(conjugate_of(erm_loss_logistic(), -0.5 * y, y), -0.69314718055994531, 1e-16);
        assert_near(1e298 * conjugate_of(erm_loss_logistic(), -1e-300 * y, y), -6.9177552789821372, 0.01);
        assert_true(conjugate_of(erm_loss_hinge(), 0, y) == 0 && conjugate_of(erm_loss_hinge(), -y, y) == -1);
        assert_true(conjugate_of(erm_loss_squared_hinge(), 0, y) == 0 &&
                    conjugate_of(erm_loss_squared_hinge(), -3 * y, y) == 1.5);
    }
    assert_true(conjugate_of(erm_loss_huber(2), 2, 5) == 12 && conjugate_of(erm_loss_huber(2), -2, 5) == -8);
    assert_true(conjugate_of(erm_loss_absolute(), 1, 5) == 5 && conjugate_of(erm_loss_absolute(), -1, 5) == -5);
    assert_true(conjugate_of(erm_loss_quantile(0.75), 0.25, 4) == 1 && conjugate_of(erm_loss_quantile(0.75), -0.75, 4) == -3);
    assert_true(conjugate_of(erm_loss_epsilon_insensitive(0.5), -1, 3) == -2.5);
    assert_true(conjugate_of(erm_loss_poisson(), -3, 3) == 0 && conjugate_of(erm_loss_poisson(), 0, 0) == 0);
    assert_true(conjugate_of(erm_loss_gamma(), 1, 3) == 0 && conjugate_of(erm_loss_tweedie(1.5), 0, 0) == 0);
    const erm_loss loss = erm_loss_cross_entropy();
    const double corner[] = {1, 0, -1}, y = 2; /* q = (1, 0, 0) */
    assert_true(loss.ops->conjugate(&loss, 1, 3, corner, &y, NULL) == 0);
    const double zero[] = {0, 0, 0}; /* q = (0, 0, 1) */
    assert_true(loss.ops->conjugate(&loss, 1, 3, zero, &y, NULL) == 0);
}

static void conjugates_are_infinite_outside_their_domain(void **state)
{
    (void)state;
    for (int sign = -1; sign <= 1; sign += 2) {
        const double y = sign;
        const erm_loss unit_interval[] = {erm_loss_logistic(), erm_loss_hinge(), erm_loss_smoothed_hinge(0.5)};
        for (size_t i = 0; i < sizeof unit_interval / sizeof unit_interval[0]; i++) {
            assert_true(conjugate_of(unit_interval[i], 1e-6 * y, y) == INFINITY);
            assert_true(conjugate_of(unit_interval[i], -(1 + 1e-6) * y, y) == INFINITY);
        }
        assert_true(conjugate_of(erm_loss_squared_hinge(), 1e-6 * y, y) == INFINITY);
        assert_true(conjugate_of(erm_loss_modified_huber(), 1e-6 * y, y) == INFINITY);
        assert_true(conjugate_of(erm_loss_modified_huber(), -4.0001 * y, y) == INFINITY);
        const double a = 1.0001 * sign;
        assert_true(conjugate_of(erm_loss_absolute(), a, 1) == INFINITY);
        assert_true(conjugate_of(erm_loss_epsilon_insensitive(1), a, 1) == INFINITY);
    }
    assert_true(conjugate_of(erm_loss_quantile(0.75), 0.2501, 1) == INFINITY);
    assert_true(conjugate_of(erm_loss_quantile(0.75), -0.7501, 1) == INFINITY);
    assert_true(conjugate_of(erm_loss_poisson(), -3.0001, 3) == INFINITY &&
                conjugate_of(erm_loss_gamma(), 1.0001, 3) == INFINITY);
    assert_true(conjugate_of(erm_loss_tweedie(1.5), -0.0001, 0) == INFINITY);
    assert_true(conjugate_of(erm_loss_huber(0.3), 0.3001, 1) == INFINITY &&
                conjugate_of(erm_loss_huber(0.3), -0.3001, 1) == INFINITY);
    const erm_loss losses[] = {erm_loss_cross_entropy(), erm_loss_multiclass_hinge()};
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++) {
        const double y = 2, sum_off[] = {0.2, 0, 0}, negative[] = {-0.1, 0.1, 0};
        assert_true(losses[i].ops->conjugate(&losses[i], 1, 3, sum_off, &y, NULL) == INFINITY);
        assert_true(losses[i].ops->conjugate(&losses[i], 1, 3, negative, &y, NULL) == INFINITY);
    }
}

/* Nearly separated samples have gradients b near 0, and l* = b log b + (1 - b) log(1 - b) must not lose the digits of b in 1
 * - b: D would exceed P. */
static void entropies_keep_the_digits_of_small_gradients(void **state)
{
    (void)state;
    for (double b = 1e-300; b < 1; b *= 7) {
        const long double exact = b * logl(b) + (1 - (long double)b) * log1pl(-(long double)b);
        const double rows[] = {b, -b}, y = 1;
        const erm_loss cross_entropy = erm_loss_cross_entropy();
        const double logistic = conjugate_of(erm_loss_logistic(), -b, 1);
        const double softmax = cross_entropy.ops->conjugate(&cross_entropy, 1, 2, rows, &y, NULL);
        if (fabs(logistic - (double)exact) > 1e-15 * fabs((double)exact)) fail_case("logistic: l*(-%g) = %.17g", b, logistic);
        if (fabs(softmax - (double)exact) > 1e-15 * fabs((double)exact)) fail_case("cross-entropy: l*(%g) = %.17g", b, softmax);
    }
}

/* l* is a supremum: no z may give more, and the derivative a - l'(z) must vanish where it is attained. */
static void tweedie_conjugate_is_right_for_gradients_of_every_size(void **state)
{
    (void)state;
    const double powers[] = {1.001, 1.3, 1.999}, slopes[] = {-1e8, -3, -1e-9, 0, 1e-9, 2, 1e8}, targets[] = {1e-100, 0.3, 1, 1e6};
    for (int p = 0; p < 3; p++) {
        const double u = 2 - powers[p], v = powers[p] - 1;
        for (int i = 0; i < 28; i++) {
            const double a = slopes[i % 7], y = targets[i / 7], value = conjugate_of(erm_loss_tweedie(powers[p]), a, y);
            /* bisection in long double */
            long double low = -2e6L, high = 2e6L;
            for (int j = 0; j < 200; j++) {
                const long double z = (low + high) / 2;
                if (expl(u * z) - y * expl(-v * z) > a)
                    high = z;
                else
                    low = z;
            }
            const double exact = (double)(a * low - (expl(u * low) / u + y * expl(-v * low) / v));
            if (!(fabs(value - exact) <= 1e-12 * fmax(1e-3, fabs(exact)) + 1e-14 * fabs((double)(a * low))))
                fail_case("power %g: l*(%g) = %.17g, not %.17g, for y = %g", powers[p], a, value, exact, y);
        }
    }
}

static void weight_0_silences_a_point_outside_the_domain(void **state)
{
    (void)state;
    const erm_loss losses[] = {erm_loss_logistic(),
                               erm_loss_hinge(),
                               erm_loss_squared_hinge(),
                               erm_loss_huber(1),
                               erm_loss_absolute(),
                               erm_loss_quantile(0.5),
                               erm_loss_smoothed_hinge(1),
                               erm_loss_modified_huber(),
                               erm_loss_epsilon_insensitive(0.1),
                               erm_loss_gamma()};
    const double a[] = {5, -0.5}, y[] = {1, 1}, s[] = {0, 1};
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++)
        assert_true(losses[i].ops->conjugate(&losses[i], 2, 1, a, y, s) == conjugate_of(losses[i], -0.5, 1));
    const erm_loss class_losses[] = {erm_loss_cross_entropy(), erm_loss_multiclass_hinge()};
    const double rows[] = {5, 5, 0.5, -0.5}, label = 1, labels[] = {0, 1};
    for (int i = 0; i < 2; i++)
        assert_true(class_losses[i].ops->conjugate(&class_losses[i], 2, 2, rows, labels, s) ==
                    class_losses[i].ops->conjugate(&class_losses[i], 1, 2, rows + 2, &label, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conjugates_are_exact_at_the_ends_of_their_domain),
        cmocka_unit_test(conjugates_are_infinite_outside_their_domain),
        cmocka_unit_test(entropies_keep_the_digits_of_small_gradients),
        cmocka_unit_test(tweedie_conjugate_is_right_for_gradients_of_every_size),
        cmocka_unit_test(weight_0_silences_a_point_outside_the_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
