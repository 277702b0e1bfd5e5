/* Regularizers lambda R(W) and constraint sets (whose value is 0 inside and infinity outside). W is d x k, row-major: row j
 * belongs to feature j. lambda is part of the regularizer. The intercept is not part of W and never penalised. */
#ifndef ERMOPT_REGULARIZER_H
#define ERMOPT_REGULARIZER_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct erm_regularizer_ops erm_regularizer_ops;

/* A regularizer is a plain value: copy it, set `factor`, put it in a problem. */
typedef struct erm_regularizer {
    const erm_regularizer_ops *ops;
    double param[2]; /* its numbers: (l1, l2), (low, high), (radius, -) */
    /* Per-feature penalty factors: d values >= 0, borrowed, or NULL for all 1. Penalties on feature j are multiplied by
     * factor[j]; 0 leaves it free. Sets know only 0 (free) and not 0 (constrained). */
    const double *factor;
    const void *data; /* for your own regularizers; borrowed */
} erm_regularizer;

/* The balls and the simplex are about all entries of W together (of the features that are not free). A point counts as inside a set
 * if it misses it by rounding: relative 1e-12 of the bound or radius, and where entries are summed 2^-52 an entry more. */
/*                                                          value                                          in other packages */
erm_regularizer erm_none(void);                          /* 0                                              */
erm_regularizer erm_l1(double l1);                       /* l1 ||W||_1                                     sklearn Lasso alpha; glmnet lambda (alpha = 1) */
erm_regularizer erm_l2(double l2);                       /* (l2 / 2) ||W||_F^2                             sklearn Ridge alpha = n l2; liblinear C = 1 / (n l2) */
erm_regularizer erm_elastic_net(double l1, double l2);   /* l1 ||W||_1 + (l2 / 2) ||W||_F^2                glmnet: l1 = lambda alpha, l2 = lambda (1 - alpha) */
erm_regularizer erm_box(double low, double high);        /* low <= W_jc <= high; either may be infinite    */
erm_regularizer erm_nonnegative(void);                   /* W_jc >= 0                                      */
erm_regularizer erm_l2_ball(double radius);              /* ||W||_F <= radius                              */
erm_regularizer erm_l1_ball(double radius);              /* sum |W_jc| <= radius                           */
erm_regularizer erm_simplex(double radius);              /* W_jc >= 0, sum W_jc = radius                   */

/* ---- writing your own ---------------------------------------------------------------------------------------------- */

/* What a call is about: the shape of W, and as many doubles of scratch memory as ops->scratch asked for. */
typedef struct erm_shape {
    int64_t d, k;
    double *scratch;
} erm_shape;

struct erm_regularizer_ops {
    const char *name;
    /* Entry (j, c) of W is penalised on its own: prox takes a metric, and `advance` may be there. */
    bool separable;

    /* required */
    double (*value)(const erm_regularizer *self, erm_shape shape, const double *W); /* INFINITY outside a set */
    /* W = argmin_W sum_j ||W_j - V_j||^2 / (2 step metric[j]) + value(W). metric has d entries > 0, or is NULL for all 1 (always
     * NULL where not separable). V == W is allowed. For a set: the projection. */
    void (*prox)(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W);

    /* optional */
    /* The conjugate sup_W <U, W> - value(W); INFINITY outside its domain. NULL: no dual bound. */
    double (*conjugate)(const erm_regularizer *self, erm_shape shape, const double *U);
    /* The largest t in [0, 1] with conjugate(t U) finite. NULL: 1 for every U. */
    double (*dual_scale)(const erm_regularizer *self, erm_shape shape, const double *U);
    /* G += gradient. NULL: not differentiable. */
    void (*grad)(const erm_regularizer *self, erm_shape shape, const double *W, double *G);
    /* sup of the Hessian's eigenvalues where there is a gradient. NULL: 0. */
    double (*curvature)(const erm_regularizer *self, int64_t d);
    /* Strong convexity: the largest mu with value - mu/2 ||W||^2 convex. NULL: 0. */
    double (*modulus)(const erm_regularizer *self, int64_t d);
    /* Separable only: for each t < n, row j = index[t] of W undergoes count[t] times
     *     W_j = prox(W_j - step metric_j drift_j), with step metric_j as the prox's step.
     * count NULL: once; drift (d x k) NULL: 0; metric NULL: 1; index NULL: j = t. Serves just-in-time updates of stochastic
     * solvers on sparse rows, and coordinate descent; the cost does not depend on count. */
    void (*advance)(const erm_regularizer *self, erm_shape shape, int64_t n, const int32_t *index, const int64_t *count, double step,
                    const double *metric, const double *drift, double *W);
    /* ERM_OK, or ERM_EINVAL / ERM_EUNSUPPORTED and a sentence in detail (ERM_DETAIL_SIZE bytes, or NULL): lambda < 0, low > high, ... NULL: all is fine. */
    erm_status (*check)(const erm_regularizer *self, int64_t d, int64_t k, char *detail);
    /* How many doubles of scratch the calls above need. NULL: none. */
    int64_t (*scratch)(const erm_regularizer *self, int64_t d, int64_t k);
};

#ifdef __cplusplus
}
#endif

#endif
