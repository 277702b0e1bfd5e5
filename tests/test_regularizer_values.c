/* Values known by hand, and inputs at the ends of the range of double. */
#include <stdbool.h>

#include "catalog_regularizer.h"
#include "check.h"

enum { MOST = 12 };

static erm_shape column(int64_t d) { return (erm_shape){.d = d, .k = 1}; }

static void assert_prox(erm_regularizer self, double step, int64_t d, const double *V, const double *wanted)
{
    double W[MOST];
    self.ops->prox(&self, column(d), step, NULL, V, W);
    for (int64_t j = 0; j < d; j++) {
        if (W[j] == wanted[j] || fabs(W[j] - wanted[j]) <= 1e-14 * fabs(wanted[j])) continue;
        fail_case("%s: prox[%d] = %.17g, not %.17g", self.ops->name, (int)j, W[j], wanted[j]);
    }
}

static double value_of(erm_regularizer self, int64_t d, const double *W) { return self.ops->value(&self, column(d), W); }

static double conjugate_of(erm_regularizer self, int64_t d, const double *U) { return self.ops->conjugate(&self, column(d), U); }

static void values_are_those_of_the_formulas(void **state)
{
    (void)state;
    const double W[3] = {1, -2, 0.5};
    assert_near(value_of(erm_none(), 3, W), 0, 0);
    assert_near(value_of(erm_l1(2), 3, W), 7, 1e-15);
    assert_near(value_of(erm_l2(2), 3, W), 5.25, 1e-15);
    assert_near(value_of(erm_elastic_net(2, 4), 3, W), 17.5, 1e-15);
    erm_regularizer weighted = erm_elastic_net(2, 4);
    weighted.factor = (double[]){0, 0.5, 2};
    assert_near(value_of(weighted, 3, W), 6 + 3, 1e-15);
    assert_near(conjugate_of(erm_elastic_net(1, 2), 3, (double[]){3, -2, 0.5}), 4 / 4. + 1 / 4., 1e-15);
    assert_near(conjugate_of(erm_box(-1, 2), 3, (double[]){3, -2, 0}), 8, 1e-15);
    assert_near(conjugate_of(erm_box(-1, INFINITY), 3, (double[]){0, -2, 0}), 2, 1e-15);
    assert_near(conjugate_of(erm_l2_ball(3), 2, (double[]){3, -4}), 15, 1e-15);
    assert_near(conjugate_of(erm_l1_ball(3), 2, (double[]){3, -4}), 12, 1e-15);
    assert_near(conjugate_of(erm_simplex(3), 2, (double[]){-3, -4}), -9, 1e-15);
}

static void points_that_miss_a_set_are_outside(void **state)
{
    (void)state;
    assert_true(value_of(erm_box(-1, 2), 2, (double[]){2 + 1e-9, 0}) == INFINITY);
    assert_true(value_of(erm_box(-1, 2), 2, (double[]){-1 - 1e-9, 0}) == INFINITY);
    assert_true(value_of(erm_box(-1, 2), 2, (double[]){-1, 2}) == 0);
    assert_true(value_of(erm_box(-1, 2), 2, (double[]){NAN, 0}) == INFINITY);
    assert_true(value_of(erm_nonnegative(), 2, (double[]){-5e-324, 0}) == INFINITY);
    assert_true(value_of(erm_l2_ball(5), 2, (double[]){3, 4}) == 0);
    assert_true(value_of(erm_l2_ball(5), 2, (double[]){3, 4 + 1e-9}) == INFINITY);
    assert_true(value_of(erm_l1_ball(7), 2, (double[]){3, -4}) == 0);
    assert_true(value_of(erm_l1_ball(7), 2, (double[]){3, -4 - 1e-9}) == INFINITY);
    assert_true(value_of(erm_simplex(7), 2, (double[]){3, 4}) == 0);
    assert_true(value_of(erm_simplex(7), 2, (double[]){3, 4 - 1e-9}) == INFINITY);
    assert_true(value_of(erm_simplex(7), 2, (double[]){-1e-9, 7 + 1e-9}) == INFINITY);
}

static void projections_onto_balls_and_simplices_are_known(void **state)
{
    (void)state;
    assert_prox(erm_l1_ball(1), 1, 3, (double[]){2, -1.5, 0.1}, (double[]){0.75, -0.25, 0});
    assert_prox(erm_l1_ball(5), 1, 3, (double[]){2, -1.5, 0.1}, (double[]){2, -1.5, 0.1});
    assert_prox(erm_simplex(1), 1, 3, (double[]){-2, -1.5, -1.25}, (double[]){0, 0.375, 0.625});
    assert_prox(erm_simplex(6), 1, 3, (double[]){1, 1, 1}, (double[]){2, 2, 2});
    assert_prox(erm_l2_ball(1), 1, 2, (double[]){30, -40}, (double[]){0.6, -0.8});
    assert_prox(erm_l2_ball(0), 1, 2, (double[]){30, -40}, (double[]){0, 0});
    assert_prox(erm_l1_ball(0), 1, 2, (double[]){30, -40}, (double[]){0, 0});
    assert_prox(erm_simplex(0), 1, 2, (double[]){30, -40}, (double[]){0, 0});
}

static void huge_and_tiny_inputs_are_handled_exactly(void **state)
{
    (void)state;
    assert_prox(erm_l2_ball(1), 1, 2, (double[]){3e300, -4e300}, (double[]){0.6, -0.8});
    assert_prox(erm_l2_ball(5e-300), 1, 2, (double[]){3e300, -4e300}, (double[]){3e-300, -4e-300});
    assert_prox(erm_l2_ball(1), 1, 2, (double[]){3e-320, -4e-320}, (double[]){3e-320, -4e-320});
    assert_prox(erm_l2_ball(5e-300), 1, 2, (double[]){3e-299, -4e-299}, (double[]){3e-300, -4e-300});
    assert_prox(erm_l1_ball(2), 1, 2, (double[]){1e300, -1e300}, (double[]){1, -1});
    assert_prox(erm_l1_ball(1e300), 1, 2, (double[]){1.7e308, -1.7e308}, (double[]){5e299, -5e299});
    assert_prox(erm_simplex(1e-310), 1, 2, (double[]){1e300, -1e300}, (double[]){1e-310, 0});
    assert_prox(erm_simplex(1e300), 1, 2, (double[]){-1.7e308, 1.7e308}, (double[]){0, 1e300});
    assert_prox(erm_l1(1e300), 1e300, 2, (double[]){1e300, 5e-324}, (double[]){0, 0});
    assert_prox(erm_l1(1e-300), 1, 2, (double[]){1e300, 3e-300}, (double[]){1e300, 2e-300});
    assert_prox(erm_l2(1e300), 1, 2, (double[]){1e300, -1e-10}, (double[]){1, -1e-310});
    assert_near(value_of(erm_l2(2e-300), 1, (double[]){1e200}), 1e100, 1e-15);
    assert_near(value_of(erm_l2(2e300), 1, (double[]){1e-200}) * 1e100, 1, 1e-15);
    assert_near(conjugate_of(erm_l2_ball(1), 2, (double[]){3e300, -4e300}) / 1e300, 5, 1e-15);
    assert_near(conjugate_of(erm_l2_ball(1e300), 2, (double[]){3e-300, -4e-300}), 5, 1e-15);
    assert_near(conjugate_of(erm_elastic_net(0, 1e300), 1, (double[]){2e200}) / 1e100, 2, 1e-15);
}

static bool is_set(const erm_regularizer *self)
{
    static const char *const names[] = {"box", "nonnegative", "l2-ball", "l1-ball", "simplex"};
    for (int i = 0; i < 5; i++)
        if (strcmp(self->ops->name, names[i]) == 0) return true;
    return false;
}

static void every_prox_of_extreme_points_is_finite_and_in_the_set(void **state)
{
    (void)state;
    int64_t count;
    const regularizer_case *cases = regularizer_catalog(&count);
    const double scales[] = {5e-324, 1e-310, 1e-300, 1e300};
    for (int64_t i = 0; i < count * 4; i++) {
        const erm_regularizer *self = &cases[i / 4].regularizer;
        const erm_shape shape = {
            .d = 4, .k = 3, .scratch = self->ops->scratch ? malloc((size_t)self->ops->scratch(self, 4, 3) * 8) : NULL};
        double W[MOST];
        for (int64_t t = 0; t < MOST; t++) W[t] = scales[i % 4] * (double)(t % 5 - 2);
        self->ops->prox(self, shape, 1, NULL, W, W);
        for (int64_t t = 0; t < MOST; t++)
            if (!isfinite(W[t])) fail_case("%s: %g at scale %g", cases[i / 4].name, W[t], scales[i % 4]);
        if (is_set(self) && self->ops->value(self, shape, W) != 0)
            fail_case("%s: outside at scale %g", cases[i / 4].name, scales[i % 4]);
        free(shape.scratch);
    }
}

/* One large entry and a million small ones, all active: the sum must still be the radius to rounding. */
static void projections_of_many_entries_stay_in_the_set(void **state)
{
    (void)state;
    const int64_t d = 1000000;
    double *V = malloc((size_t)d * sizeof *V), *W = malloc((size_t)d * sizeof *W);
    assert_true(V && W);
    for (int64_t j = 0; j < d; j++) V[j] = 1e-9 * (double)(j % 1000);
    V[77] = 0.9999;
    const erm_regularizer sets[] = {erm_simplex(1), erm_l1_ball(1), erm_l2_ball(1e-4)};
    for (int i = 0; i < 3; i++) {
        sets[i].ops->prox(&sets[i], column(d), 1, NULL, V, W);
        assert_true(sets[i].ops->value(&sets[i], column(d), W) == 0);
    }
    free(V);
    free(W);
}

static void moduli_and_curvatures_follow_the_factors(void **state)
{
    (void)state;
    erm_regularizer self = erm_l2(2);
    assert_near(self.ops->modulus(&self, 3), 2, 0);
    assert_near(self.ops->curvature(&self, 3), 2, 0);
    self.factor = (double[]){0.5, 3, 1};
    assert_near(self.ops->modulus(&self, 3), 1, 0);
    assert_near(self.ops->curvature(&self, 3), 6, 0);
    self.factor = (double[]){0.5, 3, 0};
    assert_near(self.ops->modulus(&self, 3), 0, 0);
    self = erm_elastic_net(1, 2);
    assert_near(self.ops->modulus(&self, 3), 2, 0);
}

static void assert_refused(erm_regularizer self, const char *part)
{
    char detail[ERM_DETAIL_SIZE] = "";
    assert_int_equal(self.ops->check(&self, 3, 1, detail), ERM_EINVAL);
    assert_int_equal(self.ops->check(&self, 3, 1, NULL), ERM_EINVAL);
    if (!strstr(detail, part)) fail_case("\"%s\" does not say \"%s\"", detail, part);
}

static void senseless_numbers_are_refused_by_name(void **state)
{
    (void)state;
    assert_refused(erm_l1(-1), "l1: l1 = -1");
    assert_refused(erm_l2(NAN), "l2: l2 = nan");
    assert_refused(erm_elastic_net(1, INFINITY), "elastic-net: l2 = inf");
    assert_refused(erm_box(1, 0), "box: no number lies between low = 1 and high = 0");
    assert_refused(erm_box(NAN, 0), "box");
    assert_refused(erm_box(INFINITY, INFINITY), "box");
    assert_refused(erm_l2_ball(-1), "l2-ball: the radius = -1");
    assert_refused(erm_l1_ball(INFINITY), "l1-ball");
    assert_refused(erm_simplex(NAN), "simplex");
}

static void the_catalog_passes_its_checks(void **state)
{
    (void)state;
    int64_t count;
    const regularizer_case *cases = regularizer_catalog(&count);
    char detail[ERM_DETAIL_SIZE];
    for (int64_t i = 0; i < count; i++) {
        const erm_regularizer *self = &cases[i].regularizer;
        if (self->ops->check && self->ops->check(self, 10, 3, detail)) fail_case("%s: %s", cases[i].name, detail);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_the_formulas),
        cmocka_unit_test(points_that_miss_a_set_are_outside),
        cmocka_unit_test(projections_onto_balls_and_simplices_are_known),
        cmocka_unit_test(huge_and_tiny_inputs_are_handled_exactly),
        cmocka_unit_test(every_prox_of_extreme_points_is_finite_and_in_the_set),
        cmocka_unit_test(projections_of_many_entries_stay_in_the_set),
        cmocka_unit_test(moduli_and_curvatures_follow_the_factors),
        cmocka_unit_test(senseless_numbers_are_refused_by_name),
        cmocka_unit_test(the_catalog_passes_its_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
