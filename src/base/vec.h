/* Dense linear algebra on doubles: what the library takes from BLAS, cut into tiles small enough that the answer and the
 * number of threads never depend on how the BLAS is built or set up. */
#ifndef ERM_VEC_H
#define ERM_VEC_H

#include <stdbool.h>
#include <stdint.h>

/* C (m x n) += A B, or A'B with `transpose`. All row-major; B (depth x n) and C have no gaps, A (m x depth, or depth x m with
 * `transpose`) has rows A_stride <= INT32_MAX apart. Does not allocate. */
void erm__gemm(bool transpose, int64_t m, int64_t n, int64_t depth, const double *A, int64_t A_stride, const double *B,
               double *C);

#endif
