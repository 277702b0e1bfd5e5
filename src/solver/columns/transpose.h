/* X'R for a wide dense X: parts of the columns, each over all rows, so that threads share no sums. */
#ifndef ERM_TRANSPOSE_H
#define ERM_TRANSPOSE_H

#include "ermopt/matrix.h"

/* Dense, no view. */
bool erm__transpose_suits(const erm_matrix *X);

/* G = X'R, row-major: R has k values a row of X, G a column. The bits do not depend on the threads. */
void erm__transpose(const erm_matrix *X, int64_t k, const double *R, int threads, double *G);

#endif
