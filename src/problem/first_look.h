/* What a certifier measures before all else: F at W = 0, and the columns of X. */
#ifndef ERM_FIRST_LOOK_H
#define ERM_FIRST_LOOK_H

#include "problem/workspace.h"

typedef struct erm__first_look {
    double value;                /* result: the loss part of F at W = 0 and b = 0 */
    double *margin, *derivative; /* n k: there */
    double *gradient;            /* size: there, where `whole` */
    double *mean_square;         /* d: of the columns, about 0 */
    double *mean, *spread;       /* d, or both NULL: their means, and mean squares about these */
    double *scratch;             /* d */
    bool whole;                  /* result: X was read once for all this, and the gradient is known */
} erm__first_look;

/* Reads dense data once: each block is in cache for all that is wanted of it. Where a mean square is not finite, some value of X
 * is not, or is above 1e154. */
void erm__look_first(erm__workspace *ws, erm__first_look *look);

#endif
