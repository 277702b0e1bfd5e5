/* What every regularizer promises: each test runs on the whole catalog, k = 1 and 3, with and without a metric. */
#include <stdio.h>

#include "catalog_regularizer.h"
#include "check.h"
#include "ermopt/rng.h"

enum { MAX_SIZE = 64 };

/* One regularizer in one shape, with what its calls need. */
typedef struct trial {
    char name[96];
    const erm_regularizer *self;
    const erm_regularizer_ops *ops;
    erm_shape shape;
    int64_t size;
    const double *metric;
    erm_rng rng;
} trial;

static void for_each_trial(void (*check)(trial *now))
{
    static const int64_t shapes[][2] = {{1, 1}, {3, 1}, {13, 1}, {3, 3}, {10, 3}};
    double metric[MAX_SIZE];
    int64_t count;
    const regularizer_case *cases = regularizer_catalog(&count);
    for (int64_t j = 0; j < MAX_SIZE; j++) metric[j] = (double[]){1, 0.2, 3, 1.7, 0.01}[j % 5];
    for (int64_t i = 0; i < count * 10; i++) {
        const regularizer_case *one = &cases[i / 10];
        const bool with_metric = i % 2;
        if (with_metric && !one->regularizer.ops->separable) continue;
        const erm_regularizer *self = &one->regularizer;
        trial now = {.self = self, .ops = self->ops, .metric = with_metric ? metric : NULL, .rng = erm_rng_seed((uint64_t)i)};
        now.shape = (erm_shape){.d = shapes[i % 10 / 2][0], .k = shapes[i % 10 / 2][1]};
        now.size = now.shape.d * now.shape.k;
        snprintf(now.name, sizeof now.name, "%s, d = %d, k = %d%s", one->name, (int)now.shape.d, (int)now.shape.k,
                 with_metric ? ", metric" : "");
        if (now.ops->scratch) now.shape.scratch = malloc((size_t)now.ops->scratch(self, now.shape.d, now.shape.k) * 8);
        check(&now);
        free(now.shape.scratch);
    }
}

static void fill_normal(trial *now, double scale, double *V)
{
    for (int64_t i = 0; i < now->size; i++) V[i] = scale * erm_rng_normal(&now->rng);
}

/* A scale between 1/30 and 30. */
static double any_scale(trial *now) { return exp(6.8 * (erm_rng_uniform(&now->rng) - 0.5)); }

static double metric_at(const trial *now, int64_t i) { return now->metric ? now->metric[i / now->shape.k] : 1; }

static double value_of(const trial *now, const double *W) { return now->ops->value(now->self, now->shape, W); }

static double conjugate_of(const trial *now, const double *U) { return now->ops->conjugate(now->self, now->shape, U); }

static void prox_of(const trial *now, double step, const double *V, double *W)
{
    now->ops->prox(now->self, now->shape, step, now->metric, V, W);
}

static double dot(int64_t n, const double *a, const double *b)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* sum ||A_j - B_j||^2 / metric_j */
static double distance2(const trial *now, const double *A, const double *B)
{
    double sum = 0;
    for (int64_t i = 0; i < now->size; i++) sum += (A[i] - B[i]) * (A[i] - B[i]) / metric_at(now, i);
    return sum;
}

static void blend(int64_t n, double share, const double *A, const double *B, double *W)
{
    for (int64_t i = 0; i < n; i++) W[i] = A[i] + share * (B[i] - A[i]);
}

static void check_neighbours(trial *now)
{
    double V[MAX_SIZE], W[MAX_SIZE], other[MAX_SIZE], near[MAX_SIZE];
    const double step = any_scale(now);
    fill_normal(now, any_scale(now), V);
    prox_of(now, step, V, W);
    const double best = distance2(now, V, W) / (2 * step) + value_of(now, W);
    if (!isfinite(best)) fail_case("%s: the prox is not in the set", now->name);
    for (int neighbour = 0; neighbour < 200; neighbour++) {
        fill_normal(now, any_scale(now), other);
        if (neighbour % 2) prox_of(now, step, other, other); /* so that sets have neighbours inside */
        blend(now->size, pow(10, -6 * erm_rng_uniform(&now->rng)), W, other, near);
        const double objective = distance2(now, V, near) / (2 * step) + value_of(now, near);
        if (objective < best - 1e-11 * fabs(best)) fail_case("%s: a neighbour has %.17g < %.17g", now->name, objective, best);
    }
}

static void no_random_neighbour_beats_the_prox(void **state)
{
    (void)state;
    for_each_trial(check_neighbours);
}

/* G = (V - W) / step is a subgradient at W = prox(V): value(W) + conjugate(G) = <W, G>. G is shrunk by more than its rounding. */
static void check_fenchel_young(trial *now)
{
    double V[MAX_SIZE], W[MAX_SIZE], G[MAX_SIZE];
    for (int repeat = 0; now->ops->conjugate && repeat < 50; repeat++) {
        const double step = any_scale(now);
        fill_normal(now, any_scale(now), V);
        prox_of(now, step, V, W);
        for (int64_t i = 0; i < now->size; i++) G[i] = (1 - 1e-9) * (V[i] - W[i]) / (step * metric_at(now, i));
        const double sum = value_of(now, W) + conjugate_of(now, G), product = dot(now->size, W, G);
        if (!(fabs(sum - product) <= 1e-8 * (1 + fabs(product))))
            fail_case("%s: %.17g and <W, G> = %.17g", now->name, sum, product);
    }
}

static void the_prox_is_optimal_by_fenchel_and_young(void **state)
{
    (void)state;
    for_each_trial(check_fenchel_young);
}

static void check_non_expansive(trial *now)
{
    double A[MAX_SIZE], B[MAX_SIZE], prox_a[MAX_SIZE], prox_b[MAX_SIZE];
    for (int repeat = 0; !now->ops->nonconvex && repeat < 50; repeat++) {
        const double step = any_scale(now), scale = any_scale(now);
        fill_normal(now, scale, A);
        fill_normal(now, scale, B);
        if (repeat % 2) blend(now->size, 1e-3, A, B, B);
        prox_of(now, step, A, prox_a);
        prox_of(now, step, B, prox_b);
        const double before = distance2(now, A, B), after = distance2(now, prox_a, prox_b);
        if (!(after <= before * (1 + 1e-9))) fail_case("%s: squared distance %.17g became %.17g", now->name, before, after);
    }
}

static void the_prox_is_non_expansive(void **state)
{
    (void)state;
    for_each_trial(check_non_expansive);
}

static void check_in_place(trial *now)
{
    double V[MAX_SIZE], W[MAX_SIZE];
    for (int repeat = 0; repeat < 10; repeat++) {
        const double step = any_scale(now);
        fill_normal(now, any_scale(now), V);
        prox_of(now, step, V, W);
        prox_of(now, step, V, V);
        if (memcmp(V, W, sizeof(double) * (size_t)now->size) != 0) fail_case("%s: in place differs", now->name);
    }
}

static void the_prox_in_place_gives_the_same_bits(void **state)
{
    (void)state;
    for_each_trial(check_in_place);
}

static void check_free(trial *now)
{
    double V[MAX_SIZE], W[MAX_SIZE], other[MAX_SIZE], U[MAX_SIZE] = {0};
    fill_normal(now, 2, V);
    prox_of(now, 0.7, V, W);
    memcpy(other, W, sizeof other);
    for (int64_t i = 0; now->self->factor && i < now->size; i++) {
        if (now->self->factor[i / now->shape.k] != 0) continue;
        if (V[i] != W[i]) fail_case("%s: the prox moved a free feature", now->name);
        other[i] = 1e6;
        U[i] = 1e-3;
        if (now->ops->conjugate && conjugate_of(now, U) != INFINITY)
            fail_case("%s: finite conjugate at a free feature", now->name);
    }
    if (value_of(now, W) != value_of(now, other)) fail_case("%s: a free feature changes the value", now->name);
}

static void free_features_are_untouched(void **state)
{
    (void)state;
    for_each_trial(check_free);
}

static void check_conjugate(trial *now)
{
    double W[MAX_SIZE], U[MAX_SIZE];
    for (int repeat = 0; now->ops->conjugate && repeat < 300; repeat++) {
        fill_normal(now, any_scale(now), W);
        fill_normal(now, any_scale(now), U);
        if (repeat % 2) prox_of(now, 1, W, W);
        for (int64_t i = 0; now->self->factor && i < now->size; i++)
            if (now->self->factor[i / now->shape.k] == 0) U[i] = 0;
        if (repeat % 3 && now->ops->dual_scale) {
            const double scale = now->ops->dual_scale(now->self, now->shape, U);
            for (int64_t i = 0; i < now->size; i++) U[i] *= scale;
        }
        const double sum = value_of(now, W) + conjugate_of(now, U), product = dot(now->size, W, U);
        if (!(sum >= product - 1e-11 * (1 + fabs(product)))) fail_case("%s: %.17g < <W, U> = %.17g", now->name, sum, product);
    }
}

static void conjugate_and_value_satisfy_fenchel_and_young(void **state)
{
    (void)state;
    for_each_trial(check_conjugate);
}

static void check_dual_scale(trial *now)
{
    double U[MAX_SIZE], scaled[MAX_SIZE];
    for (int repeat = 0; now->ops->conjugate && repeat < 100; repeat++) {
        fill_normal(now, any_scale(now), U);
        for (int64_t i = 0; now->self->factor && repeat % 4 && i < now->size; i++)
            if (now->self->factor[i / now->shape.k] == 0) U[i] = 0;
        const double scale = now->ops->dual_scale ? now->ops->dual_scale(now->self, now->shape, U) : 1;
        if (!(scale >= 0 && scale <= 1)) fail_case("%s: dual scale %g", now->name, scale);
        for (int64_t i = 0; i < now->size; i++) scaled[i] = scale * U[i];
        if (!isfinite(conjugate_of(now, scaled))) fail_case("%s: scaled by %g and still infinite", now->name, scale);
        for (int64_t i = 0; i < now->size; i++) scaled[i] = (scale + 1e-6) * U[i];
        if (scale < 1 && conjugate_of(now, scaled) != INFINITY) fail_case("%s: a larger scale than %g", now->name, scale);
    }
}

static void the_dual_scale_is_the_largest_with_a_finite_conjugate(void **state)
{
    (void)state;
    for_each_trial(check_dual_scale);
}

static void check_curvature(trial *now)
{
    double A[MAX_SIZE], B[MAX_SIZE], middle[MAX_SIZE];
    const double mu = now->ops->modulus ? now->ops->modulus(now->self, now->shape.d) : 0;
    const double most = now->ops->curvature ? now->ops->curvature(now->self, now->shape.d) : 0;
    now->metric = NULL;
    for (int repeat = 0; !now->ops->nonconvex && repeat < 100; repeat++) {
        fill_normal(now, any_scale(now), A);
        fill_normal(now, any_scale(now), B);
        prox_of(now, 1, A, A);
        prox_of(now, 1, B, B);
        const double share = erm_rng_uniform(&now->rng);
        blend(now->size, share, A, B, middle);
        const double chord = (1 - share) * value_of(now, A) + share * value_of(now, B), below = chord - value_of(now, middle);
        const double square = share * (1 - share) * distance2(now, A, B) / 2, rounding = 1e-12 * (1 + fabs(chord));
        if (!(below >= mu * square - rounding)) fail_case("%s: less convex than modulus %g", now->name, mu);
        if (now->ops->grad && !(below <= most * square + rounding)) fail_case("%s: more curved than %g", now->name, most);
    }
}

static void values_are_as_convex_as_modulus_and_curvature_say(void **state)
{
    (void)state;
    for_each_trial(check_curvature);
}

static void check_gradient(trial *now)
{
    double W[MAX_SIZE], G[MAX_SIZE];
    if (!now->ops->grad) return;
    fill_normal(now, 1, W);
    for (int64_t i = 0; i < now->size; i++) G[i] = 5;
    now->ops->grad(now->self, now->shape, W, G);
    for (int64_t i = 0; i < now->size; i++) {
        const double w = W[i], h = 1e-4;
        W[i] = w + h;
        const double above = value_of(now, W);
        W[i] = w - h;
        const double slope = (above - value_of(now, W)) / (2 * h);
        W[i] = w;
        if (!(fabs(G[i] - 5 - slope) <= 1e-8)) fail_case("%s: gradient %.17g added, slope %.17g", now->name, G[i] - 5, slope);
    }
}

static void the_gradient_is_the_slope(void **state)
{
    (void)state;
    for_each_trial(check_gradient);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_random_neighbour_beats_the_prox),
        cmocka_unit_test(the_prox_is_optimal_by_fenchel_and_young),
        cmocka_unit_test(the_prox_is_non_expansive),
        cmocka_unit_test(the_prox_in_place_gives_the_same_bits),
        cmocka_unit_test(free_features_are_untouched),
        cmocka_unit_test(conjugate_and_value_satisfy_fenchel_and_young),
        cmocka_unit_test(the_dual_scale_is_the_largest_with_a_finite_conjugate),
        cmocka_unit_test(values_are_as_convex_as_modulus_and_curvature_say),
        cmocka_unit_test(the_gradient_is_the_slope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
