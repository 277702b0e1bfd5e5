/* The sums behind the Gram matrices: one file for data taken as dense rows, one for sparse rows. */
#ifndef ERM_GRAM_SUM_H
#define ERM_GRAM_SUM_H

#include "problem/workspace.h"

/* A += sum_i weight_i x_i x_i' over the rows, with a 1 at the end of x_i where m = d + 1. Either in `lanes` parts, each of
 * its own rows, to be added up; or in one, of which each thread does other entries. Every entry is summed in one order,
 * whatever the threads do. */
typedef struct erm__gram_sum {
    erm__workspace *ws;
    erm_rows rows;
    const double *centre, *weight; /* d, rows.count; either may be NULL */
    bool negative;                 /* some weight is below 0 */
    const double *unit;            /* d: the sum is one of floats, of columns times these; NULL: not */
    double each;                   /* the weights' size, which the sum is divided by */
    int64_t m, lanes;
    double *A;       /* lanes m m */
    double *scratch; /* for each thread erm__dense_scratch or erm__sparse_scratch doubles */
} erm__gram_sum;

/* The sum over rows taken as dense, less the centre. Only the lower triangles of A are what they should be. */
int64_t erm__dense_scratch(int64_t d, int64_t m);
void erm__dense_sum(const erm__gram_sum *sum);

/* The sum over the stored values of the rows, where the centre is taken off the `count` columns `centred` alone. The sum for
 * columns i and j is A[i][j] + A[j][i]. */
int64_t erm__sparse_scratch(int64_t d);
void erm__sparse_sum(const erm__gram_sum *sum, int64_t count, const int32_t *centred);

#endif
