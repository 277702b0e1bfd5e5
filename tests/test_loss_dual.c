/* The dual steps that losses offer: forms equal to the conjugate, and steps that no other point beats. */
#include "check.h"

#include "catalog_loss.h"
#include "ermopt/rng.h"

enum { TRIALS = 200, MOST_OUTPUTS = 8 };

static double conjugate_of(const catalog_loss *entry, const double *a, const double *y)
{
    return entry->loss.ops->conjugate(&entry->loss, 1, entry->k, a, y, NULL);
}

static void forms_are_the_conjugate(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(1);
    int seen = 0;
    for (int l = 0; l < catalog_loss_count(); l++) {
        const catalog_loss entry = catalog_loss_at(l);
        if (!entry.loss.ops->dual_form) continue;
        for (int trial = 0; trial < TRIALS; trial++, seen++) {
            double y[1];
            catalog_draw_target(&entry, &rng, y);
            erm_dual_form form;
            entry.loss.ops->dual_form(&entry.loss, *y, &form);
            assert_true(form.low <= 0 && form.high >= 0 && form.low < form.high && form.curve >= 0 && form.flat >= 0);
            const double a = 6 * (2 * erm_rng_uniform(&rng) - 1);
            const bool inside = a >= form.low && a <= form.high;
            const double value = 0.5 * form.curve * a * a + form.at * a + form.flat * fabs(a);
            const double l_star = conjugate_of(&entry, &a, y);
            if (inside) assert_near(l_star, value, 1e-12 * (1 + fabs(value)));
            if (!inside) assert_true(l_star == INFINITY);
        }
    }
    assert_true(seen >= 10 * TRIALS);
}

/* a'z - l*(a) - q/2 ||a - from||^2 */
static double gain(const catalog_loss *entry, const double *y, double q, const double *z, const double *from, const double *a)
{
    double sum = -conjugate_of(entry, a, y);
    for (int64_t c = 0; c < entry->k; c++) sum += a[c] * z[c] - 0.5 * q * (a[c] - from[c]) * (a[c] - from[c]);
    return sum;
}

static void dual_steps_reach_the_maximum(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(2);
    int seen = 0;
    for (int l = 0; l < catalog_loss_count(); l++) {
        const catalog_loss entry = catalog_loss_at(l);
        if (!entry.loss.ops->dual_step) continue;
        for (int trial = 0; trial < TRIALS; trial++, seen++) {
            double y[MOST_OUTPUTS], z[MOST_OUTPUTS], from[MOST_OUTPUTS] = {0}, a[MOST_OUTPUTS], other[MOST_OUTPUTS] = {0};
            catalog_draw_target(&entry, &rng, y);
            const double q = pow(10, 6 * erm_rng_uniform(&rng) - 3), size = pow(10, 5 * erm_rng_uniform(&rng) - 2);
            for (int64_t c = 0; c < entry.k; c++) z[c] = size * erm_rng_normal(&rng);
            entry.loss.ops->dual_step(&entry.loss, entry.k, y, 1, z, from); /* some point of the domain */
            memcpy(a, from, sizeof a);
            for (int64_t c = 0; c < entry.k; c++) z[c] = size * erm_rng_normal(&rng);
            entry.loss.ops->dual_step(&entry.loss, entry.k, y, q, z, a);
            const double best = gain(&entry, y, q, z, from, a);
            assert_true(isfinite(best));
            for (int round = 0; round < 5; round++) { /* towards other points of the domain */
                for (int64_t c = 0; c < entry.k; c++) other[c] = size * erm_rng_normal(&rng);
                double target[MOST_OUTPUTS] = {0};
                entry.loss.ops->dual_step(&entry.loss, entry.k, y, 1, other, target);
                const double t = pow(10, -3.0 * round / 4);
                for (int64_t c = 0; c < entry.k; c++) other[c] = a[c] + t * (target[c] - a[c]);
                assert_at_most(gain(&entry, y, q, z, from, other), best, 1e-9);
            }
        }
    }
    assert_true(seen >= 3 * TRIALS);
}

/* A hundredth of the way, for q and margins of any size; and the ends of the domain are not left. */
static void near_steps_come_near_the_maximum(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(3);
    int seen = 0;
    for (int l = 0; l < catalog_loss_count(); l++) {
        const catalog_loss entry = catalog_loss_at(l);
        if (!entry.loss.ops->dual_near) continue;
        for (int trial = 0; trial < 10 * TRIALS; trial++, seen++) {
            double y, from = 0;
            catalog_draw_target(&entry, &rng, &y);
            const double q = pow(10, 8 * erm_rng_uniform(&rng) - 4), size = pow(10, 5 * erm_rng_uniform(&rng) - 2);
            const double before = size * erm_rng_normal(&rng), z = size * erm_rng_normal(&rng);
            if (trial % 10) entry.loss.ops->dual_step(&entry.loss, 1, &y, 1, &before, &from);
            double best = from;
            entry.loss.ops->dual_step(&entry.loss, 1, &y, q, &z, &best);
            const double a = entry.loss.ops->dual_near(&entry.loss, y, q, z, from);
            assert_true(isfinite(conjugate_of(&entry, &a, &y)));
            assert_near(a, best, 0.01 * fabs(best - from) + 1e-14);
        }
    }
    assert_true(seen >= 10 * TRIALS);
}

/* Against differences of the conjugate; and beyond the domain the curvature is infinite. */
static void slopes_are_those_of_the_conjugate(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(4);
    int seen = 0;
    for (int l = 0; l < catalog_loss_count(); l++) {
        const catalog_loss entry = catalog_loss_at(l);
        if (!entry.loss.ops->conjugate_slopes) continue;
        for (int trial = 0; trial < TRIALS; trial++, seen++) {
            double y, a = 0, slope[3], bend[3];
            catalog_draw_target(&entry, &rng, &y);
            const double z = erm_rng_normal(&rng), step = 1e-5;
            entry.loss.ops->dual_step(&entry.loss, 1, &y, 1, &z, &a); /* some point of the domain */
            const double at[] = {a * (1 - step), a, a * (1 + step)}, labels[] = {y, y, y}, far[] = {-1e3, 1e3};
            entry.loss.ops->conjugate_slopes(&entry.loss, 3, at, labels, slope, bend);
            const double rise = conjugate_of(&entry, &at[2], &y) - conjugate_of(&entry, &at[0], &y), width = at[2] - at[0];
            assert_near(slope[1], rise / width, 1e-5 * (1 + fabs(slope[1])));
            assert_near(bend[1], (slope[2] - slope[0]) / width, 1e-5 * bend[1]);
            entry.loss.ops->conjugate_slopes(&entry.loss, 2, far, labels, slope, bend);
            for (int k = 0; k < 2; k++) assert_true(bend[k] == INFINITY || isfinite(conjugate_of(&entry, &far[k], &y)));
        }
    }
    assert_true(seen >= TRIALS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_the_conjugate),
        cmocka_unit_test(dual_steps_reach_the_maximum),
        cmocka_unit_test(near_steps_come_near_the_maximum),
        cmocka_unit_test(slopes_are_those_of_the_conjugate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
