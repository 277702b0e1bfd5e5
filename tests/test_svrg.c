/* SVRG: certified optima, a linear rate, and no step that it cannot recover from. */
#include "check.h"

#include <stdio.h>

#include "ermopt/solve.h"
#include "named.h"
#include "problems.h"
#include "solving.h"

enum { N = 60, D = 5, MOST_EPOCHS = 64, SIZE = 512 };

static erm_result svrg(const erm_problem *problem, erm_svrg_params params, erm_options options, double *w)
{
    erm_result result;
    options.solver = erm_solver_svrg(&params);
    if (erm_solve(problem, &options, w, &result)) fail_case("svrg: %s", result.detail);
    return result;
}

static void it_reaches_a_certified_gap_of_1e_8(void **state)
{
    (void)state;
    static const char *const losses[] = {"squared", "logistic", "huber 1", "cross-entropy, 5 classes"};
    const erm_regularizer regularizers[] = {erm_l2(0.1), erm_l1(0.02), erm_elastic_net(0.02, 0.05), erm_nonnegative(),
                                            erm_l1_ball(0.7)};
    uint64_t seed = 1;
    for (size_t l = 0; l < sizeof losses / sizeof losses[0]; l++)
        for (size_t r = 0; r < sizeof regularizers / sizeof regularizers[0]; r++)
            for (int m = 0; m < matrix_kinds_count; m++)
                for (int weights = 0; weights < 2; weights++, seed++) {
                    owned_problem *owned = owned_problem_new((problem_spec){.kind = &matrix_kinds[m],
                                                                            .loss = loss_named(losses[l]),
                                                                            .regularizer = regularizers[r],
                                                                            .n = N,
                                                                            .d = D,
                                                                            .weights = weights == 1,
                                                                            .offset = seed % 2 == 0,
                                                                            .intercept = seed % 3 != 0,
                                                                            .seed = seed});
                    double w[SIZE] = {0};
                    const erm_result result =
                        svrg(&owned->problem, (erm_svrg_params){0}, (erm_options){.tol = 1e-8, .seed = seed}, w);
                    if (result.stop != ERM_STOP_CONVERGED)
                        fail_case("%s x %s x %s: %s", losses[l], regularizers[r].ops->name, matrix_kinds[m].name, result.detail);
                    owned_problem_free(owned);
                }
}

static void its_rate_is_linear(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named("dense f64"),
                                                            .loss = loss_named("logistic"),
                                                            .regularizer = erm_l2(0.05),
                                                            .n = 300,
                                                            .d = 8,
                                                            .intercept = true,
                                                            .seed = 5});
    double w[SIZE] = {0};
    const double best =
        svrg(&owned->problem, (erm_svrg_params){0}, (erm_options){.tol = 1e-15, .max_epochs = MOST_EPOCHS}, w).certificate.primal;
    solve_trace seen = {{0}};
    memset(w, 0, sizeof w);
    svrg(&owned->problem, (erm_svrg_params){.step = 0.3}, /* fixed, or it would grow on the way */
         (erm_options){.tol = 1e-15, .max_epochs = 12, .check_every = 1, .monitor = trace_record, .monitor_data = &seen}, w);
    const double start = seen.primal[0] - best, half = seen.primal[6] - best, end = seen.primal[12] - best;
    assert_true(half < 0.1 * start && half > 1e-12);
    const double ratio = log(end / start) / log(half / start);
    if (!(ratio > 1.5 && ratio < 3))
        fail_case("gaps %g, %g, %g: a line would give twice the digits, not %g times", start, half, end, ratio);
    owned_problem_free(owned);
}

static void a_step_far_too_long_is_taken_back(void **state)
{
    (void)state;
    for (int m = 0; m < matrix_kinds_count; m++) {
        owned_problem *owned = owned_problem_new((problem_spec){.kind = &matrix_kinds[m],
                                                                .loss = loss_named("squared"),
                                                                .regularizer = erm_l1(0.02),
                                                                .n = N,
                                                                .d = D,
                                                                .intercept = true,
                                                                .seed = 3});
        double w[SIZE] = {0};
        const erm_result result = svrg(&owned->problem, (erm_svrg_params){.step = 1e6}, (erm_options){.tol = 1e-6}, w);
        if (result.stop != ERM_STOP_CONVERGED) fail_case("%s: %s", matrix_kinds[m].name, result.detail);
        owned_problem_free(owned);
    }
}

/* Solves a little problem given as rows of numbers; squared loss and l2. An intercept would fit a single row without loss,
 * where a relative gap means nothing. */
static void solve_rows(const matrix_kind *kind, int64_t n, int64_t d, const double *full, const double *y, const double *weight,
                       const char *name)
{
    owned_matrix *X = owned_matrix_new(kind, n, d, full);
    const erm_problem problem = {
        .X = X->X, .y = y, .weight = weight, .loss = erm_loss_squared(), .regularizer = erm_l2(0.1), .intercept = n > 1};
    double w[SIZE] = {0};
    const erm_result result = svrg(&problem, (erm_svrg_params){0}, (erm_options){.tol = 1e-8}, w);
    if (result.stop != ERM_STOP_CONVERGED) fail_case("%s, %s: %s", name, kind->name, result.detail);
    owned_matrix_free(X);
}

/* Without rows there is no metric, and columns of different scales are slow. */
static bool gives_rows(const matrix_kind *kind)
{
    const double value = 1;
    owned_matrix *X = owned_matrix_new(kind, 1, 1, &value);
    const bool gives = X->X->ops->row != NULL;
    owned_matrix_free(X);
    return gives;
}

static void corner_cases_converge(void **state)
{
    (void)state;
    const double y[] = {1, -2, 0.5, 3, 0.25, -1};
    const double one[] = {3}, column[] = {1, 2, 3, 4, 5, 7}, blank[] = {1, 2, 0, 0, 3, -1, 0, 0, 2, 2, 1, 0};
    const double constant[] = {5, 1, 5, 2, 5, -1, 5, 0, 5, 3, 5, 4}, none[12] = {0}, heavy[] = {0, 0, 1e3, 0, 1e-3, 0};
    const double huge[] = {1000, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1};
    for (int m = 0; m < matrix_kinds_count; m++) {
        solve_rows(&matrix_kinds[m], 1, 1, one, y, NULL, "n = 1");
        solve_rows(&matrix_kinds[m], 6, 1, column, y, NULL, "d = 1");
        solve_rows(&matrix_kinds[m], 6, 2, blank, y, NULL, "empty rows");
        solve_rows(&matrix_kinds[m], 6, 2, constant, y, NULL, "a constant column");
        solve_rows(&matrix_kinds[m], 6, 2, none, y, NULL, "X = 0");
        solve_rows(&matrix_kinds[m], 6, 2, blank, y, heavy, "few rows with weight");
        if (gives_rows(&matrix_kinds[m])) solve_rows(&matrix_kinds[m], 6, 2, huge, y, NULL, "a value of 1000");
    }
}

static void columns_far_from_zero_are_no_harder_with_an_intercept(void **state)
{
    (void)state;
    enum { COLUMNS = 4 };
    double full[N * COLUMNS], y[N];
    erm_rng rng = erm_rng_seed(1);
    for (int e = 0; e < N * COLUMNS; e++) full[e] = 100 + erm_rng_normal(&rng);
    for (int i = 0; i < N; i++) y[i] = full[i * COLUMNS] + erm_rng_normal(&rng);
    owned_matrix *X = owned_matrix_new(kind_named("dense f64"), N, COLUMNS, full);
    const erm_problem problem = {.X = X->X, .y = y, .loss = erm_loss_squared(), .regularizer = erm_l2(0.1), .intercept = true};
    for (int64_t batch = 1; batch <= 4; batch += 3) {
        double w[SIZE] = {0};
        const erm_result result =
            svrg(&problem, (erm_svrg_params){.batch = batch}, (erm_options){.tol = 1e-8, .max_epochs = 40}, w);
        if (result.stop != ERM_STOP_CONVERGED) fail_case("batch %d: %s", (int)batch, result.detail);
    }
    owned_matrix_free(X);
}

static void it_works_on_a_matrix_that_gives_no_rows(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named("csr f64"),
                                                            .loss = loss_named("logistic"),
                                                            .regularizer = erm_l2(0.1),
                                                            .n = N,
                                                            .d = D,
                                                            .intercept = true,
                                                            .seed = 9});
    erm_matrix_ops ops = *owned->problem.X->ops;
    ops.row = NULL;
    erm_csr X = owned->matrix->view.csr;
    X.base.ops = &ops;
    owned->problem.X = &X.base;
    double w[SIZE] = {0};
    const erm_result result = svrg(&owned->problem, (erm_svrg_params){0}, (erm_options){.tol = 1e-8}, w);
    if (result.stop != ERM_STOP_CONVERGED) fail_case("%s", result.detail);
    owned_problem_free(owned);
}

static void every_batch_and_number_of_inner_passes_converges(void **state)
{
    (void)state;
    static const int64_t batches[] = {1, 7, N, 10 * N};
    static const double inner[] = {0.3, 1, 2.5};
    for (size_t b = 0; b < 4; b++)
        for (size_t i = 0; i < 3; i++) {
            owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named("dense f32"),
                                                                    .loss = loss_named("logistic"),
                                                                    .regularizer = erm_l1_ball(0.5),
                                                                    .n = N,
                                                                    .d = D,
                                                                    .intercept = true,
                                                                    .weights = true,
                                                                    .seed = 4});
            double w[SIZE] = {0};
            const erm_result result =
                svrg(&owned->problem, (erm_svrg_params){.batch = batches[b], .inner = inner[i]}, (erm_options){.tol = 1e-7}, w);
            if (result.stop != ERM_STOP_CONVERGED) fail_case("batch %d, inner %g: %s", (int)batches[b], inner[i], result.detail);
            owned_problem_free(owned);
        }
}

static void it_refuses_what_it_cannot_do(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new((problem_spec){
        .kind = kind_named("dense f64"), .loss = loss_named("hinge"), .regularizer = erm_l2(0.1), .n = N, .d = D, .seed = 1});
    double w[SIZE] = {0};
    erm_result result;
    assert_int_equal(erm_solve(&owned->problem, &(erm_options){.solver = erm_solver_svrg(NULL)}, w, &result), ERM_EUNSUPPORTED);
    owned->problem.loss = erm_loss_logistic();
    const erm_svrg_params wrong[] = {{.step = -1}, {.step = NAN}, {.batch = -1}, {.inner = -1}};
    for (size_t p = 0; p < sizeof wrong / sizeof wrong[0]; p++)
        assert_int_equal(erm_solve(&owned->problem, &(erm_options){.solver = erm_solver_svrg(&wrong[p])}, w, &result),
                         ERM_EINVAL);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_reaches_a_certified_gap_of_1e_8),
        cmocka_unit_test(its_rate_is_linear),
        cmocka_unit_test(a_step_far_too_long_is_taken_back),
        cmocka_unit_test(corner_cases_converge),
        cmocka_unit_test(columns_far_from_zero_are_no_harder_with_an_intercept),
        cmocka_unit_test(it_works_on_a_matrix_that_gives_no_rows),
        cmocka_unit_test(every_batch_and_number_of_inner_passes_converges),
        cmocka_unit_test(it_refuses_what_it_cannot_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
