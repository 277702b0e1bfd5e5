/* The digest of a data set: the same for the same content in any form, another for any change. */
#include "check.h"

#include <unistd.h>

#include "ermopt/dataset.h"
#include "temporary.h"

#define FILE_NAME "test_digest.tmp"

static erm_dataset read_libsvm(const char *text)
{
    char detail[ERM_DETAIL_SIZE];
    erm_dataset data;
    temporary_write(FILE_NAME, text, strlen(text));
    if (erm_dataset_read_libsvm(FILE_NAME, NULL, &data, detail) != ERM_OK) fail_case("%s", detail);
    unlink(FILE_NAME);
    return data;
}

static erm_dataset read_csv(const char *text)
{
    char detail[ERM_DETAIL_SIZE];
    erm_dataset data;
    temporary_write(FILE_NAME, text, strlen(text));
    if (erm_dataset_read_csv(FILE_NAME, NULL, &data, detail) != ERM_OK) fail_case("%s", detail);
    unlink(FILE_NAME);
    return data;
}

static uint64_t digest_of_libsvm(const char *text)
{
    erm_dataset data = read_libsvm(text);
    const uint64_t digest = erm_dataset_digest(&data, NULL);
    erm_dataset_free(&data);
    return digest;
}

static uint64_t digest_of_csv(const char *text)
{
    erm_dataset data = read_csv(text);
    const uint64_t digest = erm_dataset_digest(&data, NULL);
    erm_dataset_free(&data);
    return digest;
}

static void the_digest_of_known_data_is_the_same_on_every_machine(void **state)
{
    (void)state;
    assert_true(digest_of_libsvm("1 1:0.5 3:-2\n-1 2:1e10\n") == UINT64_C(0xbd06bf96548a46c7));
}

static void what_is_written_in_another_way_has_the_same_digest(void **state)
{
    (void)state;
    const uint64_t digest = digest_of_libsvm("1 1:0.5 3:-2\n-1 2:7\n");
    assert_true(digest == digest_of_libsvm("+1 0:0.5 2:-2.0 # from 0\n-1.0 1:70e-1\n"));
    assert_true(digest == digest_of_libsvm("1 1:0.5 2:0 3:-2\n-1 1:-0 2:7\n"));
    assert_true(digest == digest_of_csv("0.5,0,-2,1\n0,7,0,-1\n"));
}

static void every_part_of_the_content_counts(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "1 1:0.5 3:-2\n-1 2:7\n",    "1 1:0.5 3:2\n-1 2:7\n",  "1 2:0.5 3:-2\n-1 2:7\n", "1 1:0.5\n-1 2:7 3:-2\n",
        "-1 1:0.5 3:-2\n1 2:7\n",    "1 1:0.5 4:-2\n-1 2:7\n", "1 1:-2 3:0.5\n-1 2:7\n", "-1 2:7\n1 1:0.5 3:-2\n",
        "1 1:0.5 3:-2\n-1 2:7\n1\n", "a 1:0.5 3:-2\nb 2:7\n",  "b 1:0.5 3:-2\na 2:7\n",  "1 1:1 4:1\n-1 2:1 3:1\n",
        "1 2:1 3:1\n-1 1:1 4:1\n",
    };
    enum { COUNT = sizeof texts / sizeof *texts };
    uint64_t digest[COUNT];
    for (int t = 0; t < COUNT; t++) {
        digest[t] = digest_of_libsvm(texts[t]);
        for (int s = 0; s < t; s++)
            if (digest[s] == digest[t]) fail_case("\n%sand\n%shave one digest", texts[s], texts[t]);
    }
    assert_true(digest_of_csv("a,b,y\n1,2,3\n") != digest_of_csv("a,c,y\n1,2,3\n"));
    assert_true(digest_of_csv("a,b,y\n1,2,3\n") != digest_of_csv("1,2,3\n"));
}

static void the_format_in_memory_does_not_matter(void **state)
{
    (void)state;
    enum { ROWS = 5000, COLS = 23 };
    static double values[ROWS * COLS], y[ROWS];
    static float singles[ROWS * COLS];
    for (int p = 0; p < ROWS * COLS; p++) {
        values[p] = p % 3 == 0 ? 0 : p % 7 == 0 ? -0.5 : (double)(p % 1000) / 8;
        singles[p] = (float)values[p];
    }
    for (int i = 0; i < ROWS; i++) y[i] = i % 4;
    const erm_dataset about = {.rows = ROWS, .cols = COLS, .y = y};
    const erm_dense dense = erm_dense_f64(ROWS, COLS, values, COLS), single = erm_dense_f32(ROWS, COLS, singles, COLS);
    const uint64_t digest = erm_dataset_digest(&about, &dense.base);
    assert_true(digest == erm_dataset_digest(&about, &single.base));
    erm_matrix_copy csr, csc, columns;
    assert_int_equal(erm_csr_from(&dense.base, NULL, &csr, NULL), ERM_OK);
    assert_int_equal(erm_csc_from(&dense.base, NULL, &csc, NULL), ERM_OK);
    assert_int_equal(erm_dense_col_from(&dense.base, NULL, &columns, NULL), ERM_OK);
    assert_true(digest == erm_dataset_digest(&about, &csr.matrix.base));
    assert_true(digest == erm_dataset_digest(&about, &csc.matrix.base));
    assert_true(digest == erm_dataset_digest(&about, &columns.matrix.base));
    erm_matrix_copy_free(&csr);
    erm_matrix_copy_free(&csc);
    erm_matrix_copy_free(&columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_digest_of_known_data_is_the_same_on_every_machine),
        cmocka_unit_test(what_is_written_in_another_way_has_the_same_digest),
        cmocka_unit_test(every_part_of_the_content_counts),
        cmocka_unit_test(the_format_in_memory_does_not_matter),
    };
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
