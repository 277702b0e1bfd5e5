/* What is done with picked columns, for each type of stored value; between the files that do it. */
#ifndef ERM_PICKED_OPS_H
#define ERM_PICKED_OPS_H

#include <stddef.h>

#include "solver/columns/picked.h"

/* Where pairs go. */
typedef struct erm__pairs {
    const int32_t *place;
    int64_t m, part, parts;
    double *G;
} erm__pairs;

/* Rows, and the columns that their index speaks of; NULL: of columns themselves. */
typedef struct erm__by_rows {
    int64_t n;
    const int64_t *start;
    const int32_t *index, *list;
    const void *values;
} erm__by_rows;

/* What there is for each type of value. */
typedef struct erm__picked_ops {
    size_t size;
    void (*keep_rows)(const erm__picked *self, int64_t begin, int64_t end, int64_t at, int64_t limit);
    void (*turn_columns)(const erm__picked *self);
    void (*add_sums)(const erm__picked *self, int64_t begin, int64_t end, const double *h, double *out);
    void (*add_products)(const erm__picked *self, int64_t begin, int64_t end, const double *d, double *out);
    void (*margins)(const erm__picked *self, int64_t begin, int64_t end, double constant, double *u);
    void (*add_pairs)(const erm__picked *self, int64_t i, double weight, const erm__pairs *to);
    void (*write_columns)(const erm__by_rows *from, int32_t first, int32_t end, int64_t *next, int32_t *index, void *to);
} erm__picked_ops;

const erm__picked_ops *erm__picked_ops_of(const erm__picked *picked);

/* How many of the threads are worth waking for so many values. */
int erm__picked_team(double values, int threads);

enum { ERM_PICKED_THREADS = 64 /* at most */ };

#endif
