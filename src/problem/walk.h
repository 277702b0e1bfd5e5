/* The one walk over the rows of X: blocks of rows in lanes, lanes over threads, sums in a fixed order. */
#ifndef ERM_WALK_H
#define ERM_WALK_H

#include "problem/workspace.h"

/* One block of rows, as a job sees it. y, s and o are those of the block's rows, gathered where needed; s and o may be NULL. */
typedef struct erm__block {
    erm_rows rows;
    int64_t first; /* position of the block's first row among the rows of the walk */
    const double *y, *s, *o;
    double *z, *d;     /* buffers of rows.count k doubles */
    double *row_value; /* buffers for one row: d entries each */
    int32_t *row_index;
    double *sum; /* the lane's accumulator of `length` doubles, to be added to; NULL if length is 0 */
} erm__block;

/* Does a block, returns its share of the sum. */
typedef double (*erm__job)(const erm__workspace *ws, const erm__block *block, void *data);

/* Runs the job over all blocks of `rows` and returns the sum of its values. sum (`length` doubles, overwritten; at most
 * ws->lane_length) receives the sum of the accumulators. The bits do not depend on the number of threads. */
double erm__walk(erm__workspace *ws, erm_rows rows, erm__job job, void *data, int64_t length, double *sum);

/* out[j] = sum over lanes of x[lane length + j] for begin <= j < end, pairwise: ((0 + 1) + (2 + 3)) + ...; x is overwritten. */
void erm__add_lanes(double *x, int64_t lanes, int64_t length, int64_t begin, int64_t end, double *out);

#endif
