/* Data from any file: the format is found by content or name, and what was read is what the format's own reader reads. */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "ermopt/data.h"
#include "files.h"

typedef struct files_of_test {
    files_directory directory;
    char path[FILES_PATH];
} files_of_test;

static int open_directory(void **state)
{
    static files_of_test files;
    files.directory = files_new_directory();
    *state = &files;
    return 0;
}

static int remove_directory(void **state)
{
    files_remove_directory(&((files_of_test *)*state)->directory);
    return 0;
}

static const char *put(void **state, const char *name, const void *bytes, size_t count)
{
    files_of_test *files = *state;
    files_path(&files->directory, name, files->path);
    files_write(files->path, bytes, count);
    return files->path;
}

static void the_format_is_told_by_content_and_name(void **state)
{
    static const struct {
        const char *name, *text;
        erm_format format;
    } cases[] = {
        {"a", "1 1:2\n", ERM_FORMAT_LIBSVM},         {"a", "# said, first\n\n-1 3:0.5 4:1\n", ERM_FORMAT_LIBSVM},
        {"a", "1\n-1\n1 1:2\n", ERM_FORMAT_LIBSVM},  {"a", "1\t1:2\t2:3\n", ERM_FORMAT_LIBSVM},
        {"a", "1 qid:3 1:2\n", ERM_FORMAT_LIBSVM},   {"a", "\xef\xbb\xbfyes 1:2\r\nno 1:3\r\n", ERM_FORMAT_LIBSVM},
        {"a", "1,2\n3,4\n", ERM_FORMAT_CSV},         {"a", "1;2\n3;4\n", ERM_FORMAT_CSV},
        {"a", "x\ty\n3\t4\n", ERM_FORMAT_CSV},       {"a", "at 10:30,5\n9,1\n", ERM_FORMAT_CSV},
        {"a", "\"a 1:2\",b\n1,2\n", ERM_FORMAT_CSV}, {"a.csv", "1\n2\n", ERM_FORMAT_CSV},
        {"a.tsv", "a\n2\n", ERM_FORMAT_CSV},         {"a.svm", "1\n2\n", ERM_FORMAT_LIBSVM},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char detail[ERM_DETAIL_SIZE];
        erm_data data;
        const erm_status status =
            erm_data_open(put(state, cases[c].name, cases[c].text, strlen(cases[c].text)), NULL, &data, detail);
        if (status != ERM_OK) fail_case("%s is refused: %s", cases[c].text, detail);
        if (data.format != cases[c].format) fail_case("%s is taken for %s", cases[c].text, erm_format_name(data.format));
        assert_int_equal(data.set.rows, data.X->rows);
        assert_int_equal(data.set.cols, data.X->cols);
        erm_data_close(&data);
        assert_null(data.X);
        unlink(((files_of_test *)*state)->path);
    }
}

static void a_format_that_is_given_is_not_guessed(void **state)
{
    char detail[ERM_DETAIL_SIZE];
    erm_data data;
    const char *path = put(state, "a.csv", "1 2:3\n", 6);
    assert_int_equal(erm_data_open(path, &(erm_data_options){.format = ERM_FORMAT_LIBSVM}, &data, detail), ERM_OK);
    assert_int_equal(data.set.cols, 2);
    erm_data_close(&data);
    assert_int_equal(erm_data_open(path, &(erm_data_options){.format = ERM_FORMAT_NPY}, &data, detail), ERM_EDATA);
    assert_non_null(strstr(detail, "is not a .npy file"));
    assert_int_equal(erm_data_open(path, &(erm_data_options){.format = (erm_format)77}, &data, detail), ERM_EINVAL);
    assert_int_equal(erm_data_open(path, &(erm_data_options){.libsvm.cols = -1}, &data, detail), ERM_EINVAL);
    assert_int_equal(erm_data_open(path, NULL, NULL, detail), ERM_EINVAL);
    assert_int_equal(erm_data_open(NULL, NULL, &data, detail), ERM_EINVAL);
    erm_data_close(NULL);
}

static void arrays_take_their_labels_from_a_second_file(void **state)
{
    char detail[ERM_DETAIL_SIZE], labels[FILES_PATH];
    double X[] = {1, 2, 3, 4, 5, 6}, y[] = {7, 8, 9};
    const files_directory *directory = &((files_of_test *)*state)->directory;
    files_path(directory, "y", labels);
    assert_int_equal(erm_array_write_npy(&(erm_array){.rows = 3, .cols = 1, .values = y}, labels, detail), ERM_OK);
    const char *path = put(state, "X", "", 0);
    assert_int_equal(erm_array_write_npy(&(erm_array){.rows = 3, .cols = 2, .values = X}, path, detail), ERM_OK);
    erm_data data;
    if (erm_data_open(path, &(erm_data_options){.labels = labels}, &data, detail) != ERM_OK) fail_case("%s", detail);
    assert_int_equal(data.format, ERM_FORMAT_NPY);
    assert_null(data.set.start);
    assert_memory_equal(data.set.y, y, sizeof y);
    double z[3];
    data.X->ops->mul(data.X, (erm_rows){.count = 3}, 1, (const double[]){1, 10}, z);
    assert_near(z[2], 65, 0);
    erm_data_close(&data);
    assert_int_equal(erm_data_open(path, NULL, &data, detail), ERM_OK);
    assert_near(data.set.y[0], 0, 0);
    erm_data_close(&data);
    assert_int_equal(erm_data_open(path, &(erm_data_options){.labels = path}, &data, detail), ERM_EDATA);
    assert_non_null(strstr(detail, "holds 3 x 2 labels; expected one for each of 3 rows"));
    assert_int_equal(erm_data_open(path, &(erm_data_options){.libsvm.cols = 1}, &data, detail), ERM_EDATA);
    assert_non_null(strstr(detail, "has 2 columns; at most 1"));
}

/* CSV columns are found by name; those of a binary file cannot be, but must not be taken for others. */
static void columns_of_binary_data_must_have_the_names_that_are_expected(void **state)
{
    char detail[ERM_DETAIL_SIZE];
    const char *const others[][3] = {{"b", "a"}, {"a", "c"}, {"a", "b", "c"}, {"a"}}, *const same[] = {"a", "b"};
    erm_data data;
    const char *path = put(state, "a.csv", "a,b,y\n1,2,0\n3,4,1\n", 18);
    assert_int_equal(erm_data_open(path, NULL, &data, detail), ERM_OK);
    path = put(state, "a.ermdata", "", 0);
    if (erm_dataset_write_binary(&data.set, NULL, path, detail) != ERM_OK) fail_case("%s", detail);
    erm_data_close(&data);
    for (int c = 0; c < 4; c++) {
        const erm_data_options how = {.csv = {.features = others[c], .feature_count = c == 3 ? 1 : 2 + c / 2}};
        assert_int_equal(erm_data_open(path, &how, &data, detail), ERM_EDATA);
        if (!strstr(detail, c < 2 ? "is expected" : "are expected")) fail_case("%s", detail);
    }
    const erm_data_options how = {.csv = {.features = same, .feature_count = 2}};
    assert_int_equal(erm_data_open(path, &how, &data, detail), ERM_OK);
    assert_int_equal(data.format, ERM_FORMAT_BINARY);
    erm_data_close(&data);
}

static void binary_data_must_have_the_index_base_that_is_expected(void **state)
{
    char detail[ERM_DETAIL_SIZE];
    erm_data data;
    for (int base = 0; base < 2; base++) {
        const char *path = put(state, "a.svm", base ? "1 1:2 2:3\n" : "1 0:2 1:3\n", 10);
        assert_int_equal(erm_data_open(path, NULL, &data, detail), ERM_OK);
        assert_int_equal(data.set.index_base, base);
        path = put(state, "a.ermdata", "", 0);
        if (erm_dataset_write_binary(&data.set, NULL, path, detail) != ERM_OK) fail_case("%s", detail);
        erm_data_close(&data);
        static const erm_index_base told[] = {ERM_INDEX_ZERO, ERM_INDEX_ONE, ERM_INDEX_AUTO};
        for (int t = 0; t < 3; t++) {
            const erm_status expected = told[t] == ERM_INDEX_AUTO || t == base ? ERM_OK : ERM_EDATA;
            assert_int_equal(erm_data_open(path, &(erm_data_options){.libsvm.base = told[t]}, &data, detail), expected);
            if (expected != ERM_OK && !strstr(detail, t ? "where 1 is expected" : "where 0 is expected")) fail_case("%s", detail);
            erm_data_close(&data);
        }
    }
}

static void formats_have_names(void **state)
{
    (void)state;
    erm_format format;
    for (int f = 0; erm_format_name((erm_format)f); f++) {
        assert_true(erm_format_from_name(erm_format_name((erm_format)f), &format));
        assert_int_equal(format, f);
    }
    assert_true(erm_format_from_name("tsv", &format));
    assert_int_equal(format, ERM_FORMAT_CSV);
    assert_false(erm_format_from_name("xml", &format));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_directory, remove_directory)
    const struct CMUnitTest tests[] = {
        TEST(the_format_is_told_by_content_and_name),
        TEST(a_format_that_is_given_is_not_guessed),
        TEST(arrays_take_their_labels_from_a_second_file),
        TEST(columns_of_binary_data_must_have_the_names_that_are_expected),
        TEST(binary_data_must_have_the_index_base_that_is_expected),
        TEST(formats_have_names),
    };
    return cmocka_run_group_tests_name("data", tests, NULL, NULL);
}
