/* The binary format: what is read back has the same bits, however it is opened; what is damaged is refused; windows compute what
 * a matrix in memory does. */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "base/hash.h"
#include "ermopt.h"
#include "io/binary.h"
#include "temporary.h"

#define FILE_NAME "test_mapped.tmp"

static char detail[ERM_DETAIL_SIZE];

/* ---- data ---------------------------------------------------------------------------------------------------------------- */

/* rows x cols, about a third of it stored, with words and names where wanted. Free with erm_dataset_free. */
static erm_dataset new_data(int64_t rows, int64_t cols, bool words)
{
    erm_rng rng = erm_rng_seed((uint64_t)(rows + cols));
    erm_dataset set = {.rows = rows, .cols = cols, .index_base = words ? 0 : 1};
    set.start = calloc((size_t)rows + 1, sizeof *set.start);
    set.index = calloc((size_t)(rows * cols) + 1, sizeof *set.index);
    set.value = calloc((size_t)(rows * cols) + 1, sizeof *set.value);
    set.y = calloc((size_t)rows, sizeof *set.y);
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < cols; j++) {
            if (i % 7 == 3 || erm_rng_uniform(&rng) > 0.35) continue;
            set.index[set.nnz] = (int32_t)j;
            set.value[set.nnz++] = erm_rng_normal(&rng);
        }
        set.start[i + 1] = set.nnz;
        set.y[i] = words ? (double)(i % 3) : erm_rng_uniform(&rng) > 0.5 ? 1 : -1;
    }
    if (!words) return set;
    static const char *const labels[] = {"yes", "no", "na\xc3\xafve"};
    set.label_names = 3;
    set.label_name = calloc(3, sizeof *set.label_name);
    set.feature_name = calloc((size_t)cols, sizeof *set.feature_name);
    for (int64_t t = 0; t < 3; t++) set.label_name[t] = strdup(labels[t]);
    for (int64_t j = 0; j < cols; j++) {
        char name[24];
        snprintf(name, sizeof name, "%.*s%d", j > 0, "x", (int)j);
        set.feature_name[j] = strdup(name);
    }
    return set;
}

static void write_data(const erm_dataset *set, const erm_binary_options *options)
{
    if (erm_dataset_write_binary(set, options, FILE_NAME, detail) != ERM_OK) fail_case("%s", detail);
}

static erm_mapped open_data(int64_t resident_bytes)
{
    erm_mapped mapped;
    if (erm_mapped_open(FILE_NAME, &(erm_mapped_options){.resident_bytes = resident_bytes}, &mapped, detail) != ERM_OK)
        fail_case("%s", detail);
    return mapped;
}

static void assert_same_text(int64_t count, char *const *a, char *const *b)
{
    assert_int_equal(!a, !b);
    for (int64_t t = 0; a && t < count; t++) assert_string_equal(a[t], b[t]);
}

static void assert_same_about(const erm_dataset *a, const erm_dataset *b)
{
    assert_int_equal(a->rows, b->rows);
    assert_int_equal(a->cols, b->cols);
    assert_int_equal(a->index_base, b->index_base);
    assert_int_equal(a->label_names, b->label_names);
    assert_memory_equal(a->y, b->y, (size_t)a->rows * sizeof *a->y);
    assert_same_text(a->label_names, a->label_name, b->label_name);
    assert_same_text(a->cols, a->feature_name, b->feature_name);
}

/* ---- round trips --------------------------------------------------------------------------------------------------------- */

static void sparse_rows_come_back_with_the_same_bits(void **state)
{
    (void)state;
    for (int words = 0; words < 2; words++) {
        erm_dataset set = new_data(57, 11, words);
        set.value[5] = 0; /* stored zeros stay */
        write_data(&set, NULL);
        erm_mapped mapped = open_data(0);
        assert_false(mapped.dense || mapped.single);
        assert_same_about(&set, &mapped.set);
        assert_int_equal(mapped.set.nnz, set.nnz);
        assert_memory_equal(mapped.set.start, set.start, (size_t)(set.rows + 1) * sizeof *set.start);
        assert_memory_equal(mapped.set.index, set.index, (size_t)set.nnz * sizeof *set.index);
        assert_memory_equal(mapped.set.value, set.value, (size_t)set.nnz * sizeof *set.value);
        assert_true(mapped.digest == erm_dataset_digest(&set, NULL));
        assert_true(mapped.digest == erm_dataset_digest(&mapped.set, mapped.X));
        erm_mapped_close(&mapped);
        assert_null(mapped.X);
        erm_dataset_free(&set);
    }
    unlink(FILE_NAME);
}

static void any_matrix_is_written_in_either_layout(void **state)
{
    (void)state;
    erm_dataset set = new_data(64, 9, true);
    const erm_csr own = erm_dataset_matrix(&set);
    erm_matrix_copy form[8] = {{.bytes = 0}};
    const erm_copy_options single = {.single = true};
    const bool ok =
        !erm_csr_from(&own.base, NULL, &form[0], detail) && !erm_csc_from(&own.base, NULL, &form[1], detail) &&
        !erm_dense_from(&own.base, NULL, &form[2], detail) && !erm_dense_col_from(&own.base, NULL, &form[3], detail) &&
        !erm_csr_from(&own.base, &single, &form[4], detail) && !erm_csc_from(&own.base, &single, &form[5], detail) &&
        !erm_dense_from(&own.base, &single, &form[6], detail) && !erm_dense_col_from(&own.base, &single, &form[7], detail);
    assert_true(ok);
    for (int f = 0; f < 8; f++)
        for (int layout = 0; layout < 3; layout++) {
            write_data(&set, &(erm_binary_options){.X = &form[f].matrix.base, .layout = (erm_layout)layout});
            erm_mapped mapped = open_data(0);
            assert_same_about(&set, &mapped.set);
            assert_int_equal(mapped.dense, layout == ERM_LAYOUT_DENSE || (layout == ERM_LAYOUT_AUTO && f % 4 > 1));
            assert_int_equal(mapped.single, f > 3);
            assert_true(erm_dataset_digest(&set, &form[f].matrix.base) == erm_dataset_digest(&mapped.set, mapped.X));
            assert_true(mapped.digest == erm_dataset_digest(&mapped.set, mapped.X));
            erm_mapped_close(&mapped);
        }
    for (int f = 0; f < 8; f++) erm_matrix_copy_free(&form[f]);
    erm_dataset_free(&set);
    unlink(FILE_NAME);
}

static void auto_layout_is_dense_where_that_is_smaller_and_loses_nothing(void **state)
{
    (void)state;
    int64_t start[] = {0, 2, 4};
    int32_t index[] = {0, 1, 0, 1};
    double value[] = {1, 2, 3, 4}, y[] = {1, 2};
    const erm_dataset set = {
        .rows = 2, .cols = 2, .nnz = 4, .start = start, .index = index, .value = value, .y = y, .index_base = 1};
    for (int zero = 0; zero < 2; zero++) {
        value[2] = zero ? 0 : 3;
        write_data(&set, NULL);
        erm_mapped mapped = open_data(0);
        assert_int_equal(mapped.dense, !zero);
        erm_mapped_close(&mapped);
    }
    unlink(FILE_NAME);
}

static void what_cannot_be_written_is_told(void **state)
{
    (void)state;
    erm_dataset set = new_data(5, 4, true);
    set.value[0] = 1e300;
    assert_int_equal(erm_dataset_write_binary(&set, &(erm_binary_options){.single = true}, FILE_NAME, detail), ERM_EDATA);
    assert_non_null(strstr(detail, "too large for a float"));
    assert_int_not_equal(access(FILE_NAME, F_OK), 0);
    set.feature_name[1][0] = '\n';
    assert_int_equal(erm_dataset_write_binary(&set, NULL, FILE_NAME, detail), ERM_EDATA);
    assert_non_null(strstr(detail, "no UTF-8 text"));
    const erm_dense wide = erm_dense_f64(5, 5, set.value, 5);
    assert_int_equal(erm_dataset_write_binary(&set, &(erm_binary_options){.X = &wide.base}, FILE_NAME, detail), ERM_EINVAL);
    assert_int_equal(erm_dataset_write_binary(&(erm_dataset){.rows = 1}, NULL, FILE_NAME, detail), ERM_EINVAL);
    assert_int_equal(erm_dataset_write_binary(&set, NULL, "no/such/place", detail), ERM_EDATA);
    set.feature_name[1][0] = 'x';
    assert_int_equal(erm_dataset_write_binary(&set, NULL, "no/such/place", detail), ERM_EIO);
    erm_dataset_free(&set);
}

/* ---- damage -------------------------------------------------------------------------------------------------------------- */

/* Opens these bytes in every way; fails unless all say the same; returns the status. */
static erm_status open_bytes(const unsigned char *bytes, size_t size, bool trust)
{
    erm_status status = ERM_OK;
    unlink(FILE_NAME); /* some file systems wait for the disk when a file is truncated and written again */
    temporary_write(FILE_NAME, bytes, size);
    for (int way = 0; way < 2; way++) {
        erm_mapped mapped;
        detail[0] = '\0';
        const erm_status now = erm_mapped_open(
            FILE_NAME, &(erm_mapped_options){.resident_bytes = way ? 1 << 20 : 0, .trust = trust}, &mapped, detail);
        if (way > 0 && now != status) fail_case("a map says %d, windows %d: %s", status, now, detail);
        status = now;
        if (now != ERM_OK && (!strstr(detail, FILE_NAME) || mapped.X)) fail_case("no sentence about the file: %s", detail);
        if (now == ERM_OK && mapped.X->ops->check) (void)mapped.X->ops->check(mapped.X, NULL);
        erm_mapped_close(&mapped);
    }
    return status;
}

/* A small file in memory; free it. */
static unsigned char *small_file(bool words, erm_layout layout, size_t *size)
{
    erm_dataset set = new_data(9, 5, words);
    write_data(&set, &(erm_binary_options){.layout = layout});
    FILE *file = fopen(FILE_NAME, "rb");
    unsigned char *bytes = calloc(1, 1 << 16);
    assert_true(file && bytes);
    *size = fread(bytes, 1, 1 << 16, file);
    fclose(file);
    erm_dataset_free(&set);
    return bytes;
}

static void a_file_cut_at_any_length_is_refused(void **state)
{
    (void)state;
    size_t size;
    unsigned char *bytes = small_file(true, ERM_LAYOUT_SPARSE, &size);
    assert_int_equal(open_bytes(bytes, size, false), ERM_OK);
    for (size_t length = 0; length < size; length++) {
        unsigned char *part = malloc(length + 1);
        memcpy(part, bytes, length);
        if (open_bytes(part, length, length % 2) != ERM_EDATA) fail_case("%zu of %zu bytes are taken", length, size);
        free(part);
    }
    assert_int_equal(open_bytes(bytes, size + 1, false), ERM_EDATA);
    assert_non_null(strstr(detail, "goes on behind its end"));
    free(bytes);
    unlink(FILE_NAME);
}

static void every_changed_byte_is_found(void **state)
{
    (void)state;
    for (int layout = ERM_LAYOUT_SPARSE; layout <= ERM_LAYOUT_DENSE; layout++) {
        size_t size;
        unsigned char *bytes = small_file(true, (erm_layout)layout, &size);
        for (size_t at = 0; at < size; at++) {
            bytes[at] ^= (unsigned char)(1 << at % 8);
            if (open_bytes(bytes, size, false) != ERM_EDATA) fail_case("a change of byte %zu is not seen", at);
            if (at % 3 == 0) (void)open_bytes(bytes, size, true); /* may be taken, and does no harm */
            bytes[at] ^= (unsigned char)(1 << at % 8);
        }
        free(bytes);
    }
    unlink(FILE_NAME);
}

/* Gives changed bytes the checksums that go with them. */
static void sign(unsigned char *bytes)
{
    erm__binary b;
    assert_int_equal(erm__binary_decode(bytes, ERM_BINARY_HEADER, "it", &b, detail), ERM_OK);
    const erm__bytes from = {.memory = (const char *)bytes, .name = "it"};
    for (int p = 0; p < ERM_PARTS; p++) erm__binary_checksum(&from, &b.part[p], &b.part[p].checksum, detail);
    erm__binary_encode(&b, bytes);
}

static void a_hostile_file_does_no_harm(void **state)
{
    (void)state;
    size_t size;
    for (int layout = ERM_LAYOUT_SPARSE; layout <= ERM_LAYOUT_DENSE; layout++) {
        unsigned char *bytes = small_file(true, (erm_layout)layout, &size), *copy = malloc(size);
        for (size_t at = ERM_BINARY_HEADER; at < size; at++) {
            static const unsigned char values[] = {0xff, 0x80, 0, 0x7f, 1};
            memcpy(copy, bytes, size);
            copy[at] = values[at % sizeof values];
            sign(copy);
            (void)open_bytes(copy, size, false);
        }
        free(copy);
        free(bytes);
    }
    unlink(FILE_NAME);
}

static void wrong_rows_columns_and_names_are_named(void **state)
{
    (void)state;
    size_t size;
    unsigned char *bytes = small_file(true, ERM_LAYOUT_SPARSE, &size);
    erm__binary b;
    assert_int_equal(erm__binary_decode(bytes, size, "it", &b, detail), ERM_OK);
    const struct {
        int64_t at;
        unsigned char value;
        const char *says;
    } cases[] = {
        {b.part[ERM_PART_START].offset, 1, "row starts go from 1"},
        {b.part[ERM_PART_START].offset + 8 + 7, 0x80, "row 1 ends before it starts"},
        {b.part[ERM_PART_INDEX].offset, 100, "its columns do not rise"},
        {b.part[ERM_PART_INDEX].offset + 3, 0x80, "its columns do not rise"},
        {b.part[ERM_PART_LABELS].offset + 7, 0x7f, "the label of row 1 is none of its 3 words"},
        {b.part[ERM_PART_LABEL_NAMES].offset + 8, 99, "its label names are not text"},
        {b.part[ERM_PART_FEATURE_NAMES].offset + 50, 7, "its feature names are not text"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        unsigned char *copy = malloc(size);
        memcpy(copy, bytes, size);
        copy[cases[c].at] = cases[c].value;
        sign(copy);
        assert_int_equal(open_bytes(copy, size, false), ERM_EDATA);
        if (!strstr(detail, cases[c].says)) fail_case("%s; expected '%s'", detail, cases[c].says);
        free(copy);
    }
    bytes[8] = 2;
    assert_int_equal(open_bytes(bytes, size, false), ERM_EDATA);
    assert_non_null(strstr(detail, "has version 2 of the binary format; expected 1"));
    free(bytes);
    unlink(FILE_NAME);
}

/* The sections of a file are only looked at where they are: a header alone may tell of any number of them. */
static void a_header_that_tells_of_too_much_is_not_believed(void **state)
{
    (void)state;
    erm__binary b = {.dense = true, .value_size = 8, .rows = INT64_C(1) << 40, .cols = 1000, .nnz = INT64_C(1000) << 40};
    unsigned char header[ERM_BINARY_HEADER];
    erm_section section[ERM_SECTIONS];
    assert_true(erm__binary_lay_out(&b));
    erm__binary_encode(&b, header);
    assert_int_equal(open_bytes(header, sizeof header, false), ERM_EDATA);
    assert_int_equal(erm_mapped_sections(FILE_NAME, section, detail), ERM_EDATA);
    assert_non_null(strstr(detail, "is cut off"));
    unlink(FILE_NAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sparse_rows_come_back_with_the_same_bits),
        cmocka_unit_test(any_matrix_is_written_in_either_layout),
        cmocka_unit_test(auto_layout_is_dense_where_that_is_smaller_and_loses_nothing),
        cmocka_unit_test(what_cannot_be_written_is_told),
        cmocka_unit_test(a_file_cut_at_any_length_is_refused),
        cmocka_unit_test(every_changed_byte_is_found),
        cmocka_unit_test(a_hostile_file_does_no_harm),
        cmocka_unit_test(wrong_rows_columns_and_names_are_named),
        cmocka_unit_test(a_header_that_tells_of_too_much_is_not_believed),
    };
    return cmocka_run_group_tests_name("mapped", tests, NULL, NULL);
}
