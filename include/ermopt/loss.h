/* Losses l(z, y): z is the margin x'w + b + offset of one sample (k of them for k outputs), y its label or target.
 *
 * `m` below is y z. Curvature is the supremum of l'' (largest eigenvalue of the Hessian in z for k > 1); a loss with finite
 * curvature is smooth. */
#ifndef ERMOPT_LOSS_H
#define ERMOPT_LOSS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct erm_loss_ops erm_loss_ops;

/* A loss is a plain value: copy it, put it in a problem. */
typedef struct erm_loss {
    const erm_loss_ops *ops;
    double param;     /* the loss's own number, e.g. Huber's delta */
    const void *data; /* for your own losses; borrowed */
} erm_loss;

/* Of each: its name (behind erm_loss_), l(z, y), the labels, the curvature, and what the same is called in other packages, where
 * lambda is that of the penalty and n the number of rows.
 *
 *     squared        (z - y)^2 / 2                     any finite  1     sklearn Lasso: the same; Ridge: alpha = n lambda
 *     logistic       log(1 + exp(-m))                  -1, +1      1/4   liblinear -s 0, 6, 7: C = 1 / (n lambda)
 *     hinge          max(0, 1 - m)                     -1, +1      none  liblinear -s 3: C = 1 / (n lambda)
 *     squared_hinge  max(0, 1 - m)^2 / 2               -1, +1      1     liblinear -s 1, 2: C = 1 / (2 n lambda)
 *     huber          r^2 / 2 for r = |z - y| <= delta, any finite  1
 *                    else delta (r - delta / 2)
 *     cross_entropy  log sum_c exp(z_c) - z_y          0 .. k - 1  1/2   sklearn multinomial: C = 1 / (n lambda) */
erm_loss erm_loss_squared(void);
erm_loss erm_loss_logistic(void);
erm_loss erm_loss_hinge(void);
erm_loss erm_loss_squared_hinge(void);
erm_loss erm_loss_huber(double delta); /* delta > 0 */
erm_loss erm_loss_cross_entropy(void); /* k >= 2 */

/* More for regression, r = |z - y|; scikit-learn's names. The sources are named in the files src/loss/<name>.c.
 *
 *     absolute                     r                         any finite         none  QuantileRegressor: alpha = lambda / 2
 *     quantile                     tau r where z < y,        any finite         none  QuantileRegressor: the same
 *                                  else (1 - tau) r
 *     multitask_squared            sum_c (z_c - y_c)^2 / 2   any finite, n x k  1     MultiTaskLasso: the same, for L2,1
 *     epsilon_insensitive          max(0, r - epsilon)       any finite         none  liblinear -s 13: C = 1 / (n lambda)
 *     squared_epsilon_insensitive  max(0, r - epsilon)^2 / 2 any finite         1     liblinear -s 11, 12: C = 1/(2 n lambda) */
erm_loss erm_loss_absolute(void);
erm_loss erm_loss_quantile(double tau); /* 0 < tau < 1 */
erm_loss erm_loss_multitask_squared(void);
erm_loss erm_loss_epsilon_insensitive(double epsilon);         /* epsilon >= 0 */
erm_loss erm_loss_squared_epsilon_insensitive(double epsilon); /* epsilon >= 0 */

/* With log link, for counts and sizes: the mean of y is exp(z). Half the deviance, but for a term of y alone.
 *
 *     poisson   exp(z) - y z                          >= 0     none   sklearn PoissonRegressor, glmnet poisson: the same
 *     gamma     y exp(-z) + z                         > 0      none   sklearn GammaRegressor: the same
 *     tweedie   exp(u z) / u + y exp(-v z) / v,       >= 0     none   sklearn TweedieRegressor: the same
 *               u = 2 - power, v = power - 1 */
erm_loss erm_loss_poisson(void);
erm_loss erm_loss_gamma(void);
erm_loss erm_loss_tweedie(double power); /* 1 < power < 2 */

/* More for classification. c = (1 - m) / gamma, clipped to [0, 1].
 *
 *     smoothed_hinge    c (1 - m) - gamma c^2 / 2                -1, +1       1 / gamma   Shalev-Shwartz and Zhang (2013)
 *     modified_huber    max(0, 1 - m)^2 for m >= -1, else -4 m   -1, +1       2           sklearn SGDClassifier: the same
 *     multiclass_hinge  max_c (z_c + [c != y]) - z_y             0 .. k - 1   none        liblinear -s 4: C = 1 / (n lambda) */
erm_loss erm_loss_smoothed_hinge(double gamma); /* gamma > 0 */
erm_loss erm_loss_modified_huber(void);
erm_loss erm_loss_multiclass_hinge(void); /* k >= 2 */

/* The loss that is called `name`: the words after erm_loss_, with "-" for "_", e.g. "squared-hinge". param is the constructor's
 * argument where it has one; 0 then means the usual one (delta 1, tau 0.5, epsilon 0.1, gamma 1, power 1.5). false if there is
 * none, or if param is not valid for it. */
bool erm_loss_from_name(const char *name, double param, erm_loss *loss);

/* ---- writing your own ---------------------------------------------------------------------------------------------- */

/* l*(a, y) = curve a^2 / 2 + at a + flat |a| for low <= a <= high, INFINITY elsewhere. curve, flat >= 0; low, high may be
 * infinite, and 0 is between them. With curve = 0 the loss consists of straight lines: of two that meet at z = at, with the
 * slopes low and high, or of three, where flat > 0. */
typedef struct erm_dual_form {
    double low, high, at, curve, flat;
} erm_dual_form;

/* Arrays hold n samples: Z, D, H, A are n x k row-major, weight has n entries or is NULL (all 1), Y has n entries, or n x k
 * where target_per_output. Different threads call these at the same time. */
struct erm_loss_ops {
    const char *name;       /* "squared-hinge": what programs and messages call it */
    const char *labels;     /* what label_ok expects, for messages: "-1 or +1" */
    int64_t min_outputs;    /* the k that are allowed: min_outputs <= k <= max_outputs; 0 means 1 */
    int64_t max_outputs;    /* 0 means 1 */
    bool target_per_output; /* Y is n x k */
    bool differentiable;    /* l has a gradient everywhere */
    bool classifies;        /* labels are classes, not numbers */

    /* required */
    /* sum_t s_t l(z_t, y_t). Where not NULL: D[t] = s_t dl/dz (a subgradient where there is a kink), and
     * H[t] = s_t d2l/dz2 (the diagonal for k > 1). Must be right for |z| = 1e4. D and H may not
     * alias Z or one another. */
    double (*eval)(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight, double *D,
                   double *H);
    /* sup l'' over all z, y; INFINITY if there is no bound; NaN if `param` is no valid one for this loss */
    double (*curvature)(const erm_loss *self, int64_t k);

    /* optional */
    bool (*label_ok)(const erm_loss *self, int64_t k, double y); /* NULL: any finite y is fine */
    /* The conjugate, sum_t s_t sup_z (a_t'z - l(z, y_t)); INFINITY if some a_t is outside its domain. NULL: no dual bound. */
    double (*conjugate)(const erm_loss *self, int64_t n, int64_t k, const double *A, const double *Y, const double *weight);
    /* The mean of y given the margin (inverse link): P(y = +1), class probabilities, exp(z) ... ; n x k. NULL: z itself,
     * and no probabilities. */
    void (*mean)(const erm_loss *self, int64_t n, int64_t k, const double *Z, double *mean);
    /* One output: the conjugate for one y, where it is of the form below. NULL: it is not. */
    void (*dual_form)(const erm_loss *self, double y, erm_dual_form *form);
    /* For one sample whose conjugate is not of that form: a (k) becomes the maximiser over a' of
     * a''z - l*(a', y) - q/2 ||a' - a||^2, q > 0; a is in the domain of l* before and after. y as for eval. NULL: dual coordinate
     * ascent is not possible. */
    void (*dual_step)(const erm_loss *self, int64_t k, const double *y, double q, const double *z, double *a);
    /* out (k x k, row-major) += sum_t s_t Hessian of l in z. Only for k > 1; without it the diagonal H stands in. */
    void (*hessian)(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight,
                    double *out);
    /* out[t] = s_t (Hessian of l at z_t) U[t] for n rows of k. Only for k > 1; without it the diagonal H stands in for the
     * Hessian in products with it. out may not alias Z or U. */
    void (*hessian_mul)(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight,
                        const double *U, double *out);
    /* One output: returns a' in the domain of l*, at most a hundredth of the way from a short of that maximiser
     * or beyond it. NULL: dual_step. */
    double (*dual_near)(const erm_loss *self, double y, double q, double z, double a);
    /* One output: the first and second derivatives of l*(., y_t) at n points a_t; bend[t] is INFINITY where a_t is not inside
     * the domain. NULL: not known. */
    void (*conjugate_slopes)(const erm_loss *self, int64_t n, const double *a, const double *y, double *slope, double *bend);
};

#ifdef __cplusplus
}
#endif

#endif
