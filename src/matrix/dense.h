/* What is known of dense matrices by rows beyond their operations. */
#ifndef ERM_DENSE_H
#define ERM_DENSE_H

#include "ermopt/matrix.h"

/* Whether X is an erm_dense by rows, of doubles or floats. */
bool erm__is_dense_rows(const erm_matrix *X);

/* The part of its check that reads no values. */
erm_status erm__dense_rows_check_shape(const erm_matrix *X, char *detail);

#endif
