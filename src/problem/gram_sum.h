/* The sums behind the Gram matrices: one file for data taken as dense, one for sparse. */
#ifndef ERM_GRAM_SUM_H
#define ERM_GRAM_SUM_H

#include "problem/workspace.h"

/* A += sum_i weight_i x_i x_i', x_i less the centre, in `lanes` parts of fixed rows that are then added up, or in one whose entries the
 * threads share. Every entry is summed in one order, whatever the threads do. */
typedef struct erm__gram_sum {
    const erm__workspace *ws;
    const double *centre, *weight; /* d, n; either may be NULL */
    int64_t m, lanes;
    double *lane_A;  /* lanes m m; A itself where there is one lane */
    double *scratch; /* erm__dense_scratch or erm__sparse_scratch doubles for each thread */
} erm__gram_sum;

/* A block of rows x as vectors of d doubles, in the matrix itself or in a buffer. */
enum { ERM_TAKE_ROWS = 32 };
typedef struct erm__taken {
    const double *x[ERM_TAKE_ROWS];
    bool in_place; /* all of them lie in the matrix */
} erm__taken;

int64_t erm__take_scratch(int64_t d);
void erm__take_rows(const erm_matrix *X, erm_rows rows, double *scratch, erm__taken *taken);

/* Only the lower triangle of each lane's A is what it should be. */
int64_t erm__dense_scratch(int64_t m);
void erm__dense_sum(const erm__gram_sum *sum);

/* Columns with flag[j] are centred while they are summed, the others not at all. A[i][j] + A[j][i] of each lane is what belongs to both. */
int64_t erm__sparse_scratch(int64_t d);
void erm__sparse_sum(const erm__gram_sum *sum, const int32_t *flagged, int64_t flags);

#endif
