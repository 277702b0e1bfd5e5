/* A data set from any file. */
#include "ermopt/data.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "io/column_names.h"
#include "io/mapped_input.h"
#include "io/readers.h"

enum { PEEKED = 1 << 16 };

/* What owns the values; the matrices point into the others. */
typedef struct store {
    erm_dataset set;
    erm_array array;
    erm_csr csr;
    erm_dense dense;
    double *y; /* of an array */
    erm_mapped mapped;
} store;

/* ---- labels of arrays ------------------------------------------------------------------------------------------------ */

static erm_status take_labels(const erm_array *labels, const char *path, int64_t rows, double *y, char *detail)
{
    const int64_t count = labels->rows * labels->cols;
    if (count != rows || (labels->rows != 1 && labels->cols != 1))
        return erm__fail(detail, ERM_EDATA,
                         "%.200s: holds %" PRId64 " x %" PRId64 " labels; expected one for each of %" PRId64 " rows", path,
                         labels->rows, labels->cols, rows);
    for (int64_t i = 0; i < rows; i++)
        y[i] = labels->single ? (double)((const float *)labels->values)[i] : ((const double *)labels->values)[i];
    return ERM_OK;
}

static erm_status read_labels(const char *path, int64_t rows, double *y, char *detail)
{
    erm_array labels;
    if (!path) return ERM_OK;
    erm_status status = erm_array_read_npy(path, &labels, detail);
    if (status != ERM_OK) return status;
    status = take_labels(&labels, path, rows, y, detail);
    erm_array_free(&labels);
    return status;
}

static erm_status open_array(erm__input *input, const erm_data_options *options, store *self, erm_data *data, char *detail)
{
    erm_status status = erm__npy_read(input, &self->array, detail);
    if (status != ERM_OK) return status;
    const int64_t rows = self->array.rows, cols = self->array.cols;
    self->y = calloc((size_t)rows, sizeof *self->y);
    if (!self->y) return erm__fail(detail, ERM_ENOMEM, "%s: no memory for its labels", erm__input_name(input));
    status = read_labels(options->labels, rows, self->y, detail);
    self->dense = erm_array_matrix(&self->array);
    data->X = &self->dense.base;
    data->set = (erm_dataset){.rows = rows, .cols = cols, .nnz = rows * cols, .y = self->y, .index_base = 1};
    return status;
}

/* ---- all ------------------------------------------------------------------------------------------------------------- */

static erm_status open_table(erm__input *input, const erm_data_options *options, store *self, erm_data *data, char *detail)
{
    const bool csv = data->format == ERM_FORMAT_CSV;
    const erm_status status = csv ? erm__csv_read(input, &options->csv, &self->set, detail)
                                  : erm__libsvm_read(input, &options->libsvm, &self->set, detail);
    if (status != ERM_OK) return status;
    self->csr = erm_dataset_matrix(&self->set);
    data->X = &self->csr.base;
    data->set = self->set;
    return ERM_OK;
}

static erm_status open_mapped(erm__input **input, const erm_data_options *options, store *self, erm_data *data, char *detail)
{
    const erm_status status = erm__mapped_read(input, &options->mapped, &self->mapped, detail);
    if (status != ERM_OK) return status;
    data->X = self->mapped.X;
    data->set = self->mapped.set;
    return ERM_OK;
}

static erm_status open_format(erm__input **input, const erm_data_options *options, store *self, erm_data *data, char *detail)
{
    switch (data->format) {
    case ERM_FORMAT_NPY: return open_array(*input, options, self, data, detail);
    case ERM_FORMAT_BINARY: return open_mapped(input, options, self, data, detail);
    default: return open_table(*input, options, self, data, detail);
    }
}

/* Columns of binary data are taken in their order, so that must be the one of the names that are expected. */
static erm_status check_names(const char *name, const erm_csv_options *expected, const erm_dataset *set, char *detail)
{
    if (!expected->features || !erm__has_names(set)) return ERM_OK;
    for (int64_t j = 0; j < set->cols && j < expected->feature_count; j++)
        if (strcmp(set->feature_name[j], expected->features[j]) != 0)
            return erm__fail(detail, ERM_EDATA, "%.200s: its column %" PRId64 " is '%.100s', where '%.100s' is expected", name,
                             j + 1, set->feature_name[j], expected->features[j]);
    if (set->cols == expected->feature_count) return ERM_OK;
    return erm__fail(detail, ERM_EDATA, "%.200s: has %" PRId64 " columns; the %" PRId64 " that have names are expected", name,
                     set->cols, expected->feature_count);
}

/* Where a file was counted from another number when it was written, its columns are others. */
static erm_status check_base(const char *name, const erm_libsvm_options *expected, const erm_data *data, char *detail)
{
    const int32_t base = expected->base == ERM_INDEX_AUTO ? data->set.index_base : expected->base == ERM_INDEX_ONE;
    if (data->format != ERM_FORMAT_BINARY || data->set.index_base == base) return ERM_OK;
    return erm__fail(detail, ERM_EDATA,
                     "%.200s: was written with indices that start at %" PRId32 ", where %" PRId32 " is expected: the same column "
                     "would be another feature",
                     name, data->set.index_base, base);
}

static erm_status check_columns(const char *name, const erm_data_options *options, const erm_data *data, char *detail)
{
    const int64_t most = options->libsvm.cols;
    if (most == 0 || data->set.cols <= most) {
        const erm_status status = check_base(name, &options->libsvm, data, detail);
        return status == ERM_OK ? check_names(name, &options->csv, &data->set, detail) : status;
    }
    return erm__fail(detail, ERM_EDATA, "%.200s: has %" PRId64 " columns; at most %" PRId64 " are expected", name, data->set.cols,
                     most);
}

static erm_status find_format(erm__input *input, const erm_data_options *options, erm_format *format, char *detail)
{
    const char *bytes;
    size_t count;
    *format = options->format;
    if (*format != ERM_FORMAT_ANY) return ERM_OK;
    const erm_status status = erm__input_peek(input, PEEKED, &bytes, &count, detail);
    if (status == ERM_OK) *format = erm__format_of(erm__input_name(input), bytes, count);
    return status;
}

static erm_status open_input(const char *path, erm__input **input, const erm_data_options *options, erm_data *data, char *detail)
{
    erm_status status = find_format(*input, options, &data->format, detail);
    if (status != ERM_OK) return status;
    store *const self = calloc(1, sizeof *self);
    if (!self) return erm__fail(detail, ERM_ENOMEM, "%s: no memory to read it", erm__input_name(*input));
    data->store = self;
    status = open_format(input, options, self, data, detail);
    return status == ERM_OK ? check_columns(path, options, data, detail) : status;
}

erm_status erm_data_open(const char *path, const erm_data_options *options, erm_data *data, char *detail)
{
    static const erm_data_options defaults = {0};
    if (!data) return erm__fail(detail, ERM_EINVAL, "no data to read into");
    *data = (erm_data){0};
    if (!path) return erm__fail(detail, ERM_EINVAL, "no path to read from");
    if (!options) options = &defaults;
    if (!erm_format_name(options->format)) return erm__fail(detail, ERM_EINVAL, "there is no format %d", (int)options->format);
    const int64_t most = options->libsvm.cols;
    if (most < 0 || most > INT32_MAX)
        return erm__fail(detail, ERM_EINVAL, "cols = %" PRId64 " is not between 0 and %" PRId32, most, INT32_MAX);
    if (options->mapped.resident_bytes < 0)
        return erm__fail(detail, ERM_EINVAL, "windows cannot take %" PRId64 " bytes", options->mapped.resident_bytes);
    erm__input *input;
    erm_status status = erm__input_open(path, &input, detail);
    if (status != ERM_OK) return status;
    status = open_input(path, &input, options, data, detail);
    erm__input_close(input);
    if (status != ERM_OK) erm_data_close(data);
    return status;
}

erm_status erm_data_status(const erm_data *data, char *detail)
{
    const store *self = data->store;
    return self && data->format == ERM_FORMAT_BINARY ? erm_mapped_status(&self->mapped, detail) : ERM_OK;
}

void erm_data_close(erm_data *data)
{
    if (!data) return;
    store *const self = data->store;
    if (self) {
        erm_dataset_free(&self->set);
        erm_array_free(&self->array);
        erm_mapped_close(&self->mapped);
        free(self->y);
        free(self);
    }
    *data = (erm_data){0};
}
