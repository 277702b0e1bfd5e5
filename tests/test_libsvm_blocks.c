/* LIBSVM text in many blocks, read by several threads or from a stream: the same data, and the right line in an error. */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "libsvm_texts.h"

#define FILE_NAME "test_libsvm_blocks.txt"

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
    erm_dataset dataset = libsvm_read(text, NULL);
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
    libsvm_refused(text, (size_t)(p - text), NULL, ":80001: value of feature 1 is 'x'; expected a finite number");
    p = strchr(strstr(text, "1 1:x"), 'x');
    memcpy(p - 2, "7:3", 3);
    for (p++; (p = strchr(p, 'y')); p++) memcpy(p - 2, "7:4", 3);
    libsvm_refused(text, strlen(text), &(erm_libsvm_options){.cols = 6},
                   ":80001: index 7 is beyond the given 6 columns (indices start at 1)");
    free(text);
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
        libsvm_same(&whole, &streamed);
        erm_dataset_free(&whole);
        erm_dataset_free(&streamed);
    }
    if (kept >= 0) dup2(kept, STDIN_FILENO);
    if (kept >= 0) close(kept);
    unlink(FILE_NAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_of_many_blocks_is_read_in_order),
        cmocka_unit_test(the_line_of_an_error_is_counted_across_blocks),
        cmocka_unit_test(a_file_and_a_stream_give_the_same_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
