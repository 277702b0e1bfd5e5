/* Dense arrays in NumPy's .npy files: a magic string, a version, the length of a header, the header, the values. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/detail.h"
#include "base/huge.h"
#include "ermopt/dataset.h"
#include "io/input.h"
#include "io/npy_header.h"
#include "io/readers.h"

enum { PREFIX = 8 /* magic and version */, MOST_HEADER = 1 << 16, ALIGNMENT = 64, CHUNK = 1 << 15 /* values */ };

static const char MAGIC[] = "\x93NUMPY";

/* ---- reading -------------------------------------------------------------------------------------------------------- */

static erm_status fail_short(erm__input *input, char *detail)
{
    return erm__fail(detail, ERM_EDATA, "%s: ends before its last value; the file is cut off", erm__input_name(input));
}

/* Reads exactly `size` bytes. */
static erm_status read_exactly(erm__input *input, size_t size, void *bytes, char *detail)
{
    size_t count;
    const erm_status status = erm__input_read(input, size, bytes, &count, detail);
    return status == ERM_OK && count < size ? fail_short(input, detail) : status;
}

static erm_status read_header(erm__input *input, erm__npy_header *header, char *detail)
{
    const char *name = erm__input_name(input);
    unsigned char bytes[PREFIX + 4] = {0};
    size_t count;
    erm_status status = erm__input_read(input, PREFIX, (char *)bytes, &count, detail);
    if (status != ERM_OK) return status;
    if (count < PREFIX || memcmp(bytes, MAGIC, strlen(MAGIC)) != 0)
        return erm__fail(detail, ERM_EDATA, "%s: is not a .npy file", name);
    if (bytes[6] < 1 || bytes[6] > 3)
        return erm__fail(detail, ERM_EDATA, "%s: has format %d; expected 1, 2 or 3", name, bytes[6]);
    status = read_exactly(input, bytes[6] == 1 ? 2 : 4, bytes + PREFIX, detail);
    if (status != ERM_OK) return status;
    const unsigned char *length_bytes = bytes + PREFIX; /* the lowest first */
    const uint32_t length = (uint32_t)length_bytes[0] | (uint32_t)length_bytes[1] << 8 | (uint32_t)length_bytes[2] << 16 |
                            (uint32_t)length_bytes[3] << 24;
    if (length > MOST_HEADER) return erm__fail(detail, ERM_EDATA, "%s: has a header of %" PRIu32 " bytes", name, length);
    char *text = calloc((size_t)length + 1, 1);
    if (!text) return erm__fail(detail, ERM_ENOMEM, "%s: no memory for its header", name);
    status = read_exactly(input, length, text, detail);
    if (status == ERM_OK) status = erm__npy_header_parse(text, name, header, detail);
    free(text);
    return status;
}

static void swap_bytes(unsigned char *bytes, int64_t count, int size)
{
    for (int64_t i = 0; i < count; i++) {
        for (int b = 0; b < size / 2; b++) {
            const unsigned char low = bytes[i * size + b];
            bytes[i * size + b] = bytes[i * size + size - 1 - b];
            bytes[i * size + size - 1 - b] = low;
        }
    }
}

/* Converts `count` integers; returns how many are doubles, up to the first that is none. */
static int64_t to_doubles(const erm__npy_header *header, const void *bytes, int64_t count, double *values)
{
    const int64_t most = INT64_C(1) << 53;
    const uint8_t *u1 = bytes;
    const uint16_t *u2 = bytes;
    const uint32_t *u4 = bytes;
    const uint64_t *u8 = bytes;
    const int8_t *i1 = bytes;
    const int16_t *i2 = bytes;
    const int32_t *i4 = bytes;
    const int64_t *i8 = bytes;
    int64_t i = 0;
    switch (header->kind == 'i' ? -header->size : header->size) {
    case 1:
        for (; i < count; i++) values[i] = u1[i];
        break;
    case 2:
        for (; i < count; i++) values[i] = u2[i];
        break;
    case 4:
        for (; i < count; i++) values[i] = u4[i];
        break;
    case -1:
        for (; i < count; i++) values[i] = i1[i];
        break;
    case -2:
        for (; i < count; i++) values[i] = i2[i];
        break;
    case -4:
        for (; i < count; i++) values[i] = i4[i];
        break;
    case -8:
        for (; i < count && i8[i] >= -most && i8[i] <= most; i++) values[i] = (double)i8[i];
        break;
    default:
        for (; i < count && u8[i] <= (uint64_t)most; i++) values[i] = (double)u8[i];
    }
    return i;
}

static erm_status read_integers(erm__input *input, const erm__npy_header *header, double *values, char *detail)
{
    const int64_t count = header->rows * header->cols;
    unsigned char *bytes = malloc((size_t)CHUNK * (size_t)header->size);
    erm_status status = bytes ? ERM_OK : erm__fail(detail, ERM_ENOMEM, "%s: no memory to read it", erm__input_name(input));
    for (int64_t i = 0, size; i < count && status == ERM_OK; i += size) {
        size = count - i < CHUNK ? count - i : CHUNK;
        status = read_exactly(input, (size_t)(size * header->size), bytes, detail);
        if (status != ERM_OK) break;
        if (header->swapped) swap_bytes(bytes, size, header->size);
        const int64_t good = to_doubles(header, bytes, size, values + i);
        if (good < size)
            status = erm__fail(detail, ERM_EDATA, "%s: value %" PRId64 " is an integer above 2^53, which no double is",
                               erm__input_name(input), i + good);
    }
    free(bytes);
    return status;
}

static erm_status read_values(erm__input *input, const erm__npy_header *header, erm_array *array, char *detail)
{
    const size_t count = (size_t)(header->rows * header->cols);
    array->rows = header->rows;
    array->cols = header->cols;
    array->by_column = header->by_column;
    array->single = header->kind == 'f' && header->size == 4;
    const int64_t left = erm__input_size(input) - (int64_t)count * header->size;
    if (erm__input_size(input) >= 0 && left < 0) return fail_short(input, detail); /* before asking for much memory */
    array->values = erm__huge_alloc(count * (array->single ? sizeof(float) : sizeof(double)));
    if (!array->values) return erm__fail(detail, ERM_ENOMEM, "%s: no memory for its values", erm__input_name(input));
    if (header->kind != 'f') return read_integers(input, header, array->values, detail);
    const erm_status status = read_exactly(input, count * (size_t)header->size, array->values, detail);
    if (status == ERM_OK && header->swapped) swap_bytes(array->values, (int64_t)count, header->size);
    return status;
}

erm_status erm__npy_read(erm__input *input, erm_array *array, char *detail)
{
    erm__npy_header header;
    erm_status status = read_header(input, &header, detail);
    if (status == ERM_OK) status = read_values(input, &header, array, detail);
    char behind;
    size_t count = 0;
    if (status == ERM_OK) status = erm__input_read(input, 1, &behind, &count, detail);
    if (count > 0) status = erm__fail(detail, ERM_EDATA, "%s: goes on behind its last value", erm__input_name(input));
    if (status != ERM_OK) erm_array_free(array);
    return status;
}

erm_status erm_array_read_npy(const char *path, erm_array *array, char *detail)
{
    if (!array) return erm__fail(detail, ERM_EINVAL, "no array to read into");
    *array = (erm_array){0};
    if (!path) return erm__fail(detail, ERM_EINVAL, "no path to read from");
    erm__input *input;
    erm_status status = erm__input_open(path, &input, detail);
    if (status != ERM_OK) return status;
    status = erm__npy_read(input, array, detail);
    erm__input_close(input);
    return status;
}

/* ---- writing, and the rest ------------------------------------------------------------------------------------------- */

erm_status erm_array_write_npy(const erm_array *array, const char *path, char *detail)
{
    if (!path || !array || !array->values)
        return erm__fail(detail, ERM_EINVAL, "no %s", path ? "array to write" : "path to write to");
    char text[192];
    int length =
        snprintf(text, sizeof text, "{'descr': '%cf%d', 'fortran_order': %s, 'shape': (%" PRId64 ", %" PRId64 "), }",
                 erm__npy_byte_order(), array->single ? 4 : 8, array->by_column ? "True" : "False", array->rows, array->cols);
    while ((PREFIX + 2 + length + 1) % ALIGNMENT != 0) text[length++] = ' ';
    text[length++] = '\n';
    const unsigned char version[] = {1, 0, (unsigned char)(length & 0xff), (unsigned char)(length >> 8)};
    erm__atomic_file file;
    const erm_status status = erm__atomic_open(&file, path, detail);
    if (status != ERM_OK) return status;
    erm__atomic_write(&file, MAGIC, strlen(MAGIC));
    erm__atomic_write(&file, version, sizeof version);
    erm__atomic_write(&file, text, (size_t)length);
    erm__atomic_write(&file, array->values,
                      (size_t)(array->rows * array->cols) * (array->single ? sizeof(float) : sizeof(double)));
    return erm__atomic_commit(&file, detail);
}

erm_dense erm_array_matrix(const erm_array *array)
{
    const int64_t n = array->rows, d = array->cols;
    if (array->by_column)
        return array->single ? erm_dense_col_f32(n, d, array->values, n) : erm_dense_col_f64(n, d, array->values, n);
    return array->single ? erm_dense_f32(n, d, array->values, d) : erm_dense_f64(n, d, array->values, d);
}

void erm_array_free(erm_array *array)
{
    if (!array) return;
    free(array->values);
    *array = (erm_array){0};
}
