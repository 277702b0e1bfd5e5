/* Labels as classes: found in order, and given to rows of this and other files. */
#include "check.h"

#include <stdio.h>

#include "ermopt/dataset.h"

static erm_dataset numbers(int64_t rows, double *y) { return (erm_dataset){.rows = rows, .y = y}; }

static void assert_classes(const erm_classes *classes, int64_t count, const char *const *names)
{
    assert_int_equal(classes->count, count);
    for (int64_t c = 0; c < count; c++) assert_string_equal(classes->name[c], names[c]);
}

static void numbers_are_in_rising_order_under_their_short_names(void **state)
{
    (void)state;
    double y[] = {10, -1, 2.5, 10, -0.0, 0, 2, -1};
    const erm_dataset dataset = numbers(8, y);
    erm_classes classes;
    assert_int_equal(erm_dataset_classes(&dataset, &classes), ERM_OK);
    assert_classes(&classes, 5, (const char *[]){"-1", "0", "2", "2.5", "10"});
    double code[8];
    int64_t unknown = -1;
    assert_int_equal(erm_classes_encode(&classes, &dataset, false, code, &unknown), ERM_OK);
    const double expected[] = {4, 0, 3, 4, 1, 1, 2, 0};
    for (int i = 0; i < 8; i++) assert_true(code[i] == expected[i]);
    assert_int_equal(unknown, 0);
    erm_classes_free(&classes);
    assert_null(classes.name);
}

static void words_are_in_byte_order(void **state)
{
    (void)state;
    char *names[] = {"dog", "Cat", "\xc3\xa9", "10", "9"};
    double y[] = {0, 1, 2, 3, 4, 0};
    const erm_dataset dataset = {.rows = 6, .y = y, .label_name = names, .label_names = 5};
    erm_classes classes;
    assert_int_equal(erm_dataset_classes(&dataset, &classes), ERM_OK);
    assert_classes(&classes, 5, (const char *[]){"10", "9", "Cat", "dog", "\xc3\xa9"});
    double code[6];
    assert_int_equal(erm_classes_encode(&classes, &dataset, false, code, NULL), ERM_OK);
    const double expected[] = {3, 2, 4, 0, 1, 3};
    for (int i = 0; i < 6; i++) assert_true(code[i] == expected[i]);
    erm_classes_free(&classes);
}

static void one_output_takes_minus_one_and_plus_one(void **state)
{
    (void)state;
    double y[] = {3, 7, 3}, code[3];
    const erm_dataset dataset = numbers(3, y);
    erm_classes classes;
    assert_int_equal(erm_dataset_classes(&dataset, &classes), ERM_OK);
    assert_int_equal(erm_classes_encode(&classes, &dataset, true, code, NULL), ERM_OK);
    assert_true(code[0] == -1 && code[1] == 1 && code[2] == -1);
    erm_classes_free(&classes);
}

static void labels_of_another_file_are_found_by_value_or_counted(void **state)
{
    (void)state;
    char *names[] = {"cat", "2.5", "1"};
    const erm_classes classes = {.count = 3, .name = names};
    double y[] = {2.5, 1, 4, NAN}, code[4];
    const erm_dataset plain = numbers(4, y);
    int64_t unknown;
    assert_int_equal(erm_classes_encode(&classes, &plain, false, code, &unknown), ERM_OK);
    assert_true(code[0] == 1 && code[1] == 2 && isnan(code[2]) && isnan(code[3]));
    assert_int_equal(unknown, 2);

    char *others[] = {"bird", "1", "cat"};
    double word[] = {2, 0, 1, 2};
    const erm_dataset words = {.rows = 4, .y = word, .label_name = others, .label_names = 3};
    assert_int_equal(erm_classes_encode(&classes, &words, false, code, &unknown), ERM_OK);
    assert_true(code[0] == 0 && isnan(code[1]) && code[2] == 2 && code[3] == 0);
    assert_int_equal(unknown, 1);
}

static void many_classes_and_many_rows_are_found(void **state)
{
    (void)state;
    enum { ROWS = 200000, CLASSES = 5000 };
    double *y = malloc(ROWS * sizeof *y), *code = malloc(ROWS * sizeof *code);
    assert_true(y && code);
    for (int i = 0; i < ROWS; i++) y[i] = (i * 7919 % CLASSES) * 0.25 - 100;
    const erm_dataset dataset = numbers(ROWS, y);
    erm_classes classes;
    assert_int_equal(erm_dataset_classes(&dataset, &classes), ERM_OK);
    assert_int_equal(classes.count, CLASSES);
    assert_int_equal(erm_classes_encode(&classes, &dataset, false, code, NULL), ERM_OK);
    for (int i = 0; i < ROWS; i++) assert_true(code[i] == i * 7919 % CLASSES);
    erm_classes_free(&classes);
    free(y);
    free(code);
}

static void no_rows_have_no_classes(void **state)
{
    (void)state;
    const erm_dataset dataset = {0};
    erm_classes classes;
    assert_int_equal(erm_dataset_classes(&dataset, &classes), ERM_OK);
    assert_int_equal(classes.count, 0);
    erm_classes_free(&classes);
    erm_classes_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_in_rising_order_under_their_short_names),
        cmocka_unit_test(words_are_in_byte_order),
        cmocka_unit_test(one_output_takes_minus_one_and_plus_one),
        cmocka_unit_test(labels_of_another_file_are_found_by_value_or_counted),
        cmocka_unit_test(many_classes_and_many_rows_are_found),
        cmocka_unit_test(no_rows_have_no_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
