/* Directions in which W can move: what the regularizers that know them share. */
#ifndef ERM_DIRECTIONS_H
#define ERM_DIRECTIONS_H

#include "regularizer/bands.h"

static const double ERM_EQUAL = 1e-10; /* relative to the largest entry: what solvers and rounding leave of equality */

/* The directions found so far. */
typedef struct erm__directions {
    int64_t count;
    int64_t *direction;
    double *along;
} erm__directions;

static inline void erm__hold(erm__directions *self, int64_t i)
{
    self->direction[i] = -1;
    self->along[i] = 0;
}

/* Entry i moves by `along` in the last direction. */
static inline void erm__join(erm__directions *self, int64_t i, double along)
{
    self->direction[i] = self->count - 1;
    self->along[i] = along;
}

/* Entry i has a direction of its own if it moves at all. */
static inline void erm__move_alone(erm__directions *self, int64_t i, bool moves)
{
    if (!moves) {
        erm__hold(self, i);
        return;
    }
    self->count++;
    erm__join(self, i, 1);
}

/* Is w strictly within bounds, by more than a set forgives? */
static inline bool erm__strictly_inside(double w, double low, double high)
{
    return (isinf(low) || w > low + 2e-12 * fabs(low)) && (isinf(high) || w < high - 2e-12 * fabs(high));
}

#endif
