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
    double param[4]; /* its numbers: (l1, l2), (low, high), (radius), (l1, l2, low, high) ... */
    /* Per-feature penalty factors: d values >= 0, borrowed, or NULL for all 1. Penalties on feature j are multiplied by
     * factor[j]; 0 leaves it free. Sets, and penalties that tie features together (groups, fused lasso, SLOPE, nuclear and
     * L-infinity norm), know only 0 (free, left out as if W had no such row) and not 0. */
    const double *factor;
    const void *data; /* what some are about (bounds, groups, weights ...), and for your own; borrowed */
} erm_regularizer;

/* Of each: its name (behind erm_), the penalty or set, and what the same is called in other packages. The balls and the simplex
 * are about all entries of W together (of the features that are not free). A point counts as inside a set if it misses it by
 * rounding: relative 1e-12 of the bound or radius, and where entries are summed 2^-52 an entry more.
 *
 *     none         0
 *     l1           l1 ||W||_1                          sklearn Lasso: alpha = l1; glmnet: lambda = l1, alpha = 1
 *     l2           (l2 / 2) ||W||_F^2                  sklearn Ridge: alpha = n l2; liblinear: C = 1 / (n l2)
 *     elastic_net  l1 ||W||_1 + (l2 / 2) ||W||_F^2     glmnet: l1 = lambda alpha, l2 = lambda (1 - alpha)
 *     box          low <= W_jc <= high                 either side may be infinite
 *     nonnegative  W_jc >= 0
 *     l2_ball      ||W||_F <= radius
 *     l1_ball      sum |W_jc| <= radius
 *     simplex      W_jc >= 0, sum W_jc = radius */
erm_regularizer erm_none(void);
erm_regularizer erm_l1(double l1);
erm_regularizer erm_l2(double l2);
erm_regularizer erm_elastic_net(double l1, double l2);
erm_regularizer erm_box(double low, double high);
erm_regularizer erm_nonnegative(void);
erm_regularizer erm_l2_ball(double radius);
erm_regularizer erm_l1_ball(double radius);
erm_regularizer erm_simplex(double radius);

/* ---- more penalties on single entries ---- */

/* l1 ||W||_1 + (l2 / 2) ||W||_F^2 with low <= W_jc <= high; low may be -INFINITY, high INFINITY. low = 0: the non-negative
 * elastic net (glmnet lower.limits = 0, sklearn positive=True; l1 and l2 as for erm_elastic_net). Friedman, Hastie,
 * Tibshirani (2010). */
erm_regularizer erm_elastic_net_box(double l1, double l2, double low, double high);

/* low[j] <= W_jc <= high[j] for every c: d values each, which may be infinite, or NULL for no bound on that side. Borrowed, like
 * `bounds` itself. glmnet lower.limits, upper.limits; scipy lsq_linear bounds. */
typedef struct erm_bounds {
    const double *low, *high;
} erm_bounds;
erm_regularizer erm_box_vectors(const erm_bounds *bounds);

/* (l2 / 2) ||W - W0||_F^2: stay close to a known model, e.g. a global one that is fitted to one person's data. w0 has d x k
 * values, borrowed. Evgeniou and Pontil (2004). */
erm_regularizer erm_proximity(double l2, const double *w0);

/* Not convex: solvers find a stationary point, and there is no dual bound. Nearly unbiased for large entries.
 *
 *     mcp, gamma > 1   lambda |w| - w^2 / (2 gamma) up to |w| = gamma lambda, then gamma lambda^2 / 2
 *                      Zhang (2010); ncvreg penalty "MCP"
 *     scad, a > 2      lambda |w| up to |w| = lambda, (2 a lambda |w| - w^2 - lambda^2) / (2 (a - 1)) up to a lambda, then
 *                      lambda^2 (a + 1) / 2
 *                      Fan and Li (2001); ncvreg penalty "SCAD" */
erm_regularizer erm_mcp(double lambda, double gamma);
erm_regularizer erm_scad(double lambda, double a);

/* ---- penalties that tie entries together ---- */

/* Groups of features, any partition. All outputs of all features in a group count as one block. Borrowed. */
typedef struct erm_groups {
    int32_t count;
    const int32_t *group; /* d group numbers, 0 .. count - 1 */
    const double *weight; /* count values >= 0, often the root of the group's size; NULL: all 1 */
} erm_groups;
/* lambda sum_g weight_g ||W_g||_F.   Yuan and Lin (2006); grpreg penalty "grLasso", which weighs by the root of the size */
erm_regularizer erm_group_lasso(double lambda, const erm_groups *groups);
/* l1 ||W||_1 + lambda sum_g weight_g ||W_g||_F; factors multiply only the l1 part.   Simon, Friedman, Hastie, Tibshirani
 * (2013); SGL: l1 = alpha lambda_SGL, lambda = (1 - alpha) lambda_SGL */
erm_regularizer erm_sparse_group_lasso(double l1, double lambda, const erm_groups *groups);

/* lambda sum_j factor_j ||W_j||_2: features are chosen for all outputs together.   Obozinski, Taskar, Jordan (2010); sklearn
 * MultiTaskLasso alpha; glmnet mgaussian */
erm_regularizer erm_l21(double lambda);

/* l1 ||W||_1 + tv sum_j |W_j+1,c - W_jc|: neighbouring features get equal weights. l1 = 0: total variation, which has no
 * dual bound, as constants are free.   Tibshirani, Saunders, Rosset, Zhu, Knight (2005); genlasso fusedlasso1d */
erm_regularizer erm_fused_lasso(double l1, double tv);

/* scale sum_i weight_i |W|_(i), |W|_(1) >= |W|_(2) >= ... the sorted entries; weight has d k values >= 0 that never rise,
 * borrowed. Bogdan, van den Berg, Sabatti, Su, Candes (2015); R package SLOPE. Equal weights: L1;
 * weight (1, 0, 0, ...): L-infinity. */
erm_regularizer erm_slope(double scale, const double *weight);

/* lambda times the sum of the singular values of W (d x k): few directions serve all outputs.   Fazel (2002). Each prox
 * costs an SVD, O(d k min(d, k)). */
erm_regularizer erm_nuclear_norm(double lambda);

/* lambda max |W_jc|, and the set max |W_jc| <= radius. */
erm_regularizer erm_linf(double lambda);
erm_regularizer erm_linf_ball(double radius);

/* smooth + other, for any `other` and for smooth = erm_l2 or erm_proximity with l2 > 0, whose proxes combine exactly.
 * Borrowed. The parts have no factors of their own; those of the sum apply to both, where `other` is not separable to the
 * smooth part as 0 and not 0. */
typedef struct erm_sum_parts {
    erm_regularizer smooth, other;
} erm_sum_parts;
erm_regularizer erm_sum(const erm_sum_parts *parts);

/* lambda R: the same regularizer with its amounts (l1, l2, lambda, tv, scale; not bounds, radii, gamma or a) times lambda.
 * Of a sum, `other` alone is multiplied; of MCP and SCAD, whose lambda is also where they bend, the lambda. Sets have no
 * amounts and stay what they are. */
erm_regularizer erm_regularizer_scaled(const erm_regularizer *regularizer, double lambda);

/* ---- writing your own ---------------------------------------------------------------------------------------------- */

/* What a call is about: the shape of W, and as many doubles of scratch memory as ops->scratch asked for. */
typedef struct erm_shape {
    int64_t d, k;
    double *scratch;
} erm_shape;

/* A penalty on one entry: l1 |w| + l2/2 w^2 - pull w for low <= w <= high, but for a constant. */
typedef struct erm_entry {
    double l1, l2, pull, low, high;
} erm_entry;

/* A penalty l1 ||W||_1 + lambda sum_g weight_g ||W_g||_F, as erm_sparse_group_lasso's. */
typedef struct erm_blocks {
    const erm_groups *groups;
    double l1, lambda;
} erm_blocks;

struct erm_regularizer_ops {
    const char *name;
    /* Entry (j, c) of W is penalised on its own: prox takes a metric, and `advance` may be there. */
    bool separable;
    /* Not convex: prox is a global minimiser, but may jump; there is no conjugate. */
    bool nonconvex;
    /* Bit i: param[i] is an amount, which erm_regularizer_scaled multiplies. 0: there is no path of this regularizer. */
    unsigned amounts;

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
    /* H (d k) += second derivatives, of a separable regularizer. NULL: Newton's method is not possible. */
    void (*hessian)(const erm_regularizer *self, erm_shape shape, const double *W, double *H);
    /* sup of the Hessian's eigenvalues where there is a gradient. NULL: 0. */
    double (*curvature)(const erm_regularizer *self, int64_t d);
    /* Strong convexity: the largest mu with value - mu/2 ||W||^2 convex. NULL: 0. */
    double (*modulus)(const erm_regularizer *self, int64_t d);
    /* Separable only: for each t < n, row j = index[t] of W undergoes count[t] times
     *     W_j = prox(W_j - step metric_j drift_j), with step metric_j as the prox's step,
     * where pull / (2 step metric_j) ||W_j||^2, pull >= 0, is penalised besides.
     * count NULL: once; drift (d x k) NULL: 0; metric NULL: 1; index NULL: j = t. Serves just-in-time updates of stochastic
     * solvers on sparse rows, and coordinate descent; the cost does not depend on count. */
    void (*advance)(const erm_regularizer *self, erm_shape shape, int64_t n, const int32_t *index, const int64_t *count,
                    double step, double pull, const double *metric, const double *drift, double *W);
    /* Separable only: what the penalty on an entry of feature j is, its factor included; false if it is not of that form.
     * `at` is the entry's place in W. NULL: none is. Coordinate descent is faster with it than with `advance`. */
    bool (*entry)(const erm_regularizer *self, int64_t j, int64_t at, erm_entry *entry);
    /* The groups of a penalty on groups; NULL: it is none. For block coordinate descent. */
    erm_blocks (*blocks)(const erm_regularizer *self);
    /* Where the value is sum_j row(j) ||W_j||_2: row(j) >= 0, its factor included. NULL: it is
     * not. For block coordinate descent. */
    double (*row)(const erm_regularizer *self, int64_t j);
    /* ERM_OK, or ERM_EINVAL / ERM_EUNSUPPORTED and a sentence in detail (ERM_DETAIL_SIZE bytes, or NULL): lambda < 0, low >
     * high, ... NULL: all is fine. */
    erm_status (*check)(const erm_regularizer *self, int64_t d, int64_t k, char *detail);
    /* The directions in which W can move without leaving the kinks and bounds that hold it: entry i of W (d k) moves by along[i]
     * in direction[i] = 0, 1, ..., or in none (-1). Entries that are equal to relative 1e-10 of the largest count as equal.
     * Returns how many directions there are, -1 where that is not known; it is what erm_degrees_of_freedom counts. NULL: all
     * entries, one direction each, where there is a `hessian`; else not known. */
    int64_t (*directions)(const erm_regularizer *self, erm_shape shape, const double *W, int64_t *direction, double *along);
    /* out (d k) += second derivative at W, along those directions, times V. NULL: the diagonal `hessian`, or 0 without one. */
    void (*hessian_mul)(const erm_regularizer *self, erm_shape shape, const double *W, const double *V, double *out);
    /* How many doubles of scratch the calls above need. NULL: none. */
    int64_t (*scratch)(const erm_regularizer *self, int64_t d, int64_t k);
};

#ifdef __cplusplus
}
#endif

#endif
