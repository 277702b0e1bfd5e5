/* The parts of SVRG: its state, how it draws rows, and its two ways through them. */
#ifndef ERM_SVRG_H
#define ERM_SVRG_H

#include "ermopt/solver.h"
#include "problem/workspace.h"
#include "solver/stochastic.h"

/* What the public parameters of the solvers made of these parts come to. */
typedef struct erm__svrg_plan {
    double step;      /* 0: from the curvature and the row norms */
    int64_t batch;    /* 0: chosen */
    double inner;     /* passes of stochastic steps an epoch */
    bool table;       /* SAGA: a row's derivative is kept whenever the row is drawn, not only at the snapshot */
    bool loopless;    /* the length of an epoch is random */
    bool accelerated; /* MiG */
} erm__svrg_plan;

typedef struct erm__svrg {
    erm__svrg_plan plan;
    double step, longest; /* now; the most that `step` may grow to */
    double value;         /* F at the snapshot */
    double gain;          /* by how much the last epoch brought F down */
    int64_t batch;        /* rows a step */
    double theta;         /* accelerated: gradients are taken at theta w + (1 - theta) snapshot; else 1 */
    int64_t age;          /* accelerated: how far theta has come down */
    bool lazy;            /* rows are sparse, and W is brought up to date where a row needs it */

    double *snapshot, *gradient; /* size: the gradient of the loss part at the snapshot */
    double *derivative;          /* n k: s_i l'(z_i) there */
    double *margin;              /* n k, accelerated: z_i there */
    double *iterate, *mean;      /* size, accelerated: w after the last epoch; the mean of w over this one */
    double averaged;             /* steps that the mean is over */
    double *share;               /* n: how often a row is drawn in a pass, on average */
    int64_t *drawn;              /* n: the rows of a pass in their order */
    double *range_metric;        /* d + 1: run->metric */
    double *metric;              /* size: the same, entry by entry */

    /* for a mini-batch */
    double *direction; /* size */
    double *sums;      /* 2 k: the bias, and the column sums of `d` */
    double *z, *d, *y, *s, *o;
    double *change; /* SAGA: what the rows' derivatives in the table change by, divided by S */

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

/* Runs through drawn rows from run->w. */
void erm__svrg_dense_pass(erm__svrg *self, erm_run *run, int64_t begin, int64_t count);
void erm__svrg_sparse_pass(erm__svrg *self, erm_run *run, int64_t begin, int64_t count);

/* Momentum. An epoch starts: run->w, theta and a longer step. Takes run->w into the mean, for so many steps. The epoch ends:
 * run->w becomes its proposal for the snapshot. The proposal was accepted and brought F down by `gain`. */
void erm__svrg_enter(erm__svrg *self, erm_run *run);
void erm__svrg_average(erm__svrg *self, const erm_run *run, double steps);
void erm__svrg_leave(erm__svrg *self, erm_run *run);
void erm__svrg_grow_older(erm__svrg *self, double gain);

/* The solver that svrg.c and saga.c make of a plan. */
erm_status erm__svrg_start(erm__svrg *self, erm_run *run, const erm__svrg_plan *plan);
erm_status erm__svrg_step(void *self, erm_run *run);

/* Turns margins z (k) at w into those at theta w + (1 - theta) snapshot. */
static inline void erm__svrg_couple(const erm__svrg *self, int64_t i, int64_t k, double *z)
{
    if (self->theta == 1) return;
    for (int64_t c = 0; c < k; c++) z[c] = self->theta * z[c] + (1 - self->theta) * self->margin[i * k + c];
}

#endif
