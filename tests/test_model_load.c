/* No damaged file, and no other, is taken for a model. */
#include <stdio.h>

#include "check.h"
#include "files.h"
#include "models.h"

#include "model/model_text.h"

/* The same for a text in memory; a copy without a byte more lets a sanitizer see reads beyond its end. */
static void assert_text_refused(const char *text, size_t size, const char *part, const char *what)
{
    erm_model model;
    char detail[ERM_DETAIL_SIZE] = "", *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    if (size > 0) memcpy(copy, text, size);
    const erm_status status = erm__model_parse("text", copy, size, &model, detail);
    free(copy);
    models_refused(status, &model, detail, "text", part, what);
}

static void every_flipped_bit_is_noticed(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], what[64];
    files_path(&directory, "model", path);
    size_t size;
    char *text = models_save_prepared(path, &size);
    for (size_t i = 0; i < size; i++) {
        for (int bit = 0; bit < 8; bit++) {
            text[i] = (char)(text[i] ^ (1 << bit));
            snprintf(what, sizeof what, "byte %zu, bit %d", i, bit);
            assert_text_refused(text, size, "", what);
            text[i] = (char)(text[i] ^ (1 << bit));
        }
    }
    free(text);
    files_remove_directory(&directory);
}

static void every_truncation_is_noticed(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], what[64];
    files_path(&directory, "model", path);
    size_t size;
    char *text = models_save_prepared(path, &size);
    for (size_t i = 0; i < size; i++) {
        const char *says = i == 0 ? "empty" : i < sizeof ERM_MODEL_MAGIC - 1 ? "not a model" : i < 15 ? "early" : "truncated";
        snprintf(what, sizeof what, "%zu bytes", i);
        assert_text_refused(text, i, says, what);
    }
    files_write(path, text, size / 2); /* the same from a file */
    models_file_refused(path, "truncated", path);
    free(text);
    files_remove_directory(&directory);
}

static void what_follows_the_checksum_is_refused(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH];
    files_path(&directory, "model", path);
    size_t size;
    char *text = models_save_small(path, &size), *longer = calloc(size + 1, 1);
    assert_non_null(longer);
    memcpy(longer, text, size);
    for (int byte = 0; byte < 256; byte++) {
        longer[size] = (char)byte;
        assert_text_refused(longer, size + 1, "something follows the checksum", "one more byte");
    }
    files_write(path, longer, size + 1);
    models_file_refused(path, "something follows the checksum", path);
    free(longer);
    free(text);
    files_remove_directory(&directory);
}

static void other_files_are_refused(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH];
    files_path(&directory, "other", path);
    const struct {
        const char *bytes;
        size_t count;
        const char *says;
    } others[] = {{"", 0, "empty"},
                  {"\x7f"
                   "ELF\0\0",
                   6, "not a model"},
                  {"+1 1:0.5 3:1\n", 13, "not a model"},
                  {"\n", 1, "not a model"},
                  {"ermopt-model 1", 14, "early"},
                  {"ermopt-model 1\n", 15, "truncated"},
                  {"ermopt-model 99\nabc\n", 20, "\"99\""}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        files_write(path, others[i].bytes, others[i].count);
        models_file_refused(path, others[i].says, others[i].bytes);
    }
    files_remove_directory(&directory);
}

static void places_without_a_file_are_refused(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], detail[ERM_DETAIL_SIZE];
    files_path(&directory, "none", path);
    const char *paths[] = {path, directory.path, ""};
    for (int i = 0; i < 3; i++) {
        erm_model model;
        assert_int_equal(erm_model_load(paths[i], &model, detail), ERM_EIO);
        assert_non_null(strstr(detail, paths[i]));
        assert_null(model.w);
    }
    files_remove_directory(&directory);
}

static void an_endless_device_is_refused_at_once(void **state)
{
    (void)state;
    models_file_refused("/dev/zero", "not a model", "/dev/zero");
}

/* A version 2 model of one output without an intercept: refused with what `says`, or read. */
static void ask(int64_t input_d, int64_t d, const char *step, const char *says)
{
    char text[1024];
    snprintf(text, sizeof text - 60,
             "ermopt-model 2\nloss squared\nloss-param 0\nd %lld\nk 1\nintercept no\nindex-base 1\nclasses 0\n"
             "regularizer \nsolver \nstop \nrows 9\nprimal 0\ndual 0\ntol 0\nseed 0\nlibrary 0\ndata 0000000000000000\n"
             "input-d %lld\nfeatures 0\npreparation %d\n%scoefficients 1\n1 0x1p+0\n",
             (long long)d, (long long)input_d, step[0] ? 1 : 0, step);
    models_sign(text);
    if (says[0]) {
        assert_text_refused(text, strlen(text), says, says);
        return;
    }
    erm_model model;
    char detail[ERM_DETAIL_SIZE] = "";
    if (erm__model_parse("text", text, strlen(text), &model, detail) != ERM_OK) fail_case("%s", detail);
    assert_true(model.d == d && model.w[0] == 1 && model.w[d - 1] == 0);
    erm_model_free(&model);
}

static void a_small_file_is_not_trusted_with_much_memory(void **state)
{
    (void)state;
    const int64_t most = INT32_MAX;
    ask(most, most, "", "w (d x k) would take 17.2 GB of memory, more than a file of this size is trusted with");
    ask(most, most, "step standardise\nparam 0 0\nseed 0\nnumbers 0\n", "standardise would take 68.7 GB");
    ask(most, most, "step drop-constant\nparam 0 0\nseed 0\nnumbers 0\n", "drop-constant would take 17.2 GB");
    ask(100000, 1000000, "step fourier\nparam 1000000 1\nseed 0\nnumbers 0\n", "fourier would take 800 GB");
    ask(10000000, 10000000, "", ""); /* a wide one with few coefficients is */
    ask(1000000, 1000000, "step standardise\nparam 0 0\nseed 0\nnumbers 0\n", "");
}

static void what_would_not_be_trusted_is_not_saved(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], detail[ERM_DETAIL_SIZE];
    files_path(&directory, "model", path);
    double w[1000] = {0};
    erm_fitted_step fitted = {.step = erm_prepare_fourier(1000, 1, 3), .d_in = 1000000, .d_out = 1000};
    const erm_model model = {.loss = erm_loss_squared(),
                             .d = 1000,
                             .k = 1,
                             .w = w,
                             .preparation = {.step = &fitted, .count = 1, .input_d = 1000000, .d = 1000}};
    assert_int_equal(erm_model_save(&model, path, detail), ERM_EUNSUPPORTED);
    assert_non_null(strstr(detail, "takes 8 GB"));
    assert_int_equal(files_count(&directory), 0);
    files_remove_directory(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flipped_bit_is_noticed),
        cmocka_unit_test(every_truncation_is_noticed),
        cmocka_unit_test(what_follows_the_checksum_is_refused),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(places_without_a_file_are_refused),
        cmocka_unit_test(an_endless_device_is_refused_at_once),
        cmocka_unit_test(a_small_file_is_not_trusted_with_much_memory),
        cmocka_unit_test(what_would_not_be_trusted_is_not_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
