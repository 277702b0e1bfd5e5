/* Every allocation of making, saving and loading a model, and of the AUC, fails once: ERM_ENOMEM, and nothing stays behind. */
#include "check.h"
#include "failing_alloc.h"
#include "files.h"
#include "models.h"

#include "ermopt/metrics.h"

/* What an attempt works with. */
typedef struct bench {
    files_directory directory;
    char path[FILES_PATH];
    erm_model model;
    char *before; /* the text at path before an attempt to replace it */
} bench;

static bench new_bench(void)
{
    bench work = {.directory = files_new_directory()};
    files_path(&work.directory, "model", work.path);
    erm_rng rng = erm_rng_seed(5);
    work.before = models_save_small(work.path, NULL);
    work.model = models_random(&rng, erm_loss_cross_entropy(), 4, 3, true, 1);
    return work;
}

static void end_bench(bench *work)
{
    free(work->before);
    erm_model_free(&work->model);
    files_remove_directory(&work->directory);
}

static bool only_memory_was_missing(erm_status status)
{
    if (status != ERM_OK) assert_int_equal(status, ERM_ENOMEM);
    return status == ERM_OK;
}

static bool create(void *context)
{
    const erm_model *model = &((const bench *)context)->model;
    const erm_dense X = erm_dense_f64(1, model->d, model->w, model->d);
    const erm_problem problem = {.X = &X.base, .loss = model->loss, .k = model->k, .intercept = model->intercept};
    erm_model made;
    const bool done = only_memory_was_missing(erm_model_create(&problem, model->w, &model->classes, NULL, &made));
    if (!done) {
        assert_null(made.w);
        assert_null(made.classes.name);
    }
    erm_model_free(&made);
    return done;
}

static bool save(void *context)
{
    const bench *work = context;
    char detail[ERM_DETAIL_SIZE] = "";
    const bool done = only_memory_was_missing(erm_model_save(&work->model, work->path, detail));
    assert_int_equal(files_count(&work->directory), 1);
    if (done) return true;
    assert_non_null(strstr(detail, "model: "));
    char *after = files_read(work->path, NULL);
    assert_string_equal(after, work->before);
    free(after);
    return false;
}

static bool load(void *context)
{
    const bench *work = context;
    erm_model model;
    char detail[ERM_DETAIL_SIZE] = "";
    const bool done = only_memory_was_missing(erm_model_load(work->path, &model, detail));
    if (!done) {
        assert_null(model.w);
        assert_null(model.classes.name);
        assert_non_null(strstr(detail, work->path));
    }
    erm_model_free(&model);
    return done;
}

static bool auc(void *context)
{
    (void)context;
    const double score[] = {1, 2}, y[] = {-1, 1};
    double area = 7;
    const bool done = only_memory_was_missing(erm_metric_auc(2, score, y, NULL, &area));
    if (!done) assert_true(isnan(area));
    return done;
}

static void every_failed_allocation_is_told(void **state)
{
    (void)state;
    bench work = new_bench();
    assert_int_equal(failing_alloc_each(create, &work, true), 5); /* w, three names and their array */
    assert_int_equal(failing_alloc_each(save, &work, true), 3);   /* two paths and a stream */
    assert_int_equal(failing_alloc_each(load, &work, true), 7);   /* the input, its text, and a model */
    assert_int_equal(failing_alloc_each(auc, NULL, true), 1);
    end_bench(&work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failed_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
