/* A user's own matrix for the tests: it stores nothing, and has no more operations than it must. */
#ifndef OPERATORS_H
#define OPERATORS_H

#include "ermopt/matrix.h"

/* X[i][j] = cos((i + 1) (j + 1)) */
typedef struct cosines {
    erm_matrix base;
} cosines;

cosines cosines_of(int64_t rows, int64_t cols);

#endif
