/* Many prox steps of an elastic net on one entry at once. */
#ifndef ERM_RECURSION_H
#define ERM_RECURSION_H

#include "regularizer/bands.h"

/* The step w -> soft(w - move, threshold) / (1 + x). */
typedef struct erm__recursion {
    double threshold, x;
    double rate; /* log(1 + x) */
} erm__recursion;

/* Step t (with metric and factor) of l1 |w| + l2/2 w^2, with `pull` as in regularizer.h. */
erm__recursion erm__recursion_of(double t, double l1, double l2, double pull);

static inline double erm__recursion_step(const erm__recursion *self, double w, double move)
{
    return erm__soft(w - move, self->threshold) / (1 + self->x);
}

/* n steps w -> (w - move) / (1 + x) without threshold; x > -1. */
double erm__recursion_affine(const erm__recursion *self, double w, double move, double n);

/* `count` >= 1 steps without threshold, each followed by the clip to [low, high]. From inside, steps move one way only, and one
 * that has hit a side stays there: the clip of the way left is the clip of every step. */
static inline double erm__recursion_clipped(const erm__recursion *self, double w, double move, int64_t count, double low,
                                            double high)
{
    const double once = erm__clip(erm__recursion_step(self, w, move), low, high);
    return count > 1 ? erm__clip(erm__recursion_affine(self, once, move, (double)(count - 1)), low, high) : once;
}

/* `count` steps; the cost does not depend on count. */
double erm__recursion_run(const erm__recursion *self, double w, double move, int64_t count);

/* The same; sum += all that w comes by, itself not among them. */
double erm__recursion_run_summed(const erm__recursion *self, double w, double move, int64_t count, double *sum);

#endif
