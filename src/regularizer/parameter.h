/* Checks of a regularizer's numbers that several families need. */
#ifndef ERM_PARAMETER_H
#define ERM_PARAMETER_H

#include "ermopt/regularizer.h"

/* `value` of the number called `what` must be finite and not negative. */
erm_status erm__check_amount(const erm_regularizer *self, const char *what, double value, char *detail);

/* The same for param[0], called lambda or radius. */
erm_status erm__check_lambda(const erm_regularizer *self, int64_t d, int64_t k, char *detail);
erm_status erm__check_radius(const erm_regularizer *self, int64_t d, int64_t k, char *detail);

/* low <= high, neither NaN, low < infinity, high > -infinity; j < 0: not about one feature. */
erm_status erm__check_bounds(const erm_regularizer *self, int64_t j, double low, double high, char *detail);

#endif
