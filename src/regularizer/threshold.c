/* The threshold of a projection onto a simplex: the root of the convex, decreasing, piecewise linear function
 *     f(tau) = sum_i max(v_i - tau, 0) - radius
 * by Newton's method from the left, which is the finite iteration of Michelot (1986), "A finite algorithm for finding the
 * projection of a point onto the canonical simplex of R^n"; compared with others in Condat (2016), "Fast projection onto the
 * simplex and the l1 ball". It starts from top - radius instead of the mean: no entry of the projection exceeds the radius. */
#include "regularizer/threshold.h"

typedef struct active_set {
    double sum; /* of (v_i - top) - tau where positive */
    int64_t count;
} active_set;

static double largest(const erm_regularizer *self, erm_shape shape, bool absolute, const double *V)
{
    const erm__bands bands = erm__bands_of(self, shape, false);
    double top = -INFINITY;
    for (int64_t j = 0; j < bands.count; j++) {
        const double *v = V + j * bands.width;
        for (int64_t i = 0; erm__band_factor(&bands, j) != 0 && i < bands.width; i++) {
            const double size = absolute ? fabs(v[i]) : v[i];
            if (!(size <= top)) top = size;
        }
    }
    return top;
}

static active_set active_above(const erm_regularizer *self, erm_shape shape, erm__threshold threshold, bool absolute,
                               const double *V)
{
    const erm__bands bands = erm__bands_of(self, shape, false);
    active_set active = {0, 0};
    for (int64_t j = 0; j < bands.count; j++) {
        const double *v = V + j * bands.width;
        for (int64_t i = 0; erm__band_factor(&bands, j) != 0 && i < bands.width; i++) {
            const double rest = erm__above(threshold, absolute ? fabs(v[i]) : v[i]);
            active.sum += rest;
            active.count += rest > 0;
        }
    }
    return active;
}

erm__threshold erm__threshold_of(const erm_regularizer *self, erm_shape shape, double radius, bool absolute, const double *V)
{
    erm__threshold threshold = {largest(self, shape, absolute, V), -radius};
    for (;;) {
        const active_set active = active_above(self, shape, threshold, absolute, V);
        if (active.count == 0) return threshold;
        const double next = threshold.tau + (active.sum - radius) / (double)active.count;
        if (!(next > threshold.tau)) return threshold;
        threshold.tau = next;
    }
}
