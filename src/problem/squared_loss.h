/* Is the loss the squared one? For what is exact, or cheaper, where the second derivative is the same everywhere. */
#ifndef ERM_SQUARED_LOSS_H
#define ERM_SQUARED_LOSS_H

#include "ermopt/loss.h"

/* (z - y)^2 / 2 of one output. */
static inline bool erm__is_squared(const erm_loss *loss) { return loss->ops == erm_loss_squared().ops; }

/* That, or its sum over several outputs: second derivatives are 1 (and 0 between outputs). */
static inline bool erm__is_squares(const erm_loss *loss)
{
    return erm__is_squared(loss) || loss->ops == erm_loss_multitask_squared().ops;
}

#endif
