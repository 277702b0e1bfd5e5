/* Writing your own solver: it is a state, `start`, and `step`, and sees the problem through a run. Of erm_solve's loop, which
 * keeps time, budget, stopping, monitor and certificate, it need not know. */
#ifndef ERMOPT_SOLVER_OWN_H
#define ERMOPT_SOLVER_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ermopt/problem.h"
#include "ermopt/rng.h"
#include "ermopt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct erm_solver_ops erm_solver_ops;

/* What a solver needs of a problem; erm_solve refuses the others with ERM_EUNSUPPORTED and a sentence. */
enum {
    /* of the loss */
    ERM_NEEDS_DIFFERENTIABLE_LOSS = 1 << 0, /* loss.ops->differentiable */
    ERM_NEEDS_BOUNDED_CURVATURE = 1 << 1,   /* loss curvature is finite */
    ERM_NEEDS_SQUARED_LOSS = 1 << 2,        /* loss.ops is that of erm_loss_squared */
    ERM_NEEDS_KINK = 1 << 3,                /* loss.ops->dual_form, and not differentiable: straight lines that meet */
    ERM_NEEDS_DUAL_STEP = 1 << 4,           /* loss.ops->dual_form or dual_step */
    /* of the regularizer */
    ERM_NEEDS_DIFFERENTIABLE_REGULARIZER = 1 << 5, /* regularizer.ops->grad */
    ERM_NEEDS_DIAGONAL_HESSIAN = 1 << 6,           /* regularizer.ops->hessian, and separable */
    ERM_NEEDS_ELASTIC_NET = 1 << 7,                /* regularizer.ops are those of erm_l1, erm_elastic_net, erm_l2 or erm_none */
    ERM_NEEDS_ADVANCE = 1 << 8,                    /* regularizer.ops->advance, and separable */
    ERM_NEEDS_ADVANCE_OR_GROUPS = 1 << 9,          /* the same, or a (sparse) group lasso */
    ERM_NEEDS_COORDINATES = 1 << 10,               /* separable, with `entry` or `advance`, or has `blocks` */
    /* regularizer.ops->modulus > 0, separable, and advance or a constant diagonal Hessian */
    ERM_NEEDS_STRONG_CONVEXITY = 1 << 11,
    /* of the rest */
    ERM_NEEDS_ONE_OUTPUT = 1 << 12,    /* k = 1 */
    ERM_NEEDS_COLUMNS = 1 << 13,       /* columns of X: where it is stored by rows, it is copied once */
    ERM_TOUCHES_SINGLE_ROWS = 1 << 14, /* reads X row by row: on sparse X the columns are then not centred */
    ERM_IS_NOISY = 1 << 15,            /* no progress for a while does not mean that it stands still */
    /* Can go on from a checkpoint to the same bits. All that a step changes, and later steps depend on, is then in the state, in
     * the run, and in memory taken with erm_run_take, which are written as they are. Elements of at most 8 bytes (and states)
     * hold numbers alone. Larger ones may hold pointers too: a pointer that steps change must point into that memory (or
     * not be used before it is set again), and any other must stay what `start` has made it. `start` makes the same
     * bits of the same problem, seed and starting point every time. */
    ERM_CAN_RESUME = 1 << 16,
    ERM_NEEDS_ENVELOPE = 1 << 17, /* a loss with a kink, with `conjugate` and dual_form or dual_step; no target_per_output */
    ERM_NEEDS_CONVEX_REGULARIZER = 1 << 18 /* not regularizer.ops->nonconvex */
};

/* What a solver sees. The coordinates are its own affair: erm_solve may centre the columns when there is an intercept (W stays
 * what it is, b then is the intercept of the centred columns), so W and b must be touched only through what is here. */
typedef struct erm_run {
    const erm_problem *problem;
    const void *params;
    int64_t d, k, size; /* W is w[0 .. d k - 1]; size = d k, and k more with an intercept */
    double *w;          /* in `start`: where to start; after each `step`: the answer so far */
    /* d + 1 values: metric[j] = 1 / (mean square of column j as the solver sees it), 1 where the column is zero; the last is 1
     * for the intercept. Steps t metric[j] make a solver invariant to column scales. NULL where the regularizer is not
     * separable. */
    const double *metric;
    const double *centre; /* d: the column means that the intercept is relative to; NULL: none. For solvers that read rows */
    erm_shape shape;      /* for calls of the regularizer, with its scratch */
    double passes;        /* over the data so far, counted by the calls below */
    double handed;        /* and those of certificates whose gradients were taken over: the library's own */
    /* Set by a solver that knows dual variables: s_i a_i (n k values, taken in `start`), a_i in the domain of l*, which at
     * the optimum are s_i l'(z_i). The certificate tries them beside its own, made feasible for the intercept and free
     * features, for any k; a loss with a kink needs them for a tight bound. */
    const double *dual;
    /* Set with it where there is no intercept, by a solver that has just multiplied them with X: d k values,
     * X'a / S. Else NULL. */
    const double *dual_product;
    /* Set by a solver that finds fewer independent columns (and intercept) than there are: the minimiser is not unique. */
    int64_t rank;
    erm_rng rng;
    double tol; /* what the relative gap must come down to */
    double gap; /* what it was in the last certificate; INFINITY: not known */
    /* In `start`, where the columns are not centred: d values, the gradient of the loss part in W at the starting point. Else
     * NULL. */
    const double *gradient;
    /* Set by a solver that knows a gap of its own: it is above tol at w, and a certificate would be made in vain. */
    bool unfinished;
    /* Set by a solver that is yet to compare F at w with where it came from: F may be of any size there, even infinite. */
    bool untried;
    /* Set by a solver whose next step begins with the gradient at w: a certificate after each step costs no more than that. */
    bool begins_with_gradient;
    /* The library's own: the hash of what erm_run_parameters was told, and two that are not for users; columns is NULL without
     * ERM_NEEDS_COLUMNS. */
    uint64_t parameter_hash;
    struct erm__workspace *workspace;
    struct erm__columns *columns;
} erm_run;

struct erm_solver_ops {
    const char *name;
    size_t state_size; /* bytes, allocated by erm_solve, zeroed */
    unsigned needs;
    /* Takes all the memory it will ever need with erm_run_take, then does what the first step needs. */
    erm_status (*start)(void *state, erm_run *run);
    /* One epoch or outer iteration. Allocates nothing. */
    erm_status (*step)(void *state, erm_run *run);
    /* NULL, or: from now on run->problem has another amount of the same regularizer, or w is elsewhere. What is known of the loss
     * stays true. Such a solver stays open along a path. Allocates nothing. */
    void (*changed)(void *state, erm_run *run);
};

/* `count` zeroed doubles, 64-byte aligned, freed by erm_solve. NULL when memory ran out: take everything, then ask once with
 * erm_run_ok, return ERM_ENOMEM if it is false. Only in `start`. */
double *erm_run_take(erm_run *run, int64_t count);
void *erm_run_take_bytes(erm_run *run, int64_t count, size_t size);
bool erm_run_ok(const erm_run *run);

/* In `start` of a solver that can resume: the parameters that the steps depend on, as doubles. A checkpoint that was written with
 * others is refused. */
void erm_run_parameters(erm_run *run, int count, const double *values);

/* (1/S) sum over rows of s_i l_i(w): the loss part of F, without the regularizer. For all rows: {.count = n}. */
double erm_run_loss(erm_run *run, erm_rows rows, const double *w);
/* The same, and its gradient in g (size entries, overwritten). g may not alias w. */
double erm_run_gradient(erm_run *run, erm_rows rows, const double *w, double *g);

/* lambda R(W), its prox with steps step * metric[j] (metric NULL: 1) applied to W, with the intercept copied through, and
 * its gradient added to g. */
double erm_run_penalty(erm_run *run, const double *w);
void erm_run_prox(erm_run *run, double step, const double *metric, const double *v, double *w);
void erm_run_penalty_gradient(erm_run *run, const double *w, double *g);

/* An estimate of the largest eigenvalue that the Hessian of the loss part can have, in the metric (NULL: plain): the loss's
 * curvature times that of (1/S) X'X, from 30 power iterations, raised by 5 %. INFINITY where the loss has no bound. scratch:
 * 2 size doubles. */
double erm_run_smoothness(erm_run *run, const double *metric, double *scratch);

#ifdef __cplusplus
}
#endif

#endif
