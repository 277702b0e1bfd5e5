/* The Hessian of the loss part of F along given directions of W, and the trace of the smoother that it makes. */
#ifndef ERM_SMOOTHER_H
#define ERM_SMOOTHER_H

#include "problem/workspace.h"

/* `count` directions: entry i of W (d k) moves by along[i] in direction[i], or in none (-1). The intercepts, if there are, are
 * the last k directions. */
typedef struct erm__smoother {
    int64_t count, m; /* m = count + intercepts */
    const int64_t *direction;
    const double *along;
    double *M; /* m x m, the lower triangle: A'HA */
    double *Q; /* m x m, symmetric: second derivatives of the regularizer */
} erm__smoother;

/* How many samples are gathered at a time. */
int64_t erm__smoother_samples(const erm__workspace *ws);

/* Is given the rows of directions of `samples` samples from `begin` on, k rows of m each, less the columns' means where there is
 * an intercept; it may overwrite them. */
typedef void (*erm__smoother_visit)(int64_t begin, int64_t samples, double *rows, void *context);

/* All samples, in order, block by block. Takes its memory from the workspace's arena. ERM_OK or ERM_ENOMEM. */
erm_status erm__smoother_rows(const erm__smoother *smoother, erm__workspace *ws, erm__smoother_visit visit, void *context);

/* M at w, for a differentiable loss. Takes its memory from the workspace's arena, M's too. ERM_OK or ERM_ENOMEM. */
erm_status erm__smoother_hessian(erm__smoother *smoother, erm__workspace *ws, const double *w);

/* M becomes the pivoted Cholesky factor of M + Q (erm__cholesky_pivoted). root, pivot: m. Returns the rank. */
int64_t erm__smoother_factor(const erm__smoother *smoother, double *root, int64_t *pivot);

/* The trace of (M + Q)^-1 M, over the directions that are independent. M is overwritten. root, column: m doubles; pivot: m. */
double erm__smoother_trace(const erm__smoother *smoother, double *root, double *column, int64_t *pivot);

#endif
