/* Cholesky factors of symmetric matrices that may be singular: of the rows that are left, the one comes next whose diagonal
 * entry has kept the largest share of itself (Higham 1990, "Analysis of the Cholesky decomposition of a semi-definite matrix",
 * for complete pivoting, which this is of the matrix scaled to a diagonal of ones). */
#include "base/chol_pivoted.h"

#include <math.h>

static void exchange(double *a, double *b)
{
    const double kept = *a;
    *a = *b;
    *b = kept;
}

/* Rows and columns s < p of the lower triangle change places. */
static void swap(int64_t m, double *A, int64_t s, int64_t p)
{
    for (int64_t c = 0; c < s; c++) exchange(&A[s * m + c], &A[p * m + c]);
    exchange(&A[s * m + s], &A[p * m + p]);
    for (int64_t i = s + 1; i < p; i++) exchange(&A[i * m + s], &A[p * m + i]);
    for (int64_t i = p + 1; i < m; i++) exchange(&A[i * m + s], &A[i * m + p]);
}

/* Divides rows and columns by the roots of the diagonal, where it is positive; others become 0. */
static void equilibrate(int64_t m, double *A, double *root)
{
    for (int64_t i = 0; i < m; i++) root[i] = A[i * m + i] > 0 ? sqrt(A[i * m + i]) : 0;
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j <= i; j++) A[i * m + j] = root[i] > 0 && root[j] > 0 ? A[i * m + j] / root[i] / root[j] : 0;
}

static int64_t largest_from(int64_t m, const double *A, int64_t s)
{
    int64_t at = s;
    for (int64_t i = s + 1; i < m; i++)
        if (A[i * m + i] > A[at * m + at]) at = i;
    return at;
}

/* Takes column s off what is left; what is above the diagonal in row s holds a copy of it, which is faster to read. */
static void take_off(int64_t m, double *A, int64_t s)
{
    double *const column = A + s * m;
    column[s] = sqrt(column[s]);
    for (int64_t i = s + 1; i < m; i++) column[i] = A[i * m + s] /= column[s];
    for (int64_t i = s + 1; i < m; i++)
        for (int64_t j = s + 1; j <= i; j++) A[i * m + j] -= column[i] * column[j];
}

int64_t erm__cholesky_pivoted(int64_t m, double *A, double tolerance, double *root, int64_t *pivot)
{
    equilibrate(m, A, root);
    for (int64_t i = 0; i < m; i++) pivot[i] = i;
    int64_t rank = 0;
    for (; rank < m; rank++) {
        const int64_t p = largest_from(m, A, rank);
        if (!(A[p * m + p] > tolerance)) break;
        if (p > rank) {
            swap(m, A, rank, p);
            const int64_t kept = pivot[rank];
            pivot[rank] = pivot[p];
            pivot[p] = kept;
        }
        take_off(m, A, rank);
    }
    return rank;
}
