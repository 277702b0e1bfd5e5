/* Cholesky factors of symmetric positive definite matrices, in place and without allocation. */
#ifndef ERM_CHOL_H
#define ERM_CHOL_H

#include <stdbool.h>
#include <stdint.h>

/* A = L L', A being m x m and row-major (m <= 2^31 - 1): its lower triangle is read and becomes L, what is above the diagonal is
 * neither read nor written. false if A is not positive definite as far as rounding shows, or not finite: the lower triangle
 * is then garbage. The same bits for any number of threads. */
bool erm__cholesky(int64_t m, double *A, int threads);

/* The same where the first `known` rows of A are those of L already, as of a matrix that began with the same rows: the bits are
 * those of erm__cholesky. known is a multiple of ERM_CHOLESKY_WIDE. */
enum { ERM_CHOLESKY_WIDE = 32 };
bool erm__cholesky_go_on(int64_t m, int64_t known, double *A, int threads);

/* B = inverse(L L') B, with L as erm__cholesky leaves it; B is m x columns, row-major without gaps. */
void erm__cholesky_solve(int64_t m, int64_t columns, const double *L, double *B);

#endif
