/* Recipes for tests, and what they should give. */
#include "preparations.h"

#include "check.h"
#include "matrices.h"

const char *const preparations_recipes[] = {"impute=mean",
                                            "impute=median",
                                            "impute=-2.5",
                                            "impute=median,drop-constant,standardise",
                                            "impute=mean,polynomial=2,max-abs",
                                            "impute=0.5,hash=3,min-max",
                                            "standardise",
                                            "min-max",
                                            "max-abs",
                                            "drop-constant",
                                            "polynomial=3",
                                            "interactions=3",
                                            "hash=4",
                                            "fourier=7:0.3",
                                            "standardise,polynomial=2,drop-constant,standardise",
                                            "standardise,fourier=5:0.1",
                                            "min-max,interactions=2",
                                            "max-abs,drop-constant,hash=5",
                                            NULL};
const int preparations_missing = 6;

int64_t preparations_parse(const char *text, erm_prepare steps[PREPARATIONS_STEPS])
{
    char detail[ERM_DETAIL_SIZE] = "";
    int64_t count;
    if (erm_prepare_parse(text, 42, PREPARATIONS_STEPS, steps, &count, detail) != ERM_OK) fail_case("%s: %s", text, detail);
    return count;
}

erm_preparation preparations_fit(const char *text, const erm_matrix *X, const double *weight)
{
    char detail[ERM_DETAIL_SIZE] = "";
    erm_prepare steps[PREPARATIONS_STEPS];
    erm_preparation fitted;
    const int64_t count = preparations_parse(text, steps);
    if (erm_preparation_fit(steps, count, X, weight, &fitted, detail) != ERM_OK) fail_case("%s: %s", text, detail);
    return fitted;
}

double *preparations_apply(const erm_preparation *fitted, const erm_matrix *X)
{
    char detail[ERM_DETAIL_SIZE] = "";
    erm_prepared prepared;
    erm_matrix_copy copy;
    if (erm_preparation_apply(fitted, X, &prepared, detail) != ERM_OK) fail_case("%s", detail);
    if (prepared.X->cols != fitted->d) fail_case("%d columns", (int)prepared.X->cols);
    if (erm_dense_from(prepared.X, NULL, &copy, detail) != ERM_OK) fail_case("%s", detail);
    double *values = calloc((size_t)(X->rows * fitted->d + 1), sizeof *values);
    assert_non_null(values);
    memcpy(values, copy.values, (size_t)(X->rows * fitted->d) * sizeof *values);
    erm_matrix_copy_free(&copy);
    erm_prepared_free(&prepared);
    return values;
}

void preparations_punch(erm_rng *rng, int64_t count, double *values)
{
    for (int64_t t = 0; t < count; t++)
        if (values[t] != 0 && erm_rng_below(rng, 5) == 0) values[t] = NAN;
}

double *preparations_numbers(erm_rng *rng, int64_t rows, bool missing)
{
    double *x = random_numbers(rng, rows, PREPARATIONS_COLS, 0.6);
    for (int64_t i = 0; i < rows; i++) {
        x[i * PREPARATIONS_COLS + 1] = 0;
        x[i * PREPARATIONS_COLS + 2] = (double)(float)(x[i * PREPARATIONS_COLS + 2] + 100);
    }
    if (missing) preparations_punch(rng, rows * PREPARATIONS_COLS, x);
    for (int64_t i = 0; i < rows; i++) x[i * PREPARATIONS_COLS + 4] = 0.1f;
    return x;
}
