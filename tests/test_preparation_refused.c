/* Preparation: what it refuses, and in which words. */
#include "check.h"
#include "preparations.h"

static void assert_no_fit(const char *recipe, const erm_matrix *X, const double *weight, erm_status status, const char *part)
{
    char detail[ERM_DETAIL_SIZE] = "";
    erm_prepare steps[PREPARATIONS_STEPS];
    erm_preparation fitted;
    memset(&fitted, 0x5a, sizeof fitted);
    const int64_t count = preparations_parse(recipe, steps);
    const erm_status found = erm_preparation_fit(steps, count, X, weight, &fitted, detail);
    if (found != status || !strstr(detail, part)) fail_case("%s: status %d, \"%s\"", recipe, (int)found, detail);
    assert_null(fitted.step);
    assert_int_equal(fitted.count, 0);
}

static void what_cannot_be_is_refused_in_a_sentence(void **state)
{
    (void)state;
    const double x[] = {1, 2, NAN, 4, 5, 6}, infinite[] = {1, INFINITY, NAN, 4}, huge[] = {-1e308, 1, 1e308, 1},
                 tiny[] = {0, 1, 5e-324, 2}, weight[] = {1, -1, 1}, none[] = {0, 0, 0};
    const erm_dense X = erm_dense_f64(3, 2, x, 2), Y = erm_dense_f64(2, 2, infinite, 2), Z = erm_dense_f64(2, 2, huge, 2),
                    T = erm_dense_f64(2, 2, tiny, 2), empty = erm_dense_f64(0, 2, x, 2);
    const int64_t start[] = {0};
    const erm_csr wide = erm_csr_f64(0, 10000, start, NULL, NULL);
    const int64_t one_start[] = {0, 0};
    const erm_csr wide_row = erm_csr_f64(1, 10000, one_start, NULL, NULL);
    assert_no_fit("standardise", &X.base, NULL, ERM_EDATA, "X[1][0] is nan; expected finite values; missing values");
    assert_no_fit("polynomial=2", &X.base, NULL, ERM_EDATA, "impute");
    assert_no_fit("impute=mean", &Y.base, NULL, ERM_EDATA, "X[0][1] is inf");
    assert_no_fit("min-max", &Z.base, NULL, ERM_EDATA, "column 0");
    assert_no_fit("standardise", &Z.base, NULL, ERM_EDATA, "column 0");
    assert_no_fit("max-abs", &T.base, NULL, ERM_EDATA, "column 0");
    assert_no_fit("impute=mean", &X.base, weight, ERM_EDATA, "weight[1]");
    assert_no_fit("impute=mean", &X.base, none, ERM_EDATA, "no rows");
    assert_no_fit("impute=mean", &empty.base, NULL, ERM_EDATA, "no rows");
    assert_no_fit("impute=mean", &wide.base, NULL, ERM_EDATA, "no rows");
    assert_no_fit("polynomial=2", &wide_row.base, NULL, ERM_EINVAL, "more than 16777216 columns of 10000");
    assert_no_fit("polynomial=8", &wide_row.base, NULL, ERM_EINVAL, "more than");
    assert_no_fit("interactions=7", &wide_row.base, NULL, ERM_EINVAL, "more than");
    assert_no_fit("polynomial=9", &T.base, NULL, ERM_EINVAL, "from 1 to 8");
    assert_no_fit("polynomial=1.5", &T.base, NULL, ERM_EINVAL, "from 1 to 8");
    assert_no_fit("hash=0", &T.base, NULL, ERM_EINVAL, "whole number");
    assert_no_fit("hash=1e9", &T.base, NULL, ERM_EINVAL, "whole number");
    assert_no_fit("fourier=10:0", &T.base, NULL, ERM_EINVAL, "gamma");
    assert_no_fit("fourier=-1:1", &T.base, NULL, ERM_EINVAL, "features");
}

static void data_that_do_not_fit_a_preparation_are_refused(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4, 5, 7};
    char detail[ERM_DETAIL_SIZE];
    const erm_dense X = erm_dense_f64(3, 2, x, 2), wide = erm_dense_f64(2, 3, x, 3);
    erm_preparation fitted = preparations_fit("standardise", &X.base, NULL);
    erm_prepared prepared;
    assert_int_equal(erm_preparation_apply(&fitted, &wide.base, &prepared, detail), ERM_EINVAL);
    assert_non_null(strstr(detail, "3 columns"));
    assert_null(prepared.parts);
    erm_preparation_free(&fitted);
}

static void too_many_steps_are_refused(void **state)
{
    (void)state;
    enum { MANY = ERM_PREPARE_STEPS_MAX + 1 };
    const double x[] = {1, 2};
    const erm_dense X = erm_dense_f64(2, 1, x, 1);
    erm_prepare steps[MANY];
    erm_preparation fitted;
    char said[ERM_DETAIL_SIZE];
    for (int t = 0; t < MANY; t++) steps[t] = erm_prepare_max_abs();
    assert_int_equal(erm_preparation_fit(steps, MANY, &X.base, NULL, &fitted, said), ERM_EINVAL);
    assert_non_null(strstr(said, "at most 100"));
    assert_int_equal(erm_preparation_fit(steps, MANY - 1, &X.base, NULL, &fitted, said), ERM_OK);
    erm_preparation_free(&fitted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_many_steps_are_refused),
        cmocka_unit_test(what_cannot_be_is_refused_in_a_sentence),
        cmocka_unit_test(data_that_do_not_fit_a_preparation_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
