/* Cross-validation equals a loop by hand over copied rows, by any number of threads, and ends with the fit of all rows. */
#include "check.h"

#include "cv_cases.h"
#include "solving.h"

/* Some rows of a problem, copied. */
typedef struct copied {
    erm_problem problem;
    erm_dense X;
    double x[CV_N * CV_D], y[CV_N], weight[CV_N], offset[5 * CV_N];
} copied;

static void copy_rows(const owned_problem *owned, const int32_t *fold, int32_t f, bool others, copied *to)
{
    const erm_problem *const from = &owned->problem;
    const int64_t k = from->k ? from->k : 1;
    int64_t n = 0;
    for (int64_t i = 0; i < CV_N; i++) {
        if ((fold[i] == f) == others) continue;
        memcpy(to->x + n * CV_D, owned->matrix->full + i * CV_D, CV_D * sizeof(double));
        to->y[n] = from->y[i];
        to->weight[n] = (from->weight ? from->weight[i] : 1) * (from->class_weight ? from->class_weight[from->y[i] > 0] : 1);
        for (int64_t c = 0; c < k; c++) to->offset[n * k + c] = from->offset ? from->offset[i * k + c] : 0;
        n++;
    }
    to->X = erm_dense_f64(n, CV_D, to->x, CV_D);
    to->problem = *from;
    to->problem.X = &to->X.base;
    to->problem.y = to->y;
    to->problem.weight = to->weight;
    to->problem.class_weight = NULL;
    to->problem.offset = to->offset;
}

/* The mean of the metric, by its definition. */
static double slow_metric(const copied *rows, erm_metric metric, const double *w)
{
    const erm_problem *const problem = &rows->problem;
    const int64_t k = problem->k ? problem->k : 1, n = rows->X.base.rows;
    double z[5 * CV_N], sum = 0, total = 0, pairs = 0, ordered = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t largest = 0;
        for (int64_t c = 0; c < k; c++) {
            z[i * k + c] = rows->offset[i * k + c] + w[CV_D * k + c];
            for (int64_t j = 0; j < CV_D; j++) z[i * k + c] += rows->x[i * CV_D + j] * w[j * k + c];
            if (z[i * k + c] > z[i * k + largest]) largest = c;
        }
        const double y = rows->y[i], s = rows->weight[i], miss = z[i * k] - y;
        const bool wrong = k > 1 ? largest != (int64_t)y : (z[i] > 0) != (y > 0);
        const double loss = problem->loss.ops->eval(&problem->loss, 1, k, z + i * k, &y, NULL, NULL, NULL);
        sum += s * (metric == ERM_METRIC_ERROR ? wrong : metric == ERM_METRIC_MSE ? miss * miss : loss);
        total += s;
    }
    for (int64_t i = 0; i < n; i++)
        for (int64_t t = 0; t < n; t++) {
            const double both = rows->y[i] > 0 && !(rows->y[t] > 0) ? rows->weight[i] * rows->weight[t] : 0;
            pairs += both;
            ordered += both * (z[i * k] > z[t * k] ? 1 : z[i * k] < z[t * k] ? 0 : 0.5);
        }
    return metric == ERM_METRIC_AUC ? ordered / pairs : sum / total;
}

static void it_equals_a_loop_by_hand_on_copied_rows(void **state)
{
    (void)state;
    static copied training, held_out;
    static double w[CV_SIZE];
    for (size_t c = 0; c < CV_CASES; c++) {
        owned_problem *const owned = cv_problem(&cv_cases[c]);
        const erm_cv_options options = {.folds = CV_FOLDS,
                                        .deal = {.seed = c},
                                        .metric = cv_cases[c].metric,
                                        .path = {.count = 6, .ratio = 0.05, .solve = {.tol = 1e-12}}};
        erm_cv cv = cv_of(&owned->problem, options);
        assert_int_equal(cv.count, 6);
        for (int32_t f = 0; f < CV_FOLDS; f++) {
            copy_rows(owned, cv.fold, f, true, &training);
            copy_rows(owned, cv.fold, f, false, &held_out);
            double total = 0;
            for (int64_t i = 0; i < held_out.X.base.rows; i++) total += held_out.weight[i];
            assert_near(cv.weight[f], total, 1e-14);
            memset(w, 0, sizeof w);
            for (int64_t i = 0; i < cv.count; i++) {
                training.problem.regularizer = erm_regularizer_scaled(&owned->problem.regularizer, cv.lambda[i]);
                solve(&training.problem, (erm_options){.tol = 1e-13}, w);
                const double expected = slow_metric(&held_out, cv_cases[c].metric, w), found = cv.held_out[f * cv.count + i];
                if (!(fabs(found - expected) <= 3e-6 * fmax(1, fabs(expected))))
                    fail_case("case %d: fold %d, lambda %g: %.10g, by hand %.10g", (int)c, (int)f, cv.lambda[i], found, expected);
            }
        }
        erm_cv_free(&cv);
        owned_problem_free(owned);
    }
}

static void mean_and_standard_error_are_those_of_the_folds(void **state)
{
    (void)state;
    owned_problem *const owned = cv_problem(&cv_cases[4]);
    erm_cv cv = cv_of(&owned->problem, (erm_cv_options){.folds = CV_FOLDS, .path = {.count = 4, .ratio = 0.1}});
    for (int64_t i = 0; i < 4; i++) {
        double total = 0, mean = 0, squares = 0;
        for (int64_t f = 0; f < CV_FOLDS; f++) total += cv.weight[f];
        for (int64_t f = 0; f < CV_FOLDS; f++) mean += cv.weight[f] / total * cv.held_out[f * 4 + i];
        for (int64_t f = 0; f < CV_FOLDS; f++) squares += cv.weight[f] / total * pow(cv.held_out[f * 4 + i] - mean, 2);
        assert_near(cv.mean[i], mean, 1e-14);
        assert_near(cv.error[i], sqrt(squares / (CV_FOLDS - 1)), 1e-14);
    }
    erm_cv_free(&cv);
    owned_problem_free(owned);
}

static void one_to_seven_threads_give_the_same_bits(void **state)
{
    (void)state;
    static const int threads[] = {1, 2, 3, 4, 7};
    for (int c = 0; c < 5; c++)
        for (int few = 0; few < 2; few++) { /* folds side by side, and one after another */
            owned_problem *const owned = cv_problem(&cv_cases[c]);
            erm_cv first = {0};
            for (int t = 0; t < 5; t++) {
                erm_cv cv = cv_of(&owned->problem, (erm_cv_options){.folds = few ? 2 : CV_FOLDS,
                                                                    .path = {.count = 5, .solve = {.threads = threads[t]}}});
                if (t == 0) {
                    first = cv;
                    continue;
                }
                assert_memory_equal(cv.held_out, first.held_out, (size_t)(cv.folds * cv.count) * sizeof(double));
                assert_memory_equal(cv.mean, first.mean, (size_t)cv.count * sizeof(double));
                erm_cv_free(&cv);
            }
            erm_cv_free(&first);
            owned_problem_free(owned);
        }
}

static void the_final_fit_is_the_path_of_all_rows(void **state)
{
    (void)state;
    static double w[CV_SIZE], alone[CV_SIZE];
    owned_problem *const owned = cv_problem(&cv_cases[4]);
    const erm_path_options path_options = {.count = 7, .solve = {.threads = 1}};
    erm_cv cv = cv_of(&owned->problem, (erm_cv_options){.folds = 3, .path = path_options});
    erm_path path;
    assert_int_equal(erm_path_solve(&owned->problem, &path_options, &path, NULL), ERM_OK);
    for (int64_t i = 0; i < 7; i++) {
        erm_path_w(&cv.path, i, w);
        erm_path_w(&path, i, alone);
        assert_memory_equal(w, alone, (size_t)owned->size * sizeof(double));
    }
    assert_true(cv.stop == ERM_STOP_CONVERGED);
    erm_path_free(&path);
    erm_cv_free(&cv);
    owned_problem_free(owned);
}

static void leave_one_out_is_as_many_folds_as_rows(void **state)
{
    (void)state;
    owned_problem *const owned = cv_problem(&cv_cases[0]);
    erm_cv cv = cv_of(&owned->problem, (erm_cv_options){.folds = CV_N, .path = {.count = 3, .ratio = 0.1}});
    assert_int_equal(cv.folds, CV_N);
    for (int64_t f = 0; f < CV_N; f++) assert_near(cv.weight[f], 1, 0);
    assert_true(cv.best >= 0);
    erm_cv_free(&cv);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_equals_a_loop_by_hand_on_copied_rows),
        cmocka_unit_test(mean_and_standard_error_are_those_of_the_folds),
        cmocka_unit_test(one_to_seven_threads_give_the_same_bits),
        cmocka_unit_test(the_final_fit_is_the_path_of_all_rows),
        cmocka_unit_test(leave_one_out_is_as_many_folds_as_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
