/* LIBSVM text: what is read, and what is refused with file, line and field. */
#include "check.h"

#include <stdio.h>

#include "libsvm_texts.h"

#define FILE_NAME "test_libsvm.txt"

/* Rows as dense text, "y: x0 x1 ...", so that a case is one line. */
static void describe(const erm_dataset *dataset, char *text)
{
    for (int64_t i = 0; i < dataset->rows; i++) {
        text += sprintf(text, "%g:", dataset->y[i]);
        for (int64_t p = dataset->start[i]; p < dataset->start[i + 1]; p++)
            text += sprintf(text, " %d=%g", dataset->index[p], dataset->value[p]);
        text += sprintf(text, "; ");
    }
}

static void text_of_all_shapes_is_read(void **state)
{
    (void)state;
    const struct {
        const char *text, *rows;
        int64_t cols;
    } cases[] = {
        {"1 1:0.5 3:2\n-1 2:1\n", "1: 0=0.5 2=2; -1: 1=1; ", 3},
        {"+1 1:1\n1.0 2:1\n", "1: 0=1; 1: 1=1; ", 2},
        {"1 1:1", "1: 0=1; ", 1},
        {"1 1:1\r\n2 1:2\r\n", "1: 0=1; 2: 0=2; ", 1},
        {"1\t1:1 \t 2:2 \t\n", "1: 0=1 1=2; ", 2},
        {"  1 1:1\n", "1: 0=1; ", 1},
        {"# comment\n1 1:1 # more 2:2\n#\n  # 3\n2 1:1#x\n3#\n", "1: 0=1; 2: 0=1; 3:; ", 1},
        {"\n\n1 1:1\n \t\r\n\n2 1:2\n\n", "1: 0=1; 2: 0=2; ", 1},
        {"1\n2 2:1\n3 \n", "1:; 2: 1=1; 3:; ", 2},
        {"1 qid:7 1:1\n2 qid:8\n", "1: 0=1; 2:; ", 1},
        {"1 1:1. 2:.5 3:-.5e1 4:+2 5:1E3 6:1e-400 7:-0\n", "1: 0=1 1=0.5 2=-5 3=2 4=1000 5=0 6=-0; ", 7},
        {"1 1:0 2:0.0\n", "1: 0=0 1=0; ", 2},
        {"1 0:5 2:1\n", "1: 0=5 2=1; ", 3},
        {"1 2:1\n1 0:5\n", "1: 2=1; 1: 0=5; ", 3},
        {"1 0001:5\n", "1: 0=5; ", 1},
        {"1 2147483647:1\n", "1: 2147483646=1; ", 2147483647},
        {"1\n2\n", "1:; 2:; ", 0},
        {"\xef\xbb\xbf"
         "1 1:1\n",
         "1: 0=1; ", 1},
        {"cat 1:1\ndog 2:1\ncat 1:3\n", "0: 0=1; 1: 1=1; 0: 0=3; ", 2},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        erm_dataset dataset = libsvm_read(cases[c].text, NULL);
        char rows[512];
        describe(&dataset, rows);
        if (strcmp(rows, cases[c].rows) != 0) fail_case("'%s' is read as %s", cases[c].text, rows);
        assert_int_equal(dataset.cols, cases[c].cols);
        assert_int_equal(dataset.nnz, dataset.start[dataset.rows]);
        erm_dataset_free(&dataset);
        assert_null(dataset.start);
    }
}

static void base_and_columns_are_found_or_told(void **state)
{
    (void)state;
    const struct {
        const char *text;
        erm_libsvm_options options;
        int32_t base, first;
        int64_t cols;
    } cases[] = {
        {"1 1:1 3:1\n", {ERM_INDEX_AUTO, 0, 0}, 1, 0, 3}, {"1 0:1 3:1\n", {ERM_INDEX_AUTO, 0, 0}, 0, 0, 4},
        {"1 1:1 3:1\n", {ERM_INDEX_ONE, 0, 0}, 1, 0, 3},  {"1 1:1 3:1\n", {ERM_INDEX_ZERO, 0, 0}, 0, 1, 4},
        {"1 1:1 3:1\n", {ERM_INDEX_AUTO, 7, 0}, 1, 0, 7}, {"1 1:1 3:1\n", {ERM_INDEX_ZERO, 4, 0}, 0, 1, 4},
        {"1 0:1 3:1\n", {ERM_INDEX_AUTO, 4, 0}, 0, 0, 4},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        erm_dataset dataset = libsvm_read(cases[c].text, &cases[c].options);
        assert_int_equal(dataset.index_base, cases[c].base);
        assert_int_equal(dataset.index[0], cases[c].first);
        assert_int_equal(dataset.cols, cases[c].cols);
        erm_dataset_free(&dataset);
    }
}

static void bad_lines_are_named_with_line_and_field(void **state)
{
    (void)state;
    const struct {
        const char *text, *expected;
    } cases[] = {
        {"", ": is empty"},
        {"# only\n\n", ": has no rows, only comments and empty lines"},
        {"1 1:1\n1 3:nan\n", ":2: value of feature 3 is 'nan'; expected a finite number"},
        {"1 1:-Inf\n", ":1: value of feature 1 is '-Inf'; expected a finite number"},
        {"1 1:1e999\n", ":1: value of feature 1 is '1e999'; expected a finite number"},
        {"1 1:\n", ":1: value of feature 1 is ''; expected a finite number"},
        {"1 1: 2\n", ":1: value of feature 1 is ''; expected a finite number"},
        {"1 1:0x10\n", ":1: value of feature 1 is '0x10'; expected a finite number"},
        {"1 1:1,5\n", ":1: value of feature 1 is '1,5'; expected a finite number"},
        {"1 1:2:3\n", ":1: value of feature 1 is '2:3'; expected a finite number"},
        {"1 3:1 2:1\n", ":1: field is '2:1'; expected an index above 3, as indices rise within a row"},
        {"1 3:1 3:1\n", ":1: field is '3:1'; expected an index above 3, as indices rise within a row"},
        {"1 2147483648:1\n", ":1: field is '2147483648:1'; an index is at most 2147483647"},
        {"1 18446744073709551617:1\n", ":1: field is '18446744073709551617:1'; an index is at most 2147483647"},
        {"1 -1:1\n", ":1: field is '-1:1'; expected index:value"},
        {"1 a:1\n", ":1: field is 'a:1'; expected index:value"},
        {"1 1.5:1\n", ":1: field is '1.5:1'; expected index:value"},
        {"1 :1\n", ":1: field is ':1'; expected index:value"},
        {"1 2\n", ":1: field is '2'; expected index:value"},
        {"1 1:1 x\n", ":1: field is 'x'; expected index:value"},
        {"1 qid:\n", ":1: field is 'qid:'; expected index:value"},
        {"1:1 2:1\n", ":1: label is '1:1'; expected a number or a word, before the first index:value"},
        {"\n 2:3.5\n", ":2: label is '2:3.5'; expected a number or a word, before the first index:value"},
        {"1,0 2:2\n", ":1: label is '1,0'; expected one label a row, not several"},
        {"nan 2:2\n", ":1: label is 'nan'; expected a finite number or a word"},
        {"+INFINITY 2:2\n", ":1: label is '+INFINITY'; expected a finite number or a word"},
        {"-1e999 2:2\n", ":1: label is '-1e999'; expected a finite number or a word"},
        {"1 0:1\n1 2147483647:1\n", ":2: index 2147483647 is beyond the possible 2147483647 columns (indices start at 0)"},
        {"1 1:0123456789012345678901234567890123456789x\n",
         ":1: value of feature 1 is '0123456789012345678901234567890123456789...'; expected a finite number"},
        {"\xff\xfe"
         "1 1:1\n",
         ":1: does not look like LIBSVM text: byte 0xff"},
        {"1 1:\x01\n", ":1: does not look like LIBSVM text: byte 0x01"},
        {"\x7f"
         "ELF 1:1\n",
         ":1: does not look like LIBSVM text: byte 0x7f"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        libsvm_refused(cases[c].text, strlen(cases[c].text), NULL, cases[c].expected);
}

static void a_nul_byte_is_named(void **state)
{
    (void)state;
    const char early[] = "1\0 1:1\n", late[] = "1 1:1\n1 1:\0\n", unended[] = "1 1:1 \0\0";
    libsvm_refused(early, sizeof early - 1, NULL, ":1: does not look like LIBSVM text: byte 0x00");
    libsvm_refused(late, sizeof late - 1, NULL, ":2: does not look like LIBSVM text: byte 0x00");
    libsvm_refused(unended, sizeof unended - 1, NULL, ":1: does not look like LIBSVM text: byte 0x00");
}

static void told_base_and_columns_are_kept_to(void **state)
{
    (void)state;
    const erm_libsvm_options one = {.base = ERM_INDEX_ONE}, few = {.cols = 3}, zero_few = {.base = ERM_INDEX_ZERO, .cols = 3};
    libsvm_refused("1 1:1\n1 0:1\n", 12, &one, ":2: field is '0:1'; indices start at 1 here");
    libsvm_refused("1 1:1\n1 4:1\n1 4:2\n", 18, &few, ":2: index 4 is beyond the given 3 columns (indices start at 1)");
    libsvm_refused("1 1:1\n1 3:1\n", 12, &zero_few, ":2: index 3 is beyond the given 3 columns (indices start at 0)");
}

static void arguments_are_checked(void **state)
{
    (void)state;
    erm_dataset dataset;
    char detail[ERM_DETAIL_SIZE];
    assert_int_equal(erm_dataset_read_libsvm(NULL, NULL, &dataset, detail), ERM_EINVAL);
    assert_int_equal(erm_dataset_read_libsvm(FILE_NAME, NULL, NULL, detail), ERM_EINVAL);
    assert_int_equal(erm_dataset_read_libsvm(FILE_NAME, &(erm_libsvm_options){.cols = -1}, &dataset, detail), ERM_EINVAL);
    assert_int_equal(erm_dataset_read_libsvm(FILE_NAME, &(erm_libsvm_options){.cols = INT64_C(1) << 31}, &dataset, NULL),
                     ERM_EINVAL);
    assert_int_equal(erm_dataset_read_libsvm("no such file", NULL, &dataset, NULL), ERM_EIO);
    erm_dataset_free(NULL);
}

static void one_word_makes_all_labels_words(void **state)
{
    (void)state;
    erm_dataset dataset = libsvm_read("+1 1:1\n2.50 1:1\nNA 1:1\n1.0 1:1\n1e0x 1:1\n\xc3\xa9t\xc3\xa9 1:1\n", NULL);
    const char *names[] = {"1", "2.5", "NA", "1e0x", "\xc3\xa9t\xc3\xa9"};
    const double y[] = {0, 1, 2, 0, 3, 4};
    assert_int_equal(dataset.label_names, 5);
    for (int w = 0; w < 5; w++) assert_string_equal(dataset.label_name[w], names[w]);
    for (int i = 0; i < 6; i++) assert_true(dataset.y[i] == y[i]);
    erm_dataset_free(&dataset);
}

static void the_matrix_is_a_view_of_the_data_set(void **state)
{
    (void)state;
    erm_dataset dataset = libsvm_read("1 1:2 3:4\n1 2:8\n", NULL);
    const erm_csr X = erm_dataset_matrix(&dataset);
    assert_int_equal(X.base.rows, 2);
    assert_int_equal(X.base.cols, 3);
    assert_int_equal(X.base.nnz, 3);
    assert_ptr_equal(X.values, dataset.value);
    const double w[] = {1, 10, 100};
    double z[2];
    X.base.ops->mul(&X.base, (erm_rows){.count = 2}, 1, w, z);
    assert_true(z[0] == 402 && z[1] == 80);
    erm_dataset_free(&dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_of_all_shapes_is_read),
        cmocka_unit_test(base_and_columns_are_found_or_told),
        cmocka_unit_test(bad_lines_are_named_with_line_and_field),
        cmocka_unit_test(a_nul_byte_is_named),
        cmocka_unit_test(told_base_and_columns_are_kept_to),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(one_word_makes_all_labels_words),
        cmocka_unit_test(the_matrix_is_a_view_of_the_data_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
