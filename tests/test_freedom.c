/* Degrees of freedom against the closed forms of orthogonal designs, and against their definition: how far fitted values follow
 * their own labels. */
#include "check.h"

#include "catalog_regularizer.h"
#include "ermopt/freedom.h"
#include "solving.h"

enum { N = 16, D = 6, SIZE = 64, SHARE = CHECK_SANITIZED ? 7 : 1 };

static double freedom_of(const erm_problem *problem, const double *w)
{
    double freedom = NAN;
    char detail[ERM_DETAIL_SIZE] = "";
    if (erm_degrees_of_freedom(problem, w, &freedom, detail)) fail_case("%s", detail);
    return freedom;
}

/* ---- orthogonal designs: X'X = n I ---------------------------------------------------------------------------------- */

/* The first columns of the 8 x 8 Hadamard matrix of Sylvester. */
static void orthogonal(double *x)
{
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 6; j++) x[i * 6 + j] = __builtin_popcount((unsigned)(i & j)) % 2 ? -1 : 1;
}

static const double orthogonal_y[8] = {3, -1, 2, 0.5, -2, 1, 4, -0.7};

static double fit_orthogonal(erm_regularizer regularizer, double *w)
{
    double x[48];
    orthogonal(x);
    const erm_dense X = erm_dense_f64(8, 6, x, 6);
    const erm_problem problem = {.X = &X.base, .y = orthogonal_y, .loss = erm_loss_squared(), .regularizer = regularizer};
    memset(w, 0, 6 * sizeof *w);
    solve(&problem, (erm_options){.solver = erm_solver_prox(NULL), .tol = 1e-14}, w);
    return freedom_of(&problem, w);
}

static void orthogonal_designs_have_closed_forms(void **state)
{
    (void)state;
    double w[6], full[6];
    assert_near(fit_orthogonal(erm_none(), full), 6, 1e-12);
    assert_near(fit_orthogonal(erm_l2(0.5), w), 6 / 1.5, 1e-12);
    const double lasso = fit_orthogonal(erm_l1(0.3), w);
    int nonzeros = 0;
    for (int j = 0; j < 6; j++) nonzeros += w[j] != 0;
    assert_near(lasso, nonzeros, 0);
    assert_true(nonzeros > 1 && nonzeros < 6);
    assert_near(fit_orthogonal(erm_elastic_net(0.3, 0.5), w), nonzeros / 1.5, 1e-12);

    /* Yuan and Lin (2006), equation (6.2): 1 for each group that is not 0, and ||b|| / ||b_LS|| for each entry more */
    static const int32_t group[6] = {0, 0, 0, 1, 1, 2};
    static const erm_groups groups = {3, group, NULL};
    const double freedom = fit_orthogonal(erm_group_lasso(0.5, &groups), w);
    double expected = 0;
    for (int g = 0; g < 3; g++) {
        double norm = 0, full_norm = 0, size = 0;
        for (int j = 0; j < 6; j++) {
            norm += group[j] == g ? w[j] * w[j] : 0;
            full_norm += group[j] == g ? full[j] * full[j] : 0;
            size += group[j] == g;
        }
        expected += (norm > 0) + sqrt(norm / full_norm) * (size - 1);
    }
    assert_true(expected > 1 && expected < 5.9);
    assert_near(freedom, expected, 1e-7);
}

/* ---- the definition -------------------------------------------------------------------------------------------------- */

static void fitted_values(const owned_problem *owned, const double *w, double *fit)
{
    const erm_problem *problem = &owned->problem;
    const int64_t n = problem->X->rows, d = problem->X->cols, k = problem->k;
    for (int64_t i = 0; i < n * k; i++) {
        double z = (problem->offset ? problem->offset[i] : 0) + (problem->intercept ? w[d * k + i % k] : 0);
        for (int64_t j = 0; j < d; j++) z += owned->matrix->full[i / k * d + j] * w[j * k + i % k];
        fit[i] = strcmp(problem->loss.ops->name, "poisson") ? z : exp(z);
    }
}

/* sum_i d fit_i / d y_i, by central differences of solves to the last digits, some 1e-8 in each fit. */
static double divergence(owned_problem *owned, double step, const double *w)
{
    const int64_t values = owned->problem.X->rows * owned->problem.k;
    double sum = 0, fit[2][4 * N];
    for (int64_t i = 0; i < values; i++) {
        const double y = owned->y[i];
        for (int side = 0; side < 2; side++) {
            double v[SIZE];
            memcpy(v, w, sizeof v);
            owned->y[i] = y + (side ? step : -step);
            solve(&owned->problem, (erm_options){.solver = erm_solver_prox(NULL), .tol = 1e-15, .max_epochs = 3000}, v);
            fitted_values(owned, v, fit[side]);
        }
        owned->y[i] = y;
        sum += (fit[1][i] - fit[0][i]) / (2 * step);
    }
    return sum;
}

static void check_definition(const char *loss, const regularizer_case *R, bool standardise)
{
    owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named("dense f64"),
                                                            .loss = loss_named(loss),
                                                            .regularizer = R->regularizer,
                                                            .n = N,
                                                            .d = D,
                                                            .weights = true,
                                                            .intercept = true,
                                                            .seed = 4});
    owned->problem.standardise = standardise;
    double w[SIZE] = {0}, freedom;
    char detail[ERM_DETAIL_SIZE] = "";
    for (int64_t i = 0; i < N; i++) owned->y[i] += owned->problem.loss.ops->label_ok ? 0.5 : owned->matrix->full[i * D];
    solve(&owned->problem, (erm_options){.solver = erm_solver_prox(NULL), .tol = 1e-15, .max_epochs = 3000}, w);
    const erm_status status = erm_degrees_of_freedom(&owned->problem, w, &freedom, detail);
    if (status == ERM_EUNSUPPORTED) {
        const bool unknown =
            strstr(R->name, "l1 ball") || strstr(R->name, "l2 ball") || strstr(R->name, "simplex") || strstr(R->name, "nuclear");
        if (!unknown || !strstr(detail, R->regularizer.ops->name)) fail_case("%s: %s", R->name, detail);
    } else if (status) {
        fail_case("%s: %s", R->name, detail);
    } else {
        const double sum = divergence(owned, 1e-2, w);
        const bool kink = fabs(sum - freedom) > 2e-4; /* within the step: a shorter one sees none, but more of the rounding */
        if (kink && fabs(divergence(owned, 1e-3, w) - freedom) > 2e-3)
            fail_case("%s, %s: %.9g, by the definition %.9g", loss, R->name, freedom, sum);
    }
    owned_problem_free(owned);
}

static void every_penalty_has_the_freedom_of_its_definition(void **state)
{
    (void)state;
    int64_t count;
    const regularizer_case *cases = regularizer_catalog(&count);
    for (int64_t r = 0; r < count; r += SHARE) {
        if (cases[r].regularizer.ops->nonconvex) continue;
        check_definition("squared", &cases[r], false);
        if (r % 3 == 0) check_definition("multitask-squared, 3 outputs", &cases[r], false);
        if (r % 3 == 1) check_definition("poisson", &cases[r], false);
        if (r % 3 == 2) check_definition("squared", &cases[r], true);
    }
}

/* ---- the rest -------------------------------------------------------------------------------------------------------- */

static void every_matrix_gives_the_same(void **state)
{
    (void)state;
    for (int kind = 0; matrix_kind_at(kind); kind++) {
        problem_spec spec = spec_of("logistic", erm_elastic_net(0.02, 0.05), 200, 5);
        spec.kind = matrix_kind_at(kind);
        spec.weights = true;
        owned_problem *owned = owned_problem_new(spec), copy = *owned;
        copy.matrix = owned_matrix_new(kind_named("dense f64"), 200, 5, owned->matrix->full);
        copy.problem.X = copy.matrix->X;
        double w[SIZE] = {0};
        solve(&owned->problem, (erm_options){.tol = 1e-12}, w);
        const double ours = freedom_of(&owned->problem, w), theirs = freedom_of(&copy.problem, w);
        if (fabs(ours - theirs) > 1e-9) fail_case("%s: %.15g, dense %.15g", matrix_kind_at(kind)->name, ours, theirs);
        assert_true(ours > 1 && ours < 6);
        owned_matrix_free(copy.matrix);
        owned_problem_free(owned);
    }
}

static void dependent_columns_count_once(void **state)
{
    (void)state;
    double x[10 * 4], y[10], w[5] = {0};
    erm_rng rng = erm_rng_seed(2);
    for (int i = 0; i < 10; i++) {
        x[4 * i] = erm_rng_normal(&rng);
        x[4 * i + 1] = 1e6 + erm_rng_normal(&rng);
        x[4 * i + 2] = 3 * x[4 * i] - 2;
        x[4 * i + 3] = 0;
        y[i] = erm_rng_normal(&rng);
    }
    const erm_dense X = erm_dense_f64(10, 4, x, 4);
    erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_squared(), .regularizer = erm_none(), .intercept = true};
    assert_near(freedom_of(&problem, w), 3, 0);
    problem.regularizer = erm_l1(0.1);
    assert_near(freedom_of(&problem, w), 1, 0); /* the intercept */
    problem.intercept = false;
    assert_near(freedom_of(&problem, w), 0, 0);
}

static void softmax_of_two_classes_is_logistic(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("logistic", erm_l2(0.05), 100, 4));
    double y[100], w[SIZE] = {0}, v[SIZE] = {0};
    for (int i = 0; i < 100; i++) y[i] = owned->y[i] > 0;
    erm_problem softmax = owned->problem;
    softmax.y = y;
    softmax.loss = erm_loss_cross_entropy();
    softmax.k = 2;
    softmax.regularizer = erm_l2(0.1);
    solve(&owned->problem, (erm_options){.tol = 1e-13}, w);
    solve(&softmax, (erm_options){.tol = 1e-13}, v);
    assert_near(freedom_of(&owned->problem, w), freedom_of(&softmax, v), 1e-6);
    owned_problem_free(owned);
}

static void what_is_not_known_is_refused(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("hinge", erm_l2(0.05), 50, 4));
    double w[SIZE] = {0}, freedom;
    char detail[ERM_DETAIL_SIZE];
    assert_int_equal(erm_degrees_of_freedom(&owned->problem, w, &freedom, detail), ERM_EUNSUPPORTED);
    assert_true(strstr(detail, "hinge"));
    owned->problem.loss = erm_loss_logistic();
    w[2] = NAN;
    assert_int_equal(erm_degrees_of_freedom(&owned->problem, w, &freedom, detail), ERM_EDATA);
    w[2] = 0;
    owned->problem.regularizer = erm_nuclear_norm(1);
    assert_int_equal(erm_degrees_of_freedom(&owned->problem, w, &freedom, detail), ERM_EUNSUPPORTED);
    assert_true(strstr(detail, "nuclear"));
    assert_int_equal(erm_degrees_of_freedom(&owned->problem, NULL, &freedom, detail), ERM_EINVAL);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orthogonal_designs_have_closed_forms), cmocka_unit_test(every_penalty_has_the_freedom_of_its_definition),
        cmocka_unit_test(every_matrix_gives_the_same),          cmocka_unit_test(dependent_columns_count_once),
        cmocka_unit_test(softmax_of_two_classes_is_logistic),   cmocka_unit_test(what_is_not_known_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
