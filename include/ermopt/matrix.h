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
    int64_t nnz;        /* stored values; of a view of some rows or columns, an estimate */
    bool out_of_core;   /* the values are read from a file whenever they are used: auto takes no solver that copies X */
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

/* Compressed sparse columns: column j holds rows index[p] (0-based, rising; rows <= 2^31 - 1) with values[p] for start[j] <=
 * p < start[j + 1]. start has cols + 1 entries, start[0] = 0. Fast for all rows or long ranges of them; a list of rows is
 * searched for in every column, so solvers that take rows at random want compressed rows. */
erm_csc erm_csc_f64(int64_t rows, int64_t cols, const int64_t *start, const int32_t *index, const double *values);
erm_csc erm_csc_f32(int64_t rows, int64_t cols, const int64_t *start, const int32_t *index, const float *values);

/* ---- writing your own: embed erm_matrix first in your struct and fill a static table of these ---------------------- */

/* Which rows a call is about: begin, begin + 1, ... begin + count - 1 where list is NULL, else
 * list[begin .. begin + count - 1]. */
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

/* Some values of one row or one column of X, all at different places. Places in a row are column numbers; rows are numbered
 * as in the call, 0 .. rows.count - 1. */
typedef struct erm_piece {
    bool column;          /* values of a column, at places that are rows; else of a row, at places that are columns */
    int64_t line;         /* the column, or the row */
    int64_t first, count; /* value[p] is at place first + (index ? index[p] : p), 0 <= p < count */
    const int32_t *index;
    const double *value;
} erm_piece;

/* Is given a piece, which it may use until it returns. */
typedef void (*erm_visit)(const erm_piece *piece, void *context);

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
    /* Gives each stored value of the rows to `visit` once, in pieces; every value, zeros too, unless `sparse`. False,
     * without a visit, if the values cannot be read. Column views and scaled views need it. */
    bool (*scan)(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context);
};

/* ---- views: matrices made of others, without a copy ---------------------------------------------------------------- */

/* A view borrows the matrices and arrays that it is made of, as a format borrows its arrays, and is used as any other
 * matrix: views of views too. Nothing is allocated, and nothing but what the caller gave is needed. Wrong numbers in a list
 * are found by `check`. */

typedef struct erm_rows_view {
    erm_matrix base;
    const erm_matrix *X;
    const int64_t *list;
} erm_rows_view;

/* Rows list[0], list[1], ... list[count - 1] of X, in this order; a row may be there more than once. At full speed. Of columns
 * (erm_csc, erm_dense_col), ranges of the view that follow one another in X are fast, others as slow as their lists of rows. */
erm_rows_view erm_rows_view_of(const erm_matrix *X, int64_t count, const int64_t *list);

typedef struct erm_cols_view {
    erm_matrix base;
    const erm_matrix *X;
    const int32_t *list, *position;
} erm_cols_view;

/* Columns list[0], ... list[count - 1] of X, in this order, none of them twice. position: memory for X->cols entries, which are
 * filled here and must live as long as the view: where in the list each column is, or -1. X must have `scan`; a product reads all
 * the values of sparse or float rows, but only the listed ones of double rows and of columns. */
erm_cols_view erm_cols_view_of(const erm_matrix *X, int64_t count, const int32_t *list, int32_t *position);

typedef struct erm_scaled_view {
    erm_matrix base;
    const erm_matrix *X;
    const double *centre, *scale;
} erm_scaled_view;

/* (X - 1 centre') diag(scale): column j less centre[j], times scale[j]; d finite values each, NULL: none. X must have
 * `scan`. A centred view of sparse X stays sparse: its products are X's, corrected at a cost of d k multiplications a call,
 * and it has neither `row` nor `scan`; so take columns or scale first, and centre last. Rounding is then relative to X's
 * values, not to the centred ones. A problem with an intercept has the same W with and without a centre, and is faster
 * without. */
erm_scaled_view erm_scaled_view_of(const erm_matrix *X, const double *centre, const double *scale);

typedef struct erm_blocks_view {
    erm_matrix base;
    const erm_matrix *const *block;
    int64_t count;
} erm_blocks_view;

/* block[0], block[1], ... block[count - 1] side by side, of any formats, all with as many rows. `block` is borrowed, as are
 * the matrices. A block without `scan` can have at most 1024 outputs k; with more, the products are NaN. */
erm_blocks_view erm_blocks_view_of(const erm_matrix *const *block, int64_t count);

typedef struct erm_onehot {
    erm_matrix base;
    const int32_t *level;
} erm_onehot;

/* A categorical feature as `levels` columns: X[i][level[i]] = 1, the rest 0. level[i] = -1: missing, the row is 0. */
erm_onehot erm_onehot_of(int64_t rows, int64_t levels, const int32_t *level);

/* ---- copies in another format -------------------------------------------------------------------------------------- */

/* A matrix with memory of its own: give &copy.matrix.base to a problem. Free with erm_matrix_copy_free. */
typedef struct erm_matrix_copy {
    union {
        erm_matrix base; /* begins each of the others */
        erm_dense dense;
        erm_csr csr;
        erm_csc csc;
    } matrix;
    void *values;
    int32_t *index;
    int64_t *start;
    int64_t bytes; /* of its memory */
} erm_matrix_copy;

/* A zero field means its default; NULL: all defaults. */
typedef struct erm_copy_options {
    bool single;     /* store floats: half the memory, and the same numbers if X's are floats */
    bool transposed; /* copy X' instead */
    int threads;     /* default: all the process may use. The copy is the same for every number */
} erm_copy_options;

/* Copies any matrix, views and your own too, after its `check`. Compressed formats store no zeros. Besides the copy,
 * compressing takes 8 bytes for each row, or for each column and thread, and turning rows into dense columns 128 for each column
 * and thread, while it works. A matrix without `scan` is read row by row with mul_t, which takes d doubles a thread. ERM_OK;
 * ERM_EINVAL (too large for the format), ERM_EDATA (too large for floats), ERM_ENOMEM, or what the check says: there
 * is nothing to free then. */
erm_status erm_csr_from(const erm_matrix *X, const erm_copy_options *options, erm_matrix_copy *copy, char *detail);
erm_status erm_csc_from(const erm_matrix *X, const erm_copy_options *options, erm_matrix_copy *copy, char *detail);
erm_status erm_dense_from(const erm_matrix *X, const erm_copy_options *options, erm_matrix_copy *copy, char *detail);
erm_status erm_dense_col_from(const erm_matrix *X, const erm_copy_options *options, erm_matrix_copy *copy, char *detail);

/* Frees the copy's memory and empties it; NULL and an empty one are fine. */
void erm_matrix_copy_free(erm_matrix_copy *copy);

#ifdef __cplusplus
}
#endif

#endif
