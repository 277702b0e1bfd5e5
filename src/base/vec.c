/* Dense linear algebra on doubles, by BLAS in tiles. */
#include "base/vec.h"

#include <assert.h>
#include <cblas.h>

/* OpenBLAS uses its own threads only for products with m n depth > 262144 (interface/gemm.c: SMP_THRESHOLD_MIN x
 * GEMM_MULTITHREAD_THRESHOLD), and only then does the order of its sums depend on how many there are. */
enum { TILE_WORK = 262144, TILE_COLS = 64, TILE_DEPTH = 256 };

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

void erm__gemm(bool transpose, int64_t m, int64_t n, int64_t depth, const double *A, int64_t A_stride, const double *B, double *C)
{
    assert(n <= INT32_MAX && A_stride <= INT32_MAX);
    if (m == 0 || n == 0 || depth == 0) return;
    const int64_t tile_n = smaller(n, TILE_COLS), tile_depth = smaller(depth, TILE_DEPTH);
    const int64_t tile_m = smaller(m, TILE_WORK / (tile_n * tile_depth));
    for (int64_t p = 0; p < depth; p += tile_depth)
        for (int64_t i = 0; i < m; i += tile_m)
            for (int64_t j = 0; j < n; j += tile_n) {
                const double *corner = A + (transpose ? p * A_stride + i : i * A_stride + p);
                cblas_dgemm(CblasRowMajor, transpose ? CblasTrans : CblasNoTrans, CblasNoTrans, (blasint)smaller(tile_m, m - i),
                            (blasint)smaller(tile_n, n - j), (blasint)smaller(tile_depth, depth - p), 1, corner,
                            (blasint)A_stride, B + p * n + j, (blasint)n, 1, C + i * n + j, (blasint)n);
            }
}
