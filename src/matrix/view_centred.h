/* The centred view of a sparse matrix: what view_scaled.c and view_centred.c need of each other. */
#ifndef ERM_VIEW_CENTRED_H
#define ERM_VIEW_CENTRED_H

#include "ermopt/matrix.h"

/* The operations of an erm_scaled_view with a centre, of a sparse matrix. */
const erm_matrix_ops *erm__centred_table(bool by_columns);

/* The check of every erm_scaled_view. */
erm_status erm__scaled_check(const erm_matrix *X, char *detail);

#endif
