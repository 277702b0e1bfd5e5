/* The parts of SVRG: its state, how it draws rows, and its two ways through them. */
#ifndef ERM_SVRG_H
#define ERM_SVRG_H

#include "ermopt/solver.h"
#include "problem/workspace.h"
#include "solver/newton/lbfgs_pairs.h"
#include "solver/stochastic/dense_rows.h"
#include "solver/stochastic/lazy.h"
#include "solver/stochastic/stochastic.h"

/* What the public parameters of the solvers made of these parts come to. */
typedef struct erm__svrg_plan {
    double step;      /* 0: from the curvature and the row norms */
    int64_t batch;    /* 0: chosen */
    double inner;     /* passes of stochastic steps an epoch */
    bool table;       /* SAGA: a row's derivative is kept whenever the row is drawn, not only at the snapshot */
    bool loopless;    /* the length of an epoch is random */
    bool accelerated; /* QNing */
} erm__svrg_plan;

/* L-BFGS on the Moreau envelope. */
typedef struct erm__qning {
    double value;    /* of the envelope, about, at the last centre */
    double decrease; /* by how much the next must at least be below it */
    bool leapt;      /* the centre is not the snapshot */
    double *centre;
    double *way;      /* from the last centre to this one */
    double *gradient; /* of the envelope at the last centre */
    erm__pairs pairs;
} erm__qning;

/* How a pass goes through the rows. */
typedef enum erm__svrg_way {
    ERM_SVRG_DENSE,  /* mini-batches, each of which moves all of W */
    ERM_SVRG_ROWS,   /* the same for few dense rows and one output */
    ERM_SVRG_LAZY,   /* single rows, W brought up to date where a row needs it */
    ERM_SVRG_ADVANCE /* the same by the regularizer's `advance` */
} erm__svrg_way;

typedef struct erm__svrg {
    erm__svrg_plan plan;
    double step, longest; /* now; the most that `step` may grow to */
    double value;         /* F at the snapshot */
    double gain;          /* by how much the last epoch brought F down */
    int64_t batch;        /* rows a step */
    double kappa;         /* accelerated: kappa / 2 ||w - centre||^2, in the inverse metric, is added to F; else 0 */
    erm__svrg_way way;

    double *snapshot, *gradient; /* size: the gradient of the loss part at the snapshot */
    double *derivative;          /* n k: s_i l'(z_i) there */
    double *drift;               /* size: the gradient, and where kappa > 0 that of its term but for the part in w */
    erm__qning qning;
    double *share;        /* n: how often a row is drawn in a pass, on average */
    int64_t *drawn;       /* n: the rows of a pass in their order */
    double *range_metric; /* d + 1: run->metric */
    double *metric;       /* size: the same, entry by entry */

    /* for a mini-batch */
    double *direction; /* size */
    double *sums;      /* 2 k: the bias, and the column sums of `d` */
    double *z, *d, *y, *s, *o;
    double *change; /* SAGA: what the rows' derivatives in the table change by, divided by S */

    erm__dense_rows dense;

    /* for single sparse rows */
    erm__lazy lazy;
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

/* y, offsets and weights of these rows next to one another: self->y, o and s. */
void erm__svrg_gather(erm__svrg *self, const erm_run *run, erm_rows rows);

/* self->d, the rows' derivatives, becomes what they are multiplied by in the step: less those at the snapshot and scaled to a
 * mean over the batch. SAGA's table is changed, too, and by what, divided by S, is in self->change. */
void erm__svrg_compare(erm__svrg *self, const erm_run *run, erm_rows rows);

/* Asks for what is kept of row i. */
static inline void erm__svrg_fetch(const erm__svrg *self, const erm_run *run, int64_t i)
{
    __builtin_prefetch(run->problem->y + i * run->workspace->targets);
    __builtin_prefetch(self->share + i);
    __builtin_prefetch(self->derivative + i * run->k, 1);
}

/* Runs through the first `count` drawn rows from run->w. */
void erm__svrg_dense_pass(erm__svrg *self, erm_run *run, int64_t count);
void erm__svrg_rows_pass(erm__svrg *self, erm_run *run, int64_t count);
void erm__svrg_lazy_pass(erm__svrg *self, erm_run *run, int64_t count);
void erm__svrg_advance_pass(erm__svrg *self, erm_run *run, int64_t count);

/* Acceleration. Takes the memory; sets kappa, where L bounds the curvature of a step by one row, and the first centre, run->w. */
void erm__qning_take(erm__qning *self, erm_run *run);
void erm__qning_open(erm__svrg *svrg, const erm_run *run, double L);

/* An epoch starts: run->w is the centre, and drift is set. It has ended in run->w, where F is `value`: does the envelope fall as
 * it must, but for rounding? If so, on to the next centre. Else back to the snapshot as the centre. */
void erm__qning_enter(erm__svrg *svrg, erm_run *run);
bool erm__qning_descends(const erm__svrg *svrg, const erm_run *run, double value, double slack);
void erm__qning_advance(erm__svrg *svrg, const erm_run *run, double value);
void erm__qning_retreat(erm__svrg *svrg, const erm_run *run);

/* The solver that svrg.c and saga.c make of a plan. */
erm_status erm__svrg_start(erm__svrg *self, erm_run *run, const erm__svrg_plan *plan);
erm_status erm__svrg_step(void *self, erm_run *run);

#endif
