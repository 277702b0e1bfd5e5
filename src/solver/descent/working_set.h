/* Working sets: the few coordinates (or groups) that are worth work now. */
#ifndef ERM_WORKING_SET_H
#define ERM_WORKING_SET_H

#include <stdint.h>

/* The units 0 .. count - 1 with the `wanted` highest scores, those of score 0 never, in rising order. Of equal scores
 * the first. scratch: count doubles. Returns how many there are. */
int64_t erm__working_set(int64_t count, const double *score, int64_t wanted, double *scratch, int32_t *list);

#endif
