/* What every computation on one problem works with: sizes, threads, and memory for the walk over X. */
#ifndef ERM_WORKSPACE_H
#define ERM_WORKSPACE_H

#include "base/arena.h"
#include "ermopt/problem.h"

typedef struct erm__workspace {
    const erm_problem *problem;
    erm__arena arena;
    int64_t n, d, k;
    int64_t size;    /* (d + intercept) k */
    int64_t targets; /* labels a row: 1, or k */
    int64_t block;   /* rows that are walked at a time, so that they stay in cache */
    int64_t lanes;   /* the most there can be */
    int threads;
    double total_weight; /* S */
    /* per lane: a gradient, and buffers for one block */
    int64_t lane_length; /* doubles in a lane's gradient: at least size, k + k^2 and d; of dense data size + 2 d */
    double *lane_gradient, *lane_value;
    double *margin, *derivative, *label, *weight, *offset;
    double *bias; /* k */
    /* Of the last certificate, in the coordinates of the caller: margins (n k) and gradient of the loss part (size). NULL where W
     * has moved since. */
    const double *known_margin, *known_gradient;
    bool known_taken;   /* by the solver, in place of a pass of its own */
    double *row_value;  /* per lane: d, for one row of X */
    int32_t *row_index; /* per lane: d */
} erm__workspace;

/* Takes the memory. threads 0: as many as the process may use. ERM_OK or ERM_ENOMEM; close it on both. */
erm_status erm__workspace_open(erm__workspace *workspace, const erm_problem *problem, int threads);
void erm__workspace_close(erm__workspace *workspace);

#endif
