/* `advance` is as many prox steps as it says, at a cost that does not depend on how many. */
#include <stdio.h>

#include "catalog_regularizer.h"
#include "check.h"
#include "ermopt/rng.h"

enum { D = 13, K = 3 };

/* A pull p adds p / (2 step metric_j) ||W_j||^2 to what is penalised: divide by 1 + p, then take a step as much shorter. */
static void repeat_steps(const erm_regularizer *self, erm_shape shape, int64_t count, double step, double pull,
                         const double *metric, const double *drift, double *W)
{
    for (int64_t t = 0; t < count; t++) {
        for (int64_t i = 0; i < shape.d * shape.k; i++)
            W[i] = (W[i] - (drift ? step * (metric ? metric[i / shape.k] : 1) * drift[i] : 0)) / (1 + pull);
        self->ops->prox(self, shape, step / (1 + pull), metric, W, W);
    }
}

/* Random W and drift with some zeros; count steps at once against one by one. */
static void check_counts(const regularizer_case *one, int64_t k, const double *metric, erm_rng *rng)
{
    static const int64_t counts[] = {0, 1, 2, 7, 8, 9, 10, 31, 1000};
    const erm_regularizer *self = &one->regularizer;
    const erm_shape shape = {.d = D, .k = k};
    double W[D * K], once[D * K], drift[D * K];
    int64_t count[D];
    for (int trial = 0; trial < 180; trial++) {
        const double step = exp(8 * (erm_rng_uniform(rng) - 0.7)), pull = trial % 2 ? exp(-9 * erm_rng_uniform(rng)) : 0;
        for (int64_t i = 0; i < D * k; i++) {
            W[i] = once[i] = erm_rng_below(rng, 4) ? 2 * erm_rng_normal(rng) : 0;
            drift[i] = erm_rng_below(rng, 4) ? exp(4 * (erm_rng_uniform(rng) - 0.8)) * erm_rng_normal(rng) : 0;
        }
        for (int64_t j = 0; j < D; j++) count[j] = counts[trial % 9];
        const bool still = trial % 5 == 0;
        self->ops->advance(self, shape, D, NULL, count, step, pull, metric, still ? NULL : drift, once);
        repeat_steps(self, shape, count[0], step, pull, metric, still ? NULL : drift, W);
        for (int64_t i = 0; i < D * k; i++)
            if (!(fabs(once[i] - W[i]) <= 1e-10 * fmax(1, fabs(W[i]))))
                fail_case("%s, k = %d, %d steps, pull %g: %.17g, one by one %.17g", one->name, (int)k, (int)count[0], pull,
                          once[i], W[i]);
    }
}

static void advancing_is_repeating_prox_steps(void **state)
{
    (void)state;
    int64_t count;
    const regularizer_case *cases = regularizer_catalog(&count);
    double metric[D];
    for (int64_t j = 0; j < D; j++) metric[j] = (double[]){1, 0.2, 3, 1.7, 0.01}[j % 5];
    erm_rng rng = erm_rng_seed(7);
    for (int64_t i = 0; i < count; i++) {
        if (!cases[i].regularizer.ops->advance) continue;
        check_counts(&cases[i], 1, NULL, &rng);
        check_counts(&cases[i], K, metric, &rng);
    }
}

static void rows_that_are_not_listed_stay(void **state)
{
    (void)state;
    int64_t cases_count;
    const regularizer_case *cases = regularizer_catalog(&cases_count);
    const int32_t index[3] = {5, 0, 11};
    const int64_t count[3] = {1, 3, 20};
    for (int64_t i = 0; i < cases_count; i++) {
        const erm_regularizer *self = &cases[i].regularizer;
        if (!self->ops->advance) continue;
        const erm_shape shape = {.d = D, .k = 1};
        double W[D], start[D], drift[D], wanted[D];
        for (int64_t j = 0; j < D; j++) start[j] = W[j] = cos((double)(3 * j)), drift[j] = sin((double)j) / 9;
        self->ops->advance(self, shape, 3, index, count, 0.3, 0, NULL, drift, W);
        for (int t = 0; t < 3; t++) {
            memcpy(wanted, start, sizeof start);
            repeat_steps(self, shape, count[t], 0.3, 0, NULL, drift, wanted);
            assert_near(W[index[t]], wanted[index[t]], 1e-12);
        }
        for (int64_t j = 0; j < D; j++)
            if (j != 5 && j != 0 && j != 11 && W[j] != start[j]) fail_case("%s: row %d moved", cases[i].name, (int)j);
    }
}

/* One entry of an elastic net, by single steps in extended precision. */
static long double one_by_one(double w, double step, double l1, double l2, double drift, int64_t count)
{
    long double x = w;
    for (int64_t t = 0; t < count; t++) {
        const long double moved = x - (long double)step * drift, threshold = (long double)step * l1;
        x = fabsl(moved) <= threshold ? 0 : (moved - copysignl(threshold, moved)) / (1 + (long double)step * l2);
    }
    return x;
}

static void elastic_nets_of_any_scale_advance_in_closed_form(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(3);
    const erm_shape shape = {.d = 1, .k = 1};
    for (int trial = 0; trial < 20000; trial++) {
        double p[5]; /* step, l1, l2, drift, w: each 0 at times, but for step */
        for (int i = 0; i < 5; i++) p[i] = i && !erm_rng_below(&rng, 6) ? 0 : pow(10, 8 * erm_rng_uniform(&rng) - 6);
        if (erm_rng_below(&rng, 2)) p[3] = -p[3];
        if (erm_rng_below(&rng, 2)) p[4] = -p[4];
        const erm_regularizer self = erm_elastic_net(p[1], p[2]);
        const int64_t count = 1 + (int64_t)erm_rng_below(&rng, 2000);
        double w = p[4];
        self.ops->advance(&self, shape, 1, NULL, &count, p[0], 0, NULL, &p[3], &w);
        const double wanted = (double)one_by_one(p[4], p[0], p[1], p[2], p[3], count);
        const double scale = fmax(fabs(p[4]), fabs(wanted));
        if (!(fabs(w - wanted) <= 1e-11 * scale))
            fail_case("w %g step %g l1 %g l2 %g drift %g count %d: %.17g, one by one %.17g", p[4], p[0], p[1], p[2], p[3],
                      (int)count, w, wanted);
    }
}

static double after(erm_regularizer self, double w, double drift, int64_t count)
{
    self.ops->advance(&self, (erm_shape){.d = 1, .k = 1}, 1, NULL, &count, 1, 0, NULL, &drift, &w);
    return w;
}

static void a_thousand_million_steps_take_no_time(void **state)
{
    (void)state;
    const int64_t many = 1000000000;
    assert_near(after(erm_none(), 1, 1e-9, many), 0, 1e-12);
    assert_near(after(erm_l1(1e-9), 5, -1e-10, many), 5 - 0.9, 1e-12);
    assert_true(after(erm_l1(1e-9), 0.5, 1e-10, many) == 0);
    assert_near(after(erm_l1(1e-9), 1, 3e-9, many), -1.5, 1e-8); /* 1/4 of the steps down to 0, then 2e-9 a step */
    assert_near(after(erm_l2(1e-9), 1, 0, many), exp(-1), 1e-9);
    assert_near(after(erm_elastic_net(0.1, 0.5), 3, 0.4, many), -0.6, 1e-12); /* the fixed point (l1 - drift) / l2 */
    assert_near(after(erm_box(-2, 3), 1, 1e-9, many), 0, 1e-12);
    assert_true(after(erm_box(-2, 3), 1, 1, many) == -2);
    assert_near(after(erm_mcp(1, 3), 5, -1e-9, many), 6, 1e-9); /* flat there: only the drift moves it */
    assert_true(after(erm_mcp(1, 3), 2.9, 0, many) == 0);
    assert_near(after(erm_scad(1, 3.7), 10, 1e-9, many), 9, 1e-9);
}

/* Steps so short that W crosses the pieces slowly, and so long that the penalty is not convex any more. */
static void folded_concave_penalties_advance_over_all_pieces(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(9);
    const erm_shape shape = {.d = 1, .k = 1};
    for (int trial = 0; trial < 4000; trial++) {
        const erm_regularizer self =
            trial % 2 ? erm_mcp(0.5, 1.2 + 3 * erm_rng_uniform(&rng)) : erm_scad(0.5, 2.2 + 2 * erm_rng_uniform(&rng));
        const double step = exp(9 * erm_rng_uniform(&rng) - 7), drift = 0.6 * erm_rng_normal(&rng),
                     start = 2 * erm_rng_normal(&rng), pull = trial % 4 < 2 ? 0 : exp(-9 * erm_rng_uniform(&rng));
        const int64_t count = 1 + (int64_t)erm_rng_below(&rng, 1000);
        double w = start, once = start;
        self.ops->advance(&self, shape, 1, NULL, &count, step, pull, NULL, &drift, &once);
        repeat_steps(&self, shape, count, step, pull, NULL, &drift, &w);
        if (!(fabs(once - w) <= 1e-9 * fmax(1, fabs(w))))
            fail_case("%s %g: from %.17g, step %g, drift %g, %d steps: %.17g, one by one %.17g", self.ops->name, self.param[1],
                      start, step, drift, (int)count, once, w);
    }
}

static void huge_and_tiny_entries_advance_to_finite_ones(void **state)
{
    (void)state;
    const double scales[] = {5e-324, 1e-310, 1e-300, 1e-200, 1e-100, 1e-16, 1, 1e100, 1e200, 1e300};
    for (int i = 0; i < 10000; i++) {
        const double w = scales[i / 1000], drift = scales[i / 100 % 10], l1 = scales[i / 10 % 10], l2 = scales[i % 10];
        for (int64_t count = 1; count <= 1000; count *= 10) {
            const double now = after(erm_elastic_net(l1, l2), w, drift, count),
                         wanted = (double)one_by_one(w, 1, l1, l2, drift, count);
            if (!(fabs(now - wanted) <= 1e-11 * fmax(w, fabs(wanted)) + 1e-320) && isfinite(wanted))
                fail_case("w %g drift %g l1 %g l2 %g count %d: %g instead of %g", w, drift, l1, l2, (int)count, now, wanted);
        }
    }
    assert_true(isnan(after(erm_elastic_net(1, 1), NAN, 1, 1000)));
    assert_true(isnan(after(erm_elastic_net(1, 1), 1, NAN, 1000)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(advancing_is_repeating_prox_steps),
        cmocka_unit_test(rows_that_are_not_listed_stay),
        cmocka_unit_test(elastic_nets_of_any_scale_advance_in_closed_form),
        cmocka_unit_test(a_thousand_million_steps_take_no_time),
        cmocka_unit_test(folded_concave_penalties_advance_over_all_pieces),
        cmocka_unit_test(huge_and_tiny_entries_advance_to_finite_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
