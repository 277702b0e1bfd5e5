/* CSV text that is written reads back to the same data set, bit for bit. */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "ermopt/dataset.h"
#include "temporary.h"

#define FILE_NAME "test_csv_write.csv"
#define COPY_NAME "test_csv_write_2.csv"

static char detail[ERM_DETAIL_SIZE];

static erm_dataset read_csv(const char *path)
{
    erm_dataset data;
    if (erm_dataset_read_csv(path, NULL, &data, detail) != ERM_OK) fail_case("%s", detail);
    return data;
}

static void assert_same(const erm_dataset *a, const erm_dataset *b)
{
    assert_int_equal(a->rows, b->rows);
    assert_int_equal(a->cols, b->cols);
    assert_int_equal(a->nnz, b->nnz);
    assert_memory_equal(a->start, b->start, (size_t)(a->rows + 1) * sizeof *a->start);
    if (a->nnz > 0) assert_memory_equal(a->index, b->index, (size_t)a->nnz * sizeof *a->index);
    if (a->nnz > 0) assert_memory_equal(a->value, b->value, (size_t)a->nnz * sizeof *a->value);
    assert_memory_equal(a->y, b->y, (size_t)a->rows * sizeof *a->y);
    assert_int_equal(a->label_names, b->label_names);
    for (int64_t t = 0; t < a->label_names; t++) assert_string_equal(a->label_name[t], b->label_name[t]);
    for (int64_t j = 0; a->feature_name && j < a->cols; j++) assert_string_equal(a->feature_name[j], b->feature_name[j]);
}

static void a_table_comes_back_as_it_was(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "1,2,3\n0,0,-1\n",
        "a,b,y\n1e-300,2,yes\n0.1,-0.3333333333333333,no\n",
        "\"a,b\",\"c\"\"d\",\" e \",\"\",label\n1,2,3,4,\"x, y\"\n5,6,7,8,\" \"\"z\"\" \"\n",
        "colour,size,y\nred,1,2\nblue,0,3\nred,5,1\n",
        "label,label_,y\n1,2,3\n",
        "a b;c|d;y\n1;2;3\n",
        "\xc3\xa9t\xc3\xa9,y\n1.7976931348623157e308,4.9e-324\n",
    };
    static const char separators[] = {0, ';', '\t', '|'};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (size_t s = 0; s < sizeof separators; s++) {
            temporary_write(FILE_NAME, texts[t], strlen(texts[t]));
            erm_dataset first = read_csv(FILE_NAME), second;
            if (erm_dataset_write_csv(&first, separators[s], COPY_NAME, detail) != ERM_OK) fail_case("%s", detail);
            const erm_csv_options how = {.separator = separators[s] ? separators[s] : ','};
            if (erm_dataset_read_csv(COPY_NAME, &how, &second, detail) != ERM_OK) fail_case("%s", detail);
            assert_same(&first, &second);
            erm_dataset_free(&first);
            erm_dataset_free(&second);
            unlink(COPY_NAME);
        }
    unlink(FILE_NAME);
}

static void what_is_written_is_plain(void **state)
{
    (void)state;
    int64_t start[] = {0, 1, 3};
    int32_t index[] = {1, 0, 2};
    double value[] = {0.1, -2, 1e22}, y[] = {1, 0};
    char *names[] = {"a", "b \"q\"", "c,d"}, *labels[] = {"no", "yes"};
    erm_dataset set = {.rows = 2, .cols = 3, .nnz = 3, .start = start, .index = index, .value = value, .y = y};
    char text[200] = "";
    for (int named = 0; named < 2; named++) {
        if (named) set.feature_name = names, set.label_name = labels, set.label_names = 2;
        assert_int_equal(erm_dataset_write_csv(&set, 0, FILE_NAME, detail), ERM_OK);
        FILE *file = fopen(FILE_NAME, "rb");
        assert_non_null(file);
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
        assert_string_equal(text, named ? "a,\"b \"\"q\"\"\",\"c,d\",label\n0,0.1,0,yes\n-2,0,1e+22,no\n"
                                        : "0,0.1,0,1\n-2,0,1e+22,0\n");
    }
    unlink(FILE_NAME);
}

/* Without features nothing but words stands in the first row, as in a row of names. */
static void rows_of_labels_alone_come_back(void **state)
{
    (void)state;
    int64_t start[] = {0, 0, 0, 0};
    double y[] = {0, 1, 0};
    char *labels[] = {"cat", "dog"};
    const erm_dataset set = {.rows = 3, .start = start, .y = y, .label_names = 2, .label_name = labels};
    assert_int_equal(erm_dataset_write_csv(&set, 0, FILE_NAME, detail), ERM_OK);
    erm_dataset copy = read_csv(FILE_NAME);
    assert_same(&set, &copy);
    erm_dataset_free(&copy);
    unlink(FILE_NAME);
}

static void what_would_not_read_back_is_refused(void **state)
{
    (void)state;
    int64_t start[] = {0, 1};
    int32_t index[] = {0};
    double value[] = {1}, y[] = {0};
    char *names[] = {"a"}, *label[] = {"?"};
    erm_dataset set = {.rows = 1, .cols = 1, .nnz = 1, .start = start, .index = index, .value = value, .y = y};
    assert_int_equal(erm_dataset_write_csv(&set, 'x', FILE_NAME, detail), ERM_EINVAL);
    assert_int_equal(erm_dataset_write_csv(&(erm_dataset){.rows = 1, .y = y}, 0, FILE_NAME, detail), ERM_EINVAL);
    assert_int_equal(erm_dataset_write_csv(NULL, 0, FILE_NAME, detail), ERM_EINVAL);
    assert_int_equal(erm_dataset_write_csv(&set, 0, NULL, detail), ERM_EINVAL);
    value[0] = NAN;
    assert_int_equal(erm_dataset_write_csv(&set, 0, FILE_NAME, detail), ERM_EDATA);
    value[0] = 1;
    y[0] = INFINITY;
    assert_int_equal(erm_dataset_write_csv(&set, 0, FILE_NAME, detail), ERM_EDATA);
    y[0] = 0;
    static const char *const bad[] = {"?", "", "NA", "NaN", "inf", "-Infinity", "a\nb", "\xff"};
    set.label_name = label;
    set.label_names = 1;
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
        char word[20];
        strcpy(word, bad[b]);
        label[0] = word;
        if (erm_dataset_write_csv(&set, 0, FILE_NAME, detail) != ERM_EDATA) fail_case("'%s' is written", bad[b]);
    }
    label[0] = (char[]){"ok"};
    set.feature_name = names;
    names[0] = (char[]){"a\rb"};
    assert_int_equal(erm_dataset_write_csv(&set, 0, FILE_NAME, detail), ERM_EDATA);
    names[0] = (char[]){"a"};
    assert_int_equal(erm_dataset_write_csv(&set, 0, "no/such/place", detail), ERM_EIO);
    assert_int_not_equal(access(FILE_NAME, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_comes_back_as_it_was),
        cmocka_unit_test(what_is_written_is_plain),
        cmocka_unit_test(rows_of_labels_alone_come_back),
        cmocka_unit_test(what_would_not_read_back_is_refused),
    };
    return cmocka_run_group_tests_name("csv_write", tests, NULL, NULL);
}
