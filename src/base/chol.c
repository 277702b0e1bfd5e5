/* Cholesky factors through LAPACK's dpotrf. A lower triangle stored by rows is an upper triangle stored by columns, so that nothing
 * needs to be transposed. */
#include "base/chol.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>

bool erm__cholesky(int64_t m, double *A)
{
    if (m == 0) return true;
    const lapack_int order = (lapack_int)m;
    if (LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', order, A, order) != 0) return false;
    /* some LAPACKs let NaN pass; from anywhere in a row it comes to that row's pivot */
    for (int64_t i = 0; i < m; i++)
        if (!(A[i * m + i] > 0) || isinf(A[i * m + i])) return false;
    return true;
}

void erm__cholesky_solve(int64_t m, int64_t columns, const double *L, double *B)
{
    if (m == 0 || columns == 0) return;
    const lapack_int order = (lapack_int)m, k = (lapack_int)columns;
    if (k == 1) { /* one column has the same layout by rows and by columns */
        LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, 'U', order, 1, L, order, B, order);
        return;
    }
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, order, k, 1, L, order, B, k);
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, order, k, 1, L, order, B, k);
}
