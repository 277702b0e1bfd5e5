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
    const erm_row row = X->ops->row(X, i, indices, x);
    if (!row.index && row.value != x) return row.value;
    *in_place = false;
    if (!row.index) return x;
    memcpy(values, row.value, (size_t)row.count * sizeof *values); /* they may be in x */
    memset(x, 0, (size_t)X->cols * sizeof *x);
    for (int64_t p = 0; p < row.count; p++) x[row.index[p]] = values[p];
    return x;
}

typedef struct target {
    double *out;
    int64_t cols;
} target;

static void put(const erm_piece *piece, void *context)
{
    const target *to = context;
    const int64_t step = piece->column ? to->cols : 1;
    double *const out = to->out + (piece->column ? piece->line : piece->line * to->cols) + piece->first * step;
    for (int64_t p = 0; p < piece->count; p++) out[(piece->index ? piece->index[p] : p) * step] = piece->value[p];
}

/* All rows through `scan`: the way for what is stored by columns. */
static bool scan_rows(const erm_matrix *X, erm_rows rows, double *out)
{
    if (!X->ops->scan || (X->ops->row && !X->ops->by_columns)) return false;
    memset(out, 0, (size_t)(rows.count * X->cols) * sizeof *out);
    return X->ops->scan(X, rows, put, &(target){out, X->cols});
}

void erm__take_rows(const erm_matrix *X, erm_rows rows, double *scratch, erm__taken *taken)
{
    const int64_t cols = X->cols;
    double *const values = scratch + ERM_TAKE_ROWS * cols;
    int32_t *const indices = (void *)(values + cols);
    const bool scanned = scan_rows(X, rows, scratch);
    taken->in_place = !scanned && X->ops->row && cols > 0;
    for (int64_t t = 0; t < rows.count; t++) {
        double *const x = scratch + t * cols;
        const erm_rows one = {.begin = rows.begin + t, .count = 1, .list = rows.list};
        taken->x[t] = x;
        if (scanned) continue;
        if (X->ops->row) {
            taken->x[t] = take_row(X, erm_row_number(rows, t), values, indices, x, &taken->in_place);
            continue;
        }
        memset(x, 0, (size_t)cols * sizeof *x);
        X->ops->mul_t(X, one, 1, &(double){1}, x);
    }
}
