/* The threshold of a projection onto a simplex or an L1 ball. */
#ifndef ERM_THRESHOLD_H
#define ERM_THRESHOLD_H

#include "regularizer/bands.h"

/* top is the largest of the v_i; the projection is max((v_i - top) - tau, 0). Kept apart, so that huge v lose nothing. */
typedef struct erm__threshold {
    double top, tau;
} erm__threshold;

/* The threshold with sum_i max((v_i - top) - tau, 0) = radius, over the entries of V of the features that are not free; v_i is
 * the entry, or its absolute value. O(d k) a round, no memory. */
erm__threshold erm__threshold_of(const erm_regularizer *self, erm_shape shape, double radius, bool absolute, const double *V);

static inline double erm__above(erm__threshold threshold, double v)
{
    const double rest = (v - threshold.top) - threshold.tau;
    return rest <= 0 ? 0 : rest;
}

/* How far a sum over W may miss the radius and still count as equal: rounding of the sum and of the threshold. */
static inline double erm__radius_slack(double radius, erm_shape shape)
{
    return radius * (1e-12 + 0x1p-52 * (double)(shape.d * shape.k)) + 0x1p-1022;
}

#endif
