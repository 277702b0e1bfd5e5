/* Dense column-major matrices of doubles or floats: X[i][j] = values[j * stride + i]. */
#include <math.h>
#include <string.h>

#include "base/detail.h"
#include "base/simd.h"
#include "ermopt/matrix.h"
#include "matrix/scan.h"

/* X'R is made for this many numbers at a time, 4 KiB, before they are added to G. */
enum { BUFFER = 512 };

static const erm_dense *dense_of(const erm_matrix *X) { return (const erm_dense *)X; }

static erm_dense dense(const erm_matrix_ops *ops, int64_t rows, int64_t cols, const void *values, int64_t stride)
{
    const bool fits = rows >= 0 && cols >= 0 && (rows == 0 || cols <= INT64_MAX / rows);
    return (erm_dense){.base = {.ops = ops, .rows = rows, .cols = cols, .nnz = fits ? rows * cols : INT64_MAX},
                       .values = values,
                       .stride = stride};
}

static erm_status check_shape(const erm_dense *X, int64_t value_size, char *detail)
{
    const int64_t rows = X->base.rows, cols = X->base.cols, most = PTRDIFF_MAX / value_size;
    if (rows < 0 || cols < 0 || cols > INT32_MAX)
        return erm__fail(detail, ERM_EINVAL, "X is %lld x %lld; expected sizes >= 0 and at most 2147483647 columns",
                         (long long)rows, (long long)cols);
    if (X->stride < rows)
        return erm__fail(detail, ERM_EINVAL, "the stride of X is %lld values; expected at least its %lld rows",
                         (long long)X->stride, (long long)rows);
    if (rows == 0 || cols == 0) return ERM_OK;
    if (!X->values)
        return erm__fail(detail, ERM_EINVAL, "X is %lld x %lld, but its values are NULL", (long long)rows, (long long)cols);
    if (X->stride > most / cols)
        return erm__fail(detail, ERM_EINVAL, "X with %lld columns and stride %lld is larger than memory can be", (long long)cols,
                         (long long)X->stride);
    return ERM_OK;
}

/* Where the run of zeros, or of others, that begins at j ends. */
static int64_t end_of_run(int64_t count, int64_t j, const double *w)
{
    int64_t end = j + 1;
    while (end < count && (w[end] != 0) == (w[j] != 0)) end++;
    return end;
}

#define VALUE      double
#define NAME(name) name##_f64
#include "matrix/dense_col.inc"
#undef VALUE
#undef NAME

#define VALUE      float
#define NAME(name) name##_f32
#include "matrix/dense_col.inc"
#undef VALUE
#undef NAME

erm_dense erm_dense_col_f64(int64_t rows, int64_t cols, const double *values, int64_t stride)
{
    return dense(&ops_f64, rows, cols, values, stride);
}

erm_dense erm_dense_col_f32(int64_t rows, int64_t cols, const float *values, int64_t stride)
{
    return dense(&ops_f32, rows, cols, values, stride);
}
