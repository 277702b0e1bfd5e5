/* The contract of a loss, on every entry of the catalog; then what each loss promises by itself. */
#include "check.h"

#include "catalog_loss.h"

enum { MAX_K = 8, DRAWS = 2000 };

static double eval_one(const catalog_loss *entry, const double *z, const double *y, double *d, double *h)
{
    return entry->loss.ops->eval(&entry->loss, 1, entry->k, z, y, NULL, d, h);
}

/* Margins of every size that matters, and now and then exactly on the kinks that losses have. */
static void draw_margin(const catalog_loss *entry, erm_rng *rng, const double *y, double *z)
{
    const double scales[] = {1e-3, 1, 1, 3, 10};
    const double scale = scales[erm_rng_below(rng, 5)];
    for (int64_t c = 0; c < entry->k; c++) {
        z[c] = scale * erm_rng_normal(rng);
        const double kinks[] = {0, y[0], -y[0], y[0] + entry->loss.param, y[0] - entry->loss.param, 1};
        if (erm_rng_below(rng, 4) == 0) z[c] = kinks[erm_rng_below(rng, 6)];
    }
}

/* Calls `check` with a fresh target and margin, many times for each loss. */
static void for_all(uint64_t seed, void (*check)(const catalog_loss *entry, erm_rng *rng, const double *z, const double *y))
{
    erm_rng rng = erm_rng_seed(seed);
    for (int i = 0; i < catalog_loss_count(); i++) {
        const catalog_loss entry = catalog_loss_at(i);
        assert_true(entry.k <= MAX_K);
        for (int draw = 0; draw < DRAWS; draw++) {
            double z[MAX_K], y[MAX_K];
            catalog_draw_target(&entry, &rng, y);
            draw_margin(&entry, &rng, y, z);
            check(&entry, &rng, z, y);
        }
    }
}

static void value_matches_long_double(const catalog_loss *entry, erm_rng *rng, const double *z, const double *y)
{
    (void)rng;
    const double value = eval_one(entry, z, y, NULL, NULL), exact = (double)entry->exact(entry->loss.param, entry->k, z, y);
    if (!(fabs(value - exact) <= 4e-15 * fmax(1, fabs(exact)))) /* rounding of z - y, 1 - m */
        fail_case("%s: l = %.17g instead of %.17g at z = %.17g, y = %g", entry->name, value, exact, z[0], y[0]);
}

/* For convex l, and whether or not there is a kink at z: slope from the left <= d <= slope from the right. The slopes come from
 * the long double formula, so that they are good to 1e-11. */
static void gradient_lies_between_one_sided_slopes(const catalog_loss *entry, erm_rng *rng, const double *z, const double *y)
{
    (void)rng;
    const double step = 0x1p-22;
    double d[MAX_K], moved[MAX_K];
    eval_one(entry, z, y, d, NULL);
    memcpy(moved, z, sizeof moved);
    const long double here = entry->exact(entry->loss.param, entry->k, z, y);
    for (int64_t c = 0; c < entry->k; c++) {
        moved[c] = z[c] + step;
        const double right =
            (double)((entry->exact(entry->loss.param, entry->k, moved, y) - here) / ((long double)moved[c] - z[c]));
        moved[c] = z[c] - step;
        const double left =
            (double)((here - entry->exact(entry->loss.param, entry->k, moved, y)) / ((long double)z[c] - moved[c]));
        moved[c] = z[c];
        const double slack = 1e-9 * fmax(1, fabs(d[c]));
        if (!(left - slack <= d[c] && d[c] <= right + slack))
            fail_case("%s: d = %.17g is not in [%.17g, %.17g] at z = %.17g, y = %g", entry->name, d[c], left, right, z[c], y[0]);
        if (entry->loss.ops->differentiable && !(right - left <= 1e-5 * fmax(1, fabs(d[c]))))
            fail_case("%s: kink at z = %.17g, y = %g", entry->name, z[c], y[0]);
    }
}

/* Where l'' jumps, h is one of its two sides. */
static void second_derivative_matches_differences(const catalog_loss *entry, erm_rng *rng, const double *z, const double *y)
{
    (void)rng;
    const double step = 0x1p-17;
    double d[MAX_K], h[MAX_K], moved[MAX_K], moved_d[MAX_K];
    eval_one(entry, z, y, d, h);
    memcpy(moved, z, sizeof moved);
    for (int64_t c = 0; c < entry->k; c++) {
        moved[c] = z[c] + step;
        eval_one(entry, moved, y, moved_d, NULL);
        const double right = (moved_d[c] - d[c]) / (moved[c] - z[c]);
        moved[c] = z[c] - step;
        eval_one(entry, moved, y, moved_d, NULL);
        const double left = (d[c] - moved_d[c]) / (z[c] - moved[c]);
        moved[c] = z[c];
        if (!entry->loss.ops->differentiable && fmax(left, right) > 1e3) continue; /* a kink: l'' is not defined */
        const double slack = 1e-4 * fmax(1, fabs(h[c]));
        if (!(fmin(left, right) - slack <= h[c] && h[c] <= fmax(left, right) + slack))
            fail_case("%s: h = %.17g, differences %.17g and %.17g at z = %.17g", entry->name, h[c], left, right, z[c]);
    }
}

static void hessian_matches_differences(const catalog_loss *entry, erm_rng *rng, const double *z, const double *y)
{
    (void)rng;
    const int64_t k = entry->k;
    if (!entry->loss.ops->hessian) return;
    const double step = 0x1p-17, weight = 3;
    double out[MAX_K * MAX_K], h[MAX_K], moved[MAX_K], up[MAX_K], down[MAX_K];
    for (int64_t i = 0; i < k * k; i++) out[i] = 7;
    entry->loss.ops->hessian(&entry->loss, 1, k, z, y, &weight, out);
    eval_one(entry, z, y, NULL, h);
    memcpy(moved, z, sizeof moved);
    for (int64_t j = 0; j < k; j++) {
        moved[j] = z[j] + step;
        eval_one(entry, moved, y, up, NULL);
        moved[j] = z[j] - step;
        eval_one(entry, moved, y, down, NULL);
        moved[j] = z[j];
        for (int64_t i = 0; i < k; i++) assert_near((out[i * k + j] - 7) / weight, (up[i] - down[i]) / (2 * step), 1e-9);
        assert_near(out[j * k + j] - 7, weight * h[j], 1e-14);
    }
}

/* Many rows in one call, as hessian takes them one at a time. */
static void hessian_mul_multiplies_by_the_hessian(const catalog_loss *entry, erm_rng *rng, const double *z, const double *y)
{
    enum { ROWS = 70 };
    const int64_t k = entry->k;
    if (!entry->loss.ops->hessian_mul) return;
    static double Z[ROWS * MAX_K], U[ROWS * MAX_K], Y[ROWS], weight[ROWS], out[ROWS * MAX_K];
    for (int64_t p = 0; p < ROWS * k; p++) {
        Z[p] = z[p % k] + (double)(p / k % 3) * erm_rng_normal(rng);
        U[p] = erm_rng_normal(rng);
    }
    for (int64_t t = 0; t < ROWS; t++) {
        Y[t] = y[0];
        weight[t] = (double)(t % 3);
    }
    entry->loss.ops->hessian_mul(&entry->loss, ROWS, k, Z, Y, weight, U, out);
    for (int64_t t = 0; t < ROWS; t++) {
        double H[MAX_K * MAX_K] = {0};
        entry->loss.ops->hessian(&entry->loss, 1, k, Z + t * k, Y + t, weight + t, H);
        for (int64_t i = 0; i < k; i++) {
            double sum = 0;
            for (int64_t j = 0; j < k; j++) sum += H[i * k + j] * U[t * k + j];
            assert_near(out[t * k + i], sum, 1e-13);
        }
    }
}

/* v'(D(z + v) - D(z)) <= curvature ||v||^2 for v of any size, which bounds the largest eigenvalue of the Hessian. */
static void curvature_bounds_the_change_of_the_gradient(const catalog_loss *entry, erm_rng *rng, const double *z, const double *y)
{
    const double bound = entry->loss.ops->curvature(&entry->loss, entry->k);
    assert_true(bound > 0);
    double d[MAX_K], h[MAX_K], moved[MAX_K], moved_d[MAX_K];
    double change = 0, square = 0;
    eval_one(entry, z, y, d, h);
    const double scale = erm_rng_below(rng, 2) ? 1 : 1e-3;
    for (int64_t c = 0; c < entry->k; c++) moved[c] = z[c] + scale * erm_rng_normal(rng);
    eval_one(entry, moved, y, moved_d, NULL);
    for (int64_t c = 0; c < entry->k; c++) {
        if (!(h[c] >= 0 && h[c] <= bound * (1 + 1e-12))) fail_case("%s: h = %.17g > %.17g", entry->name, h[c], bound);
        change += (moved_d[c] - d[c]) * (moved[c] - z[c]);
        square += (moved[c] - z[c]) * (moved[c] - z[c]);
    }
    if (!(change <= bound * square + 1e-9 * sqrt(square))) fail_case("%s: curvature exceeds %g", entry->name, bound);
}

/* l(z + v) >= l(z) + D(z)'v: D is a subgradient, and l convex. */
static void loss_lies_above_its_tangents(const catalog_loss *entry, erm_rng *rng, const double *z, const double *y)
{
    double d[MAX_K], other[MAX_K], tangent = eval_one(entry, z, y, d, NULL);
    draw_margin(entry, rng, y, other);
    for (int64_t c = 0; c < entry->k; c++) tangent += d[c] * (other[c] - z[c]);
    const double value = eval_one(entry, other, y, NULL, NULL);
    if (!(value >= tangent - 1e-13 * fmax(1, fabs(tangent)))) fail_case("%s: %.17g < tangent %.17g", entry->name, value, tangent);
}

/* l(z) + l*(a) >= a'z, with equality at a = D(z). Points of the domain of l* are taken between two gradients. */
static void fenchel_and_young_hold(const catalog_loss *entry, erm_rng *rng, const double *z, const double *y)
{
    if (!entry->loss.ops->conjugate) return;
    double d[MAX_K], other[MAX_K], a[MAX_K], at_a = 0, at_d = 0, size = 1;
    const double value = eval_one(entry, z, y, d, NULL), share = erm_rng_uniform(rng);
    draw_margin(entry, rng, y, other);
    eval_one(entry, other, y, a, NULL);
    for (int64_t c = 0; c < entry->k; c++) {
        a[c] = d[c] + share * (a[c] - d[c]);
        at_a += a[c] * z[c];
        at_d += d[c] * z[c];
        size += fabs(d[c] * z[c]) + fabs(a[c] * z[c]);
    }
    const double l_a = entry->loss.ops->conjugate(&entry->loss, 1, entry->k, a, y, NULL);
    const double l_d = entry->loss.ops->conjugate(&entry->loss, 1, entry->k, d, y, NULL);
    if (!(value + l_a - at_a >= -1e-13 * (size + fabs(value))))
        fail_case("%s: l + l* - a'z = %g < 0 for a = %.17g, z = %.17g, y = %g", entry->name, value + l_a - at_a, a[0], z[0],
                  y[0]);
    if (!(fabs(value + l_d - at_d) <= 1e-13 * (size + fabs(value))))
        fail_case("%s: l + l* - d'z = %g for d = %.17g, z = %.17g, y = %g", entry->name, value + l_d - at_d, d[0], z[0], y[0]);
}

static void values_match_long_double(void **state) { (void)state, for_all(1, value_matches_long_double); }
static void gradients_match_slopes(void **state) { (void)state, for_all(2, gradient_lies_between_one_sided_slopes); }
static void second_derivatives_match_differences(void **state) { (void)state, for_all(3, second_derivative_matches_differences); }
static void hessian_muls_multiply_by_the_hessians(void **state)
{
    (void)state, for_all(4, hessian_mul_multiplies_by_the_hessian);
}
static void hessians_match_differences(void **state) { (void)state, for_all(4, hessian_matches_differences); }
static void curvatures_are_upper_bounds(void **state) { (void)state, for_all(5, curvature_bounds_the_change_of_the_gradient); }
static void losses_are_convex(void **state) { (void)state, for_all(6, loss_lies_above_its_tangents); }
static void conjugates_obey_fenchel_and_young(void **state) { (void)state, for_all(7, fenchel_and_young_hold); }

/* One call for many samples (more than a block), with and without each output, against one call for each sample. */
static void calls_for_many_samples_add_up_with_weights(void **state)
{
    (void)state;
    enum { N = 700 };
    static double z[N * MAX_K], y[N * MAX_K], s[N], d[N * MAX_K], h[N * MAX_K], alone[N * MAX_K];
    erm_rng rng = erm_rng_seed(8);
    for (int i = 0; i < catalog_loss_count(); i++) {
        const catalog_loss entry = catalog_loss_at(i);
        const erm_loss *const loss = &entry.loss;
        const int64_t k = entry.k, targets = loss->ops->target_per_output ? k : 1;
        double sum = 0, plain = 0, conjugate = 0;
        for (int64_t t = 0; t < N; t++) {
            catalog_draw_target(&entry, &rng, y + t * targets);
            draw_margin(&entry, &rng, y + t * targets, z + t * k);
            s[t] = t % 10 == 0 ? 0 : 2 * erm_rng_uniform(&rng);
        }
        const double value = loss->ops->eval(loss, N, k, z, y, s, d, h);
        for (int64_t t = 0; t < N; t++) {
            double d1[MAX_K], h1[MAX_K];
            const double one = eval_one(&entry, z + t * k, y + t * targets, d1, h1);
            sum += s[t] * one;
            plain += one;
            for (int64_t c = 0; c < k; c++) {
                assert_near(d[t * k + c], s[t] * d1[c], 1e-15);
                assert_near(h[t * k + c], s[t] * h1[c], 1e-15);
                alone[t * k + c] = d1[c];
            }
            if (loss->ops->conjugate) conjugate += s[t] * loss->ops->conjugate(loss, 1, k, d1, y + t * targets, NULL);
        }
        assert_near(value, sum, 1e-13);
        assert_near(loss->ops->eval(loss, N, k, z, y, NULL, NULL, NULL), plain, 1e-13);
        assert_near(loss->ops->eval(loss, N, k, z, y, s, d, NULL), value, 0);
        assert_near(loss->ops->eval(loss, N, k, z, y, s, NULL, h), value, 0);
        if (loss->ops->conjugate) assert_near(loss->ops->conjugate(loss, N, k, alone, y, s), conjugate, 1e-12);
        assert_true(loss->ops->eval(loss, 0, k, z, y, s, d, h) == 0);
    }
}

static void margins_of_1e4_give_the_right_values(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(9);
    for (int i = 0; i < catalog_loss_count(); i++) {
        const catalog_loss entry = catalog_loss_at(i);
        for (int draw = 0; draw < 64; draw++) {
            double z[MAX_K], y[MAX_K], d[MAX_K], h[MAX_K];
            catalog_draw_target(&entry, &rng, y);
            for (int64_t c = 0; c < entry.k; c++) z[c] = erm_rng_below(&rng, 2) ? 1e4 : -1e4;
            const double value = eval_one(&entry, z, y, d, h), exact = (double)entry.exact(entry.loss.param, entry.k, z, y);
            if (!(value == exact || fabs(value - exact) <= 1e-15 * fmax(1, fabs(exact))))
                fail_case("%s: %.17g, not %.17g", entry.name, value, exact);
            for (int64_t c = 0; c < entry.k; c++) assert_true(!isnan(d[c]) && h[c] >= 0);
            if (isinf(exact)) continue; /* exp(1e4) */
            for (int64_t c = 0; c < entry.k; c++) assert_true(isfinite(d[c]) && isfinite(h[c]));
            double at_d = 0;
            for (int64_t c = 0; c < entry.k; c++) at_d += d[c] * z[c];
            if (entry.loss.ops->conjugate)
                assert_near(value + entry.loss.ops->conjugate(&entry.loss, 1, entry.k, d, y, NULL), at_d, 1e-11);
        }
    }
}

static void nan_margins_give_nan_values(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(10);
    for (int i = 0; i < catalog_loss_count(); i++) {
        const catalog_loss entry = catalog_loss_at(i);
        double z[MAX_K] = {0}, y[MAX_K];
        catalog_draw_target(&entry, &rng, y);
        for (int64_t c = 0; c < entry.k; c++) {
            z[c] = NAN;
            if (!isnan(eval_one(&entry, z, y, NULL, NULL))) fail_case("%s: finite at z = NaN", entry.name);
            z[c] = 0;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_match_long_double),
        cmocka_unit_test(gradients_match_slopes),
        cmocka_unit_test(second_derivatives_match_differences),
        cmocka_unit_test(hessians_match_differences),
        cmocka_unit_test(hessian_muls_multiply_by_the_hessians),
        cmocka_unit_test(curvatures_are_upper_bounds),
        cmocka_unit_test(losses_are_convex),
        cmocka_unit_test(conjugates_obey_fenchel_and_young),
        cmocka_unit_test(calls_for_many_samples_add_up_with_weights),
        cmocka_unit_test(margins_of_1e4_give_the_right_values),
        cmocka_unit_test(nan_margins_give_nan_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
