/* The Euclidean ball ||W||_F <= radius, over all entries of the features whose factor is not 0.
 *
 *     prox:      V min(1, radius / ||V||_F)
 *     conjugate: radius ||U||_F
 *
 * Parikh and Boyd (2014), "Proximal algorithms", sections 6.5.1 and 6.5.2. */
#include "regularizer/bands.h"
#include "regularizer/norm.h"
#include "regularizer/parameter.h"

static erm__norm norm_of(const erm_regularizer *self, erm_shape shape, const double *V)
{
    const erm__bands bands = erm__bands_of(self, shape, false);
    double top = 0, sum = 0;
    for (int64_t j = 0; j < bands.count; j++)
        if (erm__band_factor(&bands, j) != 0) top = erm__largest(bands.width, V + j * bands.width, top);
    for (int64_t j = 0; top != 0 && j < bands.count; j++)
        if (erm__band_factor(&bands, j) != 0) sum += erm__scaled_squares(bands.width, V + j * bands.width, top);
    return (erm__norm){top, sqrt(sum)};
}

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    const erm__norm norm = norm_of(self, shape, W);
    return erm__norm_value(norm) <= self->param[0] * (1 + 1e-12) ? 0 : INFINITY;
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    (void)step;
    (void)metric;
    const erm__bands bands = erm__bands_of(self, shape, false);
    const erm__norm norm = norm_of(self, shape, V);
    const bool inside = erm__norm_value(norm) <= self->param[0];
    const double radius = self->param[0] / norm.ratio;
    for (int64_t j = 0; j < bands.count; j++) {
        const bool keep = inside || erm__band_factor(&bands, j) == 0;
        const int64_t end = (j + 1) * bands.width;
        for (int64_t i = j * bands.width; i < end; i++) W[i] = keep ? V[i] : V[i] / norm.top * radius;
    }
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    if (erm__free_conjugate(self, shape, U) != 0) return INFINITY;
    const erm__norm norm = norm_of(self, shape, U);
    return norm.top == 0 ? 0 : self->param[0] * norm.top * norm.ratio;
}

static const erm_regularizer_ops ops = {
    .name = "l2-ball",
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = erm__free_dual_scale,
    .check = erm__check_radius,
};

erm_regularizer erm_l2_ball(double radius) { return (erm_regularizer){.ops = &ops, .param = {radius, 0}}; }
