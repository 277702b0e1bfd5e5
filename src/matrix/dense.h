/* What dense matrices by rows and by columns share, and what is known of those by rows beyond their operations. */
#ifndef ERM_DENSE_H
#define ERM_DENSE_H

#include "ermopt/matrix.h"

erm_dense erm__dense_make(const erm_matrix_ops *ops, int64_t rows, int64_t cols, const void *values, int64_t stride);

/* The part of a check that reads no values, which have `value_size` bytes. */
erm_status erm__dense_check_shape(const erm_dense *X, int64_t value_size, char *detail);

/* Whether X is an erm_dense by rows, of doubles or floats. */
bool erm__is_dense_rows(const erm_matrix *X);

/* The same for such an X. */
erm_status erm__dense_rows_check_shape(const erm_matrix *X, char *detail);

#endif
