/* LIBSVM text: what is read, and what is refused with file, line and field. */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "ermopt/dataset.h"
#include "temporary.h"

#define FILE_NAME "test_libsvm.txt"

static erm_status read_bytes(const char *text, size_t size, const erm_libsvm_options *options, erm_dataset *dataset, char *detail)
{
    temporary_write(FILE_NAME, text, size);
    detail[0] = '\0';
    const erm_status status = erm_dataset_read_libsvm(FILE_NAME, options, dataset, detail);
    unlink(FILE_NAME);
    return status;
}

static erm_dataset read_good(const char *text, const erm_libsvm_options *options)
{
    erm_dataset dataset;
    char detail[ERM_DETAIL_SIZE];
    const erm_status status = read_bytes(text, strlen(text), options, &dataset, detail);
    if (status != ERM_OK) fail_case("'%s' is refused: %s", text, detail);
    return dataset;
}

static void refuse(const char *text, size_t size, const erm_libsvm_options *options, const char *expected)
{
    erm_dataset dataset;
    char detail[ERM_DETAIL_SIZE];
    const erm_status status = read_bytes(text, size, options, &dataset, detail);
    if (status != ERM_EDATA) fail_case("'%s' gives %s, not %s", text, erm_status_text(status), expected);
    if (strncmp(detail, FILE_NAME, strlen(FILE_NAME)) != 0 || strcmp(detail + strlen(FILE_NAME), expected) != 0)
        fail_case("'%s' gives\n  %s\nnot\n  %s", text, detail, expected);
    if (dataset.rows || dataset.start || dataset.index || dataset.value || dataset.y || dataset.label_name)
        fail_case("'%s' leaves something in the data set", text);
}

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
        erm_dataset dataset = read_good(cases[c].text, NULL);
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
        erm_dataset dataset = read_good(cases[c].text, &cases[c].options);
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
        refuse(cases[c].text, strlen(cases[c].text), NULL, cases[c].expected);
}

static void a_nul_byte_is_named(void **state)
{
    (void)state;
    const char early[] = "1\0 1:1\n", late[] = "1 1:1\n1 1:\0\n", unended[] = "1 1:1 \0\0";
    refuse(early, sizeof early - 1, NULL, ":1: does not look like LIBSVM text: byte 0x00");
    refuse(late, sizeof late - 1, NULL, ":2: does not look like LIBSVM text: byte 0x00");
    refuse(unended, sizeof unended - 1, NULL, ":1: does not look like LIBSVM text: byte 0x00");
}

static void told_base_and_columns_are_kept_to(void **state)
{
    (void)state;
    const erm_libsvm_options one = {.base = ERM_INDEX_ONE}, few = {.cols = 3}, zero_few = {.base = ERM_INDEX_ZERO, .cols = 3};
    refuse("1 1:1\n1 0:1\n", 12, &one, ":2: field is '0:1'; indices start at 1 here");
    refuse("1 1:1\n1 4:1\n1 4:2\n", 18, &few, ":2: index 4 is beyond the given 3 columns (indices start at 1)");
    refuse("1 1:1\n1 3:1\n", 12, &zero_few, ":2: index 3 is beyond the given 3 columns (indices start at 0)");
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
    erm_dataset dataset = read_good("+1 1:1\n2.50 1:1\nNA 1:1\n1.0 1:1\n1e0x 1:1\n\xc3\xa9t\xc3\xa9 1:1\n", NULL);
    const char *names[] = {"1", "2.5", "NA", "1e0x", "\xc3\xa9t\xc3\xa9"};
    const double y[] = {0, 1, 2, 0, 3, 4};
    assert_int_equal(dataset.label_names, 5);
    for (int w = 0; w < 5; w++) assert_string_equal(dataset.label_name[w], names[w]);
    for (int i = 0; i < 6; i++) assert_true(dataset.y[i] == y[i]);
    erm_dataset_free(&dataset);
}

/* Many blocks, one line longer than a block, many words; the last line is not ended. */
static void a_file_of_many_blocks_is_read_in_order(void **state)
{
    (void)state;
    enum { ROWS = 40000, LONG_ROW = 7, LONG_VALUES = 300000 };
    char *text = malloc((size_t)ROWS * 64 + (size_t)LONG_VALUES * 16), *p = text;
    assert_non_null(text);
    for (int i = 0; i < ROWS; i++) {
        p += sprintf(p, "w%d", i % 1000);
        const int values = i == LONG_ROW ? LONG_VALUES : i % 4;
        for (int v = 0; v < values; v++) p += sprintf(p, " %d:%d.25", 10 + v, i);
        if (i < ROWS - 1) *p++ = '\n';
    }
    *p = '\0';
    erm_dataset dataset = read_good(text, NULL);
    free(text);
    assert_int_equal(dataset.rows, ROWS);
    assert_int_equal(dataset.label_names, 1000);
    assert_int_equal(dataset.cols, 9 + LONG_VALUES);
    for (int64_t i = 0; i < ROWS; i++) {
        assert_true(dataset.y[i] == (double)(i % 1000));
        assert_int_equal(dataset.start[i + 1] - dataset.start[i], i == LONG_ROW ? LONG_VALUES : i % 4);
        for (int64_t t = dataset.start[i]; t < dataset.start[i + 1]; t++) {
            assert_int_equal(dataset.index[t], 9 + t - dataset.start[i]);
            assert_true(dataset.value[t] == (double)i + 0.25);
        }
    }
    erm_dataset_free(&dataset);
}

static void the_line_of_an_error_is_counted_across_blocks(void **state)
{
    (void)state;
    enum { ROWS = 80000 }; /* 5 MB: several parts */
    char *text = malloc((size_t)ROWS * 90 + 16), *p = text;
    assert_non_null(text);
    for (int i = 0; i < ROWS; i++) p += sprintf(p, i % 3 ? "1 1:1%60s\n" : "#%60s\n", "");
    p += sprintf(p, "1 1:x\n");
    for (int i = 0; i < ROWS / 4; i++) p += sprintf(p, "1 2:y%60s\n", "");
    refuse(text, (size_t)(p - text), NULL, ":80001: value of feature 1 is 'x'; expected a finite number");
    p = strchr(strstr(text, "1 1:x"), 'x');
    memcpy(p - 2, "7:3", 3);
    for (p++; (p = strchr(p, 'y')); p++) memcpy(p - 2, "7:4", 3);
    refuse(text, strlen(text), &(erm_libsvm_options){.cols = 6},
           ":80001: index 7 is beyond the given 6 columns (indices start at 1)");
    free(text);
}

static bool same(const void *a, const void *b, int64_t count, size_t size) { return memcmp(a, b, (size_t)count * size) == 0; }

static void assert_same(const erm_dataset *a, const erm_dataset *b)
{
    assert_true(a->rows == b->rows && a->cols == b->cols && a->nnz == b->nnz && a->index_base == b->index_base);
    assert_true(same(a->start, b->start, a->rows + 1, sizeof *a->start));
    assert_true(same(a->index, b->index, a->nnz, sizeof *a->index));
    assert_true(same(a->value, b->value, a->nnz, sizeof *a->value));
    assert_true(same(a->y, b->y, a->rows, sizeof *a->y));
    assert_int_equal(a->label_names, b->label_names);
    for (int64_t c = 0; c < a->label_names; c++) assert_string_equal(a->label_name[c], b->label_name[c]);
}

/* A file is read in parts by several threads, standard input from its beginning to its end. Comments make parts smaller than they
 * are thought to be; words are met first in different parts. */
static void a_file_and_a_stream_give_the_same_data(void **state)
{
    (void)state;
    enum { ROWS = 40000 }; /* 5 MB: several parts */
    const int kept = dup(STDIN_FILENO);
    for (int variant = 0; variant < 3; variant++) {
        FILE *file = fopen(FILE_NAME, "w");
        assert_non_null(file);
        for (int i = 0; i < ROWS; i++) {
            if (i % 11 == 3) fprintf(file, "# a comment: with 1:2 3:4\n\n");
            fprintf(file, variant == 1 && i > 15000 && i % 5 == 0 ? "w%d" : "%d", i * 7 % 31);
            if (variant == 2 && i == 30000) fprintf(file, " 0:1");
            for (int v = 0; v < i % 6; v++) fprintf(file, " %d:%g", 1 + v + i % 1000, 0.125 * i);
            fprintf(file, i % 13 == 5 ? " # 5:5%70s\n" : "%90s\n", "");
        }
        fclose(file);
        erm_dataset whole, streamed;
        char detail[ERM_DETAIL_SIZE];
        if (erm_dataset_read_libsvm(FILE_NAME, NULL, &whole, detail) != ERM_OK) fail_case("%s", detail);
        assert_non_null(freopen(FILE_NAME, "r", stdin));
        if (erm_dataset_read_libsvm("-", NULL, &streamed, detail) != ERM_OK) fail_case("%s", detail);
        assert_int_equal(whole.rows, ROWS);
        assert_int_equal(whole.index_base, variant != 2);
        assert_true(variant == 1 ? whole.label_names == 62 : whole.label_names == 0);
        assert_same(&whole, &streamed);
        erm_dataset_free(&whole);
        erm_dataset_free(&streamed);
    }
    if (kept >= 0) dup2(kept, STDIN_FILENO);
    if (kept >= 0) close(kept);
    unlink(FILE_NAME);
}

static void what_is_written_reads_back_to_the_same_bits(void **state)
{
    (void)state;
    const char *texts[] = {"1 1:0.1 3:-2e-300 7:0\n-2.5\n1e300 2:0.30000000000000004 9:1e-5 10:123456789.125\n",
                           "0 0:5\n0 12:-0\n", "cat 1:1\n-7 2:1\n3.5e100 3:1\n\xc3\xa9 4:1\n"};
    for (int t = 0; t < 3; t++) {
        erm_dataset dataset = read_good(texts[t], NULL), back;
        char detail[ERM_DETAIL_SIZE];
        if (erm_dataset_write_libsvm(&dataset, FILE_NAME, detail) != ERM_OK) fail_case("%s", detail);
        if (erm_dataset_read_libsvm(FILE_NAME, NULL, &back, detail) != ERM_OK) fail_case("%s", detail);
        assert_same(&dataset, &back);
        unlink(FILE_NAME);
        erm_dataset_free(&dataset);
        erm_dataset_free(&back);
    }
}

static void what_would_not_read_back_is_not_written(void **state)
{
    (void)state;
    char *names[] = {"a"};
    int64_t start[] = {0, 1};
    int32_t index[] = {0};
    double value[] = {1}, y[] = {0};
    char detail[ERM_DETAIL_SIZE];
    const char *bad[] = {"", "a b", "a:b", "a,b", "#a", "nan", "-Inf", "1.0", "+1", "1e999", "a\nb", "\xff"};
    erm_dataset dataset = {
        .rows = 1, .cols = 1, .nnz = 1, .start = start, .index = index, .value = value, .y = y, .label_name = names};
    dataset.label_names = 1;
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
        char word[8];
        names[0] = strcpy(word, bad[b]);
        if (erm_dataset_write_libsvm(&dataset, FILE_NAME, detail) != ERM_EDATA) fail_case("the label '%s' is written", bad[b]);
        assert_int_not_equal(access(FILE_NAME, F_OK), 0);
    }
    dataset.label_name = NULL;
    y[0] = NAN;
    assert_int_equal(erm_dataset_write_libsvm(&dataset, FILE_NAME, detail), ERM_EDATA);
    y[0] = 0;
    value[0] = INFINITY;
    assert_int_equal(erm_dataset_write_libsvm(&dataset, FILE_NAME, detail), ERM_EDATA);
    value[0] = 1;
    assert_int_equal(erm_dataset_write_libsvm(&dataset, "no such directory/x", detail), ERM_EIO);
    assert_int_equal(erm_dataset_write_libsvm(NULL, FILE_NAME, detail), ERM_EINVAL);
    assert_int_equal(erm_dataset_write_libsvm(&dataset, NULL, detail), ERM_EINVAL);
}

static void the_matrix_is_a_view_of_the_data_set(void **state)
{
    (void)state;
    erm_dataset dataset = read_good("1 1:2 3:4\n1 2:8\n", NULL);
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
        cmocka_unit_test(a_file_of_many_blocks_is_read_in_order),
        cmocka_unit_test(the_line_of_an_error_is_counted_across_blocks),
        cmocka_unit_test(a_file_and_a_stream_give_the_same_data),
        cmocka_unit_test(what_is_written_reads_back_to_the_same_bits),
        cmocka_unit_test(what_would_not_read_back_is_not_written),
        cmocka_unit_test(the_matrix_is_a_view_of_the_data_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
