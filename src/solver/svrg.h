/* The parts of SVRG: its state, how it draws rows, and its two ways through them. */
#ifndef ERM_SVRG_H
#define ERM_SVRG_H

#include "ermopt/solver.h"
#include "problem/workspace.h"
#include "solver/stochastic.h"

typedef struct erm__svrg {
    double step, longest; /* now; the most that `step` may grow to */
    double value;         /* F at the snapshot */
    double gain;          /* by how much the last epoch brought F down */
    int64_t batch;        /* rows a step */
    double draws;         /* rows an epoch, in all */
    bool lazy;            /* rows are sparse, and W is brought up to date where a row needs it */

    double *snapshot, *gradient; /* size: the gradient of the loss part at the snapshot */
    double *derivative;          /* n k: s_i l'(z_i) there */
    double *share;               /* n: how often a row is drawn in a pass, on average */
    int64_t *drawn;              /* n: the rows of a pass in their order */
    double *range_metric;        /* d + 1: run->metric */
    double *metric;              /* size: the same, entry by entry */

    /* for a mini-batch */
    double *direction; /* size */
    double *sums;      /* 2 k: the bias, and the column sums of `d` */
    double *z, *d, *y, *s, *o;

    /* for single sparse rows */
    int64_t *reached; /* d: the step that row j of W has been brought to */
    int64_t *missed;  /* d: how many steps the columns of a row are behind */
    erm__reader reader;
} erm__svrg;

/* Fills share: rows are drawn in proportion to s_i (1 + r_i / mean r) / 2 with the row sizes r_i of stochastic.h. Returns
 * the largest r_i / ((1 + r_i / mean r) / 2), which bounds the curvature of a step by one row. Counts its pass. */
double erm__svrg_shares(erm__svrg *self, erm_run *run);

/* Draws the n rows of a pass. */
void erm__svrg_draw(erm__svrg *self, erm_run *run);

/* What a drawn row's derivative is multiplied by, so that the expectation is the mean over all rows: 1 / (S p_i). */
static inline double erm__svrg_scale(const erm__svrg *self, const erm_run *run, int64_t i)
{
    return (double)run->workspace->n / (run->workspace->total_weight * self->share[i]);
}

/* Runs through the first `count` drawn rows from run->w. */
void erm__svrg_dense_pass(erm__svrg *self, erm_run *run, int64_t count);
void erm__svrg_sparse_pass(erm__svrg *self, erm_run *run, int64_t count);

#endif
