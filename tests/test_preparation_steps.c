/* Recipes as text, the names of prepared columns, what hashing and Fourier features promise, and outliers. */
#include <stdio.h>

#include "check.h"
#include "matrices.h"
#include "preparations.h"

#include "ermopt/metrics.h"
#include "ermopt/solve.h"
#include "ermopt/solver.h"
#include "preparation/steps.h"

static void recipes_are_read_and_described_alike(void **state)
{
    (void)state;
    const char *const text = "impute=mean,impute=median,impute=-1.5,standardise,min-max,max-abs,drop-constant,hash=1024";
    const char *const more = "polynomial=2,interactions=3,fourier=500:0.1";
    const char *const both[] = {text, more, ""};
    for (size_t r = 0; r < sizeof both / sizeof *both; r++) {
        erm_prepare steps[PREPARATIONS_STEPS];
        char described[300] = "";
        const int64_t count = preparations_parse(both[r], steps);
        for (int64_t t = 0; t < count; t++) {
            size_t length = strlen(described);
            if (t > 0) described[length++] = ',';
            erm_prepare_describe(&steps[t], described + length, sizeof described - length);
            assert_ptr_equal(erm__prepare_kind_called(steps[t].ops->name), steps[t].ops);
        }
        assert_string_equal(described, both[r]);
    }
    erm_prepare step;
    char small[5];
    int64_t count;
    assert_int_equal(erm_prepare_parse("hash=7", 9, 1, &step, &count, NULL), ERM_OK);
    assert_true(step.seed == 9 && step.ops == erm_prepare_hash(7, 9).ops && step.param[0] == 7);
    erm_prepare_describe(&step, small, sizeof small);
    assert_string_equal(small, "hash");
}

static void what_is_no_recipe_is_quoted(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } wrong[] = {
        {"standardize", "there is no step 'standardize'; expected standardise"},
        {"standardise,", "missing after the last comma"},
        {",standardise", "no step ''"},
        {"standardise,,max-abs", "no step ''"},
        {"impute", "'impute' is not understood: behind its name =mean, =median or =NUMBER is expected"},
        {"impute=mode", "'impute=mode' is not understood"},
        {"impute=nan", "not understood"},
        {"standardise=1", "behind its name nothing more is expected"},
        {"polynomial=two", "=DEGREE, from 1 to 8"},
        {"fourier=100", "FEATURES:GAMMA"},
        {"fourier=100:", "FEATURES:GAMMA"},
        {"hash=", "=COLUMNS"},
        {"max-abs,max-abs,max-abs", "more than 2 steps"},
        {"thisnameismuchlongerthananystepofthelibraryandthanwhatamessagecouldeverwanttorepeat", "no step 'thisname"},
    };
    for (size_t t = 0; t < sizeof wrong / sizeof *wrong; t++) {
        erm_prepare steps[2];
        int64_t count;
        char detail[ERM_DETAIL_SIZE] = "";
        if (erm_prepare_parse(wrong[t].text, 0, 2, steps, &count, detail) != ERM_EINVAL || !strstr(detail, wrong[t].says))
            fail_case("%s: \"%s\"", wrong[t].text, detail);
    }
}

static void assert_names(const char *recipe, const erm_matrix *X, const char *const *names, const char *expected)
{
    erm_preparation fitted = preparations_fit(recipe, X, NULL);
    char all[1000] = "";
    for (int64_t j = 0; j < fitted.d; j++) {
        const size_t length = strlen(all);
        if (length > 0) strcat(all, ", ");
        erm_preparation_column_name(&fitted, names, j, all + strlen(all), sizeof all - strlen(all));
    }
    assert_string_equal(all, expected);
    char small[4];
    erm_preparation_column_name(&fitted, names, fitted.d, small, sizeof small);
    assert_string_equal(small, "");
    erm_preparation_free(&fitted);
}

static void prepared_columns_have_names(void **state)
{
    (void)state;
    const double x[] = {1, 5, 2, 0, 5, 1};
    const erm_dense X = erm_dense_f64(2, 3, x, 3);
    const char *const names[] = {"age", "one", "bmi"};
    assert_names("standardise", &X.base, names, "age, one, bmi");
    assert_names("standardise", &X.base, NULL, "x1, x2, x3");
    assert_names("drop-constant,standardise", &X.base, names, "age, bmi");
    assert_names("drop-constant,polynomial=3", &X.base, names,
                 "age, bmi, age^2, age bmi, bmi^2, age^3, age^2 bmi, age bmi^2, bmi^3");
    assert_names("interactions=3", &X.base, names, "age, one, bmi, age one, age bmi, one bmi, age one bmi");
    assert_names("hash=2", &X.base, names, "hash 1, hash 2");
    assert_names("max-abs,fourier=2:1", &X.base, NULL, "fourier 1, fourier 2");
}

static double dot(int64_t n, const double *x, const double *y)
{
    double sum = 0;
    for (int64_t j = 0; j < n; j++) sum += x[j] * y[j];
    return sum;
}

/* Over many seeds the mean of the products of two rows is what it was, with a variance of 1 / columns of their sizes. */
static void hashing_keeps_products_on_average(void **state)
{
    (void)state;
    enum { D = 30, M = 16, SEEDS = 400 };
    erm_rng rng = erm_rng_seed(5);
    double *x = random_numbers(&rng, 2, D, 0.7), sum = 0;
    const erm_dense X = erm_dense_f64(2, D, x, D);
    owned_matrix *sparse = owned_matrix_new(matrix_kind_called("csr f64"), 2, D, x);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        const erm_prepare step = erm_prepare_hash(M, seed);
        erm_preparation fitted;
        assert_int_equal(erm_preparation_fit(&step, 1, &X.base, NULL, &fitted, NULL), ERM_OK);
        double *z = preparations_apply(&fitted, &X.base), *same = preparations_apply(&fitted, sparse->X);
        for (int p = 0; p < 2 * M; p++) assert_near(z[p], same[p], 1e-14);
        sum += dot(M, z, z + M) / SEEDS;
        free(z);
        free(same);
        erm_preparation_free(&fitted);
    }
    const double deviation = sqrt((dot(D, x, x) * dot(D, x + D, x + D) + pow(dot(D, x, x + D), 2)) / M / SEEDS);
    assert_true(fabs(sum - dot(D, x, x + D)) < 4 * deviation);
    owned_matrix_free(sparse);
    free(x);
}

/* sqrt(2 / D) cos(...) of two rows: the mean of D products of variance at most 1 each. */
static void fourier_features_have_the_products_of_the_gaussian_kernel(void **state)
{
    (void)state;
    enum { D = 5, FEATURES = 40000, N = 4 };
    erm_rng rng = erm_rng_seed(6);
    double *x = random_numbers(&rng, N, D, 1);
    const erm_dense X = erm_dense_f64(N, D, x, D);
    const erm_prepare step = erm_prepare_fourier(FEATURES, 0.15, 3);
    erm_preparation fitted;
    assert_int_equal(erm_preparation_fit(&step, 1, &X.base, NULL, &fitted, NULL), ERM_OK);
    double *z = preparations_apply(&fitted, &X.base);
    for (int a = 0; a < N; a++)
        for (int b = 0; b < N; b++) {
            double distance = 0;
            for (int j = 0; j < D; j++) distance += pow(x[a * D + j] - x[b * D + j], 2);
            const double product = dot(FEATURES, z + a * FEATURES, z + b * FEATURES);
            assert_true(fabs(product - exp(-0.15 * distance)) < 5 / sqrt(FEATURES));
        }
    free(z);
    free(x);
    erm_preparation_free(&fitted);
}

/* Accuracy on new rows of a logistic model of two rings, the inner one inside the outer one. */
static double accuracy_on_rings(const char *recipe)
{
    enum { N = 400 };
    double x[4 * N], y[2 * N], w[300] = {0}, z[N];
    erm_rng rng = erm_rng_seed(77);
    for (int i = 0; i < 2 * N; i++) {
        const double angle = 6.283185307179586 * erm_rng_uniform(&rng);
        y[i] = i % 2 ? 1 : -1;
        const double radius = (y[i] > 0 ? 1 : 2) + 0.2 * erm_rng_normal(&rng);
        x[2 * i] = radius * cos(angle);
        x[2 * i + 1] = radius * sin(angle);
    }
    const erm_dense training = erm_dense_f64(N, 2, x, 2), test = erm_dense_f64(N, 2, x + 2 * N, 2);
    erm_preparation fitted = preparations_fit(recipe, &training.base, NULL);
    erm_prepared of_training, of_test;
    erm_result result;
    assert_int_equal(erm_preparation_apply(&fitted, &training.base, &of_training, NULL), ERM_OK);
    assert_int_equal(erm_preparation_apply(&fitted, &test.base, &of_test, NULL), ERM_OK);
    const erm_problem problem = {
        .X = of_training.X, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l2(1e-4), .intercept = true};
    assert_int_equal(erm_solve(&problem, NULL, w, &result), ERM_OK);
    of_test.X->ops->mul(of_test.X, (erm_rows){.count = N}, 1, w, z);
    int right = 0;
    for (int i = 0; i < N; i++) right += (z[i] + w[of_test.X->cols] > 0) == (y[N + i] > 0);
    erm_prepared_free(&of_training);
    erm_prepared_free(&of_test);
    erm_preparation_free(&fitted);
    return (double)right / N;
}

static void fourier_features_and_products_separate_rings_that_no_line_can(void **state)
{
    (void)state;
    assert_true(accuracy_on_rings("standardise") < 0.65);
    assert_true(accuracy_on_rings("standardise,fourier=200:0.5") > 0.97);
    assert_true(accuracy_on_rings("standardise,polynomial=2") > 0.97);
}

static void a_problem_with_missing_values_is_told_of_impute(void **state)
{
    (void)state;
    const double x[] = {1, NAN}, y[] = {1, -1};
    double w[1];
    const erm_dense X = erm_dense_f64(2, 1, x, 1);
    const erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l2(1)};
    erm_result result;
    assert_int_equal(erm_solve(&problem, NULL, w, &result), ERM_EDATA);
    assert_non_null(strstr(result.detail, "X[1][0] is nan; expected finite values; missing values can be replaced"));
}

/* 1, 2, 3, 4, 100 and a missing one: median 3, deviations 2 1 0 1 97, MAD 1. */
static void outliers_are_far_from_the_median_by_robust_deviations(void **state)
{
    (void)state;
    const double x[] = {1, 0, 5, 2, 0, 5, 3, 0, 5, 4, 0, 5, 100, 9, 5, NAN, 0, 5};
    const char *const kinds[] = {"dense f64", "csr f64", "csc f64", "dense columns f64"};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        owned_matrix *X = owned_matrix_new(matrix_kind_called(kinds[k]), 6, 3, x);
        erm_outlier_column column[3];
        assert_int_equal(erm_outliers_find(X->X, 0, column, NULL), ERM_OK);
        assert_near(column[0].median, 3, 0);
        assert_near(column[0].spread, 1 / 0.67448975019608171, 1e-15);
        assert_int_equal(column[0].missing, 1);
        assert_int_equal(column[0].count, 1);
        assert_int_equal(column[0].worst[0].row, 4);
        assert_near(column[0].worst[0].value, 100, 0);
        assert_near(column[0].worst[0].score, 97 * 0.67448975019608171, 1e-13);
        assert_int_equal(column[1].count, 1); /* MAD 0; mean deviation 9/6 */
        assert_near(column[1].worst[0].score, 9 / (1.5 * 1.2533141373155003), 1e-13);
        assert_int_equal(column[2].count, 0);
        assert_near(column[2].spread, 0, 0);
        assert_int_equal(erm_outliers_find(X->X, 1, column, NULL), ERM_OK);
        assert_int_equal(column[0].count, 2); /* (3 - 1) 0.6745 is above 1 */
        owned_matrix_free(X);
    }
}

static void zeros_that_are_not_stored_may_be_outliers(void **state)
{
    (void)state;
    const double x[] = {10, 11, 12, 13, 14, 0, 0};
    owned_matrix *X = owned_matrix_new(matrix_kind_called("csr f64"), 7, 1, x);
    erm_outlier_column column;
    assert_int_equal(erm_outliers_find(X->X, 2.4, &column, NULL), ERM_OK);
    assert_near(column.median, 11, 0);
    assert_int_equal(column.count, 2);
    assert_int_equal(column.worst[0].row, -1);
    owned_matrix_free(X);
}

static void outliers_of_infinite_values_are_refused(void **state)
{
    (void)state;
    const double x[] = {1, INFINITY};
    char detail[ERM_DETAIL_SIZE];
    const erm_dense X = erm_dense_f64(2, 1, x, 1);
    erm_outlier_column column;
    assert_int_equal(erm_outliers_find(&X.base, 0, &column, detail), ERM_EDATA);
    assert_non_null(strstr(detail, "X[1][0] is inf"));
    assert_int_equal(erm_outliers_find(&X.base, -1, &column, detail), ERM_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recipes_are_read_and_described_alike),
        cmocka_unit_test(what_is_no_recipe_is_quoted),
        cmocka_unit_test(prepared_columns_have_names),
        cmocka_unit_test(hashing_keeps_products_on_average),
        cmocka_unit_test(fourier_features_have_the_products_of_the_gaussian_kernel),
        cmocka_unit_test(fourier_features_and_products_separate_rings_that_no_line_can),
        cmocka_unit_test(a_problem_with_missing_values_is_told_of_impute),
        cmocka_unit_test(outliers_are_far_from_the_median_by_robust_deviations),
        cmocka_unit_test(zeros_that_are_not_stored_may_be_outliers),
        cmocka_unit_test(outliers_of_infinite_values_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
