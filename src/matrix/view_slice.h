/* Rows of a matrix that follow one another, without its check. */
#ifndef ERM_VIEW_SLICE_H
#define ERM_VIEW_SLICE_H

#include "ermopt/matrix.h"

typedef struct erm__slice {
    erm_matrix base;
    const erm_matrix *X;
    int64_t begin;
} erm__slice;

/* Rows begin ... begin + count - 1 of X, which has been checked. X must have `scan`. Borrows X. */
erm__slice erm__slice_of(const erm_matrix *X, int64_t begin, int64_t count);

#endif
