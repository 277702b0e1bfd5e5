/* Sums of weighted outer products. Tiles of A are summed in registers over the rows of a packed block, as in Goto and van de Geijn (2008),
 * "Anatomy of high-performance matrix multiplication"; three panels of a block fit the first-level cache.
 * The shape of a tile is that of the registers, so there is one kernel for each kind of them. */
#include "base/syrk.h"

#include <math.h>
#include <stddef.h>

#include "base/simd.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAS_AVX512 __builtin_cpu_supports("avx512f")
#define HAS_AVX2   (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
#define FOR_AVX512 __attribute__((target("avx512f")))
#define FOR_AVX2   __attribute__((target("avx2,fma")))
#else
#define HAS_AVX512 0
#define HAS_AVX2   0
#define FOR_AVX512
#define FOR_AVX2
#endif

enum { PANEL_SIZE = ERM_PANEL * ERM_SYRK_ROWS, GROUP = 16, MOST_VECTORS = 3 };

/* One tile row: panel i of A times the panels [0, i] to its left. */
typedef struct stripe {
    const erm__packed *packed;
    int64_t count, i;
    const char *next;
    int64_t step; /* bytes of `next` for each row of a tile */
    double *A;
} stripe;

/* Columns `from` to from + 7 of the rows x. */
ERM_KERNEL static void pack_panel(int64_t count, const double *const *x, int64_t from, const double *centre, const double *root,
                                  double *out)
{
    erm__lanes c = {0};
    if (centre) c = *(const erm__lanes *)(centre + from);
    for (int64_t t = 0; t < count; t++) *(erm__lanes *)(out + t * ERM_PANEL) = root[t] * (*(const erm__lanes *)(x[t] + from) - c);
}

/* The last panel: columns `from` to m - 1; if m is d + 1, the last of them is 1. Then 0. */
static void pack_rest(int64_t count, int64_t d, int64_t m, const double *const *x, int64_t from, const double *centre,
                      const double *root, double *out)
{
    for (int64_t t = 0; t < count; t++)
        for (int64_t j = from; j < from + ERM_PANEL; j++) {
            const double v = j < d ? x[t][j] - (centre ? centre[j] : 0) : j < m ? 1 : 0;
            out[t * ERM_PANEL + j - from] = root[t] * v;
        }
}

static void pack(int64_t first, int64_t count, int64_t d, int64_t m, const double *const *x, const double *centre,
                 const double *root, double *out)
{
    for (int64_t j = 0; j < m; j += ERM_PANEL) {
        double *const to = out + j * ERM_SYRK_ROWS + first * ERM_PANEL;
        if (j + ERM_PANEL <= d)
            pack_panel(count, x, j, centre, root, to);
        else
            pack_rest(count, d, m, x, j, centre, root, to);
    }
}

void erm__syrk_pack(const erm__packed *packed, int64_t first, int64_t count, int64_t d, const double *const *x,
                    const double *centre, const double *weight)
{
    for (int64_t t = 0; t < count; t += GROUP) { /* a few rows at a time, which stay in the first-level cache */
        const int64_t rows = count - t < GROUP ? count - t : GROUP;
        double root[GROUP];
        for (int64_t r = 0; r < rows; r++) root[r] = sqrt(fabs(weight[t + r]));
        pack(first + t, rows, d, packed->m, x + t, centre, root, packed->right);
        if (packed->left == packed->right) continue;
        for (int64_t r = 0; r < rows; r++) root[r] = weight[t + r] < 0 ? -root[r] : root[r];
        pack(first + t, rows, d, packed->m, x + t, centre, root, packed->left);
    }
}

/* C (height x 8 vectors, rows `stride` apart) += sum_t a_t b_t' for a tile of A: b is the tile's first panel, a points to `height` columns of one. */
ERM_INLINE void tile(int height, int vectors, int64_t count, const double *a, const double *b, const char *next, int64_t step,
                     double *C, int64_t stride)
{
    erm__lanes sum[ERM_PANEL][MOST_VECTORS] = {{{0}}};
    for (int64_t t = 0; t < count; t++) {
        erm__lanes v[MOST_VECTORS];
        __builtin_prefetch(next + t * step, 0, 2);
        for (int s = 0; s < vectors; s++) v[s] = *(const erm__lanes *)(b + s * PANEL_SIZE + t * ERM_PANEL);
        for (int r = 0; r < height; r++)
            for (int s = 0; s < vectors; s++) sum[r][s] += a[t * ERM_PANEL + r] * v[s];
    }
    for (int r = 0; r < height; r++)
        for (int s = 0; s < vectors; s++) *(erm__lanes *)(C + r * stride + s * ERM_PANEL) += sum[r][s];
}

/* Panel i times panels j, ..., j + vectors - 1; `height` rows at a time. */
ERM_INLINE void tiles(int height, int vectors, const stripe *now, int64_t j, const char *next)
{
    const int64_t m = now->packed->m, rows = m - now->i * ERM_PANEL;
    const double *const a = now->packed->left + now->i * PANEL_SIZE, *const b = now->packed->right + j * PANEL_SIZE;
    double *const C = now->A + now->i * ERM_PANEL * m + j * ERM_PANEL;
    const int64_t width = vectors * ERM_PANEL, valid = m - j * ERM_PANEL;
    if (rows >= ERM_PANEL) {
        for (int r = 0; r < ERM_PANEL; r += height) tile(height, vectors, now->count, a + r, b, next, now->step, C + r * m, m);
        return;
    }
    double edge[ERM_PANEL * MOST_VECTORS * ERM_PANEL] = {0}; /* where A ends within the tile */
    const int half = height < ERM_PANEL / 2 ? height : ERM_PANEL / 2;
    for (int r = 0; r < rows; r += half) tile(half, vectors, now->count, a + r, b, next, now->step, edge + r * width, width);
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < width && c < valid; c++) C[r * m + c] += edge[r * width + c];
}

FOR_AVX512 static void stripe_avx512(const stripe *now)
{
    const char *next = now->next;
    int64_t vectors;
    for (int64_t j = 0; j <= now->i; j += vectors) {
        const int64_t left = now->i + 1 - j;
        vectors = left == 4 ? 2 : left < MOST_VECTORS ? left : MOST_VECTORS;
        if (vectors == 3) tiles(8, 3, now, j, next);
        if (vectors == 2) tiles(8, 2, now, j, next);
        if (vectors == 1) tiles(8, 1, now, j, next);
        next += now->count * now->step;
    }
}

FOR_AVX2 static void stripe_avx2(const stripe *now)
{
    for (int64_t j = 0; j <= now->i; j++) tiles(4, 1, now, j, now->next + j * now->count * now->step);
}

static void stripe_plain(const stripe *now)
{
    for (int64_t j = 0; j <= now->i; j++) tiles(2, 1, now, j, now->next + j * now->count * now->step);
}

void erm__syrk_add(const erm__packed *packed, int64_t count, int64_t begin, int64_t end, const void *next, int64_t bytes,
                   double *A)
{
    void (*const add)(const stripe *) = HAS_AVX512 ? stripe_avx512 : HAS_AVX2 ? stripe_avx2 : stripe_plain;
    const int64_t width = HAS_AVX512 ? MOST_VECTORS : 1;
    int64_t tiles = 0;
    for (int64_t i = begin; i < end; i++) tiles += (i + width) / width;
    stripe now = {.packed = packed, .count = count, .next = next, .A = A};
    now.step = tiles * count > 0 && next ? bytes / (tiles * count) : 0;
    for (now.i = begin; now.i < end; now.i++) {
        add(&now);
        now.next += (now.i + width) / width * count * now.step;
    }
}
