/* The further penalties: values known by hand, special cases that equal one another, and slow oracles. */
#include "check.h"
#include "ermopt/regularizer.h"
#include "ermopt/rng.h"

enum { D = 200, K = 2 };

static const int32_t singles[4] = {2, 0, 3, 1}, pairs[4] = {0, 1, 0, 1};
static const erm_groups single_groups = {4, singles, NULL}, pair_groups = {2, pairs, (const double[]){1, 2}};

/* A shape with the scratch that `self` asks for; free shape.scratch. */
static erm_shape shape_for(const erm_regularizer *self, int64_t d, int64_t k)
{
    const int64_t count = self->ops->scratch ? self->ops->scratch(self, d, k) : 0;
    return (erm_shape){.d = d, .k = k, .scratch = malloc((size_t)(count + 1) * sizeof(double))};
}

static double value_of(erm_regularizer self, int64_t d, int64_t k, const double *W)
{
    const erm_shape shape = shape_for(&self, d, k);
    const double value = self.ops->value(&self, shape, W);
    free(shape.scratch);
    return value;
}

static void prox_of(erm_regularizer self, double step, int64_t d, int64_t k, const double *V, double *W)
{
    const erm_shape shape = shape_for(&self, d, k);
    self.ops->prox(&self, shape, step, NULL, V, W);
    free(shape.scratch);
}

static void values_are_those_of_the_formulas(void **state)
{
    (void)state;
    const double W[4] = {3, -1, 4, 2}, falling[4] = {4, 3, 1, 0}, w0[4] = {1, 1, 1, 1};
    assert_near(value_of(erm_elastic_net_box(2, 1, -1, 4), 4, 1, W), 20 + 15, 1e-15);
    assert_true(value_of(erm_elastic_net_box(2, 1, -0.9, 4), 4, 1, W) == INFINITY);
    assert_near(value_of(erm_proximity(2, w0), 4, 1, W), 4 + 4 + 9 + 1, 1e-15);
    assert_near(value_of(erm_mcp(1, 3), 4, 1, W), (3 - 1.5) + (1 - 1. / 6) + 1.5 + (2 - 4. / 6), 1e-15);
    assert_near(value_of(erm_scad(1, 3), 4, 1, W), 2 + 1 + 2 + (12 - 4 - 1) / 4., 1e-15);
    assert_near(value_of(erm_group_lasso(2, &pair_groups), 4, 1, W), 2 * 5 + 4 * sqrt(5), 1e-15);
    assert_near(value_of(erm_sparse_group_lasso(3, 2, &pair_groups), 4, 1, W), 30 + 2 * 5 + 4 * sqrt(5), 1e-15);
    assert_near(value_of(erm_l21(2), 2, 2, W), 2 * (sqrt(10) + sqrt(20)), 1e-15);
    assert_near(value_of(erm_fused_lasso(2, 3), 4, 1, W), 20 + 3 * (4 + 5 + 2), 1e-15);
    assert_near(value_of(erm_fused_lasso(0, 3), 2, 2, W), 3 * (1 + 3), 1e-15);
    assert_near(value_of(erm_slope(2, falling), 4, 1, W), 2 * (16 + 9 + 2), 1e-15);
    assert_near(value_of(erm_nuclear_norm(2), 2, 2, (double[]){0, 3, -4, 0}), 14, 1e-14);
    assert_near(value_of(erm_linf(2), 4, 1, W), 8, 1e-15);
    assert_true(value_of(erm_linf_ball(3.9), 4, 1, W) == INFINITY);
    const erm_sum_parts parts = {erm_l2(2), erm_l1(3)};
    assert_near(value_of(erm_sum(&parts), 4, 1, W), 60, 1e-15);
}

static void assert_same_prox(const char *what, erm_regularizer a, erm_regularizer b, int64_t d, int64_t k)
{
    double V[4], prox_a[4], prox_b[4];
    erm_rng rng = erm_rng_seed(5);
    for (int trial = 0; trial < 200; trial++) {
        const double step = 3 * erm_rng_uniform(&rng);
        for (int i = 0; i < 4; i++) V[i] = erm_rng_normal(&rng);
        prox_of(a, step, d, k, V, prox_a);
        prox_of(b, step, d, k, V, prox_b);
        for (int i = 0; i < 4; i++)
            if (!(fabs(prox_a[i] - prox_b[i]) <= 1e-13)) fail_case("%s: %.17g and %.17g", what, prox_a[i], prox_b[i]);
    }
}

static void special_cases_equal_the_simpler_penalty(void **state)
{
    (void)state;
    const erm_bounds bounds = {(const double[]){-1, -1, -1, -1}, (const double[]){2, 2, 2, 2}};
    const erm_sum_parts net = {erm_l2(0.4), erm_l1(0.3)};
    assert_same_prox("slope, equal weights", erm_slope(0.3, (const double[]){1, 1, 1, 1}), erm_l1(0.3), 4, 1);
    assert_same_prox("slope, one weight", erm_slope(0.3, (const double[]){1, 0, 0, 0}), erm_linf(0.3), 4, 1);
    assert_same_prox("single groups", erm_group_lasso(0.3, &single_groups), erm_l1(0.3), 4, 1);
    assert_same_prox("l21, one output", erm_l21(0.3), erm_l1(0.3), 4, 1);
    assert_same_prox("l21, one row", erm_l21(0.3), erm_nuclear_norm(0.3), 1, 4);
    assert_same_prox("nuclear norm of one column", erm_nuclear_norm(0.3), erm_l21(0.3), 1, 4);
    assert_same_prox("fused lasso without tv", erm_fused_lasso(0.3, 0), erm_l1(0.3), 4, 1);
    assert_same_prox("elastic net box, open", erm_elastic_net_box(0.3, 0.4, -INFINITY, INFINITY), erm_elastic_net(0.3, 0.4), 4,
                     1);
    assert_same_prox("elastic net box, box only", erm_elastic_net_box(0, 0, -1, 2), erm_box(-1, 2), 4, 1);
    assert_same_prox("box vectors", erm_box_vectors(&bounds), erm_box(-1, 2), 4, 1);
    assert_same_prox("proximity to 0", erm_proximity(0.4, (const double[]){0, 0, 0, 0}), erm_l2(0.4), 4, 1);
    assert_same_prox("l2 + l1", erm_sum(&net), erm_elastic_net(0.3, 0.4), 4, 1);
    assert_same_prox("mcp, no end", erm_mcp(0.3, 1e15), erm_l1(0.3), 4, 1);
}

static void proxes_known_by_hand(void **state)
{
    (void)state;
    double W[4];
    prox_of(erm_fused_lasso(0, 1), 1, 2, 1, (double[]){0, 4}, W);
    assert_near(W[0], 1, 1e-15);
    assert_near(W[1], 3, 1e-15);
    prox_of(erm_fused_lasso(0.25, 1), 1, 3, 1, (double[]){0, 1, -4}, W);
    assert_near(W[0], 0, 1e-15);
    assert_near(W[1], 0, 1e-15);
    assert_near(W[2], -2.75, 1e-15);
    prox_of(erm_fused_lasso(0, 1e308), 1e10, 3, 1, (double[]){1, 2, -6}, W); /* all alike: the mean */
    for (int j = 0; j < 3; j++) assert_near(W[j], -1, 1e-15);
    prox_of(erm_fused_lasso(0, 1e300), 1, 3, 1, (double[]){1e300, 1e300, -6e300}, W);
    assert_near(W[0] / 1e300, 0.5, 1e-15);
    assert_near(W[2] / 1e300, -5, 1e-15);
    prox_of(erm_fused_lasso(0, 1e-6), 1, 2, 1, (double[]){1e9, 1e9 + 1}, W); /* small jumps on a large base */
    assert_near(W[1] - W[0], 1 - 2e-6, 2.5e-7);
    prox_of(erm_nuclear_norm(1), 1, 2, 2, (double[]){0, 3, -0.5, 0}, W);
    assert_near(W[1], 2, 1e-14);
    assert_near(W[2], 0, 1e-14);
    prox_of(erm_group_lasso(1, &pair_groups), 1, 4, 1, (double[]){3, 1, 4, 1}, W);
    assert_near(W[0], 2.4, 1e-15);
    assert_near(W[1], 0, 1e-15);
    prox_of(erm_linf(1), 2, 3, 1, (double[]){5, -4, 1}, W);
    assert_near(W[0], 3.5, 1e-15);
    assert_near(W[1], -3.5, 1e-15);
    assert_near(W[2], 1, 1e-15);
    prox_of(erm_slope(1, (const double[]){3, 1, 0}), 1, 3, 1, (double[]){5, -4.5, 1}, W);
    assert_near(W[0], 2.75, 1e-15);
    assert_near(W[1], -2.75, 1e-15);
    assert_near(W[2], 1, 1e-15);
}

/* V - W = D'z: the partial sums z are within tv, at tv or -tv where W jumps up or down, and 0 at the end. */
static void long_chains_satisfy_the_optimality_conditions(void **state)
{
    (void)state;
    static double V[D * K], W[D * K], factor[D];
    erm_rng rng = erm_rng_seed(11);
    for (int trial = 0; trial < 40; trial++) {
        const double tv = exp(6 * erm_rng_uniform(&rng) - 4);
        for (int64_t j = 0; j < D; j++) factor[j] = erm_rng_below(&rng, 5) ? 1 : 0;
        for (int64_t i = 0; i < D * K; i++)
            V[i] = (double)(i / 60) + (trial % 2 ? erm_rng_normal(&rng) : (double)erm_rng_below(&rng, 3));
        erm_regularizer self = erm_fused_lasso(0, tv);
        self.factor = factor;
        prox_of(self, 1, D, K, V, W);
        for (int64_t c = 0; c < K; c++) {
            double z = 0;
            int64_t before = -1;
            for (int64_t j = 0; j < D; j++) {
                if (factor[j] == 0) continue;
                const double jump = before < 0 ? 0 : W[j * K + c] - W[before * K + c];
                if (fabs(jump) > 1e-12) assert_near(z, jump > 0 ? -tv : tv, 1e-11);
                z += V[j * K + c] - W[j * K + c];
                assert_at_most(fabs(z), tv, 1e-11);
                before = j;
            }
            assert_near(z, 0, 1e-11);
        }
    }
}

/* Minimises over a fine grid; for steps short and long. */
static void folded_concave_proxes_are_global_minima(void **state)
{
    (void)state;
    const erm_regularizer penalties[] = {erm_mcp(0.5, 3), erm_mcp(1, 1.1), erm_scad(0.5, 3.7), erm_scad(1, 2.1)};
    for (int p = 0; p < 4; p++)
        for (double step = 0.05; step < 20; step *= 1.7)
            for (double v = -6; v < 6; v += 0.37) {
                double w, least = INFINITY;
                prox_of(penalties[p], step, 1, 1, &v, &w);
                for (double other = -7; other <= 7; other += 0.005)
                    least = fmin(least, (other - v) * (other - v) / (2 * step) + value_of(penalties[p], 1, 1, &other));
                const double at_w = (w - v) * (w - v) / (2 * step) + value_of(penalties[p], 1, 1, &w);
                if (!(at_w <= least + 1e-12))
                    fail_case("%s, step %g, v %g: w = %g is not best", penalties[p].ops->name, step, v, w);
            }
}

static void assert_refused(erm_regularizer self, const char *part)
{
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_status status = self.ops->check(&self, 4, 1, detail);
    if (status != ERM_EINVAL && status != ERM_EUNSUPPORTED) fail_case("not refused: %s", part);
    assert_int_equal(self.ops->check(&self, 4, 1, NULL), status);
    if (!strstr(detail, part)) fail_case("\"%s\" does not say \"%s\"", detail, part);
}

static void senseless_numbers_are_refused_by_name(void **state)
{
    (void)state;
    const erm_bounds crossed = {(const double[]){0, 0, 2, 0}, (const double[]){1, 1, 1, 1}};
    const erm_groups outside = {2, singles, NULL}, negative = {4, singles, (const double[]){1, 1, -1, 1}},
                     missing = {2, NULL, NULL};
    const erm_sum_parts rough = {erm_l1(1), erm_l2(1)},
                        weighted = {erm_l2(1), {.ops = erm_l1(1).ops, .factor = (const double[]){1}}},
                        bad = {erm_l2(1), erm_l1(-1)}, flat = {erm_l2(0), erm_l1(1)};
    assert_refused(erm_elastic_net_box(1, -1, 0, 1), "elastic-net-box: l2 = -1");
    assert_refused(erm_elastic_net_box(1, 1, 1, 0), "low = 1 and high = 0");
    assert_refused(erm_box_vectors(&crossed), "low[2] = 2 and high[2] = 1");
    assert_refused(erm_box_vectors(NULL), "no bounds");
    assert_refused(erm_proximity(1, (const double[]){1, 2, NAN, 1}), "w0[2] is not finite");
    assert_refused(erm_proximity(1, NULL), "w0 is NULL");
    assert_refused(erm_mcp(1, 1), "mcp: gamma = 1; it must be finite and above 1");
    assert_refused(erm_scad(1, 2), "scad: a = 2; it must be finite and above 2");
    assert_refused(erm_mcp(-1, 3), "mcp: lambda = -1");
    assert_refused(erm_group_lasso(1, &outside), "group[0] = 2; group numbers are 0 .. 1");
    assert_refused(erm_group_lasso(1, &negative), "the weight of a group = -1");
    assert_refused(erm_group_lasso(1, &missing), "no groups");
    assert_refused(erm_sparse_group_lasso(-1, 1, &pair_groups), "sparse-group-lasso: l1 = -1");
    assert_refused(erm_l21(-1), "l21: lambda = -1");
    assert_refused(erm_fused_lasso(1, -1), "fused-lasso: tv = -1");
    assert_refused(erm_slope(1, (const double[]){1, 0.5, 0.6, 0}),
                   "weight[2] = 0.6; weights must be finite, not negative, and never rise");
    assert_refused(erm_slope(1, NULL), "no weights");
    assert_refused(erm_nuclear_norm(NAN), "nuclear-norm: lambda = nan");
    assert_refused(erm_linf(-1), "linf: lambda = -1");
    assert_refused(erm_linf_ball(-1), "linf-ball");
    assert_refused(erm_sum(NULL), "no two parts");
    assert_refused(erm_sum(&rough), "the smooth part must be erm_l2 or erm_proximity, not l1");
    assert_refused(erm_sum(&weighted), "set the factors of the sum");
    assert_refused(erm_sum(&bad), "l1: l1 = -1");
    assert_refused(erm_sum(&flat), "l2 = 0; it must be positive");
}

static void a_matrix_that_is_not_finite_has_no_nuclear_prox(void **state)
{
    (void)state;
    double W[4];
    prox_of(erm_nuclear_norm(1), 1, 2, 2, (double[]){0, INFINITY, -0.5, 0}, W);
    assert_true(isnan(W[0]) && isnan(W[3]));
    assert_true(isnan(value_of(erm_nuclear_norm(1), 2, 2, (double[]){0, NAN, -0.5, 0})));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_the_formulas),
        cmocka_unit_test(special_cases_equal_the_simpler_penalty),
        cmocka_unit_test(proxes_known_by_hand),
        cmocka_unit_test(long_chains_satisfy_the_optimality_conditions),
        cmocka_unit_test(folded_concave_proxes_are_global_minima),
        cmocka_unit_test(senseless_numbers_are_refused_by_name),
        cmocka_unit_test(a_matrix_that_is_not_finite_has_no_nuclear_prox),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
