/* The simplex W_jc >= 0, sum W_jc = radius, over all entries of the features whose factor is not 0.
 *
 *     prox:      max(v - tau, 0), tau so that the sum is the radius
 *     conjugate: radius max U_jc
 *
 * Michelot (1986), "A finite algorithm for finding the projection of a point onto the canonical simplex of R^n". */
#include "regularizer/parameter.h"
#include "regularizer/threshold.h"

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    const erm__bands bands = erm__bands_of(self, shape, false);
    const double slack = erm__radius_slack(self->param[0], shape);
    double sum = 0;
    int64_t entries = 0;
    for (int64_t j = 0; j < bands.count; j++) {
        const double *w = W + j * bands.width;
        for (int64_t i = 0; erm__band_factor(&bands, j) != 0 && i < bands.width; i++) {
            if (!(w[i] >= -slack)) return INFINITY;
            sum += w[i];
            entries++;
        }
    }
    return entries == 0 || fabs(sum - self->param[0]) <= slack ? 0 : INFINITY;
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    (void)step;
    (void)metric;
    const erm__bands bands = erm__bands_of(self, shape, false);
    const erm__threshold threshold = erm__threshold_of(self, shape, self->param[0], false, V);
    for (int64_t j = 0; j < bands.count; j++) {
        const bool keep = erm__band_factor(&bands, j) == 0;
        const int64_t end = (j + 1) * bands.width;
        for (int64_t i = j * bands.width; i < end; i++) W[i] = keep ? V[i] : erm__above(threshold, V[i]);
    }
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    if (erm__free_conjugate(self, shape, U) != 0) return INFINITY;
    const erm__bands bands = erm__bands_of(self, shape, false);
    double largest = -INFINITY;
    for (int64_t j = 0; j < bands.count; j++) {
        const double *u = U + j * bands.width;
        for (int64_t i = 0; erm__band_factor(&bands, j) != 0 && i < bands.width; i++)
            if (!(u[i] <= largest)) largest = u[i];
    }
    return largest == -INFINITY ? 0 : self->param[0] * largest;
}

static const erm_regularizer_ops ops = {
    .name = "simplex",
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = erm__free_dual_scale,
    .check = erm__check_radius,
};

erm_regularizer erm_simplex(double radius) { return (erm_regularizer){.ops = &ops, .param = {radius, 0}}; }
