/* Cross-validation equals a loop by hand over copied rows, sees nothing of the rows held out, and chooses by its rules. */
#include "check.h"

#include "problems.h"
#include "selection/cross_validate.h"
#include "solving.h"

enum { N = 70, D = 8, MOST = 4096, FOLDS = 5 };

typedef struct cv_case {
    const char *loss, *kind;
    double l1, l2;
    bool weights, offset, standardise, class_weight;
    erm_metric metric;
} cv_case;

static const cv_case cases[] = {
    {.loss = "squared", .kind = "dense f64", .l1 = 1, .l2 = 1},
    {.loss = "squared", .kind = "dense columns f64", .l1 = 1, .l2 = 1, .weights = true, .offset = true},
    {.loss = "squared", .kind = "csr f64", .l1 = 1, .standardise = true, .metric = ERM_METRIC_MSE},
    {.loss = "squared", .kind = "csc f32", .l1 = 1, .weights = true, .standardise = true},
    {.loss = "logistic", .kind = "csc f64", .l1 = 1, .l2 = 0.5, .weights = true, .offset = true},
    {.loss = "logistic", .kind = "dense f32", .l1 = 1, .class_weight = true},
    {.loss = "logistic", .kind = "dense f64", .l1 = 1, .metric = ERM_METRIC_ERROR},
    {.loss = "logistic", .kind = "csr f32", .l1 = 1, .weights = true, .metric = ERM_METRIC_AUC},
    {.loss = "poisson", .kind = "dense f64", .l1 = 1, .l2 = 1},
    {.loss = "cross-entropy, 5 classes", .kind = "csr f64", .l1 = 1, .l2 = 1, .weights = true},
    {.loss = "cross-entropy, 5 classes", .kind = "dense f64", .l1 = 1, .l2 = 1, .metric = ERM_METRIC_ERROR},
};

static const double CLASS_WEIGHT[] = {2, 0.5};

static owned_problem *problem_of(const cv_case *one)
{
    problem_spec spec = spec_of(one->loss, erm_elastic_net(one->l1, one->l2), N, D);
    spec.kind = kind_named(one->kind);
    spec.weights = one->weights;
    spec.offset = one->offset;
    owned_problem *const owned = owned_problem_new(spec);
    owned->problem.standardise = one->standardise;
    if (one->class_weight) owned->problem.class_weight = CLASS_WEIGHT;
    return owned;
}

static erm_cv cv_of(const erm_problem *problem, erm_cv_options options)
{
    erm_cv cv;
    char detail[ERM_DETAIL_SIZE];
    if (erm_cross_validate(problem, &options, &cv, detail)) fail_case("%s", detail);
    return cv;
}

/* Some rows of a problem, copied. */
typedef struct copied {
    erm_problem problem;
    erm_dense X;
    double x[N * D], y[N], weight[N], offset[5 * N];
} copied;

static void copy_rows(const owned_problem *owned, const int32_t *fold, int32_t f, bool others, copied *to)
{
    const erm_problem *const from = &owned->problem;
    const int64_t k = from->k ? from->k : 1;
    int64_t n = 0;
    for (int64_t i = 0; i < N; i++) {
        if ((fold[i] == f) == others) continue;
        memcpy(to->x + n * D, owned->matrix->full + i * D, D * sizeof(double));
        to->y[n] = from->y[i];
        to->weight[n] = (from->weight ? from->weight[i] : 1) * (from->class_weight ? from->class_weight[from->y[i] > 0] : 1);
        for (int64_t c = 0; c < k; c++) to->offset[n * k + c] = from->offset ? from->offset[i * k + c] : 0;
        n++;
    }
    to->X = erm_dense_f64(n, D, to->x, D);
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
    double z[5 * N], sum = 0, total = 0, pairs = 0, ordered = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t largest = 0;
        for (int64_t c = 0; c < k; c++) {
            z[i * k + c] = rows->offset[i * k + c] + w[D * k + c];
            for (int64_t j = 0; j < D; j++) z[i * k + c] += rows->x[i * D + j] * w[j * k + c];
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
    static double w[MOST];
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        owned_problem *const owned = problem_of(&cases[c]);
        const erm_cv_options options = {.folds = FOLDS,
                                        .deal = {.seed = c},
                                        .metric = cases[c].metric,
                                        .path = {.count = 6, .ratio = 0.05, .solve = {.tol = 1e-12}}};
        erm_cv cv = cv_of(&owned->problem, options);
        assert_int_equal(cv.count, 6);
        for (int32_t f = 0; f < FOLDS; f++) {
            copy_rows(owned, cv.fold, f, true, &training);
            copy_rows(owned, cv.fold, f, false, &held_out);
            double total = 0;
            for (int64_t i = 0; i < held_out.X.base.rows; i++) total += held_out.weight[i];
            assert_near(cv.weight[f], total, 1e-14);
            memset(w, 0, sizeof w);
            for (int64_t i = 0; i < cv.count; i++) {
                training.problem.regularizer = erm_regularizer_scaled(&owned->problem.regularizer, cv.lambda[i]);
                solve(&training.problem, (erm_options){.tol = 1e-13}, w);
                const double expected = slow_metric(&held_out, cases[c].metric, w), found = cv.held_out[f * cv.count + i];
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
    owned_problem *const owned = problem_of(&cases[4]);
    erm_cv cv = cv_of(&owned->problem, (erm_cv_options){.folds = FOLDS, .path = {.count = 4, .ratio = 0.1}});
    for (int64_t i = 0; i < 4; i++) {
        double total = 0, mean = 0, squares = 0;
        for (int64_t f = 0; f < FOLDS; f++) total += cv.weight[f];
        for (int64_t f = 0; f < FOLDS; f++) mean += cv.weight[f] / total * cv.held_out[f * 4 + i];
        for (int64_t f = 0; f < FOLDS; f++) squares += cv.weight[f] / total * pow(cv.held_out[f * 4 + i] - mean, 2);
        assert_near(cv.mean[i], mean, 1e-14);
        assert_near(cv.error[i], sqrt(squares / (FOLDS - 1)), 1e-14);
    }
    erm_cv_free(&cv);
    owned_problem_free(owned);
}

static void the_rule_of_one_standard_error_on_a_known_curve(void **state)
{
    (void)state;
    double lambda[] = {9, 8, 7, 6, 5, 4, 3}, mean[] = {5, 2.6, 2.4, 2, 2, 3, NAN}, error[] = {1, 1, 0.1, 0.5, 0.3, 0.1, 0};
    erm_cv cv = {.count = 7, .lambda = lambda, .mean = mean, .error = error};
    erm__cv_choose(&cv);
    assert_int_equal(cv.best, 3); /* the larger lambda of two as good */
    assert_int_equal(cv.one_se, 2);
    error[3] = 0.7;
    erm__cv_choose(&cv);
    assert_int_equal(cv.one_se, 1);
    error[3] = NAN;
    erm__cv_choose(&cv);
    assert_int_equal(cv.one_se, 3);
    double area[] = {0.5, 0.7, 0.8, 0.9, 0.85, 0.6, NAN}, small[] = {0, 0, 0, 0.1, 0, 0, 0};
    cv = (erm_cv){.count = 7, .lambda = lambda, .mean = area, .error = small, .metric = ERM_METRIC_AUC};
    erm__cv_choose(&cv);
    assert_int_equal(cv.best, 3);
    assert_int_equal(cv.one_se, 2);
    for (int i = 0; i < 7; i++) mean[i] = NAN;
    cv = (erm_cv){.count = 7, .lambda = lambda, .mean = mean, .error = error};
    erm__cv_choose(&cv);
    assert_int_equal(cv.best, -1);
    assert_int_equal(cv.one_se, -1);
}

static void one_to_seven_threads_give_the_same_bits(void **state)
{
    (void)state;
    static const int threads[] = {1, 2, 3, 4, 7};
    for (int c = 0; c < 5; c++)
        for (int few = 0; few < 2; few++) { /* folds side by side, and one after another */
            owned_problem *const owned = problem_of(&cases[c]);
            erm_cv first = {0};
            for (int t = 0; t < 5; t++) {
                erm_cv cv = cv_of(&owned->problem, (erm_cv_options){.folds = few ? 2 : FOLDS,
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

static void held_out_rows_never_leak_into_their_fit(void **state)
{
    (void)state;
    static const double lambda[] = {0.5, 0.1, 0.02};
    static double w[MOST], changed[MOST];
    const erm_prepare steps[] = {erm_prepare_impute_median(), erm_prepare_min_max(), erm_prepare_polynomial(2, true),
                                 erm_prepare_standardise()};
    for (int way = 0; way < 3; way++) { /* plain, standardised, prepared */
        cv_case one = cases[0];
        one.standardise = way == 1;
        owned_problem *const owned = problem_of(&one);
        int32_t fold[N];
        for (int32_t i = 0; i < N; i++) fold[i] = i % FOLDS;
        const erm_cv_options options = {.fold = fold,
                                        .keep_paths = true,
                                        .recipe = {.steps = steps, .count = way == 2 ? 4 : 0},
                                        .path = {.lambda = lambda, .count = 3}};
        erm_cv before = cv_of(&owned->problem, options);
        for (int i = 0; i < N; i++)
            for (int j = 0; j < D && fold[i] == 0; j++) ((double *)owned->matrix->values)[i * D + j] = 1e9 * (1 + j);
        erm_cv after = cv_of(&owned->problem, options);
        for (int32_t f = 0; f < 2; f++)
            for (int i = 0; i < 3; i++) {
                erm_path_w(&before.fold_path[f], i, w);
                erm_path_w(&after.fold_path[f], i, changed);
                const size_t size = (size_t)(before.fold_path[f].d + 1) * sizeof *w;
                assert_int_equal(before.fold_path[f].d, way == 2 ? D + D * (D - 1) / 2 : D);
                const bool same = !memcmp(w, changed, size);
                if (f == 0) assert_true(same);
                if (f == 1 && i == 2) assert_false(same); /* this fit does see them */
            }
        erm_cv_free(&before);
        erm_cv_free(&after);
        owned_problem_free(owned);
    }
}

/* Prepared by hand, fold by fold. */
static void steps_are_learnt_from_the_training_rows_and_repeated_on_the_others(void **state)
{
    (void)state;
    static const char *const kinds[] = {"dense f64", "csr f64", "csc f64", "dense columns f32 with gaps"};
    const erm_prepare steps[] = {erm_prepare_standardise()};
    for (int c = 0; c < 4; c++) {
        cv_case one = cases[4];
        one.kind = kinds[c];
        owned_problem *const owned = problem_of(&one);
        erm_cv cv = cv_of(&owned->problem, (erm_cv_options){.folds = 3,
                                                            .keep_paths = true,
                                                            .recipe = {.steps = steps, .count = 1},
                                                            .path = {.count = 3, .solve = {.tol = 1e-10}}});
        assert_int_equal(cv.preparation.count, 1);
        for (int32_t f = 0; f < 3; f++) {
            double w[D + 1], Z[N], value;
            int64_t list[N];
            erm_subset part[2];
            erm_preparation fitted;
            erm_prepared prepared;
            int64_t count = erm_fold_rows(N, cv.fold, f, true, list);
            assert_int_equal(erm_subset_open(&owned->problem, count, list, &part[0]), ERM_OK);
            assert_int_equal(erm_preparation_fit(steps, 1, part[0].problem.X, part[0].problem.weight, &fitted, NULL), ERM_OK);
            count = erm_fold_rows(N, cv.fold, f, false, list);
            assert_int_equal(erm_subset_open(&owned->problem, count, list, &part[1]), ERM_OK);
            assert_int_equal(erm_preparation_apply(&fitted, part[1].problem.X, &prepared, NULL), ERM_OK);
            part[1].problem.X = prepared.X;
            erm_path_w(&cv.fold_path[f], 2, w);
            erm_problem_margins(&part[1].problem, w, Z);
            assert_int_equal(erm_problem_risk(&part[1].problem, ERM_METRIC_LOSS, Z, &value, NULL), ERM_OK);
            assert_near(value, cv.held_out[f * 3 + 2], 1e-14);
            erm_prepared_free(&prepared);
            erm_preparation_free(&fitted);
            erm_subset_close(&part[0]);
            erm_subset_close(&part[1]);
        }
        erm_cv_free(&cv);
        owned_problem_free(owned);
    }
}

/* A column that varies in one row alone is constant, and dropped, where that row is held out. */
static void columns_that_are_constant_in_a_training_part_are_left_out_of_its_fit(void **state)
{
    (void)state;
    const erm_prepare steps[] = {erm_prepare_drop_constant()};
    owned_problem *const owned = problem_of(&cases[0]);
    double *const x = owned->matrix->values;
    for (int i = 0; i < N; i++) x[i * D + 2] = i == 7;
    int32_t fold[N];
    for (int32_t i = 0; i < N; i++) fold[i] = i % FOLDS;
    erm_cv_options options = {.fold = fold, .keep_paths = true, .recipe = {.steps = steps, .count = 1}, .path = {.count = 3}};
    erm_cv cv = cv_of(&owned->problem, options);
    for (int32_t f = 0; f < FOLDS; f++) assert_int_equal(cv.fold_path[f].d, f == 7 % FOLDS ? D - 1 : D);
    erm_cv_free(&cv);
    double factor[D] = {1, 1, 1, 1, 1, 1, 1, 1};
    char detail[ERM_DETAIL_SIZE];
    owned->problem.regularizer.factor = factor;
    assert_int_equal(erm_cross_validate(&owned->problem, &options, &cv, detail), ERM_EUNSUPPORTED);
    assert_non_null(strstr(detail, "drop-constant"));
    owned_problem_free(owned);
}

static void the_final_fit_is_the_path_of_all_rows(void **state)
{
    (void)state;
    static double w[MOST], alone[MOST];
    owned_problem *const owned = problem_of(&cases[4]);
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
    owned_problem *const owned = problem_of(&cases[0]);
    erm_cv cv = cv_of(&owned->problem, (erm_cv_options){.folds = N, .path = {.count = 3, .ratio = 0.1}});
    assert_int_equal(cv.folds, N);
    for (int64_t f = 0; f < N; f++) assert_near(cv.weight[f], 1, 0);
    assert_true(cv.best >= 0);
    erm_cv_free(&cv);
    owned_problem_free(owned);
}

typedef struct counter {
    int64_t calls, last, total, end;
} counter;

static bool count_fits(int64_t done, int64_t total, void *data)
{
    counter *const seen = data;
    assert_true(done > seen->last && done <= total);
    seen->calls++;
    seen->last = done;
    seen->total = total;
    return done < seen->end;
}

static void the_monitor_counts_fits_and_can_cancel(void **state)
{
    (void)state;
    owned_problem *const owned = problem_of(&cases[0]);
    counter seen = {.end = INT64_MAX};
    erm_cv_options options = {
        .folds = FOLDS, .path = {.count = 6, .solve = {.threads = 1}}, .monitor = count_fits, .monitor_data = &seen};
    erm_cv cv = cv_of(&owned->problem, options);
    assert_int_equal(seen.calls, 6 * (FOLDS + 1));
    assert_int_equal(seen.total, 6 * (FOLDS + 1));
    erm_cv_free(&cv);
    for (int64_t end = 2; end < 20; end += 7) {
        seen = (counter){.end = end};
        cv = cv_of(&owned->problem, options);
        assert_int_equal(cv.stop, ERM_STOP_CANCELLED);
        assert_int_equal(seen.calls, end);
        erm_cv_free(&cv);
    }
    options.monitor = NULL;
    options.path.solve.max_seconds = 1e-9;
    cv = cv_of(&owned->problem, options);
    assert_int_equal(cv.stop, ERM_STOP_TIME);
    assert_int_equal(cv.count, 1);
    assert_int_equal(cv.best, 0);
    erm_cv_free(&cv);
    owned_problem_free(owned);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    owned_problem *const owned = problem_of(&cases[0]);
    static int32_t gap[N], one[N], negative[N];
    for (int i = 0; i < N; i++) gap[i] = i % 2 ? 2 : 0;
    negative[3] = -1;
    const erm_cv_options wrong[] = {{.folds = 1},
                                    {.folds = N + 1},
                                    {.fold = gap},
                                    {.fold = one},
                                    {.fold = negative},
                                    {.path = {.ratio = 2}},
                                    {.recipe = {.count = 1}},
                                    {.metric = (erm_metric)9}};
    erm_cv cv;
    char detail[ERM_DETAIL_SIZE];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(erm_cross_validate(&owned->problem, &wrong[i], &cv, detail), ERM_EINVAL);
        assert_true(strlen(detail) > 10);
        assert_null(cv.mean);
    }
    assert_int_equal(erm_cross_validate(&owned->problem, &(erm_cv_options){.metric = ERM_METRIC_AUC}, &cv, detail),
                     ERM_EUNSUPPORTED);
    assert_int_equal(erm_cross_validate(NULL, NULL, &cv, detail), ERM_EINVAL);
    assert_int_equal(erm_cross_validate(&owned->problem, NULL, NULL, detail), ERM_EINVAL);
    erm_metric metric;
    assert_false(erm_metric_from_name("f1", &metric));
    assert_true(erm_metric_from_name("auc", &metric) && metric == ERM_METRIC_AUC);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_equals_a_loop_by_hand_on_copied_rows),
        cmocka_unit_test(mean_and_standard_error_are_those_of_the_folds),
        cmocka_unit_test(the_rule_of_one_standard_error_on_a_known_curve),
        cmocka_unit_test(one_to_seven_threads_give_the_same_bits),
        cmocka_unit_test(held_out_rows_never_leak_into_their_fit),
        cmocka_unit_test(steps_are_learnt_from_the_training_rows_and_repeated_on_the_others),
        cmocka_unit_test(columns_that_are_constant_in_a_training_part_are_left_out_of_its_fit),
        cmocka_unit_test(the_final_fit_is_the_path_of_all_rows),
        cmocka_unit_test(leave_one_out_is_as_many_folds_as_rows),
        cmocka_unit_test(the_monitor_counts_fits_and_can_cancel),
        cmocka_unit_test(what_is_wrong_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
