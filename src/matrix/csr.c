/* Compressed sparse rows of doubles or floats: row i holds values[p] at columns index[p], start[i] <= p < start[i + 1]. */
#include <math.h>
#include <string.h>

#include "base/detail.h"
#include "base/simd.h"
#include "ermopt/matrix.h"
#include "matrix/csr.h"
#include "matrix/scan.h"

enum {
    LINE = 64,               /* bytes of a cache line */
    FETCH_MOST = 1024 * 1024 /* bytes: the largest block of rows that `mul_t` fetches */
};

typedef double pair_of_doubles __attribute__((vector_size(16), aligned(8), may_alias));

static const erm_csr *csr_of(const erm_matrix *X) { return (const erm_csr *)X; }

/* Whoever calls mul_t for a block of rows will most likely ask for the next block next: mul_t then fetches it from memory while it
 * computes, because memory would be idle (the block itself is in cache, where mul has left it). */
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

static erm_status check_start(const erm_csr *X, char *detail)
{
    const int64_t rows = X->base.rows, cols = X->base.cols;
    if (rows < 0 || cols < 0 || cols > INT32_MAX)
        return erm__fail(detail, ERM_EINVAL, "X is %lld x %lld; expected sizes >= 0 and at most 2147483647 columns",
                         (long long)rows, (long long)cols);
    if (!X->start) return erm__fail(detail, ERM_EINVAL, "the row starts of X are NULL");
    if (X->start[0] != 0) return erm__fail(detail, ERM_EDATA, "start[0] of X is %lld; expected 0", (long long)X->start[0]);
    for (int64_t i = 0; i < rows; i++)
        if (X->start[i + 1] < X->start[i])
            return erm__fail(detail, ERM_EDATA,
                             "start[%lld] = %lld of X is below start[%lld] = %lld; expected row starts that never fall",
                             (long long)(i + 1), (long long)X->start[i + 1], (long long)i, (long long)X->start[i]);
    if (X->start[rows] > 0 && (!X->index || !X->values))
        return erm__fail(detail, ERM_EINVAL, "X has %lld stored values, but its %s are NULL", (long long)X->start[rows],
                         X->index ? "values" : "column indices");
    return ERM_OK;
}

/* Without a branch, as nearly all are: rising, and within the columns. */
ERM_KERNEL static bool has_good_index(const erm_csr *X, int64_t i)
{
    const int64_t begin = X->start[i], n = X->start[i + 1] - begin;
    const int32_t *const index = X->index + begin;
    int32_t falls = 0;
    for (int64_t p = 0; p + 1 < n; p++) falls |= index[p] >= index[p + 1];
    return n == 0 || (!falls && index[0] >= 0 && index[n - 1] < X->base.cols);
}

static erm_status check_index(const erm_csr *X, int64_t i, char *detail)
{
    int64_t previous = -1;
    for (int64_t p = X->start[i]; p < X->start[i + 1]; p++) {
        const int64_t j = X->index[p];
        if (j < 0 || j >= X->base.cols)
            return erm__fail(detail, ERM_EDATA, "row %lld of X has a value in column %lld; expected 0 to %lld", (long long)i,
                             (long long)j, (long long)(X->base.cols - 1));
        if (j <= previous)
            return erm__fail(detail, ERM_EDATA, "row %lld of X has column %lld after column %lld; expected rising columns",
                             (long long)i, (long long)j, (long long)previous);
        previous = j;
    }
    return ERM_OK;
}

#define VALUE      double
#define NAME(name) name##_f64
#include "matrix/csr.inc"
#undef VALUE
#undef NAME

#define VALUE      float
#define NAME(name) name##_f32
#include "matrix/csr.inc"
#undef VALUE
#undef NAME

erm_csr erm_csr_f64(int64_t rows, int64_t cols, const int64_t *start, const int32_t *index, const double *values)
{
    return csr(&ops_f64, rows, cols, start, index, values);
}

erm_csr erm_csr_f32(int64_t rows, int64_t cols, const int64_t *start, const int32_t *index, const float *values)
{
    return csr(&ops_f32, rows, cols, start, index, values);
}

bool erm__is_csr(const erm_matrix *X) { return X->ops == &ops_f64 || X->ops == &ops_f32; }

erm_status erm__csr_check_places(const erm_matrix *X, char *detail)
{
    const erm_csr *const csr = csr_of(X);
    erm_status status = check_start(csr, detail);
    for (int64_t i = 0; i < X->rows && status == ERM_OK; i++)
        if (!has_good_index(csr, i)) status = check_index(csr, i, detail);
    return status;
}

void erm__csr_pair_sums(const erm_matrix *X, erm_rows rows, const double *r, const double *weight, double *pairs)
{
    (X->ops == &ops_f64 ? pair_sums_f64 : pair_sums_f32)(csr_of(X), rows, r, weight, pairs);
}
