/* NumPy's .npy files: every type, order and dimension that is read, and what is refused. */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "ermopt/dataset.h"
#include "temporary.h"

#define FILE_NAME "test_npy.npy"

/* A file as NumPy writes it: the header ends with a line feed, and is padded to a multiple of 64 bytes in all. */
static size_t put_file(int version, const char *header, const void *values, size_t size, char *file)
{
    const size_t prefix = version == 1 ? 10 : 12, length = (strlen(header) + prefix + 64) / 64 * 64 - prefix;
    memcpy(file, "\x93NUMPY", 6);
    file[6] = (char)version;
    file[7] = 0;
    memset(file + 8, 0, 4);
    file[8] = (char)(length & 0xff);
    file[9] = (char)(length >> 8);
    memset(file + prefix, ' ', length);
    memcpy(file + prefix, header, strlen(header));
    file[prefix + length - 1] = '\n';
    if (size > 0) memcpy(file + prefix + length, values, size);
    return prefix + length + size;
}

static erm_array read_good(int version, const char *header, const void *values, size_t size)
{
    char file[1024], detail[ERM_DETAIL_SIZE];
    temporary_write(FILE_NAME, file, put_file(version, header, values, size, file));
    erm_array array;
    if (erm_array_read_npy(FILE_NAME, &array, detail) != ERM_OK) fail_case("%s is refused: %s", header, detail);
    unlink(FILE_NAME);
    return array;
}

static void assert_values(const erm_array *array, int64_t count, const double *expected)
{
    assert_int_equal(array->rows * array->cols, count);
    for (int64_t i = 0; i < count; i++) {
        const double value = array->single ? (double)((const float *)array->values)[i] : ((const double *)array->values)[i];
        if (value != expected[i]) fail_case("value %lld is %g, not %g", (long long)i, value, expected[i]);
    }
}

static void values_of_every_type_are_read(void **state)
{
    (void)state;
    const struct {
        const char *type;
        size_t size;
        unsigned char bytes[16]; /* of two values */
        double expected[2];
    } cases[] = {
        {"<f8", 8, {0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0}, {1.5, -2}},
        {">f8", 8, {0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0}, {1.5, -2}},
        {"<f4", 4, {0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0}, {1.5, -2}},
        {">f4", 4, {0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0}, {1.5, -2}},
        {"|b1", 1, {1, 0}, {1, 0}},
        {"|i1", 1, {0xff, 127}, {-1, 127}},
        {"|u1", 1, {0xff, 127}, {255, 127}},
        {"<i2", 2, {0xfe, 0xff, 0, 1}, {-2, 256}},
        {">u2", 2, {0xff, 0xfe, 0, 1}, {65534, 1}},
        {"<i4", 4, {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0x80}, {-1, -2147483648.0}},
        {"<u4", 4, {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0x80}, {4294967295.0, 2147483648.0}},
        {"<i8", 8, {0, 0, 0, 0, 0, 0, 0xe0, 0xff, 7, 0, 0, 0, 0, 0, 0, 0}, {-9007199254740992.0, 7}},
        {">u8", 8, {0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9}, {9007199254740992.0, 9}},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char header[96];
        snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (2,), }", cases[c].type);
        erm_array array = read_good(1, header, cases[c].bytes, 2 * cases[c].size);
        assert_int_equal(array.rows, 2);
        assert_int_equal(array.cols, 1);
        assert_int_equal(array.single, cases[c].type[1] == 'f' && cases[c].size == 4);
        assert_values(&array, 2, cases[c].expected);
        erm_array_free(&array);
        assert_null(array.values);
    }
}

static void both_orders_and_all_versions_give_the_same_matrix(void **state)
{
    (void)state;
    const unsigned char by_row[] = {1, 2, 3, 4, 5, 6}, by_column[] = {1, 4, 2, 5, 3, 6};
    for (int version = 1; version <= 3; version++) {
        for (int order = 0; order < 2; order++) {
            char header[96];
            snprintf(header, sizeof header, "{'descr': '|u1', 'fortran_order': %s, 'shape': (2, 3), }", order ? "True" : "False");
            erm_array array = read_good(version, header, order ? by_column : by_row, 6);
            const erm_dense X = erm_array_matrix(&array);
            assert_int_equal(X.base.rows, 2);
            assert_int_equal(X.base.cols, 3);
            const double w[] = {100, 10, 1};
            double z[2];
            X.base.ops->mul(&X.base, (erm_rows){.count = 2}, 1, w, z);
            assert_true(z[0] == 123 && z[1] == 456);
            erm_array_free(&array);
        }
    }
}

static void refuse(const char *file, size_t size, const char *expected)
{
    erm_array array;
    char detail[ERM_DETAIL_SIZE] = "";
    temporary_write(FILE_NAME, file, size);
    const erm_status status = erm_array_read_npy(FILE_NAME, &array, detail);
    if (status != ERM_EDATA || !strstr(detail, FILE_NAME ": ") || !strstr(detail, expected))
        fail_case("gives %s: %s\nnot %s", erm_status_text(status), detail, expected);
    assert_null(array.values);
    unlink(FILE_NAME);
}

static void other_files_are_refused(void **state)
{
    (void)state;
    const struct {
        const char *header;
        size_t size;
        const char *expected;
    } cases[] = {
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }", 15, "ends before its last value"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }", 17, "goes on behind its last value"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (100000000, 1000000), }", 16, "ends before its last value"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 10000000000), }", 16, "is too large"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999, 2), }", 16, "has shape"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2, 1), }", 16, "has shape (1, 2, 1), ; expected one or two"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (0, 2), }", 0, "has no values"},
        {"{'descr': '<f8', 'fortran_order': Maybe, 'shape': (1, 2), }", 16, "neither True nor False"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", 16, "holds values of type '|O'"},
        {"{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }", 16, "holds values of type '<c16'"},
        {"{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", 16, "holds values of type [('a'"},
        {"{'fortran_order': False, 'shape': (2,), }", 16, "its header lacks descr"},
        {"{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }", 16, "value 0 is an integer above 2^53"},
    };
    char file[1024], values[32];
    memset(values, 0x44, sizeof values);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        refuse(file, put_file(1, cases[c].header, values, cases[c].size, file), cases[c].expected);
    const size_t size = put_file(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", values, 16, file);
    for (size_t cut = 8; cut < size; cut++) refuse(file, cut, "ends before its last value");
    refuse(file, 7, "is not a .npy file");
    refuse("", 0, "is not a .npy file");
    file[6] = 4;
    refuse(file, size, "has format 4");
}

static void what_is_written_reads_back_to_the_same_bits(void **state)
{
    (void)state;
    double wide[] = {1, -0.0, NAN, INFINITY, 5e-324, 0.1};
    float narrow[] = {1, -0.0f, NAN, INFINITY, 1e-45f, 0.1f};
    for (int variant = 0; variant < 4; variant++) {
        const bool single = variant & 1;
        const erm_array array = {2, 3, single, variant & 2, single ? (void *)narrow : (void *)wide};
        char detail[ERM_DETAIL_SIZE];
        if (erm_array_write_npy(&array, FILE_NAME, detail) != ERM_OK) fail_case("%s", detail);
        erm_array back;
        if (erm_array_read_npy(FILE_NAME, &back, detail) != ERM_OK) fail_case("%s", detail);
        assert_true(back.rows == 2 && back.cols == 3 && back.single == array.single && back.by_column == array.by_column);
        assert_memory_equal(back.values, array.values, single ? sizeof narrow : sizeof wide);
        erm_array_free(&back);
        unlink(FILE_NAME);
    }
    char detail[ERM_DETAIL_SIZE];
    assert_int_equal(erm_array_write_npy(NULL, FILE_NAME, detail), ERM_EINVAL);
    assert_int_equal(erm_array_read_npy(NULL, &(erm_array){0}, detail), ERM_EINVAL);
    assert_int_equal(erm_array_read_npy("no such file", &(erm_array){0}, detail), ERM_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_type_are_read),
        cmocka_unit_test(both_orders_and_all_versions_give_the_same_matrix),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(what_is_written_reads_back_to_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
