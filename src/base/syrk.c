/* Sums of weighted outer products. Tiles of A are summed in registers over the rows of a packed block, as in Goto and van de
 * Geijn (2008), "Anatomy of high-performance matrix multiplication"; three panels of a block fit the first-level cache. The
 * shape of a tile is that of the registers, so there is one kernel for each kind of them. */
#include "base/syrk.h"

#include <math.h>
#include <stddef.h>

#include "base/simd.h"

#if defined(ERM_ONE_TARGET) && defined(__AVX512F__)
#define HAS_AVX512 1
#define HAS_AVX2   1
#define FOR_AVX512
#define FOR_AVX2
#elif defined(ERM_ONE_TARGET) && defined(__AVX2__) && defined(__FMA__)
#define HAS_AVX512 0
#define HAS_AVX2   1
#define FOR_AVX512
#define FOR_AVX2
#elif !defined(ERM_ONE_TARGET) && defined(__x86_64__) && defined(__GNUC__)
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

typedef float float4 __attribute__((vector_size(16), aligned(4), may_alias));
typedef float float8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef float float16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef double vector2 __attribute__((vector_size(16), aligned(8), may_alias));
typedef double vector4 __attribute__((vector_size(32), aligned(8), may_alias));
typedef double vector8 __attribute__((vector_size(64), aligned(8), may_alias));

enum { GROUP = 16, WIDEST = 3 /* panels in the widest tile */ };

/* One tile row: panel i of A times the panels [0, i] to its left. */
typedef struct stripe {
    int64_t m;
    const void *left, *right; /* packed */
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

/* The row x; if m is d + 1, column d is 1. Then 0. */
ERM_KERNEL static void pack_row(int64_t d, int64_t m, const double *x, const double *centre, const double *unit, double root,
                                float *out)
{
    enum { STEP = ERM_PANEL_SINGLE * ERM_SYRK_ROWS };
    int64_t j = 0;
    for (; j + ERM_PANEL_SINGLE <= d; j += ERM_PANEL_SINGLE, out += STEP) {
        ERM_SIMD
        for (int64_t c = 0; c < ERM_PANEL_SINGLE; c++)
            out[c] = (float)((x[j + c] - (centre ? centre[j + c] : 0)) * unit[j + c] * root);
    }
    for (; j < m; j += ERM_PANEL_SINGLE, out += STEP)
        for (int64_t c = 0; c < ERM_PANEL_SINGLE; c++) {
            const int64_t i = j + c;
            out[c] = i < d ? (float)((x[i] - (centre ? centre[i] : 0)) * unit[i] * root) : i < m ? (float)root : 0;
        }
}

void erm__syrk_pack_single(int64_t m, float *packed, int64_t first, int64_t count, int64_t d, const double *const *x,
                           const double *centre, const double *unit, const double *root)
{
    for (int64_t t = 0; t < count; t++)
        pack_row(d, m, x[t], centre, unit, root ? root[t] : 1, packed + (first + t) * ERM_PANEL_SINGLE);
}

#define ADD_DOUBLES(part, C) *(VECTOR *)(C) += (part)
#define ADD_FLOATS(part, C)  add_floats(LENGTH, (const float *)&(part), C)

ERM_INLINE void add_floats(int length, const float *x, double *C)
{
    for (int i = 0; length < ERM_LANES && i < length; i++) C[i] += (double)x[i];
    for (int i = 0; i + ERM_LANES <= length; i += ERM_LANES) {
        erm__lanes v;
        erm__load_f32(x + i, &v);
        *(erm__lanes *)(C + i) += v;
    }
}

#define NAME(name) name##_plain /* SSE2 and the like: 16 registers */
#define ENTRY      double
#define COLUMNS    ERM_PANEL
#define ADD        ADD_DOUBLES
#define VECTOR     vector2
#define LENGTH     2
#define HEIGHT     2
#define WIDTH      1
#define TARGET
#include "base/syrk_tile.inc"

#define NAME(name) name##_avx2 /* 16 registers */
#define ENTRY      double
#define COLUMNS    ERM_PANEL
#define ADD        ADD_DOUBLES
#define VECTOR     vector4
#define LENGTH     4
#define HEIGHT     4
#define WIDTH      1
#define TARGET     FOR_AVX2
#include "base/syrk_tile.inc"

#define NAME(name) name##_avx512 /* 32 registers */
#define ENTRY      double
#define COLUMNS    ERM_PANEL
#define ADD        ADD_DOUBLES
#define VECTOR     vector8
#define LENGTH     8
#define HEIGHT     8
#define WIDTH      3
#define TARGET     FOR_AVX512
#include "base/syrk_tile.inc"

#define NAME(name) name##_plain_single /* SSE2 and the like: 16 registers */
#define ENTRY      float
#define COLUMNS    ERM_PANEL_SINGLE
#define ADD        ADD_FLOATS
#define VECTOR     float4
#define LENGTH     4
#define HEIGHT     2
#define WIDTH      1
#define TARGET
#include "base/syrk_tile.inc"

#define NAME(name) name##_avx2_single /* 16 registers */
#define ENTRY      float
#define COLUMNS    ERM_PANEL_SINGLE
#define ADD        ADD_FLOATS
#define VECTOR     float8
#define LENGTH     8
#define HEIGHT     4
#define WIDTH      1
#define TARGET     FOR_AVX2
#include "base/syrk_tile.inc"

#define NAME(name) name##_avx512_single /* 32 registers */
#define ENTRY      float
#define COLUMNS    ERM_PANEL_SINGLE
#define ADD        ADD_FLOATS
#define VECTOR     float16
#define LENGTH     16
#define HEIGHT     8
#define WIDTH      3
#define TARGET     FOR_AVX512
#include "base/syrk_tile.inc"

static void add_stripes(void (*add)(const stripe *), stripe now, int64_t begin, int64_t end, int64_t bytes)
{
    const int64_t width = HAS_AVX512 ? WIDEST : 1, count = now.count;
    int64_t tiles = 0;
    for (int64_t i = begin; i < end; i++) tiles += (i + width) / width;
    now.step = tiles * count > 0 && now.next ? bytes / (tiles * count) : 0;
    for (now.i = begin; now.i < end; now.i++) {
        add(&now);
        now.next += (now.i + width) / width * count * now.step;
    }
}

void erm__syrk_add(const erm__packed *packed, int64_t count, int64_t begin, int64_t end, const void *next, int64_t bytes,
                   double *A)
{
    void (*const add)(const stripe *) = HAS_AVX512 ? add_avx512 : HAS_AVX2 ? add_avx2 : add_plain;
    const stripe first = {.m = packed->m, .left = packed->left, .right = packed->right, .count = count, .next = next, .A = A};
    add_stripes(add, first, begin, end, bytes);
}

void erm__syrk_add_single(int64_t m, const float *packed, int64_t count, int64_t begin, int64_t end, const void *next,
                          int64_t bytes, double *A)
{
    void (*const add)(const stripe *) = HAS_AVX512 ? add_avx512_single : HAS_AVX2 ? add_avx2_single : add_plain_single;
    const stripe first = {.m = m, .left = packed, .right = packed, .count = count, .next = next, .A = A};
    add_stripes(add, first, begin, end, bytes);
}
