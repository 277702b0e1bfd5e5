/* Every allocation of learning and applying every recipe, and of the outliers, fails once:
 * ERM_ENOMEM, and nothing stays behind. */
#include "check.h"
#include "failing_alloc.h"
#include "matrices.h"
#include "preparations.h"

typedef struct bench {
    const char *recipe;
    const erm_matrix *X;
    erm_preparation fitted;
} bench;

static bool only_memory_was_missing(erm_status status, const char *detail)
{
    if (status != ERM_OK && status != ERM_ENOMEM) fail_case("%s", detail);
    if (status != ERM_OK) assert_true(detail[0]);
    return status == ERM_OK;
}

static bool fit(void *context)
{
    const bench *work = context;
    char detail[ERM_DETAIL_SIZE] = "";
    erm_prepare steps[PREPARATIONS_STEPS];
    erm_preparation fitted;
    const int64_t count = preparations_parse(work->recipe, steps);
    const bool done = only_memory_was_missing(erm_preparation_fit(steps, count, work->X, NULL, &fitted, detail), detail);
    if (!done) assert_null(fitted.step);
    erm_preparation_free(&fitted);
    return done;
}

static bool apply(void *context)
{
    const bench *work = context;
    char detail[ERM_DETAIL_SIZE] = "";
    erm_prepared prepared;
    const bool done = only_memory_was_missing(erm_preparation_apply(&work->fitted, work->X, &prepared, detail), detail);
    if (!done) assert_null(prepared.parts);
    erm_prepared_free(&prepared);
    return done;
}

static bool outliers(void *context)
{
    const bench *work = context;
    char detail[ERM_DETAIL_SIZE] = "";
    erm_outlier_column column[6];
    return only_memory_was_missing(erm_outliers_find(work->X, 0, column, detail), detail);
}

static void every_failed_allocation_is_told(void **state)
{
    (void)state;
    const char *const kinds[] = {"csr f64", "dense f64"};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        erm_rng rng = erm_rng_seed(3);
        double *x = random_numbers(&rng, 12, 6, 0.6);
        owned_matrix *X = owned_matrix_new(matrix_kind_called(kinds[k]), 12, 6, x);
        for (int r = 0; preparations_recipes[r]; r++) {
            bench work = {.recipe = preparations_recipes[r], .X = X->X};
            assert_true(failing_alloc_each(fit, &work, true) > 1);
            work.fitted = preparations_fit(work.recipe, X->X, NULL);
            assert_true(failing_alloc_each(apply, &work, true) > 0);
            erm_preparation_free(&work.fitted);
        }
        bench work = {.X = X->X};
        assert_true(failing_alloc_each(outliers, &work, true) > 4);
        owned_matrix_free(X);
        free(x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failed_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
