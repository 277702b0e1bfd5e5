/* Eigenvalues and vectors of symmetric matrices of a few rows, inline: cyclic rotations (Jacobi 1846; Golub and Van Loan 2013,
 * "Matrix Computations", section 8.5). */
#ifndef ERM_SMALL_EIGEN_H
#define ERM_SMALL_EIGEN_H

#include <math.h>
#include <stdint.h>

/* Rows p and q of X become c row_p - s row_q and s row_p + c row_q. */
static inline void erm__small_rotate(int64_t m, double c, double s, double *p, double *q)
{
    for (int64_t k = 0; k < m; k++) {
        const double a = p[k], b = q[k];
        p[k] = c * a - s * b;
        q[k] = s * a + c * b;
    }
}

/* A (m x m, row-major, both triangles) is destroyed; row k of Q is the eigenvector of value[k]. */
static inline void erm__small_eigen(int64_t m, double *A, double *Q, double *value)
{
    enum { SWEEPS = 30 };
    for (int64_t k = 0; k < m * m; k++) Q[k] = k % (m + 1) == 0;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double off = 0, all = 0;
        for (int64_t k = 0; k < m * m; k++) {
            all += A[k] * A[k];
            off += k % (m + 1) == 0 ? 0 : A[k] * A[k];
        }
        if (!(off > 1e-30 * all)) break;
        for (int64_t p = 0; p < m; p++)
            for (int64_t q = p + 1; q < m; q++) {
                const double a = A[p * m + q];
                if (a == 0) continue;
                const double ratio = (A[q * m + q] - A[p * m + p]) / (2 * a);
                const double t = copysign(1, ratio) / (fabs(ratio) + sqrt(ratio * ratio + 1)), c = 1 / sqrt(t * t + 1), s = t * c;
                erm__small_rotate(m, c, s, A + p * m, A + q * m);
                for (int64_t k = 0; k < m; k++) { /* the columns, too */
                    const double x = A[k * m + p], y = A[k * m + q];
                    A[k * m + p] = c * x - s * y;
                    A[k * m + q] = s * x + c * y;
                }
                erm__small_rotate(m, c, s, Q + p * m, Q + q * m);
            }
    }
    for (int64_t k = 0; k < m; k++) value[k] = A[k * (m + 1)];
}

#endif
