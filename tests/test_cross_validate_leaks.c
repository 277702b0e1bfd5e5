/* Cross-validation: what is learnt for a fit, steps of preparation too, is learnt from its own rows alone. */
#include "check.h"

#include "cv_cases.h"

static void held_out_rows_never_leak_into_their_fit(void **state)
{
    (void)state;
    static const double lambda[] = {0.5, 0.1, 0.02};
    static double w[CV_SIZE], changed[CV_SIZE];
    const erm_prepare steps[] = {erm_prepare_impute_median(), erm_prepare_min_max(), erm_prepare_polynomial(2, true),
                                 erm_prepare_standardise()};
    for (int way = 0; way < 3; way++) { /* plain, standardised, prepared */
        cv_case one = cv_cases[0];
        one.standardise = way == 1;
        owned_problem *const owned = cv_problem(&one);
        int32_t fold[CV_N];
        for (int32_t i = 0; i < CV_N; i++) fold[i] = i % CV_FOLDS;
        const erm_cv_options options = {.fold = fold,
                                        .keep_paths = true,
                                        .recipe = {.steps = steps, .count = way == 2 ? 4 : 0},
                                        .path = {.lambda = lambda, .count = 3}};
        erm_cv before = cv_of(&owned->problem, options);
        for (int i = 0; i < CV_N; i++)
            for (int j = 0; j < CV_D && fold[i] == 0; j++) ((double *)owned->matrix->values)[i * CV_D + j] = 1e9 * (1 + j);
        erm_cv after = cv_of(&owned->problem, options);
        for (int32_t f = 0; f < 2; f++)
            for (int i = 0; i < 3; i++) {
                erm_path_w(&before.fold_path[f], i, w);
                erm_path_w(&after.fold_path[f], i, changed);
                const size_t size = (size_t)(before.fold_path[f].d + 1) * sizeof *w;
                assert_int_equal(before.fold_path[f].d, way == 2 ? CV_D + CV_D * (CV_D - 1) / 2 : CV_D);
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
        cv_case one = cv_cases[4];
        one.kind = kinds[c];
        owned_problem *const owned = cv_problem(&one);
        erm_cv cv = cv_of(&owned->problem, (erm_cv_options){.folds = 3,
                                                            .keep_paths = true,
                                                            .recipe = {.steps = steps, .count = 1},
                                                            .path = {.count = 3, .solve = {.tol = 1e-10}}});
        assert_int_equal(cv.preparation.count, 1);
        for (int32_t f = 0; f < 3; f++) {
            double w[CV_D + 1], Z[CV_N], value;
            int64_t list[CV_N];
            erm_subset part[2];
            erm_preparation fitted;
            erm_prepared prepared;
            int64_t count = erm_fold_rows(CV_N, cv.fold, f, true, list);
            assert_int_equal(erm_subset_open(&owned->problem, count, list, &part[0]), ERM_OK);
            assert_int_equal(erm_preparation_fit(steps, 1, part[0].problem.X, part[0].problem.weight, &fitted, NULL), ERM_OK);
            count = erm_fold_rows(CV_N, cv.fold, f, false, list);
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
    owned_problem *const owned = cv_problem(&cv_cases[0]);
    double *const x = owned->matrix->values;
    for (int i = 0; i < CV_N; i++) x[i * CV_D + 2] = i == 7;
    int32_t fold[CV_N];
    for (int32_t i = 0; i < CV_N; i++) fold[i] = i % CV_FOLDS;
    erm_cv_options options = {.fold = fold, .keep_paths = true, .recipe = {.steps = steps, .count = 1}, .path = {.count = 3}};
    erm_cv cv = cv_of(&owned->problem, options);
    for (int32_t f = 0; f < CV_FOLDS; f++) assert_int_equal(cv.fold_path[f].d, f == 7 % CV_FOLDS ? CV_D - 1 : CV_D);
    erm_cv_free(&cv);
    double factor[CV_D] = {1, 1, 1, 1, 1, 1, 1, 1};
    char detail[ERM_DETAIL_SIZE];
    owned->problem.regularizer.factor = factor;
    assert_int_equal(erm_cross_validate(&owned->problem, &options, &cv, detail), ERM_EUNSUPPORTED);
    assert_non_null(strstr(detail, "drop-constant"));
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(held_out_rows_never_leak_into_their_fit),
        cmocka_unit_test(steps_are_learnt_from_the_training_rows_and_repeated_on_the_others),
        cmocka_unit_test(columns_that_are_constant_in_a_training_part_are_left_out_of_its_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
