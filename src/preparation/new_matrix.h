/* Memory for the matrices that steps fill. */
#ifndef ERM_NEW_MATRIX_H
#define ERM_NEW_MATRIX_H

#include "ermopt/matrix.h"

/* A matrix of doubles to be filled, row-major, or with room for nnz values (below 0: too many) and start[0] = 0. ERM_OK, or
 * ERM_ENOMEM also where it is more than the machine has, which could be promised and then not be kept. */
erm_status erm__dense_open(int64_t rows, int64_t cols, erm_matrix_copy *copy, char *detail);
erm_status erm__csr_open(int64_t rows, int64_t cols, int64_t nnz, erm_matrix_copy *copy, char *detail);

#endif
