/* The L1 ball sum |W_jc| <= radius, over all entries of the features whose factor is not 0.
 *
 *     prox:      V inside; else sign(v) max(|v| - tau, 0), tau >= 0 so that the sum is the radius
 *     conjugate: radius max |U_jc|
 *
 * Duchi, Shalev-Shwartz, Singer and Chandra (2008), "Efficient projections onto the l1-ball for learning in high dimensions". */
#include "regularizer/parameter.h"
#include "regularizer/threshold.h"

static double absolute_sum(const erm_regularizer *self, erm_shape shape, const double *W)
{
    const erm__bands bands = erm__bands_of(self, shape, false);
    double sum = 0;
    for (int64_t j = 0; j < bands.count; j++) {
        const double *w = W + j * bands.width;
        for (int64_t i = 0; erm__band_factor(&bands, j) != 0 && i < bands.width; i++) sum += fabs(w[i]);
    }
    return sum;
}

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    return absolute_sum(self, shape, W) <= self->param[0] + erm__radius_slack(self->param[0], shape) ? 0 : INFINITY;
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    (void)step;
    (void)metric;
    const erm__bands bands = erm__bands_of(self, shape, false);
    const bool inside = absolute_sum(self, shape, V) <= self->param[0];
    const erm__threshold threshold = inside ? (erm__threshold){0, 0} : erm__threshold_of(self, shape, self->param[0], true, V);
    for (int64_t j = 0; j < bands.count; j++) {
        const bool keep = inside || erm__band_factor(&bands, j) == 0;
        const int64_t end = (j + 1) * bands.width;
        for (int64_t i = j * bands.width; i < end; i++) W[i] = keep ? V[i] : copysign(erm__above(threshold, fabs(V[i])), V[i]);
    }
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    if (erm__free_conjugate(self, shape, U) != 0) return INFINITY;
    double largest = 0;
    for (int64_t i = 0; i < shape.d * shape.k; i++) /* the free features have U = 0 */
        if (!(fabs(U[i]) <= largest)) largest = fabs(U[i]);
    return largest == 0 ? 0 : self->param[0] * largest;
}

static const erm_regularizer_ops ops = {
    .name = "l1-ball",
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = erm__free_dual_scale,
    .check = erm__check_radius,
};

erm_regularizer erm_l1_ball(double radius) { return (erm_regularizer){.ops = &ops, .param = {radius, 0}}; }
