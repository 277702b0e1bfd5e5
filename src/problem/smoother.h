/* The Hessian of the loss part of F along given directions of W, and the trace of the smoother that it makes. */
#ifndef ERM_SMOOTHER_H
#define ERM_SMOOTHER_H

#include "problem/workspace.h"

/* `count` directions: entry i of W (d k) moves by along[i] in direction[i], or in none (-1). The intercepts, if there are, are the
 * last k directions. */
typedef struct erm__smoother {
    int64_t count, m; /* m = count + intercepts */
    const int64_t *direction;
    const double *along;
    double *M; /* m x m, the lower triangle: A'HA */
    double *Q; /* m x m, symmetric: second derivatives of the regularizer */
} erm__smoother;

/* M at w, for a differentiable loss. Takes its memory from the workspace's arena, M's too. ERM_OK or ERM_ENOMEM. */
erm_status erm__smoother_hessian(erm__smoother *smoother, erm__workspace *ws, const double *w);

/* The trace of (M + Q)^-1 M, over the directions that are independent. M is overwritten. root, column: m doubles; pivot: m. */
double erm__smoother_trace(const erm__smoother *smoother, double *root, double *column, int64_t *pivot);

#endif
