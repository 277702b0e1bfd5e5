/* The text of model files is as documented, in this version and the last, and so is its checksum. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_is_what_the_documentation_shows),
        cmocka_unit_test(the_documented_example_is_a_model),
        cmocka_unit_test(the_documentation_names_every_loss),
        cmocka_unit_test(models_of_version_1_can_still_be_read),
        cmocka_unit_test(the_checksum_is_fnv_1a),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
