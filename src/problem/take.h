/* Rows of any matrix, as vectors of doubles. */
#ifndef ERM_TAKE_H
#define ERM_TAKE_H

#include "ermopt/matrix.h"

enum { ERM_TAKE_ROWS = 32 }; /* the most that are taken at once */

typedef struct erm__taken {
    const double *x[ERM_TAKE_ROWS]; /* cols values each, in the matrix itself or in the scratch */
    bool in_place;                  /* all of them are in the matrix */
} erm__taken;

/* How many doubles of scratch the next function needs for a matrix of so many columns: a multiple of 8. */
int64_t erm__take_scratch(int64_t cols);

/* The rows with all their zeros. */
void erm__take_rows(const erm_matrix *X, erm_rows rows, double *scratch, erm__taken *taken);

#endif
