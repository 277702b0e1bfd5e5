/* Model files: the text is as documented, and no damaged file is taken for a model. */
#include <inttypes.h>
#include <stdio.h>

#include "catalog_loss.h"
#include "check.h"
#include "files.h"
#include "models.h"

#include "ermopt/version.h"
#include "model/model_text.h"

static void the_text_is_what_the_documentation_shows(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], expected[1024];
    files_path(&directory, "model", path);
    char *text = models_save_small(path, NULL);
    snprintf(expected, sizeof expected - 60,
             "ermopt-model 2\nloss logistic\nloss-param 0\nd 3\nk 1\nintercept yes\nindex-base 1\nclasses 2\n"
             "class benign\nclass very malignant\nregularizer \nsolver \nstop \nrows 9\nprimal 0\ndual 0\ntol 0\nseed 0\n"
             "library %s\ndata 0000000000000000\ninput-d 3\nfeatures 0\npreparation 0\n"
             "coefficients 2\n1 0x1p-1\n3 -0x1.4p+0\nbias 0x1.999999999999ap-4\n",
             erm_version());
    models_sign(expected);
    assert_string_equal(text, expected);
    free(text);
    text = models_save_prepared(path, NULL);
    assert_non_null(strstr(text, "\ndata 0123456789abcdef\ninput-d 3\nfeatures 3\nfeature age\nfeature body mass\nfeature %25\n"
                                 "preparation 3\nstep standardise\nparam 0 0\nseed 0\nnumbers 3\n1 1 1\n2 3 1\n"
                                 "3 1 0.3333333333333333\n"
                                 "step polynomial\nparam 1 0\nseed 0\nnumbers 0\nstep max-abs\nparam 0 0\nseed 0\nnumbers 0\n"
                                 "coefficients 2\n"));
    free(text);
    files_remove_directory(&directory);
}

/* The example of the documentation, without its margin of four spaces, is a model. */
static void the_documented_example_is_a_model(void **state)
{
    (void)state;
    char *page = files_read(TEST_DATA "/../../docs/model-format.md", NULL), text[2048], *to = text;
    const char *line = strstr(page, "    ermopt-model ");
    assert_non_null(line);
    for (; strncmp(line, "    ", 4) == 0; line = strchr(line, '\n') + 1)
        for (const char *p = line + 4; p[-1] != '\n'; p++) *to++ = *p;
    erm_model model;
    char detail[ERM_DETAIL_SIZE] = "";
    if (erm__model_parse("docs", text, (size_t)(to - text), &model, detail) != ERM_OK) fail_case("%s", detail);
    assert_int_equal(erm_model_input_columns(&model), 4);
    assert_int_equal(model.d, 3);
    assert_string_equal(model.feature_name[2], "hospital");
    const double x[] = {13.4, 18.84, 7, NAN};
    const erm_dense X = erm_dense_f64(1, 4, x, 4);
    double z;
    assert_int_equal(erm_model_margins(&model, &X.base, &z, detail), ERM_OK);
    assert_near(z, 0.1 + 0.5 * (13.4 - 14.127291739894552) * 0.28405122268892 - 1.25 * (51 - 49.5) * 0.08, 1e-14);
    erm_model_free(&model);
    free(page);
}

/* Every loss of the library is in the documentation of the format. */
static void the_documentation_names_every_loss(void **state)
{
    (void)state;
    char *page = files_read(TEST_DATA "/../../docs/model-format.md", NULL);
    for (int t = 0; t < catalog_loss_count(); t++) {
        char quoted[64];
        erm_loss known;
        const erm_loss loss = catalog_loss_at(t).loss;
        snprintf(quoted, sizeof quoted, "`%s`", loss.ops->name);
        if (erm_loss_from_name(loss.ops->name, loss.param, &known) && !strstr(page, quoted)) fail_case("%s is missing", quoted);
    }
    free(page);
}

static void models_of_version_1_can_still_be_read(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH];
    erm_model model;
    files_path(&directory, "model", path);
    char *text = models_version_1();
    files_write(path, text, strlen(text));
    assert_int_equal(erm_model_load(path, &model, NULL), ERM_OK);
    assert_near(model.w[2], -1.25, 0);
    assert_int_equal(erm_model_input_columns(&model), 3);
    assert_int_equal(model.preparation.count, 0);
    assert_string_equal(model.classes.name[1], "very malignant");
    assert_string_equal(model.training.library, "");
    assert_true(model.training.digest == 0);
    erm_model_free(&model);
    free(text);
    files_remove_directory(&directory);
}

/* Published values of FNV-1a with 64 bits. */
static void the_checksum_is_fnv_1a(void **state)
{
    (void)state;
    assert_true(erm__fnv1a(ERM_FNV_START, "", 0) == UINT64_C(0xcbf29ce484222325));
    assert_true(erm__fnv1a(ERM_FNV_START, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(erm__fnv1a(ERM_FNV_START, "foobar", 6) == UINT64_C(0x85944171f73967e8));
}

/* Reading failed, left an empty model, and said a sentence with the name and a line. */
static void assert_failed(erm_status status, const erm_model *model, const char *detail, const char *name, const char *part,
                          const char *what)
{
    char place[FILES_PATH + 1];
    snprintf(place, sizeof place, "%s:", name);
    if (status != ERM_EDATA) fail_case("%s: %s", what, erm_status_text(status));
    if (strstr(detail, place) != detail || !strstr(detail, part)) fail_case("%s: \"%s\"", what, detail);
    assert_null(model->w);
    assert_null(model->classes.name);
}

static void assert_refused(const char *path, const char *part, const char *what)
{
    erm_model model;
    char detail[ERM_DETAIL_SIZE] = "";
    memset(&model, 0x5a, sizeof model);
    const erm_status status = erm_model_load(path, &model, detail);
    assert_failed(status, &model, detail, path, part, what);
}

/* The same for a text in memory; a copy without a byte more lets a sanitizer see reads beyond its end. */
static void assert_text_refused(const char *text, size_t size, const char *part, const char *what)
{
    erm_model model;
    char detail[ERM_DETAIL_SIZE] = "", *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    if (size > 0) memcpy(copy, text, size);
    const erm_status status = erm__model_parse("text", copy, size, &model, detail);
    free(copy);
    assert_failed(status, &model, detail, "text", part, what);
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
    assert_refused(path, "truncated", path);
    free(text);
    files_remove_directory(&directory);
}

/* Writes the model's text with the first `from` replaced by `to`, under a checksum that fits. */
static void write_changed(const char *path, const char *text, const char *from, const char *to)
{
    char changed[2048];
    const char *place = strstr(text, from), *sum = strstr(text, "checksum ");
    if (!place || !sum) fail_case("the model has no \"%s\"", from);
    int length = snprintf(changed, sizeof changed, "%.*s%s%.*s", (int)(place - text), text, to,
                          (int)(sum - place - (int)strlen(from)), place + strlen(from));
    const uint64_t hash = erm__fnv1a(ERM_FNV_START, changed, (size_t)length);
    length += snprintf(changed + length, sizeof changed - (size_t)length, "checksum fnv1a64 %016" PRIx64 "\n", hash);
    files_write(path, changed, (size_t)length);
}

/* What is wrong although the checksum is right, and the part of the sentence that tells. */
static const struct {
    const char *from, *to, *says;
} WRONG[] = {
    {"ermopt-model 1", "ermopt-model 3", ":1: the model is of version \"3\""},
    {"ermopt-model 1", "ermopt-model 0", ":1: the model is of version \"0\""},
    {"ermopt-model 1", "ermopt-model 2", ":19: \"library\" is expected"},
    {"ermopt-model 1", "ermopt-model 1 ", "version"},
    {"loss logistic\n", "", ":2: \"loss\" is expected"},
    {"loss logistic\n", "loss logistic\nloss logistic\n", ":3: \"loss-param\" is expected"},
    {"loss logistic\n", "loss logistic\ncolour red\n", "found \"colour red\""},
    {"loss logistic", "loss magic", "magic"},
    {"loss logistic", "loss cross-entropy", "k = 1"},
    {"loss logistic", "loss huber", ":3:"}, /* delta 0 */
    {"loss logistic", "loss squared", ":8: classes"},
    {"loss-param 0", "loss-param inf", "loss-param = \"inf\""},
    {"loss-param 0", "loss-param 1", "with parameter 1"},
    {"loss-param 0", "loss-param 0 0", "too much"},
    {"loss-param 0", "loss-param 0 ", "too much"},
    {"\nd 3", "\nd -3", ":4: d = \"-3\""},
    {"\nd 3", "\nd 2147483648", ":4: d = "},
    {"\nd 3", "\nd 99999999999999999999999", ":4: d = "},
    {"\nd 3", "\nd 18446744073709551619", ":4: d = "}, /* 2^64 + 3 */
    {"\nd 3", "\nd ", ":4: d is missing"},
    {"\nd 3", "\nd -", ":4: d = "},
    {"\nd 3", "\nd 3.0", ":4: d = "},
    {"\nd 3", "\nd", ":4:"},
    {"\nd 3", "\nd 2", ":21: a feature's index = \"3\""},
    {"\nd 3", "\nd 1", "coefficients = \"2\""},
    {"\nk 1", "\nk 0", ":5: k = \"0\""},
    {"\nk 1", "\nk 2", ":5: logistic loss does not allow k = 2"},
    {"intercept yes", "intercept no", "expected"},
    {"intercept yes", "intercept maybe", "neither yes nor no"},
    {"index-base 1", "index-base 2", ":7:"},
    {"index-base 1", "index-base 0", "a feature's index = \"3\""},
    {"classes 2", "classes 3", ":8: classes = \"3\""},
    {"class benign\n", "", "found \"regularizer"},
    {"class benign", "class 1\nclass 2", "found \"class"},
    {"class benign", "class be%", "bad character"},
    {"class benign", "class be%0", "bad character"},
    {"class benign", "class be%00", "bad character"},
    {"class benign", "class be%zz", "bad character"},
    {"class benign", "class be\tnign", "bad character"},
    {"regularizer ", "regularizer 1234567890123456789012345678901234567890123456789012345678901234", "too long"},
    {"rows 9", "rows -9", "rows"},
    {"rows 9", "rows 9 9", "too much"},
    {"primal 0", "primal zero", "primal is not a number"},
    {"seed 0", "seed 18446744073709551616", "seed"},
    {"seed 0", "seed -1", "seed"},
    {"seed 0", "seed ", "seed"},
    {"coefficients 2", "coefficients 4", "coefficients = \"4\""},
    {"coefficients 2", "coefficients 3", "\"bias\""},
    {"coefficients 2", "coefficients 1", "\"bias\" is expected"},
    {"\n1 0x1p-1", "\n0 0x1p-1", "a feature's index = \"0\""},
    {"\n1 0x1p-1", "\n4 0x1p-1", "a feature's index = \"4\""},
    {"\n1 0x1p-1", "\n3 0x1p-1", ":21: a feature's index = \"3\""}, /* twice */
    {"\n1 0x1p-1", "\n1 nan", "a coefficient = \"nan\""},
    {"\n1 0x1p-1", "\n1 -inf", "a coefficient = \"-inf\""},
    {"\n1 0x1p-1", "\n1 1e999", "a coefficient = \"1e999\""},
    {"\n1 0x1p-1", "\n1 0x1p+1024", "a coefficient = "},
    {"\n1 0x1p-1", "\n1", "a coefficient is missing"},
    {"\n1 0x1p-1", "\n1 ", "a coefficient is missing"},
    {"\n1 0x1p-1", "\n1  0x1p-1", "a coefficient = \"\""},
    {"\n1 0x1p-1", "\n1 0x1p-1 0x1p-1", "too much"},
    {"bias 0x1.999999999999ap-4\n", "", ":22:"},
    {"bias 0x1.999999999999ap-4\n", "bias 0x1p+0\nbias 0x1p+0\n", ":23: the checksum is expected"},
    {"bias 0x1.999999999999ap-4\n", "bias nan\n", ":22:"},
    {"bias 0x1.999999999999ap-4\n", "bias\n", ":22:"},
};

/* The same for what version 2 has besides, in a model with a preparation. */
static const struct {
    const char *from, *to, *says;
} WRONG_2[] = {
    {"ermopt-model 2", "ermopt-model 1", ":19: \"coefficients\" is expected"},
    {"data 0123456789abcdef", "data 0123456789abcde", ":20: the digest"},
    {"data 0123456789abcdef", "data 0123456789abcdeg", ":20: the digest"},
    {"data 0123456789abcdef", "data 0123456789abcdeF", ":20: the digest"},
    {"data 0123456789abcdef", "data 0123456789abcdef0", ":20: the digest"},
    {"data 0123456789abcdef\n", "", ":20: \"data\" is expected"},
    {"input-d 3", "input-d 2", ":22: features = \"3\""},
    {"input-d 3", "input-d 4", ":22: features = 3 is neither 0 nor input-d = 4"},
    {"input-d 3", "input-d -1", ":21:"},
    {"features 3", "features 2", ":22: features = 2"},
    {"features 3", "features 0", "\"preparation\" is expected"},
    {"feature age\n", "", "\"feature\" is expected"},
    {"feature %25", "feature %", "bad character"},
    {"preparation 3", "preparation 4", "\"step\" is expected"},
    {"preparation 3", "preparation 2", "\"coefficients\" is expected"},
    {"preparation 3", "preparation -1", "preparation = "},
    {"preparation 3", "preparation 101", "is not an integer from 0 to 100"},
    {"step standardise", "step standardize", ":27: there is no step \"standardize\""},
    {"step standardise", "step max-abs", "too much"},
    {"step standardise", "step drop-constant", "too much"},
    {"step standardise", "step hash", "whole number"},
    {"step polynomial", "step drop-constant", "drop-constant has no parameter 1"},
    {"step polynomial\nparam 1 0", "step polynomial\nparam 1 1", "distinct"},
    {"step max-abs\nparam 0 0\nseed 0", "step max-abs\nparam 0 0\nseed 1", "max-abs takes no seed"},
    {"step max-abs\nparam 0 0", "step max-abs\nparam 0 -1", "max-abs has no parameter -1"},
    {"step polynomial\nparam 1", "step polynomial\nparam 2", "makes 9 columns of 3, but d is 3"},
    {"step polynomial\nparam 1", "step polynomial\nparam 9", "from 1 to 8"},
    {"step polynomial\nparam 1", "step polynomial\nparam nan", "a parameter of the step = "},
    {"step polynomial\nparam 1 0", "step polynomial\nparam 1", "is missing"},
    {"step polynomial\nparam 1 0", "step polynomial\nparam 1 0 0", "too much"},
    {"seed 0\nnumbers 3", "seed -1\nnumbers 3", "seed is not an integer"},
    {"numbers 3", "numbers 4", "numbers = \"4\""},
    {"numbers 3", "numbers 2", "\"step\" is expected"},
    {"numbers 0\nstep", "numbers 1\nstep", "numbers = \"1\""},
    {"\n1 1 1\n", "\n0 1 1\n", "a column's index = \"0\""},
    {"\n1 1 1\n", "\n2 1 1\n", "a column's index = \"2\""},
    {"\n1 1 1\n", "\n1 1 0\n", "standardise: the values of column 0"},
    {"\n1 1 1\n", "\n1 1 -1\n", "standardise: the values of column 0"},
    {"\n1 1 1\n", "\n1 inf 1\n", "a number of the step = "},
    {"\n1 1 1\n", "\n1 1 nan\n", "a number of the step = "},
    {"\n1 1 1\n", "\n1 1\n", "is missing"},
    {"\n1 1 1\n", "\n1 1 1 1\n", "too much"},
};

static void every_wrong_line_is_named(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], what[256];
    files_path(&directory, "model", path);
    char *text = models_save_prepared(path, NULL);
    for (size_t i = 0; i < sizeof WRONG_2 / sizeof WRONG_2[0]; i++) {
        write_changed(path, text, WRONG_2[i].from, WRONG_2[i].to);
        snprintf(what, sizeof what, "\"%s\" for \"%s\"", WRONG_2[i].to, WRONG_2[i].from);
        assert_refused(path, WRONG_2[i].says, what);
    }
    free(text);
    text = models_version_1();
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        write_changed(path, text, WRONG[i].from, WRONG[i].to);
        snprintf(what, sizeof what, "\"%s\" for \"%s\"", WRONG[i].to, WRONG[i].from);
        assert_refused(path, WRONG[i].says, what);
    }
    erm_model model;
    write_changed(path, text, "rows 9", "rows 9"); /* the helper itself writes what can be read */
    assert_int_equal(erm_model_load(path, &model, NULL), ERM_OK);
    erm_model_free(&model);
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
    assert_refused(path, "something follows the checksum", path);
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
        assert_refused(path, others[i].says, others[i].bytes);
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
    assert_refused("/dev/zero", "not a model", "/dev/zero");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_is_what_the_documentation_shows),
        cmocka_unit_test(the_documented_example_is_a_model),
        cmocka_unit_test(the_documentation_names_every_loss),
        cmocka_unit_test(models_of_version_1_can_still_be_read),
        cmocka_unit_test(the_checksum_is_fnv_1a),
        cmocka_unit_test(every_flipped_bit_is_noticed),
        cmocka_unit_test(every_truncation_is_noticed),
        cmocka_unit_test(every_wrong_line_is_named),
        cmocka_unit_test(what_follows_the_checksum_is_refused),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(places_without_a_file_are_refused),
        cmocka_unit_test(an_endless_device_is_refused_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
