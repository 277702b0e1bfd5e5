/* Cholesky factors of symmetric matrices that may be singular. */
#ifndef ERM_CHOL_PIVOTED_H
#define ERM_CHOL_PIVOTED_H

#include <stdint.h>

/* Factors A = D P' L L' P D, A being m x m, row-major and positive semidefinite, of which the lower triangle is read and the
 * upper overwritten: D = diag(root) are the roots of A's diagonal, row i of L belongs to row pivot[i] of A, and the first `rank`
 * rows and columns of the lower triangle become those of L. Rows whose diagonal entry keeps no more than the share `tolerance` of
 * itself depend on those before them and come last; what is left of them is of no use. root, pivot: m. Returns the rank. */
int64_t erm__cholesky_pivoted(int64_t m, double *A, double tolerance, double *root, int64_t *pivot);

#endif
