/* Every allocation of a model that prepares its data fails once: described, saved, loaded, asked
 * for margins, folded and exported. */
#include "check.h"
#include "failing_alloc.h"
#include "files.h"
#include "models.h"
#include "preparations.h"

typedef struct bench {
    files_directory directory;
    char path[FILES_PATH], source[FILES_PATH];
    erm_preparation fitted;
    erm_dense X;
    erm_model model; /* as it was fitted */
} bench;

static const double x[] = {1, 2, 3, 4, 5, NAN, 7, 9, 11, 4, 2, 1};
static const char *const names[] = {"a", "b", "c", "d"};

static bool only_memory_was_missing(erm_status status, const char *detail)
{
    if (status != ERM_OK && status != ERM_ENOMEM) fail_case("%s", detail);
    return status == ERM_OK;
}

static erm_model plain_model(int64_t d)
{
    const double w[32] = {1, 2, 3, 4, 5, 6};
    const erm_dense prepared = erm_dense_f64(1, d, w, d);
    const erm_problem problem = {.X = &prepared.base, .loss = erm_loss_squared(), .intercept = true};
    erm_model model;
    assert_int_equal(erm_model_create(&problem, w, NULL, NULL, &model), ERM_OK);
    return model;
}

static bool describe(void *context)
{
    bench *work = context;
    const bool done = only_memory_was_missing(erm_model_describe(&work->model, &work->fitted, names), "");
    if (!done) assert_true(work->model.preparation.count == 0 && work->model.feature_names == 0);
    return done;
}

static bool save(void *context)
{
    const bench *work = context;
    char detail[ERM_DETAIL_SIZE] = "";
    return only_memory_was_missing(erm_model_save(&work->model, work->path, detail), detail);
}

static bool load(void *context)
{
    const bench *work = context;
    char detail[ERM_DETAIL_SIZE] = "";
    erm_model model;
    const bool done = only_memory_was_missing(erm_model_load(work->path, &model, detail), detail);
    if (!done) assert_true(!model.w && !model.preparation.step && !model.feature_name);
    erm_model_free(&model);
    return done;
}

static bool margins(void *context)
{
    const bench *work = context;
    char detail[ERM_DETAIL_SIZE] = "";
    double Z[3];
    return only_memory_was_missing(erm_model_margins(&work->model, &work->X.base, Z, detail), detail);
}

static bool export(void *context)
{
    const bench *work = context;
    char detail[ERM_DETAIL_SIZE] = "";
    return only_memory_was_missing(erm_model_export_c(&work->model, ERM_WEIGHTS_DOUBLE, "m", work->source, detail), detail);
}

/* Rounds until it succeeds, once: the model is as it was after each failure. */
static bool fold(void *context)
{
    bench *work = context;
    char detail[ERM_DETAIL_SIZE] = "";
    const int64_t steps = work->model.preparation.count;
    const bool done = only_memory_was_missing(erm_model_round(&work->model, ERM_WEIGHTS_FLOAT, detail), detail);
    assert_int_equal(work->model.preparation.count, done ? 1 : steps);
    return done;
}

static void try_all(const char *recipe, bool folds)
{
    bench work = {.directory = files_new_directory(), .X = erm_dense_f64(3, 4, x, 4)};
    files_path(&work.directory, "model", work.path);
    files_path(&work.directory, "model.c", work.source);
    work.fitted = preparations_fit(recipe, &work.X.base, NULL);
    work.model = plain_model(work.fitted.d);
    const int64_t live = failing_alloc_live();
    assert_true(live >= 0);
    for (int64_t k = 1;; k++) { /* what succeeds stays in the model */
        failing_alloc_start(k);
        const bool done = describe(&work), failed = failing_alloc_stop();
        assert_true(done == !failed);
        if (done) break;
        assert_int_equal(failing_alloc_live(), live);
    }
    assert_true(failing_alloc_each(save, &work, true) > 2);
    assert_true(failing_alloc_each(load, &work, true) > 10);
    assert_true(failing_alloc_each(margins, &work, true) > 3);
    if (folds) assert_true(failing_alloc_each(export, &work, true) > 5);
    const int64_t before = failing_alloc_live();
    for (int64_t k = 1; folds; k++) {
        failing_alloc_start(k);
        const bool done = fold(&work), failed = failing_alloc_stop();
        assert_true(done == !failed);
        if (done) break;
        assert_int_equal(failing_alloc_live(), before);
    }
    erm_model_free(&work.model);
    erm_preparation_free(&work.fitted);
    files_remove_directory(&work.directory);
}

static void every_failed_allocation_is_told(void **state)
{
    (void)state;
    try_all("impute=median,standardise,drop-constant,min-max", true);
    try_all("impute=mean,polynomial=2,max-abs", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failed_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
