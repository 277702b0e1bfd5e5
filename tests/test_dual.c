/* Dual coordinate ascent: certified optima, the rate that theory promises, shrinking, leaps, the intercept. */
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ermopt/solve.h"
#include "named.h"
#include "problems.h"

enum { N = 60, D = 5, SIZE = 512, MOST_STEPS = 200 };

static erm_result dual(const erm_problem *problem, erm_dual_params params, erm_options options, double *w)
{
    erm_result result;
    options.solver = erm_solver_dual(&params);
    if (erm_solve(problem, &options, w, &result)) fail_case("dual: %s", result.detail);
    return result;
}

static void it_reaches_a_certified_gap_of_1e_8(void **state)
{
    (void)state;
    static const char *const losses[] = {
        "squared",  "logistic",     "hinge",   "squared-hinge",      "epsilon-insensitive",
        "absolute", "quantile 0.9", "huber 1", "smoothed-hinge 0.1", "multiclass-hinge, 4 classes"};
    const erm_regularizer regularizers[] = {erm_l2(0.1), erm_elastic_net(0.02, 0.1)};
    uint64_t seed = 1;
    for (size_t l = 0; l < sizeof losses / sizeof losses[0]; l++)
        for (size_t r = 0; r < sizeof regularizers / sizeof regularizers[0]; r++)
            for (int m = 0; m < matrix_kinds_count; m++, seed++) {
                owned_problem *owned = owned_problem_new((problem_spec){.kind = &matrix_kinds[m],
                                                                        .loss = loss_named(losses[l]),
                                                                        .regularizer = regularizers[r],
                                                                        .n = N,
                                                                        .d = D,
                                                                        .weights = seed % 2 == 0,
                                                                        .offset = seed % 5 == 0,
                                                                        .intercept = seed % 3 != 0,
                                                                        .seed = seed});
                double w[SIZE] = {0};
                const erm_result result = dual(&owned->problem, (erm_dual_params){0}, (erm_options){.tol = 1e-8}, w);
                if (result.stop != ERM_STOP_CONVERGED || result.certificate.kind != ERM_CERTIFICATE_GAP)
                    fail_case("%s x %s x %s: %s", losses[l], regularizers[r].ops->name, matrix_kinds[m].name, result.detail);
                owned_problem_free(owned);
            }
}

typedef struct trace {
    double dual[MOST_STEPS + 1], gap[MOST_STEPS + 1];
    int64_t steps;
} trace;

static bool record(const erm_progress *now, void *data)
{
    trace *self = data;
    if (now->epoch > MOST_STEPS) return false;
    self->dual[now->epoch] = now->certificate.dual;
    self->gap[now->epoch] = now->certificate.gap;
    self->steps = now->epoch;
    return true;
}

/* Shalev-Shwartz and Zhang (2013), theorem 5: for a loss of curvature 1 an epoch multiplies the expected distance of the dual to
 * its optimum by (1 - m / (R + m n))^n, m = lambda, R the largest ||x||^2. A step is at least one epoch. */
static void the_gap_of_a_smooth_loss_falls_linearly(void **state)
{
    (void)state;
    enum { ROWS = 400 };
    const double lambda = 0.01, luck = 10;
    owned_problem *owned = owned_problem_new((problem_spec){.kind = &matrix_kinds[0],
                                                            .loss = loss_named("squared-hinge"),
                                                            .regularizer = erm_l2(lambda),
                                                            .n = ROWS,
                                                            .d = 20,
                                                            .seed = 4});
    double square[ROWS], largest = 0, w[SIZE] = {0}, best[SIZE] = {0};
    const erm_matrix *X = owned->problem.X;
    X->ops->row_sqnorms(X, (erm_rows){.count = ROWS}, square);
    for (int i = 0; i < ROWS; i++) largest = fmax(largest, square[i]);
    const double factor = pow(1 - lambda / (largest + lambda * ROWS), ROWS);
    const double optimum = dual(&owned->problem, (erm_dual_params){0}, (erm_options){.tol = 1e-13}, best).certificate.dual;
    trace seen = {0};
    dual(&owned->problem, (erm_dual_params){.no_leaps = true},
         (erm_options){.tol = 1e-11, .check_every = 1, .monitor = record, .monitor_data = &seen}, w);
    assert_true(seen.steps >= 3);
    for (int64_t t = 1; t <= seen.steps; t++) {
        assert_at_most(optimum - seen.dual[t], luck * pow(factor, (double)t) * optimum, 1e-12);
        assert_true(seen.gap[t] < seen.gap[t - 1]);
    }
    owned_problem_free(owned);
}

static void shrinking_and_leaps_change_the_way_but_not_the_answer(void **state)
{
    (void)state;
    static const char *const losses[] = {"hinge", "epsilon-insensitive", "squared-hinge", "logistic"};
    for (size_t l = 0; l < sizeof losses / sizeof losses[0]; l++) {
        owned_problem *owned = owned_problem_new((problem_spec){.kind = &matrix_kinds[l],
                                                                .loss = loss_named(losses[l]),
                                                                .regularizer = erm_l2(0.01),
                                                                .n = 300,
                                                                .d = 8,
                                                                .weights = true,
                                                                .intercept = l % 2 == 0,
                                                                .seed = 11 + l});
        double reference[SIZE] = {0};
        for (int way = 0; way < 4; way++) {
            double w[SIZE] = {0};
            const erm_dual_params params = {.no_shrinking = way & 1, .no_leaps = way & 2};
            const erm_result result = dual(&owned->problem, params, (erm_options){.tol = 1e-8, .max_epochs = 20000}, w);
            if (result.stop != ERM_STOP_CONVERGED) fail_case("%s, way %d: %s", losses[l], way, result.detail);
            for (int64_t j = 0; j < 8; j++)
                if (way > 0) assert_near(w[j], reference[j], 1e-3);
            if (way == 0) memcpy(reference, w, sizeof w);
        }
        owned_problem_free(owned);
    }
}

/* The columns of a category add up to 1, so that W can do what the intercept does, at a price. */
static void an_intercept_costs_few_steps_even_where_columns_add_up_to_it(void **state)
{
    (void)state;
    enum { ROWS = 200, LEVELS = 4 };
    int32_t level[ROWS];
    double y[ROWS];
    erm_rng rng = erm_rng_seed(5);
    for (int i = 0; i < ROWS; i++) {
        level[i] = (int32_t)erm_rng_below(&rng, LEVELS);
        y[i] = 1000 + level[i] + erm_rng_normal(&rng);
    }
    const erm_onehot X = erm_onehot_of(ROWS, LEVELS, level);
    static const char *const losses[] = {"squared", "absolute", "epsilon-insensitive", "huber 1"};
    for (size_t l = 0; l < sizeof losses / sizeof losses[0]; l++) {
        const erm_problem problem = {
            .X = &X.base, .y = y, .loss = loss_named(losses[l]).loss, .regularizer = erm_l2(0.01), .intercept = true};
        double w[LEVELS + 1] = {0};
        const erm_result result = dual(&problem, (erm_dual_params){0}, (erm_options){.tol = 1e-8, .max_epochs = 150}, w);
        if (result.stop != ERM_STOP_CONVERGED) fail_case("%s: %s", losses[l], result.detail);
        assert_near(w[LEVELS], 1001.5, 1);
        double sum = 0; /* sum_j w_j = -(1/lambda S) sum_i s_i a_i */
        for (int j = 0; j < LEVELS; j++) sum += w[j];
        assert_near(sum, 0, 1e-3);
    }
}

static void a_row_of_weight_3_is_the_row_three_times(void **state)
{
    (void)state;
    enum { ROWS = 40, COPIES = 3 };
    double x[ROWS * COPIES * D], y[ROWS * COPIES], weight[ROWS];
    erm_rng rng = erm_rng_seed(8);
    for (int i = 0; i < ROWS; i++) {
        weight[i] = COPIES;
        for (int j = 0; j < D; j++) x[i * D + j] = erm_rng_normal(&rng);
        y[i] = x[i * D] + erm_rng_normal(&rng) > 0 ? 1 : -1;
    }
    for (int i = ROWS; i < ROWS * COPIES; i++) {
        y[i] = y[i % ROWS];
        memcpy(x + i * D, x + i % ROWS * D, D * sizeof(double));
    }
    const erm_dense few = erm_dense_f64(ROWS, D, x, D), many = erm_dense_f64(ROWS * COPIES, D, x, D);
    const erm_problem once = {
        .X = &few.base, .y = y, .weight = weight, .loss = erm_loss_hinge(), .regularizer = erm_l2(0.05), .intercept = true};
    erm_problem thrice = once;
    thrice.X = &many.base;
    thrice.weight = NULL;
    double w[D + 1] = {0}, v[D + 1] = {0};
    const erm_result a = dual(&once, (erm_dual_params){0}, (erm_options){.tol = 1e-8}, w);
    const erm_result b = dual(&thrice, (erm_dual_params){0}, (erm_options){.tol = 1e-8}, v);
    assert_near(a.certificate.primal, b.certificate.primal, 2e-8);
    for (int j = 0; j < D; j++) assert_near(w[j], v[j], 1e-3);
}

/* Columns of very different sizes: single steps creep. */
static void leaps_save_most_of_the_passes_where_columns_differ_in_size(void **state)
{
    (void)state;
    enum { ROWS = 400, COLS = 10 };
    static double x[ROWS * COLS], y[ROWS];
    erm_rng rng = erm_rng_seed(6);
    for (int i = 0; i < ROWS; i++) {
        double z = 0;
        for (int j = 0; j < COLS; j++) {
            x[i * COLS + j] = erm_rng_normal(&rng) * pow(10, -0.2 * j);
            z += x[i * COLS + j] * pow(10, 0.2 * j);
        }
        y[i] = z + erm_rng_normal(&rng);
    }
    const erm_dense X = erm_dense_f64(ROWS, COLS, x, COLS);
    const erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_huber(5), .regularizer = erm_l2(1e-4)};
    double w[COLS] = {0}, v[COLS] = {0};
    const erm_options options = {.tol = 1e-7, .check_every = 1};
    const erm_result with = dual(&problem, (erm_dual_params){0}, options, w);
    const erm_result without = dual(&problem, (erm_dual_params){.no_leaps = true}, options, v);
    assert_int_equal(with.stop, ERM_STOP_CONVERGED);
    assert_at_most(with.passes, without.passes / 3, 0);
}

/* Values that are not negative, as of text: W is mostly what all rows share, which each epoch leaves wrong. */
static void corrections_save_epochs_where_rows_have_much_in_common(void **state)
{
    (void)state;
    enum { ROWS = 500, COLUMNS = 200, VALUES = 20 };
    static double values[ROWS * VALUES], y[ROWS];
    static int32_t index[ROWS * VALUES];
    int64_t start[ROWS + 1] = {0};
    erm_rng rng = erm_rng_seed(7);
    for (int i = 0; i < ROWS; i++) {
        for (int p = 0; p < VALUES; p++) {
            index[i * VALUES + p] = p * (COLUMNS / VALUES) + (int32_t)erm_rng_below(&rng, COLUMNS / VALUES);
            values[i * VALUES + p] = fabs(erm_rng_normal(&rng)) / sqrt(VALUES);
        }
        y[i] = values[i * VALUES] + 0.1 * erm_rng_normal(&rng) > 0.15 ? 1 : -1;
        start[i + 1] = (i + 1) * VALUES;
    }
    const erm_csr X = erm_csr_f64(ROWS, COLUMNS, start, index, values);
    const erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l2(1.0 / ROWS)};
    double passes[2];
    for (int way = 0; way < 2; way++) {
        double w[SIZE] = {0};
        const erm_result result = dual(&problem, (erm_dual_params){.no_leaps = way}, (erm_options){.tol = 1e-10}, w);
        assert_int_equal(result.stop, ERM_STOP_CONVERGED);
        passes[way] = result.passes;
    }
    if (passes[0] > 0.9 * passes[1]) fail_case("%g passes with corrections, %g without", passes[0], passes[1]);
}

static void a_start_near_the_answer_is_used(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new((problem_spec){.kind = &matrix_kinds[0],
                                                            .loss = loss_named("logistic"),
                                                            .regularizer = erm_l2(0.01),
                                                            .n = 200,
                                                            .d = 10,
                                                            .intercept = true,
                                                            .seed = 2});
    double w[SIZE] = {0};
    dual(&owned->problem, (erm_dual_params){0}, (erm_options){.tol = 1e-12}, w);
    for (int j = 0; j < 11; j++) w[j] *= 1 + 1e-4;
    const erm_result again = dual(&owned->problem, (erm_dual_params){0}, (erm_options){.tol = 1e-16, .max_epochs = 1}, w);
    assert_at_most(again.certificate.gap, 1e-9, 0);
    owned_problem_free(owned);
}

static bool count_certificates(const erm_progress *now, void *data)
{
    *(int *)data += now->fresh;
    return true;
}

/* What an epoch gains tells when a certificate will do: there are few, however many epochs there were. */
static void a_smooth_loss_is_certified_once_its_epochs_gain_little(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named("csr f64"),
                                                            .loss = loss_named("logistic"),
                                                            .regularizer = erm_l2(1e-3),
                                                            .n = 500,
                                                            .d = 20,
                                                            .seed = 3});
    double passes = 0;
    for (int digits = 2; digits <= 8; digits += 2) {
        double w[SIZE] = {0};
        int certificates = 0;
        const erm_options options = {.tol = pow(10, -digits), .monitor = count_certificates, .monitor_data = &certificates};
        const erm_result result = dual(&owned->problem, (erm_dual_params){0}, options, w);
        assert_int_equal(result.stop, ERM_STOP_CONVERGED);
        if (certificates > 4) fail_case("%d certificates for %d digits", certificates, digits);
        if (result.passes <= passes) fail_case("%g passes for %d digits, %g for fewer", result.passes, digits, passes);
        passes = result.passes;
    }
    owned_problem_free(owned);
}

/* With c = curvature mean ||x||^2 / (lambda S) at most 1 auto takes dual coordinate ascent for sparse rows, more of them than
 * columns too, and epochs leave a tenth of the gap or less: at c = 1/4, seven and two more passes are enough for six digits. With
 * a hundredth of that penalty it takes Newton's method. */
static void a_strong_penalty_takes_few_epochs_and_auto_knows(void **state)
{
    (void)state;
    enum { ROWS = 1500, COLUMNS = 1200 };
    owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named("csr f64"),
                                                            .loss = loss_named("logistic"),
                                                            .regularizer = erm_l2(1),
                                                            .n = ROWS,
                                                            .d = COLUMNS,
                                                            .seed = 5});
    double *const square = calloc(ROWS, sizeof *square), *const w = calloc(COLUMNS, sizeof *w), mean = 0;
    const erm_matrix *X = owned->problem.X;
    X->ops->row_sqnorms(X, (erm_rows){.count = ROWS}, square);
    for (int i = 0; i < ROWS; i++) mean += square[i] / ROWS;
    erm_result result;
    owned->problem.regularizer = erm_l2(mean / ROWS);
    assert_int_equal(erm_solve(&owned->problem, &(erm_options){.tol = 1e-6}, w, &result), ERM_OK);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_string_equal(result.solver, "dual");
    if (result.passes > 9) fail_case("%g passes", result.passes);
    owned->problem.regularizer = erm_l2(mean / ROWS / 100);
    assert_int_equal(erm_solve(&owned->problem, &(erm_options){.tol = 1e-6}, w, &result), ERM_OK);
    assert_string_equal(result.solver, "newton-cg");
    free(square);
    free(w);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_reaches_a_certified_gap_of_1e_8),
        cmocka_unit_test(the_gap_of_a_smooth_loss_falls_linearly),
        cmocka_unit_test(shrinking_and_leaps_change_the_way_but_not_the_answer),
        cmocka_unit_test(an_intercept_costs_few_steps_even_where_columns_add_up_to_it),
        cmocka_unit_test(a_row_of_weight_3_is_the_row_three_times),
        cmocka_unit_test(leaps_save_most_of_the_passes_where_columns_differ_in_size),
        cmocka_unit_test(corrections_save_epochs_where_rows_have_much_in_common),
        cmocka_unit_test(a_start_near_the_answer_is_used),
        cmocka_unit_test(a_smooth_loss_is_certified_once_its_epochs_gain_little),
        cmocka_unit_test(a_strong_penalty_takes_few_epochs_and_auto_knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
