/* Dense matrices by rows or by columns, before their values: making one, and the check of its sizes. */
#include "base/detail.h"
#include "matrix/dense.h"

erm_dense erm__dense_make(const erm_matrix_ops *ops, int64_t rows, int64_t cols, const void *values, int64_t stride)
{
    const bool fits = rows >= 0 && cols >= 0 && (rows == 0 || cols <= INT64_MAX / rows);
    return (erm_dense){.base = {.ops = ops, .rows = rows, .cols = cols, .nnz = fits ? rows * cols : INT64_MAX},
                       .values = values,
                       .stride = stride};
}

erm_status erm__dense_check_shape(const erm_dense *X, int64_t value_size, char *detail)
{
    const int64_t rows = X->base.rows, cols = X->base.cols, most = PTRDIFF_MAX / value_size;
    const bool by_columns = X->base.ops->by_columns;
    const int64_t lines = by_columns ? cols : rows, length = by_columns ? rows : cols;
    if (rows < 0 || cols < 0 || cols > INT32_MAX)
        return erm__fail(detail, ERM_EINVAL, "X is %lld x %lld; expected sizes >= 0 and at most 2147483647 columns",
                         (long long)rows, (long long)cols);
    if (X->stride < length)
        return erm__fail(detail, ERM_EINVAL, "the stride of X is %lld values; expected at least its %lld %s",
                         (long long)X->stride, (long long)length, by_columns ? "rows" : "columns");
    if (lines == 0 || length == 0) return ERM_OK;
    if (!X->values)
        return erm__fail(detail, ERM_EINVAL, "X is %lld x %lld, but its values are NULL", (long long)rows, (long long)cols);
    if (X->stride > most / lines)
        return erm__fail(detail, ERM_EINVAL, "X with %lld %s and stride %lld is larger than memory can be", (long long)lines,
                         by_columns ? "columns" : "rows", (long long)X->stride);
    return ERM_OK;
}
