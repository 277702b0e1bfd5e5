/* The parts of SGD: its state, and the step rules. */
#ifndef ERM_SGD_H
#define ERM_SGD_H

#include "ermopt/solver.h"
#include "solver/stochastic/dense_rows.h"
#include "solver/stochastic/lazy.h"
#include "solver/stochastic/stochastic.h"

/* Averages of the derivatives s_i l'(z_i) that the steps met; NULL for a smooth loss, whose derivatives at w serve. */
typedef struct erm__sgd_dual {
    double *average;       /* n k */
    double *sum, *old_sum; /* n k: since the last power of 2 of epochs, and between it and the one before */
    int64_t epochs, count, old_count;
} erm__sgd_dual;

typedef struct erm__sgd {
    erm_sgd_params params; /* with defaults filled in */
    double modulus;        /* strong convexity of the regularizer in the metric */
    int64_t steps, steps_per_epoch;
    int64_t *list; /* n: the rows in the order of this epoch */

    double *w, *old_w;    /* size: the iterate, and the one before it */
    double *g;            /* size: the estimate of the gradient of the loss part */
    double *range_metric; /* d + 1: run->metric */
    double *metric;       /* size: the same, entry by entry */
    erm__reader reader;
    double *derivative; /* batch k: s l'(z) of the rows of a step */

    bool is_dense; /* rows are taken as dense_rows.h has it */
    erm__dense_rows dense;

    /* for sparse rows, whose columns alone a step touches */
    bool is_lazy;
    erm__lazy lazy;
    double *z, *y, *s; /* batch k, batch targets, batch: margins, labels and weights of the rows of a step */
    double *b_sum;     /* k: the sum of b since the tail took it */
    double *longest;   /* n: the longest step along each row, with the default step of single rows; else NULL */
    erm__sgd_dual dual;

    /* AdaGrad and Adam */
    double *moment;   /* size: Adam's mean of g */
    double *squares;  /* d + 1: sum or mean of g_j^2, all outputs of a feature together, in standardised columns */
    double *adaptive; /* d + 1: the metric that these make */

    erm__start first; /* the scale of g at the start, in standardised columns, is its slope */
    double *scratch;  /* 2 size */
    erm__tail tail;
} erm__sgd;

/* One step along g, by the rule in params. */
void erm__sgd_move(erm__sgd *self, erm_run *run);

/* t of the plain rules, `ahead` steps from now. */
double erm__sgd_length(const erm__sgd *self, int64_t ahead);

/* What the rules without memory but t have in common: no momentum, no other metric. */
bool erm__sgd_is_plain(const erm__sgd *self);

/* An epoch of steps by single dense rows; margins are put in self->z. */
void erm__sgd_dense_epoch(erm__sgd *self, erm_run *run);

/* Whether steps by sparse rows can be lazy; their memory; an epoch of them along self->list. */
bool erm__sgd_can_be_lazy(const erm__sgd *self, const erm_run *run);
void erm__sgd_lazy_take(erm__sgd *self, erm_run *run);

/* The default step of single rows, and `longest`. */
double erm__sgd_lazy_step(erm__sgd *self, erm_run *run);
void erm__sgd_lazy_epoch(erm__sgd *self, erm_run *run);

/* Memory, where the loss needs it; the derivatives of a step's rows; the end of an epoch, which sets run->dual. */
void erm__sgd_dual_take(erm__sgd *self, erm_run *run);
void erm__sgd_dual_add(erm__sgd *self, const erm_run *run, const int64_t *list, int64_t count);
void erm__sgd_dual_close_epoch(erm__sgd *self, erm_run *run);

#endif
