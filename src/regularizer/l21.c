/* The L2,1 norm: one Euclidean norm for each row of W, so that a feature serves all outputs or none.
 *
 *     R(W) = lambda sum_j f_j ||W_j||_2
 *     prox:      W_j max(0, 1 - t lambda f_j / ||W_j||)
 *     conjugate: the indicator of ||U_j|| <= lambda f_j
 *
 * Obozinski, Taskar and Jordan (2010), "Joint covariate selection and joint subspace selection for multiple classification
 * problems". */
#include "regularizer/directions.h"
#include "regularizer/norm.h"
#include "regularizer/parameter.h"

static double lambda_of(const erm_regularizer *self, int64_t j) { return self->param[0] * (self->factor ? self->factor[j] : 1); }

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    double sum = 0;
    for (int64_t j = 0; j < shape.d; j++) {
        const double lambda = lambda_of(self, j);
        if (lambda != 0) sum += lambda * erm__norm_value(erm__norm_of(shape.k, W + j * shape.k));
    }
    return sum;
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    (void)metric;
    for (int64_t j = 0; j < shape.d; j++) {
        const double *v = V + j * shape.k;
        const double shrink = erm__norm_shrink(erm__norm_of(shape.k, v), step * lambda_of(self, j));
        for (int64_t c = 0; c < shape.k; c++) W[j * shape.k + c] = shrink * v[c];
    }
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    for (int64_t j = 0; j < shape.d; j++)
        if (!(erm__norm_value(erm__norm_of(shape.k, U + j * shape.k)) <= lambda_of(self, j))) return INFINITY;
    return 0;
}

/* The norm of the scaled row is computed anew, with a rounding of its own. */
static double dual_scale(const erm_regularizer *self, erm_shape shape, const double *U)
{
    const double rounding = 0x1p-52 * (double)(shape.k + 4);
    double scale = 1;
    for (int64_t j = 0; j < shape.d; j++) {
        const double norm = erm__norm_value(erm__norm_of(shape.k, U + j * shape.k)), lambda = lambda_of(self, j);
        if (!(norm <= lambda)) scale = fmin(scale, lambda / norm * (1 - rounding));
    }
    return scale;
}

static int64_t directions(const erm_regularizer *self, erm_shape shape, const double *W, int64_t *direction, double *along)
{
    erm__directions found = {0, direction, along};
    for (int64_t j = 0; j < shape.d; j++) {
        const bool moves = lambda_of(self, j) == 0 || !erm__all_zero(shape.k, W + j * shape.k);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++) erm__move_alone(&found, i, moves);
    }
    return found.count;
}

/* lambda f_j / ||W_j|| (V_j - u u'V_j), u = W_j / ||W_j|| */
static void hessian_mul(const erm_regularizer *self, erm_shape shape, const double *W, const double *V, double *out)
{
    for (int64_t j = 0; j < shape.d; j++) {
        const double *w = W + j * shape.k, *v = V + j * shape.k;
        const erm__norm norm = erm__norm_of(shape.k, w);
        double along = 0;
        if (norm.top == 0) continue;
        for (int64_t c = 0; c < shape.k; c++) along += w[c] / norm.top / norm.ratio * v[c];
        for (int64_t c = 0; c < shape.k; c++)
            out[j * shape.k + c] += lambda_of(self, j) / norm.top / norm.ratio * (v[c] - w[c] / norm.top / norm.ratio * along);
    }
}

static const erm_regularizer_ops ops = {
    .name = "l21",
    .amounts = 1 << 0,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .directions = directions,
    .hessian_mul = hessian_mul,
    .row = lambda_of,
    .check = erm__check_lambda,
};

erm_regularizer erm_l21(double lambda) { return (erm_regularizer){.ops = &ops, .param = {lambda}}; }
