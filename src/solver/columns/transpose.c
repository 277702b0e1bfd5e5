/* Products with a wide dense X, transposed. A sum of its own for each lane of rows (problem/walk.c) would cost as much as
 * a few rows of X. */
#include "solver/columns/transpose.h"

#include <string.h>

enum {
    ROWS = 32,              /* whose pages the processor can address without looking them up */
    COLUMNS = 2048,         /* of a part: four pages a row of doubles, and a sum that stays in the first-level cache */
    WORTH_A_THREAD = 250000 /* multiplications, as in columns.c */
};

static bool is_any(const erm_matrix *X, const erm_matrix_ops *a, const erm_matrix_ops *b) { return X->ops == a || X->ops == b; }

static bool is_by_rows(const erm_matrix *X)
{
    return is_any(X, erm_dense_f64(0, 0, NULL, 0).base.ops, erm_dense_f32(0, 0, NULL, 0).base.ops);
}

bool erm__transpose_suits(const erm_matrix *X)
{
    return is_by_rows(X) || is_any(X, erm_dense_col_f64(0, 0, NULL, 0).base.ops, erm_dense_col_f32(0, 0, NULL, 0).base.ops);
}

/* Columns j, ... of X. */
static erm_dense part_of(const erm_matrix *X, int64_t j, int64_t cols)
{
    erm_dense part = *(const erm_dense *)X;
    const bool single = is_any(X, erm_dense_f32(0, 0, NULL, 0).base.ops, erm_dense_col_f32(0, 0, NULL, 0).base.ops);
    const int64_t first = is_by_rows(X) ? j : j * part.stride;
    part.values = (const char *)part.values + (size_t)first * (single ? sizeof(float) : sizeof(double));
    part.base.cols = cols;
    part.base.nnz = X->rows * cols;
    return part;
}

void erm__transpose(const erm_matrix *X, int64_t k, const double *R, int threads, double *G)
{
    const int64_t n = X->rows, d = X->cols, rows = k > 1 && is_by_rows(X) ? ROWS : n;
    const double most = (double)n * (double)d * (double)k / WORTH_A_THREAD;
    const int team = most < threads ? (most < 1 ? 1 : (int)most) : threads;
    memset(G, 0, (size_t)(d * k) * sizeof *G);
#pragma omp parallel for schedule(dynamic, 1) num_threads(team) if (team > 1)
    for (int64_t j = 0; j < d; j += COLUMNS) {
        const erm_dense part = part_of(X, j, d - j < COLUMNS ? d - j : COLUMNS);
        for (int64_t i = 0; i < n; i += rows)
            part.base.ops->mul_t(&part.base, (erm_rows){.begin = i, .count = n - i < rows ? n - i : rows}, k, R + i * k,
                                 G + j * k);
    }
}
