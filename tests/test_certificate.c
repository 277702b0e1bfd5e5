/* The certificate: its primal value is F, its dual value is below every F, and at an optimum they meet. */
#include "check.h"

#include <stdio.h>

#include "catalog_regularizer.h"
#include "ermopt/solve.h"
#include "problems.h"

enum { N = 40, D = 6 };

/* Features and formats change with the case, so that all combinations occur over the catalog. */
static problem_spec spec_of(catalog_loss loss, erm_regularizer regularizer, int64_t number)
{
    return (problem_spec){.kind = &matrix_kinds[number % matrix_kinds_count],
                          .loss = loss,
                          .regularizer = regularizer,
                          .n = N,
                          .d = D,
                          .weights = number % 2 == 1,
                          .offset = number / 2 % 2 == 1,
                          .intercept = number / 4 % 2 == 1,
                          .seed = (uint64_t)number + 1};
}

typedef void (*check_case)(owned_problem *owned, const char *name, erm_rng *rng);

static void for_every_pair(check_case check)
{
    int64_t regularizers, number = 0;
    const regularizer_case *regularizer = regularizer_catalog(&regularizers);
    erm_rng rng = erm_rng_seed(11);
    for (int l = 0; l < catalog_loss_count(); l++)
        for (int64_t r = 0; r < regularizers; r++)
            for (int variant = 0; variant < 3; variant++, number++) {
                const catalog_loss loss = catalog_loss_at(l);
                owned_problem *owned =
                    owned_problem_new(spec_of(loss, regularizer[r].regularizer, number + 3 * (int64_t)variant));
                char name[128];
                snprintf(name, sizeof name, "%s x %s, case %lld", loss.name, regularizer[r].name, (long long)number);
                check(owned, name, &rng);
                owned_problem_free(owned);
            }
}

/* A random point of the constraint set: the prox of a random point. */
static void random_feasible(const owned_problem *owned, erm_rng *rng, double scale, double *w)
{
    const erm_problem *problem = &owned->problem;
    const erm_regularizer *R = &problem->regularizer;
    const int64_t k = problem->k;
    double scratch[4096];
    for (int64_t j = 0; j < owned->size; j++) w[j] = scale * erm_rng_normal(rng);
    const erm_shape shape = {.d = D, .k = k, .scratch = scratch};
    assert_true(!R->ops->scratch || R->ops->scratch(R, D, k) <= 4096);
    R->ops->prox(R, shape, 1e-9, NULL, w, w);
}

static void primal_is_the_objective(owned_problem *owned, const char *name, erm_rng *rng)
{
    double w[64];
    random_feasible(owned, rng, 0.5, w);
    erm_certificate certificate;
    char detail[ERM_DETAIL_SIZE] = "";
    if (erm_certify(&owned->problem, w, &certificate, detail)) fail_case("%s: %s", name, detail);
    const double F = slow_objective(owned, w);
    if (fabs(certificate.primal - F) > 1e-12 * fmax(1, fabs(F)))
        fail_case("%s: P = %.17g, F = %.17g", name, certificate.primal, F);
}

static void certificate_primal_is_the_objective(void **state)
{
    (void)state;
    for_every_pair(primal_is_the_objective);
}

static void dual_is_below(owned_problem *owned, const char *name, erm_rng *rng)
{
    double at[64], w[64];
    for (int trial = 0; trial < 4; trial++) {
        random_feasible(owned, rng, 0.3 * trial, at);
        erm_certificate certificate;
        if (erm_certify(&owned->problem, at, &certificate, NULL)) fail_case("%s: no certificate", name);
        if (certificate.dual > certificate.primal + 1e-12 * fabs(certificate.primal))
            fail_case("%s: D > P at the same point", name);
        for (int other = 0; other < 6; other++) {
            random_feasible(owned, rng, 0.1 * other, w);
            const double F = slow_objective(owned, w);
            if (certificate.dual > F + 1e-12 * fmax(1, fabs(F)))
                fail_case("%s: D = %.17g > F = %.17g", name, certificate.dual, F);
        }
    }
}

static void certificate_dual_is_below_every_objective(void **state)
{
    (void)state;
    for_every_pair(dual_is_below);
}

static void a_regularizer_without_a_conjugate_leaves_no_dual_bound_and_says_so(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of(catalog_loss_at(0), erm_mcp(0.2, 3), 0));
    double w[64] = {0};
    erm_certificate certificate;
    assert_int_equal(erm_certify(&owned->problem, w, &certificate, NULL), ERM_OK);
    assert_int_equal(certificate.kind, ERM_CERTIFICATE_KKT);
    assert_true(certificate.dual == -INFINITY);
    assert_true(certificate.gap == INFINITY);
    assert_true(certificate.kkt > 0);
    owned_problem_free(owned);
}

static void a_bad_point_outside_the_set_has_infinite_objective(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of(catalog_loss_at(0), erm_nonnegative(), 0));
    double w[64] = {-1};
    erm_certificate certificate;
    assert_int_equal(erm_certify(&owned->problem, w, &certificate, NULL), ERM_OK);
    assert_true(certificate.primal == INFINITY);
    owned_problem_free(owned);
}

/* Columns that vary little about a large mean, or are tiny: the rounding of one must not pass for the gradient of the other. */
static void columns_of_any_scale_and_spread_get_no_false_bound(void **state)
{
    (void)state;
    enum { n = 50 };
    static const double scales[] = {1, 1e-7, 1e7}, spreads[] = {1, 1e-5, 1e-7, 1e-9};
    erm_rng rng = erm_rng_seed(3);
    double t[n], x[n], y[n];
    for (int i = 0; i < n; i++) {
        t[i] = erm_rng_normal(&rng);
        y[i] = 3 * t[i] + 0.1 * erm_rng_normal(&rng);
    }
    double tt = 0, ty = 0, yy = 0, mean_t = 0, mean_y = 0;
    for (int i = 0; i < n; i++) {
        mean_t += t[i] / n;
        mean_y += y[i] / n;
    }
    for (int i = 0; i < n; i++) {
        tt += (t[i] - mean_t) * (t[i] - mean_t);
        ty += (t[i] - mean_t) * (y[i] - mean_y);
        yy += (y[i] - mean_y) * (y[i] - mean_y);
    }
    const double least = (yy - ty * ty / tt) / (2 * n);
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 4; b++) {
            for (int i = 0; i < n; i++) x[i] = scales[a] * (1 + spreads[b] * t[i]);
            const erm_dense X = erm_dense_f64(n, 1, x, 1);
            const erm_problem problem = {
                .X = &X.base, .y = y, .loss = erm_loss_squared(), .regularizer = erm_none(), .intercept = true};
            const double w[2] = {0, 0};
            erm_certificate certificate;
            assert_int_equal(erm_certify(&problem, w, &certificate, NULL), ERM_OK);
            if (certificate.dual > 1.01 * least || certificate.kkt < 0.1)
                fail_case("scale %g, spread %g: D = %g, F* = %g, kkt = %g", scales[a], spreads[b], certificate.dual, least,
                          certificate.kkt);
        }
}

static void a_point_that_is_not_finite_is_refused(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of(catalog_loss_at(0), erm_l2(1), 0));
    double w[64] = {0, NAN};
    char detail[ERM_DETAIL_SIZE];
    erm_certificate certificate;
    assert_int_equal(erm_certify(&owned->problem, w, &certificate, detail), ERM_EDATA);
    assert_true(strstr(detail, "w[1]"));
    assert_int_equal(erm_certify(NULL, w, &certificate, detail), ERM_EINVAL);
    w[1] = 1e200; /* F overflows */
    assert_int_equal(erm_certify(&owned->problem, w, &certificate, detail), ERM_OK);
    assert_int_equal(certificate.kind, ERM_CERTIFICATE_KKT);
    assert_true(certificate.gap == INFINITY);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificate_primal_is_the_objective),
        cmocka_unit_test(certificate_dual_is_below_every_objective),
        cmocka_unit_test(a_regularizer_without_a_conjugate_leaves_no_dual_bound_and_says_so),
        cmocka_unit_test(columns_of_any_scale_and_spread_get_no_false_bound),
        cmocka_unit_test(a_point_that_is_not_finite_is_refused),
        cmocka_unit_test(a_bad_point_outside_the_set_has_infinite_objective),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
