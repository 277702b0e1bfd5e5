/* Singular value decomposition without allocation. The only file that uses LAPACK's dgesdd. */
#ifndef ERM_SVD_H
#define ERM_SVD_H

#include <stdbool.h>
#include <stdint.h>

/* How many doubles of work memory erm__svd needs for a rows x cols matrix, with or without singular vectors. rows, cols <=
 * 2^31 - 1. */
int64_t erm__svd_work(int64_t rows, int64_t cols);

/* A = U diag(s) V', A column-major, rows x cols, destroyed; with r = min(rows, cols): s has r values, falling, U is rows x r and
 * Vt is r x cols, both column-major. U and Vt NULL: only s. false if the iteration did not converge, or A is not finite. */
bool erm__svd(int64_t rows, int64_t cols, double *A, double *s, double *U, double *Vt, double *work);

#endif
