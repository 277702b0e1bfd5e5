/* The L-infinity norm (its ball is a box).
 *
 *     R(W) = lambda max |W_jc|, over the features that are not free
 *     prox:      V less its projection onto the L1 ball of radius t lambda (Moreau): large entries are cut to one level
 *     conjugate: the indicator of sum |U_jc| <= lambda
 *
 * Parikh and Boyd (2014), "Proximal algorithms", section 6.5.2. */
#include "regularizer/directions.h"
#include "regularizer/norm.h"
#include "regularizer/parameter.h"
#include "regularizer/threshold.h"

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    const erm__bands bands = erm__bands_of(self, shape, false);
    double top = 0;
    for (int64_t j = 0; j < bands.count; j++)
        if (erm__band_factor(&bands, j) != 0) top = erm__largest(bands.width, W + j * bands.width, top);
    return top == 0 ? 0 : self->param[0] * top;
}

static double absolute_sum(const erm_regularizer *self, erm_shape shape, const double *V)
{
    const erm__bands bands = erm__bands_of(self, shape, false);
    double sum = 0;
    for (int64_t j = 0; j < bands.count; j++)
        for (int64_t i = j * bands.width; erm__band_factor(&bands, j) != 0 && i < (j + 1) * bands.width; i++) sum += fabs(V[i]);
    return sum;
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    (void)metric;
    const double radius = step * self->param[0];
    const erm__bands bands = erm__bands_of(self, shape, false);
    const bool none_left = absolute_sum(self, shape, V) <= radius;
    const erm__threshold threshold = none_left ? (erm__threshold){0, 0} : erm__threshold_of(self, shape, radius, true, V);
    const double level = threshold.top + threshold.tau;
    for (int64_t j = 0; j < bands.count; j++) {
        const double most = erm__band_factor(&bands, j) == 0 ? INFINITY : level;
        for (int64_t i = j * bands.width; i < (j + 1) * bands.width; i++) W[i] = fabs(V[i]) > most ? copysign(most, V[i]) : V[i];
    }
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    if (erm__free_conjugate(self, shape, U) != 0) return INFINITY;
    return absolute_sum(self, shape, U) <= self->param[0] ? 0 : INFINITY;
}

/* The sum of the scaled entries has a rounding of its own. */
static double dual_scale(const erm_regularizer *self, erm_shape shape, const double *U)
{
    const double sum = absolute_sum(self, shape, U), rounding = 0x1p-52 * (double)(shape.d * shape.k + 4);
    if (erm__free_dual_scale(self, shape, U) == 0) return 0;
    return sum <= self->param[0] ? 1 : self->param[0] / sum * (1 - rounding);
}

/* The entries at the top move together, if they move at all. */
static int64_t directions(const erm_regularizer *self, erm_shape shape, const double *W, int64_t *direction, double *along)
{
    const erm__bands bands = erm__bands_of(self, shape, true);
    double top = 0;
    for (int64_t j = 0; j < bands.count; j++)
        if (erm__band_factor(&bands, j) != 0) top = erm__largest(bands.width, W + j * bands.width, top);
    erm__directions found = {self->param[0] > 0 && top > 0, direction, along};
    for (int64_t i = 0; i < shape.d * shape.k; i++) {
        const bool free = self->param[0] == 0 || erm__band_factor(&bands, i / shape.k) == 0;
        if (!free && top > 0 && fabs(W[i]) >= top * (1 - ERM_EQUAL)) {
            direction[i] = 0;
            along[i] = copysign(1, W[i]);
        } else {
            erm__move_alone(&found, i, free || top > 0);
        }
    }
    return found.count;
}

static const erm_regularizer_ops ops = {
    .name = "linf",
    .amounts = 1 << 0,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .directions = directions,
    .check = erm__check_lambda,
};

erm_regularizer erm_linf(double lambda) { return (erm_regularizer){.ops = &ops, .param = {lambda}}; }
