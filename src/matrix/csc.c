/* Compressed sparse columns of doubles or floats: column j holds values[p] at rows index[p], start[j] <= p < start[j + 1]. */
#include <math.h>
#include <string.h>

#include "base/detail.h"
#include "base/simd.h"
#include "ermopt/matrix.h"
#include "matrix/compressed.h"
#include "matrix/scan.h"

static const erm_csc *csc_of(const erm_matrix *X) { return (const erm_csc *)X; }

static erm_csc csc(const erm_matrix_ops *ops, int64_t rows, int64_t cols, const int64_t *start, const int32_t *index,
                   const void *values)
{
    return (erm_csc){.base = {.ops = ops, .rows = rows, .cols = cols, .nnz = start && cols >= 0 ? start[cols] : 0},
                     .values = values,
                     .index = index,
                     .start = start};
}

static erm__compressed lines_of(const erm_csc *X)
{
    return (erm__compressed){.lines = X->base.cols,
                             .places = X->base.rows,
                             .start = X->start,
                             .index = X->index,
                             .values = X->values,
                             .line = "column",
                             .place = "row"};
}

static erm_status check_shape(const erm_csc *X, char *detail)
{
    const int64_t rows = X->base.rows, cols = X->base.cols;
    if (rows >= 0 && cols >= 0 && rows <= INT32_MAX && cols <= INT32_MAX) return ERM_OK;
    return erm__fail(detail, ERM_EINVAL, "X is %lld x %lld; expected sizes from 0 to 2147483647", (long long)rows,
                     (long long)cols);
}

/* The first p in start[j] .. start[j + 1] whose row is at least i, by bisection. */
static int64_t first_from(const erm_csc *X, int64_t j, int64_t i)
{
    int64_t low = X->start[j], high = X->start[j + 1];
    if (i == 0) return low;
    if (i == X->base.rows) return high;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (X->index[middle] < i)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How many rows follow one another: all of a range, one of a list. Never 0, so that it can be a step. */
static int64_t range_length(erm_rows rows) { return rows.list || rows.count == 0 ? 1 : rows.count; }

#define VALUE      double
#define NAME(name) name##_f64
#include "matrix/csc.inc"

#define VALUE      float
#define NAME(name) name##_f32
#include "matrix/csc.inc"

erm_csc erm_csc_f64(int64_t rows, int64_t cols, const int64_t *start, const int32_t *index, const double *values)
{
    return csc(&ops_f64, rows, cols, start, index, values);
}

erm_csc erm_csc_f32(int64_t rows, int64_t cols, const int64_t *start, const int32_t *index, const float *values)
{
    return csc(&ops_f32, rows, cols, start, index, values);
}
