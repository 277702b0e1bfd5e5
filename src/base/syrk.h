/* Sums of weighted outer products, A += sum_t weight_t x_t x_t', at the speed of a matrix product: first a block of rows x_t
 * is packed, then it is added to any part of A's lower triangle. */
#ifndef ERM_SYRK_H
#define ERM_SYRK_H

#include <stdint.h>

enum {
    ERM_PANEL = 8,         /* columns that lie together when packed, and the grain in which A is updated */
    ERM_PANEL_SINGLE = 16, /* the same for floats */
    ERM_SYRK_ROWS = 128    /* the most rows in a packed block */
};

/* Panels of m columns, the last one filled up with zeros. */
static inline int64_t erm__panels(int64_t m) { return (m + ERM_PANEL - 1) / ERM_PANEL; }

/* The rows of a block, packed for a sum over them: panel p, row t, column 8 p + c is at (p ERM_SYRK_ROWS + t) 8 + c of `right`,
 * as sqrt |weight| x, and of `left` with the sign of the weight: the same memory where no weight is negative.
 * Each has room for erm__panels(m) ERM_PANEL ERM_SYRK_ROWS doubles. */
typedef struct erm__packed {
    int64_t m; /* columns */
    double *left, *right;
} erm__packed;

/* Packs `count` rows as rows first, first + 1, ... of the block. x[t]: d values, taken less `centre` (d values, or NULL). m
 * = d, or d + 1: the last column is then all 1. weight: `count` values. Different rows may be packed by different threads. */
void erm__syrk_pack(const erm__packed *packed, int64_t first, int64_t count, int64_t d, const double *const *x,
                    const double *centre, const double *weight);

/* Rows 8 begin to 8 end (at most m) of the lower triangle of A (m x m, row-major) += sum over the block's first `count`
 * rows. Writes above the diagonal too, fewer than 8 entries a row, with what belongs there. Fetches the `bytes` from `next`
 * (or NULL) into cache meanwhile. */
void erm__syrk_add(const erm__packed *packed, int64_t count, int64_t begin, int64_t end, const void *next, int64_t bytes,
                   double *A);

/* The same in floats, as erm__panels_single(m) ERM_PANEL_SINGLE ERM_SYRK_ROWS of them, row t times root[t] (NULL: 1) and column j
 * times unit[j]; A's sums over blocks are doubles. begin, end: in panels of sixteen. */
static inline int64_t erm__panels_single(int64_t m) { return (m + ERM_PANEL_SINGLE - 1) / ERM_PANEL_SINGLE; }
void erm__syrk_pack_single(int64_t m, float *packed, int64_t first, int64_t count, int64_t d, const double *const *x,
                           const double *centre, const double *unit, const double *root);
void erm__syrk_add_single(int64_t m, const float *packed, int64_t count, int64_t begin, int64_t end, const void *next,
                          int64_t bytes, double *A);

#endif
