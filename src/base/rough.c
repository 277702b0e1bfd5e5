/* Products of rows of floats, in registers of sixteen: up to OUTPUTS outputs for four rows, or for four vectors of columns, with
 * all sums in registers, as matrix/dense_many.inc does with doubles. */
#include "base/rough.h"

#include <stdbool.h>

#include "base/simd.h"

enum { OUTPUTS = 5, ROWS = 4, VECTORS = 4 };

typedef float floats __attribute__((vector_size(64), aligned(4), may_alias));

static int64_t next_group(int64_t left) { return left <= OUTPUTS ? left : left < 2 * OUTPUTS ? (left + 1) / 2 : OUTPUTS; }

ERM_INLINE void halves(const float *x, erm__lanes *sum)
{
    erm__lanes low, high;
    erm__load_f32(x, &low);
    erm__load_f32(x + ERM_LANES, &high);
    *sum = low + high;
}

/* z[s k + c] = factor x_s'V_c for four rows and c < outputs; `count` of the rows exist. */
ERM_INLINE void dot_group(int outputs, int64_t count, int64_t cols, int64_t k, const float *x, const float *V, double factor,
                          double *z)
{
    floats sum[OUTPUTS][ROWS] = {{{0}}};
    const float *row[ROWS];
    for (int64_t s = 0; s < ROWS; s++) row[s] = x + (s < count ? s : 0) * cols;
    for (int64_t j = 0; j < cols; j += ERM_ROUGH_COLS) {
        floats v[ROWS];
        for (int s = 0; s < ROWS; s++) v[s] = *(const floats *)(row[s] + j);
        for (int c = 0; c < outputs; c++) {
            const floats w = *(const floats *)(V + c * cols + j);
            for (int s = 0; s < ROWS; s++) sum[c][s] += v[s] * w;
        }
    }
    for (int c = 0; c < outputs; c++) {
        erm__lanes part[ROWS];
        double all[ROWS] = {0};
        for (int s = 0; s < ROWS; s++) halves((const float *)&sum[c][s], &part[s]);
        erm__lanes_add_sums(part, (double *const[]){all, all + 1, all + 2, all + 3});
        for (int64_t s = 0; s < count; s++) z[s * k + c] = factor * all[s];
    }
}

ERM_KERNEL void erm__rough_mul(int64_t rows, int64_t cols, int64_t k, const float *x, const float *V, double factor, double *z)
{
    for (int64_t t = 0; t < rows; t += ROWS) {
        const int64_t count = rows - t < ROWS ? rows - t : ROWS;
        for (int64_t c = 0, group; c < k; c += group) {
            group = next_group(k - c);
            const float *const w = V + c * cols, *const from = x + t * cols;
            double *const to = z + t * k + c;
            if (group == 1) dot_group(1, count, cols, k, from, w, factor, to);
            if (group == 2) dot_group(2, count, cols, k, from, w, factor, to);
            if (group == 3) dot_group(3, count, cols, k, from, w, factor, to);
            if (group == 4) dot_group(4, count, cols, k, from, w, factor, to);
            if (group == 5) dot_group(5, count, cols, k, from, w, factor, to);
        }
    }
}

/* G[c cols + i] += factor sum_t d[t k + c] x[t cols + i] for i < 16 vectors and c < outputs. */
ERM_INLINE void outer_group(int outputs, int vectors, int64_t rows, int64_t cols, int64_t k, const float *x, const float *d,
                            bool fetch, double factor, double *G)
{
    floats sum[OUTPUTS][VECTORS] = {{{0}}};
    for (int64_t t = 0; t < rows; t++) {
        const float *const row = x + t * cols;
        floats v[VECTORS];
        for (int s = 0; s < vectors; s++) {
            v[s] = *(const floats *)(row + s * ERM_ROUGH_COLS);
            if (fetch)
                __builtin_prefetch((const void *)((uintptr_t)(row + s * ERM_ROUGH_COLS) + (uintptr_t)(rows * cols) * sizeof *x),
                                   0, 2);
        }
        for (int c = 0; c < outputs; c++)
            for (int s = 0; s < vectors; s++) sum[c][s] += d[t * k + c] * v[s];
    }
    for (int c = 0; c < outputs; c++)
        for (int64_t i = 0; i < vectors * ERM_ROUGH_COLS; i += ERM_LANES) {
            erm__lanes part;
            erm__load_f32((const float *)sum[c] + i, &part);
            *(erm__lanes *)(G + c * cols + i) += factor * part;
        }
}

ERM_INLINE void outer_groups(int vectors, int64_t rows, int64_t cols, int64_t k, const float *x, const float *d, double factor,
                             double *G)
{
    for (int64_t c = 0, group; c < k; c += group) {
        group = next_group(k - c);
        double *const to = G + c * cols;
        if (group == 1) outer_group(1, vectors, rows, cols, k, x, d + c, c == 0, factor, to);
        if (group == 2) outer_group(2, vectors, rows, cols, k, x, d + c, c == 0, factor, to);
        if (group == 3) outer_group(3, vectors, rows, cols, k, x, d + c, c == 0, factor, to);
        if (group == 4) outer_group(4, vectors, rows, cols, k, x, d + c, c == 0, factor, to);
        if (group == 5) outer_group(5, vectors, rows, cols, k, x, d + c, c == 0, factor, to);
    }
}

ERM_KERNEL void erm__rough_mul_t(int64_t rows, int64_t cols, int64_t k, const float *x, const float *d, double factor, double *G)
{
    int64_t j = 0;
    for (; j + VECTORS * ERM_ROUGH_COLS <= cols; j += VECTORS * ERM_ROUGH_COLS)
        outer_groups(VECTORS, rows, cols, k, x + j, d, factor, G + j);
    for (; j < cols; j += ERM_ROUGH_COLS) outer_groups(1, rows, cols, k, x + j, d, factor, G + j);
}
