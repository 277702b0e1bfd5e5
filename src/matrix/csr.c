/* Compressed sparse rows of doubles or floats: row i holds values[p] at columns index[p], start[i] <= p < start[i + 1]. */
#include <math.h>
#include <string.h>

#include "base/detail.h"
#include "base/simd.h"
#include "ermopt/matrix.h"
#include "matrix/compressed.h"
#include "matrix/csr.h"
#include "matrix/scan.h"

enum {
    LINE = 64,               /* bytes of a cache line */
    FETCH_MOST = 1024 * 1024 /* bytes: the largest block of rows that `mul_t` fetches */
};

typedef double pair_of_doubles __attribute__((vector_size(16), aligned(8), may_alias));

static const erm_csr *csr_of(const erm_matrix *X) { return (const erm_csr *)X; }

/* Whoever calls mul_t for a block of rows will most likely ask for the next block next: mul_t then fetches it from memory while
 * it computes, because memory would be idle (the block itself is in cache, where mul has left it). */
static bool block_follows(const erm_csr *X, erm_rows rows, size_t value_size)
{
    const int64_t end = rows.begin + 2 * rows.count;
    return !rows.list && rows.count > 1 && end <= X->base.rows &&
           X->start[end] - X->start[end - rows.count] <= FETCH_MOST / (int64_t)(value_size + sizeof(int32_t));
}

static erm_csr csr(const erm_matrix_ops *ops, int64_t rows, int64_t cols, const int64_t *start, const int32_t *index,
                   const void *values)
{
    return (erm_csr){.base = {.ops = ops, .rows = rows, .cols = cols, .nnz = start && rows >= 0 ? start[rows] : 0},
                     .values = values,
                     .index = index,
                     .start = start};
}

static erm__compressed lines_of(const erm_csr *X)
{
    return (erm__compressed){.lines = X->base.rows,
                             .places = X->base.cols,
                             .start = X->start,
                             .index = X->index,
                             .values = X->values,
                             .line = "row",
                             .place = "column"};
}

static erm_status check_shape(const erm_csr *X, char *detail)
{
    const int64_t rows = X->base.rows, cols = X->base.cols;
    if (rows >= 0 && cols >= 0 && cols <= INT32_MAX) return ERM_OK;
    return erm__fail(detail, ERM_EINVAL, "X is %lld x %lld; expected sizes >= 0 and at most 2147483647 columns", (long long)rows,
                     (long long)cols);
}

#define VALUE      double
#define NAME(name) name##_f64
#include "matrix/csr.inc"

#define VALUE      float
#define NAME(name) name##_f32
#include "matrix/csr.inc"

erm_csr erm_csr_f64(int64_t rows, int64_t cols, const int64_t *start, const int32_t *index, const double *values)
{
    return csr(&ops_f64, rows, cols, start, index, values);
}

erm_csr erm_csr_f32(int64_t rows, int64_t cols, const int64_t *start, const int32_t *index, const float *values)
{
    return csr(&ops_f32, rows, cols, start, index, values);
}

bool erm__is_csr(const erm_matrix *X) { return X->ops == &ops_f64 || X->ops == &ops_f32; }

erm_status erm__csr_check_places(const erm_matrix *base, char *detail)
{
    const erm_csr *const X = csr_of(base);
    const erm__compressed lines = lines_of(X);
    erm_status status = check_shape(X, detail);
    if (status == ERM_OK) status = erm__compressed_check_start(&lines, detail);
    if (status != ERM_OK) return status;
    const int64_t good = erm__compressed_bad_line(&lines);
    return good < lines.lines ? erm__compressed_say(&lines, good, detail) : ERM_OK;
}

void erm__csr_pair_sums(const erm_matrix *X, erm_rows rows, const double *r, const double *weight, double *pairs)
{
    (X->ops == &ops_f64 ? pair_sums_f64 : pair_sums_f32)(csr_of(X), rows, r, weight, pairs);
}
