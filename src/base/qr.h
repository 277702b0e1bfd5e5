/* Householder QR with column pivoting: the careful way to least squares, whose error grows with the condition number of A
 * and not with its square. Golub and Van Loan (2013), "Matrix Computations", section 5.4. */
#ifndef ERM_QR_H
#define ERM_QR_H

#include <stdbool.h>
#include <stdint.h>

/* A (rows x cols, column-major, rows >= cols), factored in place; `work` is what erm__qr_work(rows, cols) says, for both
 * calls below. */
typedef struct erm__qr {
    int64_t rows, cols, rank;
    double *A, *tau, *work;
    int32_t *pivot;
} erm__qr;

/* Doubles of work; -1 if the sizes are more than LAPACK can address. */
int64_t erm__qr_work(int64_t rows, int64_t cols);

/* Factors qr->A; rank counts the diagonal entries of R above rows eps times the first. tau: cols doubles; pivot: cols. */
void erm__qr_factor(erm__qr *qr);

/* x (cols) = the least-squares solution of A x = b (rows; overwritten), 0 for the columns that the rank leaves out. */
void erm__qr_solve(const erm__qr *qr, double *b, double *x);

/* x (cols, in place) = (A'A)^-1 x from R alone, on the columns within the rank; scratch: cols doubles. */
void erm__qr_normal_solve(const erm__qr *qr, double *scratch, double *x);

#endif
