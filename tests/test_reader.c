/* Blocks of rows: together the whole file, for any number of threads, and the same complaints. */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "ermopt/reader.h"
#include "temporary.h"

#define FILE_NAME "test_reader.txt"

static const erm_libsvm_options ONE = {.base = ERM_INDEX_ONE, .cols = 1010, .threads = 1};
static const erm_libsvm_options ONE_TWO = {.base = ERM_INDEX_ONE, .cols = 1010, .threads = 2};

/* Several blocks; with `words` some labels late in the file are words. */
static void write_rows(int rows, bool words)
{
    FILE *file = fopen(FILE_NAME, "w");
    assert_non_null(file);
    fprintf(file, "\xef\xbb\xbf");
    for (int i = 0; i < rows; i++) {
        if (i % 11 == 3) fprintf(file, "# nothing here\n\n");
        fprintf(file, words && i > 15000 && i % 5 == 0 ? "w%d" : "%d", i * 7 % 31);
        for (int v = 0; v < i % 6; v++) fprintf(file, " %d:%g", 1 + v + i % 1000, 0.125 * i);
        fprintf(file, i % 13 == 5 ? " # 5:5\n" : "\n");
    }
    assert_int_equal(fclose(file), 0);
}

/* What label a row has, as text. */
static const char *label_of(const erm_dataset *rows, int64_t i, char text[32])
{
    if (rows->label_name) return rows->label_name[(int64_t)rows->y[i]];
    snprintf(text, 32, "%.17g", rows->y[i]);
    return text;
}

/* The block's rows are those of the whole data set from row `begin` on. */
static void assert_part(const erm_dataset *whole, int64_t begin, const erm_dataset *block)
{
    char one[32], other[32];
    assert_int_equal(block->cols, whole->cols);
    assert_int_equal(block->index_base, whole->index_base);
    assert_true(begin + block->rows <= whole->rows && block->start[block->rows] == block->nnz);
    for (int64_t i = 0; i < block->rows; i++) {
        const int64_t from = whole->start[begin + i], count = whole->start[begin + i + 1] - from;
        assert_int_equal(block->start[i + 1] - block->start[i], count);
        assert_memory_equal(block->index + block->start[i], whole->index + from, (size_t)count * sizeof *whole->index);
        assert_memory_equal(block->value + block->start[i], whole->value + from, (size_t)count * sizeof *whole->value);
        assert_string_equal(label_of(block, i, one), label_of(whole, begin + i, other));
    }
}

static void assert_blocks_are(const erm_dataset *whole, erm_reader *reader, int least_blocks)
{
    char detail[ERM_DETAIL_SIZE];
    int64_t rows = 0;
    int blocks = 0;
    for (const erm_dataset *block;; blocks++) {
        if (erm_reader_next(reader, &block, detail) != ERM_OK) fail_case("%s", detail);
        if (!block) break;
        assert_part(whole, rows, block);
        rows += block->rows;
    }
    assert_int_equal(rows, whole->rows);
    assert_true(blocks >= least_blocks);
    const erm_dataset *block = whole;
    assert_int_equal(erm_reader_next(reader, &block, detail), ERM_OK); /* again and again */
    assert_null(block);
    erm_reader_close(reader);
}

static void the_blocks_of_a_file_are_the_file(void **state)
{
    (void)state;
    for (int words = 0; words < 2; words++) {
        write_rows(60000, words);
        erm_dataset whole;
        char detail[ERM_DETAIL_SIZE];
        assert_int_equal(erm_dataset_read_libsvm(FILE_NAME, &ONE, &whole, detail), ERM_OK);
        for (int threads = 1; threads <= 2; threads++) {
            erm_reader *reader;
            if (erm_reader_open_libsvm(FILE_NAME, threads == 1 ? &ONE : &ONE_TWO, &reader, detail) != ERM_OK)
                fail_case("%s", detail);
            assert_blocks_are(&whole, reader, 3);
        }
        erm_dataset_free(&whole);
    }
    unlink(FILE_NAME);
}

static void a_reader_may_be_closed_at_any_time(void **state)
{
    (void)state;
    write_rows(60000, false);
    char detail[ERM_DETAIL_SIZE];
    for (int taken = 0; taken < 4; taken++) {
        erm_reader *reader;
        const erm_dataset *block;
        assert_int_equal(erm_reader_open_libsvm(FILE_NAME, &ONE_TWO, &reader, detail), ERM_OK);
        for (int b = 0; b < taken; b++) assert_int_equal(erm_reader_next(reader, &block, detail), ERM_OK);
        erm_reader_close(reader);
    }
    erm_reader_close(NULL);
    unlink(FILE_NAME);
}

/* The sentence that reading by blocks ends with; NULL if it ends well. */
static const char *complaint(const erm_libsvm_options *options, char *detail)
{
    erm_reader *reader;
    const erm_dataset *block = NULL;
    erm_status status = erm_reader_open_libsvm(FILE_NAME, options, &reader, detail);
    if (status != ERM_OK) return detail;
    do status = erm_reader_next(reader, &block, detail);
    while (status == ERM_OK && block);
    char again[ERM_DETAIL_SIZE] = "";
    assert_int_equal(erm_reader_next(reader, &block, again), status);
    assert_true(status == ERM_OK || (block == NULL && strcmp(detail, again) == 0));
    erm_reader_close(reader);
    return status == ERM_OK ? NULL : detail;
}

static void complaints_are_those_of_the_whole_file(void **state)
{
    (void)state;
    const char *const ends[] = {"1 5:x\n", "1 2000:1\n", "1 3:1 2:1\n", "nan 1:1\n", "1 0:1\n", "1 5:1"};
    for (size_t e = 0; e < sizeof ends / sizeof *ends; e++) {
        write_rows(40000, false);
        FILE *file = fopen(FILE_NAME, "a");
        assert_non_null(file);
        fputs(ends[e], file);
        fclose(file);
        erm_dataset whole;
        char expected[ERM_DETAIL_SIZE] = "", detail[ERM_DETAIL_SIZE];
        const erm_status status = erm_dataset_read_libsvm(FILE_NAME, &ONE, &whole, expected);
        erm_dataset_free(&whole);
        for (int threads = 1; threads <= 2; threads++) {
            const char *said = complaint(threads == 1 ? &ONE : &ONE_TWO, detail);
            if (status == ERM_OK ? said != NULL : !said || strcmp(said, expected) != 0)
                fail_case("says '%s', not '%s'", said ? said : "", expected);
        }
    }
    const char *const all[] = {"", "# only this\n\n", "\n"};
    for (size_t t = 0; t < sizeof all / sizeof *all; t++) {
        temporary_write(FILE_NAME, all[t], strlen(all[t]));
        erm_dataset whole;
        char expected[ERM_DETAIL_SIZE], detail[ERM_DETAIL_SIZE];
        assert_int_equal(erm_dataset_read_libsvm(FILE_NAME, &ONE, &whole, expected), ERM_EDATA);
        assert_string_equal(complaint(&ONE, detail), expected);
    }
    unlink(FILE_NAME);
}

static void the_blocks_of_a_table_are_the_table(void **state)
{
    (void)state;
    const char *const features[] = {"word=w3", "number", "none", "word=w6", "word=absent", "word=w0"};
    const erm_csv_options options = {.missing = ERM_MISSING_ZERO, .features = features, .feature_count = 6};
    FILE *file = fopen(FILE_NAME, "w");
    assert_non_null(file);
    fprintf(file, "number,word,none,y\n");
    for (int i = 0; i < 60000; i++)
        fprintf(file, i % 9 == 4 ? "NA,\"w%d\",%s,%s\n" : "2.5,w%d,%s,%s\n", i % 7, i < 30000 ? "" : "7", i % 3 ? "yes" : "no");
    assert_int_equal(fclose(file), 0);
    erm_dataset whole;
    erm_reader *reader;
    char detail[ERM_DETAIL_SIZE];
    if (erm_dataset_read_csv(FILE_NAME, &options, &whole, detail) != ERM_OK) fail_case("%s", detail);
    if (erm_reader_open_csv(FILE_NAME, &options, &reader, detail) != ERM_OK) fail_case("%s", detail);
    assert_blocks_are(&whole, reader, 2);
    erm_dataset_free(&whole);
    unlink(FILE_NAME);
}

static void complaints_about_tables_are_those_of_the_whole(void **state)
{
    (void)state;
    const char *const ends[] = {"x,3\n", "1\n", "\"1,2\n", "1,\n", "1,2,3\n", "1,2\r3,4", "NA,2\n", "inf,1\n", "\"1\"2,2\n"};
    const char *const features[] = {"x"};
    const erm_csv_options options = {.features = features, .feature_count = 1};
    for (size_t e = 0; e < 2 * sizeof ends / sizeof *ends; e++) {
        FILE *file = fopen(FILE_NAME, "w");
        assert_non_null(file);
        fprintf(file, "\xef\xbb\xbfx,y\n");
        for (int i = 0; i < (e % 2 ? 0 : 100000); i++) fprintf(file, "%d,\"%d\"\n%s", i, i % 2, i % 100 ? "" : "\n");
        fputs(ends[e / 2], file);
        fclose(file);
        erm_dataset whole;
        const erm_dataset *block = NULL;
        erm_reader *reader;
        char expected[ERM_DETAIL_SIZE] = "", detail[ERM_DETAIL_SIZE] = "";
        const erm_status status = erm_dataset_read_csv(FILE_NAME, &options, &whole, expected);
        erm_status found = erm_reader_open_csv(FILE_NAME, &options, &reader, detail);
        do found = erm_reader_next(reader, &block, detail);
        while (found == ERM_OK && block);
        if (found != status || strcmp(detail, expected) != 0) fail_case("says '%s', not '%s'", detail, expected);
        erm_reader_close(reader);
        erm_dataset_free(&whole);
    }
    unlink(FILE_NAME);
}

static void arguments_are_checked(void **state)
{
    (void)state;
    erm_reader *reader;
    const erm_dataset *rows;
    char detail[ERM_DETAIL_SIZE];
    temporary_write(FILE_NAME, "1 1:1\n", 6);
    assert_int_equal(erm_reader_open_libsvm(FILE_NAME, NULL, &reader, detail), ERM_EINVAL);
    assert_int_equal(erm_reader_open_libsvm(FILE_NAME, &(erm_libsvm_options){.cols = 3}, &reader, detail), ERM_EINVAL);
    assert_int_equal(erm_reader_open_libsvm(NULL, &ONE, &reader, detail), ERM_EINVAL);
    assert_int_equal(erm_reader_open_libsvm(FILE_NAME, &ONE, NULL, detail), ERM_EINVAL);
    assert_int_equal(erm_reader_open_libsvm("no such file", &ONE, &reader, detail), ERM_EIO);
    assert_null(reader);
    assert_int_equal(erm_reader_next(NULL, &rows, detail), ERM_EINVAL);
    assert_int_equal(erm_reader_open_csv(FILE_NAME, NULL, &reader, detail), ERM_EINVAL);
    assert_int_equal(erm_reader_open_csv(FILE_NAME, &(erm_csv_options){0}, &reader, detail), ERM_EINVAL);
    assert_int_equal(erm_reader_open(FILE_NAME, &(erm_data_options){.format = ERM_FORMAT_CSV}, &reader, detail),
                     ERM_EUNSUPPORTED);
    assert_null(reader);
    unlink(FILE_NAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_blocks_of_a_file_are_the_file),
        cmocka_unit_test(a_reader_may_be_closed_at_any_time),
        cmocka_unit_test(complaints_are_those_of_the_whole_file),
        cmocka_unit_test(the_blocks_of_a_table_are_the_table),
        cmocka_unit_test(complaints_about_tables_are_those_of_the_whole),
        cmocka_unit_test(arguments_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
