/* The nuclear norm: the sum of the singular values of W.
 *
 *     R(W) = lambda sum_r s_r(W), W without the rows of free features
 *     prox:      W = U diag(max(s - t lambda, 0)) V' for V = U diag(s) V'
 *     conjugate: the indicator of s_1(U) <= lambda
 *
 * Cai, Candes and Shen (2010), "A singular value thresholding algorithm for matrix completion". */
#include <string.h>

#include "base/svd.h"
#include "regularizer/bands.h"
#include "regularizer/parameter.h"

/* W row-major is W' column-major, k x d: W' = left diag(s) right. In scratch. */
typedef struct factors {
    int64_t rank; /* min(d, k) */
    double *s, *left, *right;
    bool ok;
} factors;

static bool is_free(const erm_regularizer *self, int64_t j) { return self->factor && self->factor[j] == 0; }

static factors factors_of(const erm_regularizer *self, erm_shape shape, bool vectors, const double *W)
{
    const int64_t d = shape.d, k = shape.k, rank = d < k ? d : k;
    double *const copy = shape.scratch, *const s = copy + d * k, *const left = s + rank, *const right = left + k * rank;
    memcpy(copy, W, (size_t)(d * k) * sizeof *copy);
    for (int64_t j = 0; j < d; j++) /* rows of zeros do not change the singular values */
        if (is_free(self, j)) memset(copy + j * k, 0, (size_t)k * sizeof *copy);
    const bool ok = erm__svd(k, d, copy, s, vectors ? left : NULL, vectors ? right : NULL, right + rank * d);
    return (factors){rank, s, left, right, ok};
}

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    const factors of = factors_of(self, shape, false, W);
    double sum = 0;
    for (int64_t r = 0; r < of.rank; r++) sum += of.s[r];
    return of.ok ? self->param[0] * sum : NAN;
}

/* NaN where there is no decomposition, so that nobody takes it for an answer. */
static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    (void)metric;
    const int64_t k = shape.k;
    const factors of = factors_of(self, shape, true, V);
    for (int64_t j = 0; j < shape.d; j++) {
        for (int64_t c = 0; c < k; c++) W[j * k + c] = is_free(self, j) ? V[j * k + c] : of.ok ? 0 : NAN;
        for (int64_t r = 0; of.ok && !is_free(self, j) && r < of.rank && of.s[r] > step * self->param[0]; r++) {
            const double along = (of.s[r] - step * self->param[0]) * of.right[j * of.rank + r];
            for (int64_t c = 0; c < k; c++) W[j * k + c] += along * of.left[r * k + c];
        }
    }
}

static double largest(const erm_regularizer *self, erm_shape shape, const double *U)
{
    const factors of = factors_of(self, shape, false, U);
    return !of.ok ? INFINITY : of.rank == 0 ? 0 : of.s[0];
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    if (erm__free_conjugate(self, shape, U) != 0) return INFINITY;
    return largest(self, shape, U) <= self->param[0] ? 0 : INFINITY;
}

/* The singular value of the scaled matrix has a rounding of its own. */
static double dual_scale(const erm_regularizer *self, erm_shape shape, const double *U)
{
    if (erm__free_dual_scale(self, shape, U) == 0) return 0;
    const double top = largest(self, shape, U), rounding = 0x1p-50 * (double)(shape.d + shape.k);
    return top <= self->param[0] ? 1 : self->param[0] / top * (1 - rounding);
}

static int64_t scratch(const erm_regularizer *self, int64_t d, int64_t k)
{
    (void)self;
    const int64_t rank = d < k ? d : k;
    return d * k + rank + k * rank + rank * d + erm__svd_work(k, d);
}

static const erm_regularizer_ops ops = {
    .name = "nuclear-norm",
    .amounts = 1 << 0,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .check = erm__check_lambda,
    .scratch = scratch,
};

erm_regularizer erm_nuclear_norm(double lambda) { return (erm_regularizer){.ops = &ops, .param = {lambda}}; }
