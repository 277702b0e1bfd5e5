/* Every wrong line of a model file is refused, although the checksum is right, in a sentence that names line and field. */
#include <inttypes.h>
#include <stdio.h>

#include "check.h"
#include "files.h"
#include "models.h"

#include "model/model_text.h"

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
        models_file_refused(path, WRONG_2[i].says, what);
    }
    free(text);
    text = models_version_1();
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        write_changed(path, text, WRONG[i].from, WRONG[i].to);
        snprintf(what, sizeof what, "\"%s\" for \"%s\"", WRONG[i].to, WRONG[i].from);
        models_file_refused(path, WRONG[i].says, what);
    }
    erm_model model;
    write_changed(path, text, "rows 9", "rows 9"); /* the helper itself writes what can be read */
    assert_int_equal(erm_model_load(path, &model, NULL), ERM_OK);
    erm_model_free(&model);
    free(text);
    files_remove_directory(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_wrong_line_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
