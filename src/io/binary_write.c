/* Writes the binary format: the parts one after the other, hashed on their way, and last the header, over
 * the room left for it. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/detail.h"
#include "base/hash.h"
#include "ermopt/mapped.h"
#include "io/binary.h"
#include "io/npy_header.h"
#include "io/text.h"
#include "io/window.h"

enum { SOME = 4096 /* values that are changed at a time */, BLOCK_BYTES = 1 << 20, LEAST_COLUMN_RUN = 64 };

/* What is to be written. */
typedef struct writer {
    const erm_dataset *set;
    const erm_matrix *X;
    erm_matrix_copy copy; /* of X, where its compressed rows must be made */
    const erm_csr *csr;   /* compressed rows, or NULL: dense */
    bool doubles;         /* csr's values are doubles */
    const char *path;
    erm__binary binary;
    erm__atomic_file file;
    erm__hash piece, whole;
    bool too_large; /* a value was, for floats */
} writer;

/* ---- bytes --------------------------------------------------------------------------------------------------------------- */

static void end_piece(writer *self)
{
    const uint64_t hash = erm__hash_end(&self->piece);
    erm__hash_add(&self->whole, &hash, sizeof hash);
    self->piece = erm__hash_begin();
}

static void put(writer *self, const void *bytes, size_t count)
{
    const char *next = bytes;
    while (count > 0) {
        const size_t room = ERM_BINARY_PIECE - (size_t)self->piece.bytes, now = count < room ? count : room;
        erm__hash_add(&self->piece, next, now);
        erm__atomic_write(&self->file, next, now);
        if (self->piece.bytes == ERM_BINARY_PIECE) end_piece(self);
        next += now;
        count -= now;
    }
}

static void begin_part(writer *self)
{
    self->piece = erm__hash_begin();
    self->whole = erm__hash_begin();
}

static void end_part(writer *self, erm__part part)
{
    static const char zeros[ERM_BINARY_ALIGNMENT] = {0};
    erm__span *const span = &self->binary.part[part];
    put(self, zeros, (size_t)(erm__span_padded(span) - span->bytes));
    if (self->piece.bytes > 0) end_piece(self);
    span->checksum = erm__hash_end(&self->whole);
}

/* ---- values -------------------------------------------------------------------------------------------------------------- */

/* `count` values as doubles or as floats. */
static void put_values(writer *self, int64_t count, const double *x)
{
    float single[SOME];
    if (self->binary.value_size == sizeof(double)) put(self, x, (size_t)count * sizeof *x);
    for (int64_t p = 0; self->binary.value_size == sizeof(float) && p < count; p += SOME) {
        const int64_t now = count - p < SOME ? count - p : SOME;
        for (int64_t q = 0; q < now; q++) {
            single[q] = (float)x[p + q];
            self->too_large = self->too_large || (isinf(single[q]) && isfinite(x[p + q]));
        }
        put(self, single, (size_t)now * sizeof *single);
    }
}

static void put_sparse_values(writer *self)
{
    if (self->doubles)
        put_values(self, self->binary.nnz, self->csr->values);
    else
        put(self, self->csr->values, (size_t)self->binary.nnz * sizeof(float));
}

typedef struct block {
    double *values;
    int64_t cols;
} block;

static void place(const erm_piece *piece, void *context)
{
    const block *to = context;
    const int64_t step = piece->column ? to->cols : 1;
    double *const out = to->values + (piece->column ? piece->line : piece->line * to->cols) + piece->first * step;
    for (int64_t p = 0; p < piece->count; p++) out[(piece->index ? piece->index[p] : p) * step] = piece->value[p];
}

static erm_status put_dense_values(writer *self, char *detail)
{
    const int64_t n = self->binary.rows, d = self->binary.cols;
    if (d == 0) return ERM_OK;
    int64_t rows = BLOCK_BYTES / 8 / d + 1;
    if (self->X->ops->by_columns && rows < LEAST_COLUMN_RUN) rows = LEAST_COLUMN_RUN;
    if (rows > n) rows = n;
    const block to = {malloc((size_t)(rows * d) * sizeof(double)), d};
    if (!to.values) return erm__fail(detail, ERM_ENOMEM, "%.200s: no memory to write it", self->path);
    for (int64_t begin = 0; begin < n && self->file.error == 0; begin += rows) {
        const int64_t count = n - begin < rows ? n - begin : rows;
        memset(to.values, 0, (size_t)(count * d) * sizeof *to.values);
        self->X->ops->scan(self->X, (erm_rows){.begin = begin, .count = count}, place, (void *)(uintptr_t)&to);
        put_values(self, count * d, to.values);
    }
    free(to.values);
    return ERM_OK;
}

/* ---- names --------------------------------------------------------------------------------------------------------------- */

static int64_t bytes_of_names(int64_t count, char *const *names)
{
    int64_t bytes = count > 0 ? 8 * (count + 1) : 0;
    for (int64_t t = 0; t < count; t++) bytes += (int64_t)strlen(names[t]) + 1;
    return bytes;
}

static void put_names(writer *self, int64_t count, char *const *names)
{
    int64_t at = 0;
    if (count == 0) return;
    for (int64_t t = 0; t <= count; t++) {
        put(self, &at, sizeof at);
        if (t < count) at += (int64_t)strlen(names[t]) + 1;
    }
    for (int64_t t = 0; t < count; t++) put(self, names[t], strlen(names[t]) + 1);
}

static erm_status check_names(const char *path, int64_t count, char *const *names, char *detail)
{
    for (int64_t t = 0; t < count; t++)
        if (erm__text_find_bad(names[t], names[t] + strlen(names[t])))
            return erm__fail(detail, ERM_EDATA, "%.200s: a name is no UTF-8 text of one line and cannot be written", path);
    return ERM_OK;
}

/* ---- what to write --------------------------------------------------------------------------------------------------------- */

static bool is_one_of(const erm_matrix *X, erm_matrix a, erm_matrix b) { return X->ops == a.ops || X->ops == b.ops; }

static bool is_single(const erm_matrix *X)
{
    return is_one_of(X, erm_dense_f32(0, 0, NULL, 0).base, erm_csr_f32(0, 0, NULL, NULL, NULL).base) ||
           is_one_of(X, erm_dense_col_f32(0, 0, NULL, 0).base, erm_csc_f32(0, 0, NULL, NULL, NULL).base);
}

static bool is_rows(const erm_matrix *X)
{
    return is_one_of(X, erm_csr_f32(0, 0, NULL, NULL, NULL).base, erm_csr_f64(0, 0, NULL, NULL, NULL).base);
}

/* Dense rows of a data set's own values, where they are smaller and lose nothing. */
static bool is_better_dense(const erm_dataset *set, bool single)
{
    const double value = single ? 4 : 8, n = (double)set->rows, nnz = (double)set->nnz;
    if (value * n * (double)set->cols > (value + 4) * nnz + 8 * (n + 1)) return false;
    for (int64_t p = 0; p < set->nnz; p++)
        if (set->value[p] == 0) return false;
    return true;
}

static bool wants_dense(const writer *self, const erm_binary_options *options)
{
    if (options->layout != ERM_LAYOUT_AUTO) return options->layout == ERM_LAYOUT_DENSE;
    return options->X ? !self->X->ops->sparse : is_better_dense(self->set, options->single);
}

static erm_status choose_layout(writer *self, const erm_binary_options *options, char *detail)
{
    const bool single = is_single(self->X);
    self->binary.value_size = options->single || single ? 4 : 8;
    self->binary.dense = wants_dense(self, options);
    self->binary.nnz = self->binary.dense ? self->binary.rows * self->binary.cols : self->X->nnz;
    if (self->binary.dense) return ERM_OK;
    self->csr = (const erm_csr *)self->X;
    self->doubles = !single;
    if (is_rows(self->X)) return ERM_OK;
    const erm_status status = erm_csr_from(self->X, &(erm_copy_options){.single = single}, &self->copy, detail);
    self->csr = &self->copy.matrix.csr;
    if (status == ERM_OK) self->binary.nnz = self->copy.matrix.base.nnz;
    return status;
}

static erm_status prepare(writer *self, const erm_binary_options *options, char *detail)
{
    const erm_dataset *set = self->set;
    erm__binary *const b = &self->binary;
    if (set->rows < 1 || self->X->rows != set->rows || self->X->cols != set->cols || (double)set->rows * (double)set->cols > 1e17)
        return erm__fail(detail, ERM_EINVAL,
                         "%.200s: %" PRId64 " rows and a matrix of %" PRId64 " x %" PRId64 " cannot be written", self->path,
                         set->rows, self->X->rows, self->X->cols);
    if (!self->X->ops->scan || !self->X->ops->scan(self->X, (erm_rows){0}, place, NULL))
        return erm__fail(detail, ERM_EUNSUPPORTED, "%.200s: a %s matrix cannot be read, and so not be written", self->path,
                         self->X->ops->name);
    if (erm__npy_byte_order() != '<')
        return erm__fail(detail, ERM_EUNSUPPORTED, "%.200s: the format is little-endian, and this machine is not", self->path);
    *b = (erm__binary){.rows = set->rows, .cols = set->cols, .index_base = set->index_base};
    b->label_names = set->label_name ? set->label_names : 0;
    b->feature_names = set->feature_name ? set->cols : 0;
    b->part[ERM_PART_LABEL_NAMES].bytes = bytes_of_names(b->label_names, set->label_name);
    b->part[ERM_PART_FEATURE_NAMES].bytes = bytes_of_names(b->feature_names, set->feature_name);
    erm_status status = check_names(self->path, b->label_names, set->label_name, detail);
    if (status == ERM_OK) status = check_names(self->path, b->feature_names, set->feature_name, detail);
    if (status == ERM_OK) status = choose_layout(self, options, detail);
    if (status == ERM_OK && !erm__binary_lay_out(b)) status = erm__fail(detail, ERM_EINVAL, "%.200s: is too large", self->path);
    return status;
}

/* ---- writing --------------------------------------------------------------------------------------------------------------- */

static erm_status put_part(writer *self, erm__part part, char *detail)
{
    const erm__binary *const b = &self->binary;
    erm_status status = ERM_OK;
    begin_part(self);
    switch (part) {
    case ERM_PART_START:
        if (!b->dense) put(self, self->csr->start, (size_t)b->part[part].bytes);
        break;
    case ERM_PART_INDEX:
        if (!b->dense) put(self, self->csr->index, (size_t)b->part[part].bytes);
        break;
    case ERM_PART_VALUES:
        if (b->dense)
            status = put_dense_values(self, detail);
        else
            put_sparse_values(self);
        break;
    case ERM_PART_LABELS: put(self, self->set->y, (size_t)b->part[part].bytes); break;
    case ERM_PART_LABEL_NAMES: put_names(self, b->label_names, self->set->label_name); break;
    default: put_names(self, b->feature_names, self->set->feature_name);
    }
    end_part(self, part);
    return status;
}

/* A matrix that is read from a file as it is written has NaN where that failed. */
static erm_status check_read(const erm_matrix *X, char *detail)
{
    const bool windows = X->ops == &erm__window_sparse_ops || X->ops == &erm__window_dense_ops;
    return windows ? erm__windows_status(((const erm__window_matrix *)X)->windows, detail) : ERM_OK;
}

static erm_status write_all(writer *self, char *detail)
{
    unsigned char header[ERM_BINARY_HEADER] = {0};
    erm_status status = erm__atomic_open(&self->file, self->path, detail);
    if (status != ERM_OK) return status;
    erm__atomic_write(&self->file, header, sizeof header);
    for (int p = 0; p < ERM_PARTS && status == ERM_OK; p++) status = put_part(self, (erm__part)p, detail);
    if (status == ERM_OK) status = check_read(self->X, detail);
    if (status == ERM_OK && self->too_large)
        status = erm__fail(detail, ERM_EDATA, "%.200s: a value is too large for a float", self->path);
    if (status != ERM_OK) {
        erm__atomic_abandon(&self->file);
        return status;
    }
    erm__binary_encode(&self->binary, header);
    erm__atomic_rewind(&self->file);
    erm__atomic_write(&self->file, header, sizeof header);
    return erm__atomic_commit(&self->file, detail);
}

erm_status erm_dataset_write_binary(const erm_dataset *dataset, const erm_binary_options *options, const char *path, char *detail)
{
    static const erm_binary_options defaults = {0};
    if (!dataset || !path) return erm__fail(detail, ERM_EINVAL, "no %s", dataset ? "path to write to" : "data set to write");
    if (!options) options = &defaults;
    if (!options->X && !dataset->start) return erm__fail(detail, ERM_EINVAL, "%.200s: the data set has no values", path);
    const erm_csr own = erm_dataset_matrix(dataset);
    writer self = {.set = dataset, .X = options->X ? options->X : &own.base, .path = path};
    erm_status status = prepare(&self, options, detail);
    if (status == ERM_OK) {
        self.binary.digest = erm_dataset_digest(dataset, self.X);
        status = write_all(&self, detail);
    }
    erm_matrix_copy_free(&self.copy);
    return status;
}
