/* The model half of erm_inspect: what it prints, what it exports, and the report of outliers. */
#include <stdio.h>
#include <unistd.h>

#include "check.h"
#include "files.h"
#include "models.h"

#include "programs/inspect_model.h"
#include "programs/message.h"
#include "programs/outlier_report.h"

const char *const program_name = "test_inspect_model";

/* Runs it with standard output in a file, whose text is returned. */
static char *run(const inspect_model_options *options, const char *path, int expected)
{
    fflush(stdout);
    const int kept = dup(STDOUT_FILENO);
    assert_non_null(freopen(path, "w", stdout));
    const int code = inspect_model(options);
    fflush(stdout);
    assert_true(dup2(kept, STDOUT_FILENO) >= 0);
    close(kept);
    assert_int_equal(code, expected);
    return files_read(path, NULL);
}

static void assert_says(const char *text, int count, const char *const *parts)
{
    for (int t = 0; t < count; t++)
        if (!strstr(text, parts[t])) fail_case("\"%s\" is not in\n%s", parts[t], text);
}
#define ASSERT_SAYS(text, ...)                                                                                                   \
    assert_says((text), (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)), (const char *const[]){__VA_ARGS__})

static void a_model_is_told_in_words_and_as_json(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], out[FILES_PATH];
    files_path(&directory, "model", path);
    files_path(&directory, "out", out);
    free(models_save_prepared(path, NULL));
    assert_true(inspect_is_model(path));
    inspect_model_options options = {.path = path};
    char *text = run(&options, out, EXIT_FINE);
    ASSERT_SAYS(text, ": logistic loss of -1, 1; 3 columns, 1 output, with intercept",
                "prepared   standardise,polynomial=1,max-abs: 3 columns become 3", "(digest 0123456789abcdef)",
                "2 of 3 are not zero; the largest:", "          -2  %\n", "0.5  body mass\n", "0.25  intercept");
    assert_true(strstr(text, "  %\n") < strstr(text, "body mass"));
    free(text);
    options.json = true;
    text = run(&options, out, EXIT_FINE);
    ASSERT_SAYS(text, "\"prepare\": \"standardise,polynomial=1,max-abs\"", "\"data\": \"0123456789abcdef\"", "\"nonzeros\": 2",
                "\"largest\": {\"%\": -2, \"body mass\": 0.5}", "\"test\"");
    free(text);
    assert_false(inspect_is_model(out));
    assert_false(inspect_is_model("/nowhere"));
    files_remove_directory(&directory);
}

static void an_export_is_measured_before_and_after(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], out[FILES_PATH], source[FILES_PATH], data[FILES_PATH];
    files_path(&directory, "model", path);
    files_path(&directory, "out", out);
    files_path(&directory, "model.c", source);
    files_path(&directory, "data", data);
    free(models_save_small(path, NULL));
    static const char rows[] = "benign 1:-9 3:1\nmalignant 1:5\n";
    files_write(data, rows, sizeof rows - 1);
    inspect_model_options options = {.path = path, .test = data, .export_c = source, .weights = "int8", .prefix = "mole"};
    char *text = run(&options, out, EXIT_FINE);
    ASSERT_SAYS(text, "test       accuracy", "exported   ", "model.c");
    free(text);
    text = files_read(source, NULL);
    ASSERT_SAYS(text, "void mole_margins(const real *x, real *z)", "signed char mole_weight[]");
    free(text);
    options.weights = "bits";
    free(run(&options, out, EXIT_USAGE));
    options.weights = "float";
    options.prefix = "1";
    free(run(&options, out, EXIT_USAGE));
    options.path = data;
    free(run(&options, out, EXIT_DATA));
    files_remove_directory(&directory);
}

static void outliers_are_listed_by_how_far_they_are(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], out[FILES_PATH], detail[ERM_DETAIL_SIZE] = "";
    files_path(&directory, "data.csv", path);
    files_path(&directory, "out", out);
    static const char rows[] = "age,size,y\n1,5,0\n2,6,1\n3,7,0\n4,6,1\n100,50,0\n,5,1\n";
    files_write(path, rows, sizeof rows - 1);
    const erm_data_options how = {.csv = {.missing = ERM_MISSING_NAN}};
    erm_data data;
    assert_int_equal(erm_data_open(path, &how, &data, detail), ERM_OK);
    FILE *const file = fopen(out, "w");
    assert_non_null(file);
    assert_int_equal(outliers_print(file, &data, 0, 1, detail), ERM_OK);
    fclose(file);
    char *text = files_read(out, NULL);
    ASSERT_SAYS(text, "outliers   2 values in 2 of 2 columns; 1 values are missing",
                "age                       1 of median 3, spread 1.4826: 100 (row 5, score 65.4)", "and 1 columns more");
    free(text);
    erm_data_close(&data);
    files_remove_directory(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_is_told_in_words_and_as_json),
        cmocka_unit_test(an_export_is_measured_before_and_after),
        cmocka_unit_test(outliers_are_listed_by_how_far_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
