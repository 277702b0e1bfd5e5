/* Minimises f(w) + R(w) for a quadratic f that is known by its value, gradient and Hessian matrix at a point: what is left
 * of a squared loss when the Gram matrix is there. One output. R: separable with `advance`, or (sparse) group lasso. */
#ifndef ERM_QUADRATIC_H
#define ERM_QUADRATIC_H

#include "base/arena.h"
#include "ermopt/regularizer.h"

enum {
    ERM_QUADRATIC_GONE = 23
}; /* how many variables that have left may stay in a factor: eights of right-hand sides, less one */

typedef struct erm__quadratic {
    int64_t m, room; /* variables, and the most there can be */
    int threads;
    double *G;     /* Hessian of f, both triangles: row j at G + j room */
    double *w, *g; /* m: the point, and the gradient of f there */
    double f;      /* its value: half a mean square of residuals, from which the duality gap follows */
    erm_regularizer R;
    erm_shape shape;
    /* the rest is its own memory */
    int32_t *active, *support;
    double *metric; /* 1 / G_jj */
    double *point, *trial, *ahead, *step, *curve;
    double *factor; /* room x room: of the support */
    double *scratch;
    bool factored;
    double work; /* multiplications of coordinate descent since the last factor */
    int64_t factored_count;
    int32_t *factored_support; /* in the factor's order; */
    int32_t *place;            /* room: 1 + where a variable is in it, 0: not */
    bool plain;                /* R adds nothing to it: it may grow, and hold some variables that are no longer in the support */
    bool *stays;               /* room */
    double *sides;             /* room (1 + ERM_QUADRATIC_GONE) */
    /* groups, or NULL: the variables of group b are member[start[b] .. start[b + 1] - 1] */
    int32_t *start, *member;
    int32_t *zeros;    /* room group numbers of one group */
    double *lipschitz; /* of f along a group */
    double *local;     /* 6 room */
} erm__quadratic;

/* Can it be done with R? */
bool erm__quadratic_suits(const erm_regularizer *R);

/* Takes memory for `room` variables: 2 room^2 doubles and some 50 room. False if there is none. */
bool erm__quadratic_open(erm__quadratic *self, erm__arena *arena, int64_t room, const erm_regularizer *R, int threads);

/* m, R and G have changed; R.factor and R.data are about the m variables. */
void erm__quadratic_changed(erm__quadratic *self, int64_t m, erm_regularizer R);

/* Brings the gap of these m variables to at most `tol` of the objective, or to rounding level, or the prox-gradient residual
 * where R has no conjugate. w, g and f move. Returns the relative gap or residual that is left. */
double erm__quadratic_solve(erm__quadratic *self, double tol);

/* ---- between its files --------------------------------------------------------------------------------------------- */

/* g and f after w_j has moved by delta. */
void erm__quadratic_move(erm__quadratic *self, int64_t j, double delta);

/* One Newton step on the smooth piece that w lies on. False if it brought nothing, or if a new factor is not worth it yet. */
bool erm__quadratic_newton(erm__quadratic *self, bool worth_it);

/* Groups: lists their members; minimises over one with the others fixed, returns the largest move relative to the metric;
 * fills the support, the gradient (step) and the Hessian of R on it, added to `factor`. */
void erm__blocks_list(erm__quadratic *self);
double erm__blocks_descend(erm__quadratic *self, int32_t b);
int64_t erm__blocks_support(erm__quadratic *self);
void erm__blocks_hessian(const erm__quadratic *self, int64_t count, double *A);

#endif
