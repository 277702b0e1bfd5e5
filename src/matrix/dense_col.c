/* Dense column-major matrices of doubles or floats: X[i][j] = values[j * stride + i]. */
#include <math.h>
#include <string.h>

#include "base/detail.h"
#include "base/simd.h"
#include "ermopt/matrix.h"
#include "matrix/dense.h"
#include "matrix/scan.h"

/* X'R is made for this many numbers at a time, 4 KiB, before they are added to G. */
enum { BUFFER = 512 };

static const erm_dense *dense_of(const erm_matrix *X) { return (const erm_dense *)X; }

/* Where the run of zeros, or of others, that begins at j ends. */
static int64_t end_of_run(int64_t count, int64_t j, const double *w)
{
    int64_t end = j + 1;
    while (end < count && (w[end] != 0) == (w[j] != 0)) end++;
    return end;
}

#define VALUE      double
#define NAME(name) name##_f64
#include "matrix/dense_col.inc"

#define VALUE      float
#define NAME(name) name##_f32
#include "matrix/dense_col.inc"

erm_dense erm_dense_col_f64(int64_t rows, int64_t cols, const double *values, int64_t stride)
{
    return erm__dense_make(&ops_f64, rows, cols, values, stride);
}

erm_dense erm_dense_col_f32(int64_t rows, int64_t cols, const float *values, int64_t stride)
{
    return erm__dense_make(&ops_f32, rows, cols, values, stride);
}
