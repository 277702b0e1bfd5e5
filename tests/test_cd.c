/* Coordinate descent: the exact minimum along a coordinate and over a group, a support found in finitely many steps, and the same
 * optimum whatever is switched off. */
#include "check.h"

#include <stdio.h>

#include "solving.h"

enum { SIZE = 512, WIDE = 400, SHORT = 60 };

static erm_result cd(const erm_problem *problem, erm_cd_params params, erm_options options, double *w)
{
    options.solver = erm_solver_cd(&params);
    return solve(problem, options, w);
}

/* Few rows, many columns, a sparse answer. */
static owned_problem *wide_problem(const char *loss, erm_regularizer regularizer)
{
    return owned_problem_new(spec_of(loss, regularizer, SHORT, WIDE));
}

static bool same_support(const double *v, const double *w)
{
    for (int64_t j = 0; j < WIDE; j++)
        if ((v[j] != 0) != (w[j] != 0)) return false;
    return true;
}

/* What the first `epochs` steps give. */
static erm_result after(const erm_problem *problem, int64_t epochs, double *w)
{
    memset(w, 0, SIZE * sizeof *w);
    return cd(problem, (erm_cd_params){0}, (erm_options){.tol = 1e-12, .max_epochs = epochs, .check_every = 1}, w);
}

/* At least `smooth` steps are left once the support is found. */
static void support_is_found_in_finitely_many_steps(const char *loss, double l1, int64_t smooth)
{
    owned_problem *owned = wide_problem(loss, erm_l1(l1));
    double last[SIZE], w[SIZE];
    const erm_result end = after(&owned->problem, 1000, last);
    if (end.stop != ERM_STOP_CONVERGED || end.epochs < 4) fail_case("%s: %s", loss, end.detail);
    int64_t found = end.epochs;
    double before = end.certificate.primal;
    while (found > 1) {
        const erm_result result = after(&owned->problem, found - 1, w);
        if (!same_support(w, last)) break;
        const double distance = result.certificate.primal - end.certificate.primal;
        if (distance < -1e-12) fail_case("%s: F rises by %g", loss, -distance);
        before = distance;
        found--;
    }
    if (end.epochs - found < smooth)
        fail_case("%s: the support changes until step %lld of %lld", loss, (long long)found, (long long)end.epochs);
    /* from there on the problem is smooth: every step brings F nearer by at least a tenth of the violation, so by its square */
    for (int64_t epoch = found; epoch < end.epochs; epoch++) {
        const double distance = after(&owned->problem, epoch, w).certificate.primal - end.certificate.primal;
        if (distance > fmax(before, 1e-14) || (epoch > found && distance > fmax(0.05 * before, 1e-13)))
            fail_case("%s: step %lld ends %g above the optimum, the one before %g", loss, (long long)epoch, distance, before);
        before = distance;
    }
    owned_problem_free(owned);
}

static void the_support_is_found_in_finitely_many_steps_and_the_rest_is_fast(void **state)
{
    (void)state;
    support_is_found_in_finitely_many_steps("squared", 0.08, 1); /* is its own model: the last set is solved in one step */
    support_is_found_in_finitely_many_steps("logistic", 0.03, 2);
    support_is_found_in_finitely_many_steps("huber 1", 0.05, 2);
}

static void every_switch_leaves_the_optimum_where_it_is(void **state)
{
    (void)state;
    static const char *const losses[] = {"squared", "logistic", "squared-hinge", "poisson"};
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++) {
        owned_problem *owned = wide_problem(losses[l], erm_elastic_net(0.05, 0.01));
        double w[SIZE] = {0};
        const erm_result plain = cd(&owned->problem, (erm_cd_params){0}, (erm_options){.tol = 1e-9}, w);
        for (unsigned bits = 1; bits < 16; bits++) {
            const erm_cd_params params = {
                .random_order = bits & 1, .no_working_set = bits & 2, .no_anderson = bits & 4, .no_screening = bits & 8};
            double other[SIZE] = {0};
            const erm_result result = cd(&owned->problem, params, (erm_options){.tol = 1e-9, .seed = bits}, other);
            assert_int_equal(result.stop, ERM_STOP_CONVERGED);
            if (fabs(result.certificate.primal - plain.certificate.primal) > 2e-9 * fabs(plain.certificate.primal))
                fail_case("%s, switches %u: F = %.12g, else %.12g", losses[l], bits, result.certificate.primal,
                          plain.certificate.primal);
        }
        owned_problem_free(owned);
    }
}

static void working_sets_and_extrapolation_save_work(void **state)
{
    (void)state;
    owned_problem *owned = wide_problem("squared", erm_l1(0.02));
    double w[SIZE] = {0}, v[SIZE] = {0}, u[SIZE] = {0};
    const erm_options options = {.tol = 1e-9};
    const double both = cd(&owned->problem, (erm_cd_params){0}, options, w).passes;
    const double no_set = cd(&owned->problem, (erm_cd_params){.no_working_set = true}, options, v).passes;
    const double no_anderson = cd(&owned->problem, (erm_cd_params){.no_anderson = true}, options, u).passes;
    if (both > 0.9 * no_set) fail_case("%g passes with a working set, %g without", both, no_set);
    if (both > 0.9 * no_anderson) fail_case("%g passes with extrapolation, %g without", both, no_anderson);
    owned_problem_free(owned);
}

static void one_column_is_solved_in_closed_form(void **state)
{
    (void)state;
    const double x[4] = {1, -2, 0.5, 3}, y[4] = {0.3, -1, 2, 1.5}, weight[4] = {1, 2, 0.5, 0};
    const erm_dense X = erm_dense_f64(4, 1, x, 1);
    const erm_problem problem = {
        .X = &X.base, .y = y, .weight = weight, .loss = erm_loss_squared(), .regularizer = erm_elastic_net(0.2, 0.3)};
    double square = 0, product = 0, w[1] = {0};
    for (int i = 0; i < 4; i++) {
        square += weight[i] * x[i] * x[i] / 3.5;
        product += weight[i] * x[i] * y[i] / 3.5;
    }
    const erm_result result = cd(&problem, (erm_cd_params){0}, (erm_options){.tol = 1e-12}, w);
    assert_near(w[0], (product - 0.2) / (square + 0.3), 1e-14);
    assert_true(result.epochs <= 2);
}

static void a_group_is_solved_exactly_in_one_step(void **state)
{
    (void)state;
    static int32_t group[SIZE];
    static const erm_groups all = {1, group, NULL};
    const erm_regularizer penalties[] = {erm_group_lasso(0.1, &all), erm_sparse_group_lasso(0.05, 0.1, &all)};
    for (size_t r = 0; r < 2; r++)
        for (int intercept = 0; intercept < 2; intercept++) {
            problem_spec spec = spec_of("squared", penalties[r], 50, 12);
            spec.intercept = intercept == 1;
            spec.weights = true;
            owned_problem *owned = owned_problem_new(spec);
            double w[SIZE] = {0};
            const erm_result result = cd(&owned->problem, (erm_cd_params){0}, (erm_options){.tol = 1e-9}, w);
            assert_int_equal(result.stop, ERM_STOP_CONVERGED);
            assert_true(result.nonzeros > 0);
            if (result.epochs > 1) fail_case("%s: %lld steps", penalties[r].ops->name, (long long)result.epochs);
            owned_problem_free(owned);
        }
}

static void groups_of_every_size_reach_the_optimum(void **state)
{
    (void)state;
    static int32_t group[SIZE];
    for (int32_t j = 0; j < SIZE; j++) group[j] = j < 45 ? 0 : j < 75 ? 1 : 2 + j % 5; /* one too large for a matrix of its own */
    static const double weight[7] = {3, 2, 1, 0, 1.5, 1, 2};
    static const erm_groups groups = {7, group, weight};
    static double factor[SIZE];
    for (int j = 0; j < SIZE; j++) factor[j] = j % 17 == 4 ? 0 : 1;
    const char *const losses[] = {"squared", "logistic"};
    for (int l = 0; l < 2; l++)
        for (int sparse = 0; sparse < 2; sparse++) {
            erm_regularizer penalty = sparse ? erm_sparse_group_lasso(0.01, 0.03, &groups) : erm_group_lasso(0.04, &groups);
            penalty.factor = factor;
            problem_spec spec = spec_of(losses[l], penalty, 250, 90);
            spec.offset = true;
            owned_problem *owned = owned_problem_new(spec);
            double w[SIZE] = {0}, v[SIZE] = {0};
            const erm_result result = cd(&owned->problem, (erm_cd_params){0}, (erm_options){.tol = 1e-7}, w);
            const erm_result other = solve(&owned->problem, (erm_options){.solver = erm_solver_prox(NULL), .tol = 1e-7}, v);
            if (result.stop != ERM_STOP_CONVERGED) fail_case("%s: %s", losses[l], result.detail);
            assert_near(result.certificate.primal, other.certificate.primal, 2e-7);
            owned_problem_free(owned);
        }
}

static void mcp_and_scad_end_at_a_stationary_point_below_the_start(void **state)
{
    (void)state;
    const erm_regularizer penalties[] = {erm_mcp(0.1, 3), erm_scad(0.1, 3.7)};
    const char *const losses[] = {"squared", "logistic"};
    for (int l = 0; l < 2; l++)
        for (int r = 0; r < 2; r++) {
            owned_problem *owned = owned_problem_new(spec_of(losses[l], penalties[r], 300, 80));
            double w[SIZE] = {0};
            erm_certificate start;
            assert_int_equal(erm_certify(&owned->problem, w, &start, NULL), ERM_OK);
            const erm_result result = cd(&owned->problem, (erm_cd_params){0}, (erm_options){.tol = 1e-7}, w);
            if (result.stop != ERM_STOP_CONVERGED) fail_case("%s, %s: %s", losses[l], penalties[r].ops->name, result.detail);
            assert_int_equal(result.certificate.kind, ERM_CERTIFICATE_KKT);
            assert_true(result.certificate.kkt <= 1e-7);
            assert_true(result.certificate.primal < start.primal && result.nonzeros < 40);
            owned_problem_free(owned);
        }
}

/* The same problem stored by rows and by columns. */
static erm_result stored_as(const char *kind, erm_regularizer R, int64_t rows, int64_t cols, double tol)
{
    problem_spec spec = spec_of("squared", R, rows, cols);
    for (int m = 0; matrix_kind_at(m); m++)
        if (!strcmp(matrix_kind_at(m)->name, kind)) spec.kind = matrix_kind_at(m);
    spec.intercept = true;
    owned_problem *owned = owned_problem_new(spec);
    double *const w = calloc((size_t)cols + 1, sizeof *w);
    const erm_result result = cd(&owned->problem, (erm_cd_params){0}, (erm_options){.tol = tol}, w);
    if (result.stop != ERM_STOP_CONVERGED) fail_case("%s: %s", kind, result.detail);
    free(w);
    owned_problem_free(owned);
    return result;
}

static void of_wide_rows_only_the_wanted_columns_are_copied(void **state)
{
    (void)state;
    enum { ROWS = 40, COLS = 3000 };
    static int32_t group[COLS];
    for (int32_t j = 0; j < COLS; j++) group[j] = j / 5;
    const erm_groups groups = {.count = COLS / 5, .group = group};
    const erm_regularizer each[] = {erm_l1(0.2), erm_elastic_net(0.2, 0.1), erm_group_lasso(0.4, &groups)};
    for (size_t r = 0; r < sizeof each / sizeof *each; r++) {
        const double tol = 1e-9;
        const erm_result rows = stored_as("dense f64", each[r], ROWS, COLS, tol);
        const erm_result cols = stored_as("dense columns f64", each[r], ROWS, COLS, tol);
        const erm_result singles = stored_as("dense f32", each[r], ROWS, COLS, tol);
        assert_near(rows.certificate.primal, cols.certificate.primal, 2 * tol * rows.certificate.primal);
        assert_int_equal(cols.copied_bytes, 0);
        assert_true(rows.copied_bytes > 0 && singles.copied_bytes > 0);
        assert_true(rows.copied_bytes < ROWS * COLS * 8 / 2);
        assert_true(singles.copied_bytes < ROWS * COLS * 4 / 2);
    }
}

static void rows_are_copied_once_and_columns_are_not(void **state)
{
    (void)state;
    for (int m = 0; matrix_kind_at(m); m++) {
        const matrix_kind *kind = matrix_kind_at(m);
        problem_spec spec = spec_of("logistic", erm_l1(0.02), 80, 9);
        spec.kind = kind;
        owned_problem *owned = owned_problem_new(spec);
        double w[SIZE] = {0};
        const erm_result result = cd(&owned->problem, (erm_cd_params){0}, (erm_options){.tol = 1e-8}, w);
        if (result.stop != ERM_STOP_CONVERGED) fail_case("%s: %s", kind->name, result.detail);
        assert_near(result.certificate.primal, slow_objective(owned, w), 1e-12);
        const bool by_column = !strncmp(kind->name, "csc", 3) || !strncmp(kind->name, "dense col", 9);
        if (by_column != (result.copied_bytes == 0))
            fail_case("%s: %lld bytes copied", kind->name, (long long)result.copied_bytes);
        if (!strcmp(kind->name, "dense f64")) assert_int_equal(result.copied_bytes, 80 * 9 * 8);
        if (!strcmp(kind->name, "dense f32")) assert_int_equal(result.copied_bytes, 80 * 9 * 4);
        assert_true(result.workspace_bytes > result.copied_bytes);
        owned_problem_free(owned);
    }
}

static void many_rows_are_sampled_and_the_optimum_is_that_of_all(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++)
        for (int intercept = 0; intercept < 2; intercept++) {
            problem_spec spec = spec_of("logistic", erm_l1(0.01), 30000, 12);
            spec.kind = kind_named(kind == 0 ? "dense f64" : kind == 1 ? "csr f32" : "csc f64");
            spec.weights = true;
            spec.intercept = intercept == 1;
            owned_problem *owned = owned_problem_new(spec);
            double w[SIZE] = {0}, v[SIZE] = {0};
            const erm_result result = cd(&owned->problem, (erm_cd_params){0}, (erm_options){.tol = 1e-9}, w);
            const erm_result other = solve(&owned->problem, (erm_options){.solver = erm_solver_prox(NULL), .tol = 1e-9}, v);
            assert_int_equal(result.stop, ERM_STOP_CONVERGED);
            assert_near(result.certificate.primal, other.certificate.primal, 2e-9);
            if (result.epochs > 12) fail_case("%lld steps", (long long)result.epochs);
            owned_problem_free(owned);
        }
}

static void few_values_a_row_are_summed_by_pairs(void **state)
{
    (void)state;
    enum { ROWS = 20000, COLS = 60, EACH = 3 };
    double *const value = calloc(EACH * ROWS, sizeof *value), *const y = calloc(ROWS, sizeof *y);
    int32_t *const index = calloc(EACH * ROWS, sizeof *index);
    int64_t *const start = calloc(ROWS + 1, sizeof *start);
    assert_true(value && y && index && start);
    erm_rng rng = erm_rng_seed(7);
    for (int64_t i = 0; i < ROWS; i++) {
        double z = 0;
        for (int64_t e = 0; e < EACH; e++) {
            const int64_t p = EACH * i + e;
            index[p] = (int32_t)(e * (COLS / EACH) + (int64_t)erm_rng_below(&rng, COLS / EACH));
            value[p] = 1 + erm_rng_normal(&rng) / 2;
            z += index[p] % 4 == 0 ? value[p] : 0;
        }
        y[i] = z + erm_rng_normal(&rng) > 0.8 ? 1 : -1;
        start[i + 1] = EACH * (i + 1);
    }
    const erm_csr X = erm_csr_f64(ROWS, COLS, start, index, value);
    const erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l1(1e-3)};
    double w[SIZE] = {0}, v[SIZE] = {0};
    const erm_result result = cd(&problem, (erm_cd_params){0}, (erm_options){.tol = 1e-9}, w);
    const erm_result other = solve(&problem, (erm_options){.solver = erm_solver_prox(NULL), .tol = 1e-9}, v);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_near(result.certificate.primal, other.certificate.primal, 2e-9);
    if (result.epochs > 6) fail_case("%lld steps", (long long)result.epochs);
    free(value);
    free(index);
    free(start);
    free(y);
}

static void a_solution_is_left_where_it_is(void **state)
{
    (void)state;
    owned_problem *owned = wide_problem("logistic", erm_l1(0.03));
    double w[SIZE] = {0};
    cd(&owned->problem, (erm_cd_params){0}, (erm_options){.tol = 1e-10}, w);
    const erm_result again = cd(&owned->problem, (erm_cd_params){0}, (erm_options){.tol = 1e-9}, w);
    assert_int_equal(again.epochs, 0);
    const erm_result near = cd(&owned->problem, (erm_cd_params){0}, (erm_options){.tol = 1e-13}, w);
    assert_true(near.epochs <= 3);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_support_is_found_in_finitely_many_steps_and_the_rest_is_fast),
        cmocka_unit_test(every_switch_leaves_the_optimum_where_it_is),
        cmocka_unit_test(working_sets_and_extrapolation_save_work),
        cmocka_unit_test(one_column_is_solved_in_closed_form),
        cmocka_unit_test(a_group_is_solved_exactly_in_one_step),
        cmocka_unit_test(groups_of_every_size_reach_the_optimum),
        cmocka_unit_test(mcp_and_scad_end_at_a_stationary_point_below_the_start),
        cmocka_unit_test(of_wide_rows_only_the_wanted_columns_are_copied),
        cmocka_unit_test(rows_are_copied_once_and_columns_are_not),
        cmocka_unit_test(many_rows_are_sampled_and_the_optimum_is_that_of_all),
        cmocka_unit_test(few_values_a_row_are_summed_by_pairs),
        cmocka_unit_test(a_solution_is_left_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
