/* A user's own matrix, made with the public header alone. */
#include "operators.h"

#include <math.h>

static double entry(erm_rows rows, int64_t t, int64_t j) { return cos((double)(erm_row_number(rows, t) + 1) * (double)(j + 1)); }

static void mul(const erm_matrix *X, erm_rows rows, int64_t k, const double *W, double *Z)
{
    for (int64_t t = 0; t < rows.count; t++)
        for (int64_t c = 0; c < k; c++) {
            Z[t * k + c] = 0;
            for (int64_t j = 0; j < X->cols; j++) Z[t * k + c] += entry(rows, t, j) * W[j * k + c];
        }
}

static void mul_t(const erm_matrix *X, erm_rows rows, int64_t k, const double *R, double *G)
{
    for (int64_t t = 0; t < rows.count; t++)
        for (int64_t j = 0; j < X->cols; j++)
            for (int64_t c = 0; c < k; c++) G[j * k + c] += entry(rows, t, j) * R[t * k + c];
}

static void row_sqnorms(const erm_matrix *X, erm_rows rows, double *out)
{
    for (int64_t t = 0; t < rows.count; t++) {
        out[t] = 0;
        for (int64_t j = 0; j < X->cols; j++) out[t] += entry(rows, t, j) * entry(rows, t, j);
    }
}

static void col_sqsums(const erm_matrix *X, erm_rows rows, const double *weight, double *out)
{
    for (int64_t t = 0; t < rows.count; t++)
        for (int64_t j = 0; j < X->cols; j++) out[j] += (weight ? weight[t] : 1) * entry(rows, t, j) * entry(rows, t, j);
}

static const erm_matrix_ops ops = {
    .name = "cosines", .mul = mul, .mul_t = mul_t, .row_sqnorms = row_sqnorms, .col_sqsums = col_sqsums};

cosines cosines_of(int64_t rows, int64_t cols)
{
    return (cosines){.base = {.ops = &ops, .rows = rows, .cols = cols, .nnz = rows * cols}};
}
