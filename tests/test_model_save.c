/* Saving models: only what can be read back, all of it or nothing. */
#include "check.h"
#include "files.h"
#include "models.h"

static void models_that_could_not_be_read_back_are_not_saved(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], detail[ERM_DETAIL_SIZE];
    files_path(&directory, "model", path);
    erm_rng rng = erm_rng_seed(4);
    const erm_model good = models_random(&rng, erm_loss_logistic(), 3, 1, true, 1);
    erm_loss_ops copy = *good.loss.ops;
    erm_model bad = good;
    bad.loss.ops = &copy; /* the user's own loss, under a name of the library's */
    assert_int_equal(erm_model_save(&bad, path, detail), ERM_EUNSUPPORTED);
    assert_non_null(strstr(detail, "logistic"));
    copy.name = "my own";
    assert_int_equal(erm_model_save(&bad, path, detail), ERM_EUNSUPPORTED);
    bad = good;
    bad.k = 2;
    assert_int_equal(erm_model_save(&bad, path, detail), ERM_EINVAL);
    bad = good;
    bad.d = -1;
    assert_int_equal(erm_model_save(&bad, path, detail), ERM_EINVAL);
    bad = good;
    bad.classes.count = 1;
    assert_int_equal(erm_model_save(&bad, path, detail), ERM_EINVAL);
    bad = good;
    bad.index_base = 2;
    assert_int_equal(erm_model_save(&bad, path, detail), ERM_EINVAL);
    bad = good;
    const double kept = bad.w[2];
    bad.w[2] = NAN;
    assert_int_equal(erm_model_save(&bad, path, detail), ERM_EINVAL);
    assert_non_null(strstr(detail, "w[2]"));
    bad.w[2] = kept;
    assert_int_equal(files_count(&directory), 0);
    assert_int_equal(erm_model_save(&bad, path, detail), ERM_OK);
    erm_model_free(&bad);
    files_remove_directory(&directory);
}

static void names_are_escaped_only_where_they_must_be(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH];
    files_path(&directory, "model", path);
    char *names[] = {" two  words ", "100%\n\xc3\xa9"};
    const erm_classes classes = {2, names};
    const double w[1] = {1};
    const erm_dense X = erm_dense_f64(1, 1, w, 1);
    const erm_problem problem = {.X = &X.base, .loss = erm_loss_hinge()};
    erm_model model;
    assert_int_equal(erm_model_create(&problem, w, &classes, NULL, &model), ERM_OK);
    assert_int_equal(erm_model_save(&model, path, NULL), ERM_OK);
    char *text = files_read(path, NULL);
    assert_non_null(strstr(text, "\nclass %20two  words%20\nclass 100%25%0A\xc3\xa9\n"));
    free(text);
    erm_model_free(&model);
    files_remove_directory(&directory);
}

static void a_failed_save_keeps_the_old_model(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], nowhere[FILES_PATH], detail[ERM_DETAIL_SIZE] = "";
    files_path(&directory, "model", path);
    files_path(&directory, "no-such-directory/model", nowhere);
    char *before = models_save_small(path, NULL);
    erm_rng rng = erm_rng_seed(8);
    erm_model model = models_random(&rng, erm_loss_squared(), 5000, 1, true, 1);
    files_limit_size(20000);
    const erm_status status = erm_model_save(&model, path, detail);
    files_limit_size(0);
    assert_int_equal(status, ERM_EIO);
    assert_non_null(strstr(detail, path + strlen(directory.path)));
    char *after = files_read(path, NULL);
    assert_string_equal(before, after);
    assert_int_equal(erm_model_save(&model, nowhere, detail), ERM_EIO);
    assert_int_equal(erm_model_save(&model, directory.path, detail), ERM_EIO);
    assert_int_equal(erm_model_save(&model, "/proc/ermopt-model", detail), ERM_EIO);
    assert_int_equal(files_count(&directory), 1);
    erm_model_free(&model);
    free(before);
    free(after);
    files_remove_directory(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_that_could_not_be_read_back_are_not_saved),
        cmocka_unit_test(names_are_escaped_only_where_they_must_be),
        cmocka_unit_test(a_failed_save_keeps_the_old_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
