/* Singular value decomposition through LAPACK's divide and conquer routine.
 * Gu and Eisenstat (1995), "A divide-and-conquer algorithm for the bidiagonal SVD". */
#include "base/svd.h"

#include <lapacke.h>
#include <math.h>

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* The integers come first, 8 for each singular value, in whole doubles. */
static int64_t integer_doubles(int64_t rows, int64_t cols)
{
    return (8 * smaller(rows, cols) * (int64_t)sizeof(lapack_int) + 7) / 8;
}

/* What the routine asks for: the best size of its work array. */
static int64_t floating_doubles(char job, int64_t rows, int64_t cols)
{
    const lapack_int m = (lapack_int)rows, n = (lapack_int)cols, r = (lapack_int)smaller(rows, cols);
    double best = 0;
    LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, job, m, n, NULL, m, NULL, NULL, m, NULL, r, &best, -1, NULL);
    return (int64_t)best + 1;
}

int64_t erm__svd_work(int64_t rows, int64_t cols)
{
    if (rows == 0 || cols == 0) return 0;
    const int64_t values = floating_doubles('N', rows, cols), vectors = floating_doubles('S', rows, cols);
    return integer_doubles(rows, cols) + (values > vectors ? values : vectors);
}

bool erm__svd(int64_t rows, int64_t cols, double *A, double *s, double *U, double *Vt, double *work)
{
    for (int64_t i = 0; i < rows * cols; i++)
        if (!isfinite(A[i])) return false;
    if (rows == 0 || cols == 0) return true;
    const char job = U ? 'S' : 'N';
    const lapack_int m = (lapack_int)rows, n = (lapack_int)cols, r = (lapack_int)smaller(rows, cols);
    const lapack_int size = (lapack_int)floating_doubles(job, rows, cols);
    lapack_int *const integers = (void *)work;
    return LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, job, m, n, A, m, s, U, m, Vt, r, work + integer_doubles(rows, cols), size,
                               integers) == 0;
}
