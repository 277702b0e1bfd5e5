/* Dense row-major matrices of doubles or floats: X[i][j] = values[i * stride + j]. */
#include <math.h>
#include <string.h>

#include "base/detail.h"
#include "base/simd.h"
#include "ermopt/matrix.h"
#include "matrix/dense.h"
#include "matrix/scan.h"

enum {
    LINE = 64,   /* bytes of a cache line */
    STREAMS = 8, /* rows that products read side by side */
    GRAIN = 4 * LINE,
    FETCH_MOST = 1024 * 1024,   /* bytes of the largest block that is fetched ahead */
    OUTPUTS = 5,                /* outputs whose sums are kept in registers */
    TILE_OUTPUTS = 3 * OUTPUTS, /* a tile of W', TILE_OUTPUTS x TILE_COLS: 30 KiB, which stays in the first-level cache */
    TILE_COLS = 256,
    TILE_STRIDE = TILE_COLS + ERM_LANES /* so that the rows of a tile do not all fall into the same cache sets */
};

static const erm_dense *dense_of(const erm_matrix *X) { return (const erm_dense *)X; }

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* How many rows ahead mul_t fetches. It is called for blocks of rows that mul has just read, which lie in cache; but not where X
 * is a part of a matrix by columns that is turned, whose short rows are far apart. */
static int64_t rows_ahead(const erm_dense *X, erm_rows rows)
{
    return !rows.list && X->stride > 2 * X->base.cols && rows.count > 2 * STREAMS ? STREAMS : 0;
}

/* Fetches a block of memory into the second-level cache while arithmetic goes on: as STREAMS streams side by side, some lines of
 * each in turn, which the processor's own prefetcher follows; what it has fetched ahead leaves the few slots for misses free. */
typedef struct fetcher {
    uintptr_t from;   /* an address, as what is fetched may lie a little behind the end of X; 0: nothing to fetch */
    uintptr_t stream; /* bytes of one, a multiple of GRAIN */
} fetcher;

/* Whoever asks for a block of rows will most likely ask for the next one next. It is fetched in two halves (0: by mul, 1: by
 * mul_t), so that memory is busy all the time. Not where rows are far apart or the blocks too large. */
static fetcher fetch_half(const erm_dense *X, erm_rows rows, int64_t value_size, int half)
{
    const int64_t row = X->stride * value_size, next = rows.begin + rows.count;
    const bool wanted = !rows.list && next + rows.count <= X->base.rows && X->stride <= 2 * X->base.cols;
    if (!wanted || rows.count < STREAMS || row > FETCH_MOST / rows.count) return (fetcher){0};
    const int64_t size = rows.count * row / 2;
    return (fetcher){.from = (uintptr_t)X->values + (uintptr_t)(next * row + half * size),
                     .stream = (uintptr_t)((size / STREAMS + GRAIN - 1) / GRAIN * GRAIN)};
}

/* The lines of the half that go with `bytes` bytes of the block, which begin at byte `at`: half as many. */
ERM_INLINE void fetch_some(fetcher fetch, int64_t at, int64_t bytes)
{
    const uintptr_t byte = (uintptr_t)at / 2, grain = byte / GRAIN;
    const uintptr_t first = fetch.from + grain % STREAMS * fetch.stream + grain / STREAMS * GRAIN + byte % GRAIN;
    for (uintptr_t p = first; p < first + (uintptr_t)bytes / 2; p += LINE) __builtin_prefetch((const void *)p, 0, 2);
}

/* How many of the outputs that are left to do next: about equal groups. */
static int64_t next_group(int64_t left) { return left <= OUTPUTS ? left : left < 2 * OUTPUTS ? (left + 1) / 2 : OUTPUTS; }

/* tile[c][j] = W[j][c] for j < width, c < outputs; width is a multiple of ERM_LANES, W has k values a row. */
ERM_KERNEL static void transpose_tile(int64_t width, int64_t outputs, int64_t k, const double *W, double *tile)
{
    int64_t c = 0;
    for (; outputs >= ERM_LANES && c < outputs; c += ERM_LANES) {
        const int64_t first = smaller(c, outputs - ERM_LANES); /* the last eight overlap others */
        for (int64_t j = 0; j < width; j += ERM_LANES)
            erm__lanes_transpose(W + j * k + first, k, tile + first * TILE_STRIDE + j, TILE_STRIDE);
    }
    for (; c < outputs; c++)
        for (int64_t j = 0; j < width; j++) tile[c * TILE_STRIDE + j] = W[j * k + c];
}

#define VALUE      double
#define NAME(name) name##_f64
#include "matrix/dense.inc"

#define VALUE      float
#define NAME(name) name##_f32
#include "matrix/dense.inc"

bool erm__is_dense_rows(const erm_matrix *X) { return X->ops == &ops_f64 || X->ops == &ops_f32; }

erm_status erm__dense_rows_check_shape(const erm_matrix *X, char *detail)
{
    return erm__dense_check_shape(dense_of(X), X->ops == &ops_f64 ? (int64_t)sizeof(double) : (int64_t)sizeof(float), detail);
}

erm_dense erm_dense_f64(int64_t rows, int64_t cols, const double *values, int64_t stride)
{
    return erm__dense_make(&ops_f64, rows, cols, values, stride);
}

erm_dense erm_dense_f32(int64_t rows, int64_t cols, const float *values, int64_t stride)
{
    return erm__dense_make(&ops_f32, rows, cols, values, stride);
}
