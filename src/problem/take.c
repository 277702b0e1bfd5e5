/* Rows of any matrix, as vectors of doubles: through the best of the operations that the matrix has. */
#include "problem/take.h"

#include <string.h>

int64_t erm__take_scratch(int64_t cols)
{
    const int64_t rows = ERM_TAKE_ROWS * cols, one_row = cols + (cols + 1) / 2; /* values, and int32 indices */
    return (rows + one_row + 7) / 8 * 8;
}

/* Row i through `row`; x is where it goes if it is not in the matrix. */
static const double *take_row(const erm_matrix *X, int64_t i, double *values, int32_t *indices, double *x, bool *in_place)
{
    const erm_row row = X->ops->row(X, i, indices, values);
    if (!row.index && row.value != values) return row.value;
    *in_place = false;
    if (!row.index) return memcpy(x, values, (size_t)X->cols * sizeof *x);
    memset(x, 0, (size_t)X->cols * sizeof *x);
    for (int64_t p = 0; p < row.count; p++) x[row.index[p]] = row.value[p];
    return x;
}

void erm__take_rows(const erm_matrix *X, erm_rows rows, double *scratch, erm__taken *taken)
{
    const int64_t cols = X->cols;
    double *const values = scratch + ERM_TAKE_ROWS * cols;
    int32_t *const indices = (void *)(values + cols);
    taken->in_place = X->ops->row && !X->ops->expand && cols > 0;
    if (X->ops->expand) X->ops->expand(X, rows, scratch);
    for (int64_t t = 0; t < rows.count; t++) {
        double *const x = scratch + t * cols;
        const erm_rows one = {.begin = rows.begin + t, .count = 1, .list = rows.list};
        taken->x[t] = x;
        if (X->ops->expand) continue;
        if (X->ops->row) {
            taken->x[t] = take_row(X, erm_row_number(rows, t), values, indices, x, &taken->in_place);
            continue;
        }
        memset(x, 0, (size_t)cols * sizeof *x);
        X->ops->mul_t(X, one, 1, &(double){1}, x);
    }
}
