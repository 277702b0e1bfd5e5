/* The weighted Gram matrices of the data: what Newton's method, ridge and least squares factor. */
#ifndef ERM_GRAM_H
#define ERM_GRAM_H

#include "problem/workspace.h"

/* m = d, and one more with an intercept, whose column is all 1. */
int64_t erm__gram_order(const erm__workspace *ws);

/* How many doubles of memory the two functions below need, 64-byte aligned; the caller takes them once. Some 400 d for each
 * thread, and 16 m^2 where that is at most a quarter of dense data. */
int64_t erm__gram_memory(const erm__workspace *ws);

/* A (m x m, row-major, both triangles) = (1/S) sum_i h_i x_i x_i', x_i being row i less the column means `centre` (d values,
 * or NULL for none; only with an intercept), with a 1 for the intercept at its end. h: n values, already multiplied by the
 * sample weights; NULL: the sample weights themselves. The bits do not depend on the number of threads. Cost: n m^2
 * multiplications at the speed of a matrix product (dense), or the sum over rows of nnz^2 (sparse). */
void erm__gram(erm__workspace *ws, const double *centre, const double *h, double *memory, double *A);

/* The same for some rows, at most n of them, of which some may be the same: h has rows.count values (NULL: all 1). S is that of
 * all rows. */
void erm__gram_sample(erm__workspace *ws, const double *centre, erm_rows rows, const double *h, double *memory, double *A);

/* Whether X is taken as dense rows, so that the next function applies. */
bool erm__gram_is_dense(const erm__workspace *ws);

/* The same for weights h >= 0 of size `each`, or NULL: all `each`; summed in floats, twice as fast: the errors are some 1e-7 of
 * sqrt(A_ii A_jj). unit: d, 1 / the columns' sizes. */
void erm__gram_rough(erm__workspace *ws, const double *centre, const double *unit, erm_rows rows, const double *h, double each,
                     double *memory, double *A);

/* Is what the Cholesky factor of a rough A, whose diagonal is given, says of each column against those before it
 * far more than its errors? */
bool erm__gram_is_certain(int64_t m, const double *factor, const double *diagonal);

/* How many doubles of memory the next function needs, 64-byte aligned: some 1000 n + 200 d for dense rows. */
int64_t erm__gram_rows_memory(const erm__workspace *ws);

/* For d > n. A (n x n, row-major, both triangles) = sum_j metric_j x_j x_j' over the columns x_j less their means; metric
 * (d) NULL: 1. Without the intercept. */
void erm__gram_of_rows(erm__workspace *ws, const double *centre, const double *metric, double *memory, double *A);

#endif
