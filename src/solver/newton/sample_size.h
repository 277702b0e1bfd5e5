/* What work costs that reads X, and how many rows a sample should have. */
#ifndef ERM_SAMPLE_SIZE_H
#define ERM_SAMPLE_SIZE_H

#include "problem/workspace.h"

/* In multiplications at the speed of a product with X: a product with the Hessian; the part of one row in a Gram matrix for each
 * output; a Cholesky factor for each. */
double erm__product_cost(const erm__workspace *ws);
double erm__row_cost(const erm__workspace *ws);
double erm__factor_cost(const erm__workspace *ws);

/* So many rows, at most n, that summing their Hessian and the steps preconditioned by it take the least time for a gap of tol. */
int64_t erm__sample_size(const erm__workspace *ws, double tol);

#endif
