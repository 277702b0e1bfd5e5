/* Every allocation of reading and of finding classes fails once: ERM_ENOMEM, and nothing stays behind. */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "ermopt/dataset.h"
#include "ermopt/reader.h"
#include "failing_alloc.h"
#include "temporary.h"

#define FILE_NAME "test_reader_allocation.txt"

static bool read_once(void *context)
{
    (void)context;
    erm_dataset dataset;
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_status status = erm_dataset_read_libsvm(FILE_NAME, NULL, &dataset, detail);
    if (status != ERM_OK && (status != ERM_ENOMEM || !strstr(detail, FILE_NAME) || dataset.start))
        fail_case("reading fails with %s: %s", erm_status_text(status), detail);
    erm_dataset_free(&dataset);
    return status == ERM_OK;
}

static bool read_table_once(void *context)
{
    erm_dataset dataset;
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_status status = erm_dataset_read_csv(FILE_NAME, context, &dataset, detail);
    if (status != ERM_OK && (status != ERM_ENOMEM || !strstr(detail, FILE_NAME) || dataset.start))
        fail_case("reading fails with %s: %s", erm_status_text(status), detail);
    erm_dataset_free(&dataset);
    return status == ERM_OK;
}

static void reading_a_table_survives_every_failed_allocation(void **state)
{
    (void)state;
    char text[20000], *p = text + sprintf(text, "a,\"b\",\"c\"\"d\",y\n");
    for (int i = 0; i < 300; i++) p += sprintf(p, "%d,w%d,\"v\"\"%d\",%s\n", i, i % 20, i % 3, i % 2 ? "yes" : "no");
    temporary_write(FILE_NAME, text, (size_t)(p - text));
    assert_true(failing_alloc_each(read_table_once, NULL, false) > 60);
    const char *const features[] = {"b=w1", "a", "c\"d=v\"0", "b=no such"};
    assert_true(failing_alloc_each(read_table_once, &(erm_csv_options){.features = features, .feature_count = 4}, false) > 60);
    unlink(FILE_NAME);
}

static bool read_array_once(void *context)
{
    (void)context;
    erm_array array;
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_status status = erm_array_read_npy(FILE_NAME, &array, detail);
    if (status != ERM_OK && (status != ERM_ENOMEM || !strstr(detail, FILE_NAME) || array.values))
        fail_case("reading fails with %s: %s", erm_status_text(status), detail);
    erm_array_free(&array);
    return status == ERM_OK;
}

static void reading_an_array_survives_every_failed_allocation(void **state)
{
    (void)state;
    const char file[] = "\x93NUMPY\1\0\x41\0{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }       \n\3\4";
    temporary_write(FILE_NAME, file, sizeof file - 1);
    assert_true(failing_alloc_each(read_array_once, NULL, true) >= 4);
    unlink(FILE_NAME);
}

/* Giving back what is not used may fail without harm, so that some calls succeed. */
static void reading_survives_every_failed_allocation(void **state)
{
    (void)state;
    char text[20000], *p = text;
    for (int i = 0; i < 500; i++) p += sprintf(p, i % 2 ? "w%d 1:1 2:%d\n" : "%d 2:%d\n", i % 40, i);
    temporary_write(FILE_NAME, text, (size_t)(p - text));
    assert_true(failing_alloc_each(read_once, NULL, false) > 20);
    unlink(FILE_NAME);
}

/* Without a thread, whose stack is no allocation of ours. */
static bool read_blocks_once(void *context)
{
    erm_reader *reader;
    const erm_dataset *block = NULL;
    char detail[ERM_DETAIL_SIZE] = "";
    erm_status status = erm_reader_open(FILE_NAME, context, &reader, detail);
    while (status == ERM_OK && (status = erm_reader_next(reader, &block, detail)) == ERM_OK && block)
        assert_true(block->rows > 0);
    if (status != ERM_OK && (status != ERM_ENOMEM || !*detail))
        fail_case("reading fails with %s: %s", erm_status_text(status), detail);
    erm_reader_close(reader);
    return status == ERM_OK;
}

static void reading_blocks_survives_every_failed_allocation(void **state)
{
    (void)state;
    char text[20000], *p = text;
    for (int i = 0; i < 500; i++) p += sprintf(p, i % 2 ? "w%d 1:1 2:%d\n" : "%d 2:%d\n", i % 40, i);
    temporary_write(FILE_NAME, text, (size_t)(p - text));
    erm_data_options options = {.libsvm = {.base = ERM_INDEX_ONE, .threads = 1}};
    assert_true(failing_alloc_each(read_blocks_once, &options, true) > 20);
    p = text + sprintf(text, "a,\"b\",y\n");
    for (int i = 0; i < 300; i++) p += sprintf(p, "%d,\"w\"\"%d\",%s\n", i, i % 20, i % 2 ? "yes" : "no");
    temporary_write(FILE_NAME, text, (size_t)(p - text));
    options.csv.features = (const char *const[]){"b=w\"1", "a"};
    options.csv.feature_count = 2;
    assert_true(failing_alloc_each(read_blocks_once, &options, false) > 60);
    unlink(FILE_NAME);
}

static bool find_classes(void *context)
{
    const erm_dataset *dataset = context;
    erm_classes classes;
    double *y = (double[200]){0};
    erm_status status = erm_dataset_classes(dataset, &classes);
    if (status == ERM_OK) status = erm_classes_encode(&classes, dataset, false, y, NULL);
    if (status != ERM_OK) assert_int_equal(status, ERM_ENOMEM);
    erm_classes_free(&classes);
    return status == ERM_OK;
}

static void classes_survive_every_failed_allocation(void **state)
{
    (void)state;
    double y[200];
    char *names[] = {"b", "a", "1"};
    for (int i = 0; i < 200; i++) y[i] = i % 100;
    erm_dataset plain = {.rows = 200, .y = y};
    assert_true(failing_alloc_each(find_classes, &plain, true) > 100);
    for (int i = 0; i < 200; i++) y[i] = i % 3;
    erm_dataset words = {.rows = 200, .y = y, .label_name = names, .label_names = 3};
    assert_true(failing_alloc_each(find_classes, &words, true) >= 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_survives_every_failed_allocation),
        cmocka_unit_test(reading_a_table_survives_every_failed_allocation),
        cmocka_unit_test(reading_blocks_survives_every_failed_allocation),
        cmocka_unit_test(reading_an_array_survives_every_failed_allocation),
        cmocka_unit_test(classes_survive_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
