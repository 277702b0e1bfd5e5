/* Cholesky factors of matrices of a few rows, inline: where a call, blocks and packing cost more than the work. */
#ifndef ERM_SMALL_CHOL_H
#define ERM_SMALL_CHOL_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* The lower triangle of A (m x m, row-major) becomes L with A = L L'. False if A is not positive definite. */
static inline bool erm__small_cholesky(int64_t m, double *A)
{
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j <= i; j++) {
            double sum = A[i * m + j];
            for (int64_t l = 0; l < j; l++) sum -= A[i * m + l] * A[j * m + l];
            if (i > j)
                A[i * m + j] = sum / A[j * m + j];
            else if (sum > 0)
                A[i * m + i] = sqrt(sum);
            else
                return false;
        }
    return true;
}

/* x = inverse(L) x */
static inline void erm__small_forward(int64_t m, const double *L, double *x)
{
    for (int64_t i = 0; i < m; i++) {
        for (int64_t l = 0; l < i; l++) x[i] -= L[i * m + l] * x[l];
        x[i] /= L[i * m + i];
    }
}

/* x = inverse(L') x */
static inline void erm__small_backward(int64_t m, const double *L, double *x)
{
    for (int64_t i = m - 1; i >= 0; i--) {
        for (int64_t l = i + 1; l < m; l++) x[i] -= L[l * m + i] * x[l];
        x[i] /= L[i * m + i];
    }
}

#endif
