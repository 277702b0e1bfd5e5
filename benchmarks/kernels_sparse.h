/* A random sparse matrix for benchmarks. */
#ifndef ERM_KERNELS_SPARSE_H
#define ERM_KERNELS_SPARSE_H

#include "ermopt/matrix.h"

/* The arrays of a CSR matrix; the indices follow the values in one block of memory. */
typedef struct sparse_arrays {
    int64_t n, d, nnz, bytes; /* of values and indices */
    int64_t *start;
    int32_t *index;
    void *values;
} sparse_arrays;

/* Rows of `per_row` different columns; column j is drawn with a density that falls as 1 / j, as words in texts do. */
sparse_arrays sparse_new(int64_t n, int64_t d, int64_t per_row, bool single);
void sparse_free(sparse_arrays *arrays);

#endif
