/* The smallest lambda with W = 0: certified there, and not below. */
#include "check.h"

#include <stdio.h>

#include "catalog_regularizer.h"
#include "ermopt/path.h"
#include "problems.h"
#include "solving.h"

enum { N = 50, D = 6, SIZE = 64 };

static bool is_null(const erm_problem *problem, const double *w)
{
    const int64_t k = problem->k;
    for (int64_t i = 0; i < problem->X->cols * k; i++) {
        const double *const factor = problem->regularizer.factor;
        if (w[i] != 0 && !(factor && factor[i / k] == 0)) return false;
    }
    return true;
}

/* Is the null model, which a huge penalty leaves, stationary for the lambda? */
static bool null_is_stationary(const erm_problem *problem, double lambda, const char *name)
{
    erm_problem scaled = *problem;
    scaled.regularizer = erm_regularizer_scaled(&problem->regularizer, 1e6 * lambda);
    double w[SIZE] = {0};
    erm_certificate certificate;
    erm_solve(&scaled, &(erm_options){.tol = 1e-11, .max_epochs = 100000}, w, NULL);
    scaled.regularizer = erm_regularizer_scaled(&problem->regularizer, lambda);
    if (!is_null(problem, w) || erm_certify(&scaled, w, &certificate, NULL)) fail_case("%s: no null model", name);
    return certificate.kkt < 1e-7;
}

/* Solves with lambda_max times `share`, from 0; true if W is 0 but for free features. */
static bool null_at(const erm_problem *problem, double lambda, const char *name)
{
    if (problem->regularizer.ops->nonconvex) return null_is_stationary(problem, lambda, name);
    erm_problem scaled = *problem;
    scaled.regularizer = erm_regularizer_scaled(&problem->regularizer, lambda);
    double w[SIZE] = {0};
    erm_result result;
    erm_options options = {.tol = 1e-11, .max_epochs = 200000};
    erm_solver_from_name("prox", &options.solver);
    const erm_status status = erm_solve(&scaled, &options, w, &result);
    if (status) fail_case("%s: %s", name, result.detail);
    const bool certified = result.stop == ERM_STOP_CONVERGED || result.certificate.kkt < 1e-8 ||
                           result.certificate.gap <= 1e-8 * fabs(result.certificate.primal);
    if (!certified) fail_case("%s, lambda %g: %s", name, lambda, result.detail);
    return is_null(problem, w);
}

static int tried;

static void one_problem(problem_spec spec, const char *name)
{
    owned_problem *const owned = owned_problem_new(spec);
    const erm_problem *const problem = &owned->problem;
    char detail[ERM_DETAIL_SIZE] = "";
    double lambda_max = -1;
    const erm_status status = erm_lambda_max(problem, &lambda_max, detail);
    if (status == ERM_EUNSUPPORTED) {
        if (!detail[0]) fail_case("%s: refused without a sentence", name);
    } else {
        if (status) fail_case("%s: %s", name, detail);
        const bool one_sided = strstr(name, "nonnegative"); /* every feature may pull the wrong way */
        if (!(lambda_max > 0) && !one_sided) fail_case("%s: lambda_max = %g", name, lambda_max);
        if (lambda_max > 0 && !null_at(problem, 1.001 * lambda_max, name))
            fail_case("%s: W is not 0 at 1.001 lambda_max = %g", name, lambda_max);
        if (lambda_max == 0 && !null_at(problem, 1e-3, name)) fail_case("%s: W is not 0 above lambda_max = 0", name);
        if (lambda_max > 0 && null_at(problem, 0.99 * lambda_max, name))
            fail_case("%s: W is 0 at 0.99 lambda_max = %g", name, lambda_max);
        tried++;
    }
    owned_problem_free(owned);
}

static void the_catalog_is_null_above_lambda_max_and_not_below(void **state)
{
    (void)state;
    int64_t count;
    const regularizer_case *const all = regularizer_catalog(&count);
    int turn = 0;
    for (int l = 0; l < catalog_loss_count(); l++)
        for (int64_t r = 0; r < count; r++, turn++) {
            if (turn % (CHECK_SANITIZED ? 11 : 2)) continue;
            const catalog_loss loss = catalog_loss_at(l);
            char name[160];
            snprintf(name, sizeof name, "%s x %s, turn %d", loss.name, all[r].name, turn);
            one_problem((problem_spec){.kind = &matrix_kinds[turn % matrix_kinds_count],
                                       .loss = loss,
                                       .regularizer = all[r].regularizer,
                                       .n = N,
                                       .d = D,
                                       .weights = turn / 2 % 2 == 1,
                                       .offset = turn / 4 % 2 == 1,
                                       .intercept = turn / 3 % 3 > 0,
                                       .seed = (uint64_t)turn},
                        name);
        }
    assert_true(tried > 50);
}

static void it_is_the_largest_correlation_for_the_lasso(void **state)
{
    (void)state;
    owned_problem *const owned = owned_problem_new(spec_of("squared", erm_l1(0.5), 40, 7));
    double mean = 0, largest = 0, lambda_max;
    for (int i = 0; i < 40; i++) mean += owned->y[i] / 40;
    for (int j = 0; j < 7; j++) {
        double sum = 0;
        for (int i = 0; i < 40; i++) sum += owned->matrix->full[i * 7 + j] * (owned->y[i] - mean) / 40;
        largest = fmax(largest, fabs(sum));
    }
    assert_int_equal(erm_lambda_max(&owned->problem, &lambda_max, NULL), ERM_OK);
    assert_near(lambda_max * 0.5, largest, 1e-13);
    owned_problem_free(owned);
}

static void what_has_none_is_refused_with_a_sentence(void **state)
{
    (void)state;
    const erm_regularizer none[] = {
        erm_none(), erm_l2(1), erm_box(-1, 1), erm_l1_ball(1), erm_fused_lasso(0, 1), erm_l1(0), erm_elastic_net(0, 1)};
    for (size_t r = 0; r < sizeof none / sizeof *none; r++) {
        owned_problem *const owned = owned_problem_new(spec_of("squared", none[r], 20, 3));
        char detail[ERM_DETAIL_SIZE] = "";
        double lambda_max;
        assert_int_equal(erm_lambda_max(&owned->problem, &lambda_max, detail), ERM_EUNSUPPORTED);
        assert_non_null(strstr(detail, none[r].ops->name));
        owned_problem_free(owned);
    }
    owned_problem *const owned = owned_problem_new(spec_of("hinge", erm_l1(1), 20, 3));
    double lambda_max;
    assert_int_equal(erm_lambda_max(&owned->problem, &lambda_max, NULL), ERM_EUNSUPPORTED);
    assert_int_equal(erm_lambda_max(&owned->problem, NULL, NULL), ERM_EINVAL);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_catalog_is_null_above_lambda_max_and_not_below),
        cmocka_unit_test(it_is_the_largest_correlation_for_the_lasso),
        cmocka_unit_test(what_has_none_is_refused_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
