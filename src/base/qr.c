/* Householder QR with column pivoting, through LAPACK's dgeqp3. */
#include "base/qr.h"

#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

int64_t erm__qr_work(int64_t rows, int64_t cols)
{
    if (rows > INT32_MAX || cols > INT32_MAX / 64) return -1;
    double wanted = 0;
    lapack_int pivot = 0;
    double nothing = 0;
    LAPACKE_dgeqp3_work(LAPACK_COL_MAJOR, (lapack_int)rows, (lapack_int)cols, &nothing, (lapack_int)rows, &pivot, &nothing,
                        &wanted, -1);
    const int64_t least = 3 * cols + 64;
    return wanted > (double)least ? (int64_t)wanted : least;
}

void erm__qr_factor(erm__qr *qr)
{
    const lapack_int rows = (lapack_int)qr->rows, cols = (lapack_int)qr->cols;
    memset(qr->pivot, 0, (size_t)qr->cols * sizeof *qr->pivot); /* every column may move */
    LAPACKE_dgeqp3_work(LAPACK_COL_MAJOR, rows, cols, qr->A, rows, qr->pivot, qr->tau, qr->work,
                        (lapack_int)erm__qr_work(qr->rows, qr->cols));
    const double least = (double)qr->rows * DBL_EPSILON * fabs(qr->A[0]);
    qr->rank = 0;
    while (qr->rank < qr->cols && fabs(qr->A[qr->rank * (qr->rows + 1)]) > least) qr->rank++;
}

/* x = R^-1 x or R^-T x over the first `rank` rows. */
static void triangle(const erm__qr *qr, char transposed, double *x)
{
    const lapack_int rank = (lapack_int)qr->rank;
    LAPACKE_dtrtrs_work(LAPACK_COL_MAJOR, 'U', transposed, 'N', rank, 1, qr->A, (lapack_int)qr->rows, x, rank);
}

/* Puts entry i of x, of the factored order, back to where its column was. */
static void unpivot(const erm__qr *qr, const double *from, double *x)
{
    for (int64_t i = 0; i < qr->cols; i++) x[qr->pivot[i] - 1] = i < qr->rank ? from[i] : 0;
}

void erm__qr_solve(const erm__qr *qr, double *b, double *x)
{
    const lapack_int rows = (lapack_int)qr->rows, cols = (lapack_int)qr->cols;
    LAPACKE_dormqr_work(LAPACK_COL_MAJOR, 'L', 'T', rows, 1, cols, qr->A, rows, qr->tau, b, rows, qr->work,
                        (lapack_int)erm__qr_work(qr->rows, qr->cols));
    if (qr->rank > 0) triangle(qr, 'N', b);
    unpivot(qr, b, x);
}

void erm__qr_normal_solve(const erm__qr *qr, double *scratch, double *x)
{
    for (int64_t i = 0; i < qr->cols; i++) scratch[i] = x[qr->pivot[i] - 1];
    if (qr->rank > 0) {
        triangle(qr, 'T', scratch);
        triangle(qr, 'N', scratch);
    }
    unpivot(qr, scratch, x);
}
