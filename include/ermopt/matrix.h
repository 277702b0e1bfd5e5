/* The data matrix X: n rows (samples) by d columns (features), as a view of memory that the caller owns.
 *
 * A view is a plain value. It borrows the caller's arrays, never writes them, and they must outlive every use of the view.
 * Values are stored as double or float; every sum is taken in double, so float data give the exact answer for those data.
 *
 *     erm_csr X = erm_csr_f64(n, d, start, index, values);
 *     erm_problem problem = {.X = &X.base, ...};
 */
#ifndef ERMOPT_MATRIX_H
#define ERMOPT_MATRIX_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct erm_matrix_ops erm_matrix_ops;

typedef struct erm_matrix {
    const erm_matrix_ops *ops;
    int64_t rows, cols; /* cols <= 2^31 - 1 */
    int64_t nnz;        /* stored values */
} erm_matrix;

/* ---- the formats ------------------------------------------------------------------------------------------------- */

typedef struct erm_dense {
    erm_matrix base;
    const void *values;
    int64_t stride;
} erm_dense;

/* Row-major: X[i][j] = values[i * stride + j]; stride >= cols, in values. */
erm_dense erm_dense_f64(int64_t rows, int64_t cols, const double *values, int64_t stride);
erm_dense erm_dense_f32(int64_t rows, int64_t cols, const float *values, int64_t stride);

/* Column-major: X[i][j] = values[j * stride + i]; stride >= rows, in values. */
erm_dense erm_dense_col_f64(int64_t rows, int64_t cols, const double *values, int64_t stride);
erm_dense erm_dense_col_f32(int64_t rows, int64_t cols, const float *values, int64_t stride);

typedef struct erm_csr {
    erm_matrix base;
    const void *values;
    const int32_t *index;
    const int64_t *start;
} erm_csr;

/* Compressed sparse rows: row i holds columns index[p] (0-based, rising) with values[p] for start[i] <= p < start[i + 1].
 * start has rows + 1 entries, start[0] = 0. */
erm_csr erm_csr_f64(int64_t rows, int64_t cols, const int64_t *start, const int32_t *index, const double *values);
erm_csr erm_csr_f32(int64_t rows, int64_t cols, const int64_t *start, const int32_t *index, const float *values);

typedef struct erm_csc {
    erm_matrix base;
    const void *values;
    const int32_t *index;
    const int64_t *start;
} erm_csc;

/* Compressed sparse columns: column j holds rows index[p] (0-based, rising; rows <= 2^31 - 1) with values[p] for start[j] <= p <
 * start[j + 1]. start has cols + 1 entries, start[0] = 0. Fast for all rows or long ranges of them; a list of rows is searched for in
 * every column, so solvers that take rows at random want compressed rows. */
erm_csc erm_csc_f64(int64_t rows, int64_t cols, const int64_t *start, const int32_t *index, const double *values);
erm_csc erm_csc_f32(int64_t rows, int64_t cols, const int64_t *start, const int32_t *index, const float *values);

/* ---- writing your own: embed erm_matrix first in your struct and fill a static table of these ---------------------- */

/* Which rows a call is about: begin, begin + 1, ... begin + count - 1 where list is NULL, else list[begin .. begin + count - 1]. */
typedef struct erm_rows {
    int64_t begin, count;
    const int64_t *list;
} erm_rows;

/* The t-th row of `rows`. */
static inline int64_t erm_row_number(erm_rows rows, int64_t t) { return rows.list ? rows.list[rows.begin + t] : rows.begin + t; }

/* One row: `count` values at columns index[0 .. count - 1], rising; index NULL means all columns in order. */
typedef struct erm_row {
    int64_t count;
    const int32_t *index;
    const double *value;
} erm_row;

/* One call handles a block of rows, or one row, or one column; never one element. W is cols x k and Z, R are rows.count x k,
 * all row-major without gaps. Different threads call these at the same time on one matrix. */
struct erm_matrix_ops {
    const char *name;
    bool sparse;     /* a row usually has far fewer than cols values */
    bool by_columns; /* stored by columns: a block of rows costs something for every column, so blocks are made long */

    /* required */
    void (*mul)(const erm_matrix *X, erm_rows rows, int64_t k, const double *W, double *Z);   /* Z[t] = x_t'W */
    void (*mul_t)(const erm_matrix *X, erm_rows rows, int64_t k, const double *R, double *G); /* G += sum_t x_t R[t] */
    void (*row_sqnorms)(const erm_matrix *X, erm_rows rows, double *out);                     /* out[t] = ||x_t||^2 */
    /* out[j] += sum_t weight[t] x_tj^2; weight NULL: 1 */
    void (*col_sqsums)(const erm_matrix *X, erm_rows rows, const double *weight, double *out);

    /* optional */
    /* Row i. The result may point into the matrix, or into the two buffers of cols entries each. Without it, solvers
     * that update sparse rows lazily fall back to dense updates. */
    erm_row (*row)(const erm_matrix *X, int64_t i, int32_t *index_buffer, double *value_buffer);
    /* ERM_OK, or ERM_EINVAL / ERM_EDATA and a sentence that names the first bad row and column (NaN, Inf, an index out of
     * range or out of order). Called once at the start of each solve. NULL: nothing to check. */
    erm_status (*check)(const erm_matrix *X, char *detail);
    /* out (rows.count x cols, row-major) = these rows, zeros included. NULL: made from `row`, or from `mul_t`. For matrices without `row`. */
    void (*expand)(const erm_matrix *X, erm_rows rows, double *out);
};

#ifdef __cplusplus
}
#endif

#endif
