/* LIBSVM text: what is written reads back, and what would not is not written. */
#include "check.h"

#include <unistd.h>

#include "libsvm_texts.h"

#define FILE_NAME "test_libsvm_write.txt"

static void what_is_written_reads_back_to_the_same_bits(void **state)
{
    (void)state;
    const char *texts[] = {"1 1:0.1 3:-2e-300 7:0\n-2.5\n1e300 2:0.30000000000000004 9:1e-5 10:123456789.125\n",
                           "0 0:5\n0 12:-0\n", "cat 1:1\n-7 2:1\n3.5e100 3:1\n\xc3\xa9 4:1\n"};
    for (int t = 0; t < 3; t++) {
        erm_dataset dataset = libsvm_read(texts[t], NULL), back;
        char detail[ERM_DETAIL_SIZE];
        if (erm_dataset_write_libsvm(&dataset, FILE_NAME, detail) != ERM_OK) fail_case("%s", detail);
        if (erm_dataset_read_libsvm(FILE_NAME, NULL, &back, detail) != ERM_OK) fail_case("%s", detail);
        libsvm_same(&dataset, &back);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back_to_the_same_bits),
        cmocka_unit_test(what_would_not_read_back_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
