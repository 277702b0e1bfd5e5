/* Columns of X, for solvers that take one feature at a time: X itself where it is stored by columns, else a copy. */
#ifndef ERM_COLUMNS_H
#define ERM_COLUMNS_H

#include <stddef.h>

#include "ermopt/matrix.h"
#include "solver/columns/picked.h"

typedef struct erm__columns erm__columns;

/* h: n values, NULL: all 1. Calls with different j may be made by different threads. */
typedef struct erm__column_ops {
    double (*dot)(const erm__columns *X, int64_t j, const double *r); /* x_j'r */
    /* out[t] = x_j'r, j = list[t], t < count */
    void (*dots)(const erm__columns *X, int64_t count, const int32_t *list, const double *r, double *out);
    /* q += a h x_j; column `next` is asked for next */
    void (*add)(const erm__columns *X, int64_t j, double a, const double *h, int64_t next, double *q);
    /* u += sum_t a[t] x_j, j = list[t], t < count */
    void (*adds)(const erm__columns *X, int64_t count, const int32_t *list, const double *a, double *u);
    double (*mean)(const erm__columns *X, int64_t j, const double *h); /* sum h x_j */
    /* sum h (x_j - centre)^2, where the h add up to h_sum */
    double (*spread)(const erm__columns *X, int64_t j, const double *h, double h_sum, double centre);
    /* out[t step] = values[first + t], t < count */
    void (*read)(const erm__columns *X, int64_t first, int64_t count, int64_t step, double *out);
} erm__column_ops;

struct erm__columns {
    const erm__column_ops *ops;
    int64_t n, d;
    const void *values;   /* column after column: double, or float */
    int64_t stride;       /* of dense columns; 0 where sparse */
    const int32_t *index; /* of sparse ones: rows, rising */
    const int64_t *start; /* d + 1 */
    erm_matrix_copy copy; /* what was copied: nothing where X is stored by columns */
    /* columns_wanted.c; else NULL: X by rows, of which only some columns have been copied */
    const erm_dense *by_rows;
    int64_t *place, count; /* d: where a column is among the copied ones, or -1; the number of dense ones */
    size_t value_size;
    /* columns_picked.c, of sparse X */
    erm__picked picked; /* columns row by row; X of its is NULL where X is dense */
    bool partly;        /* X by rows, of which only some columns have been copied: the others look empty */
    double copied;      /* values, over all copies */
    int64_t reserved;   /* bytes for copies, of which only those that are written cost memory */
};

/* Copies X if it must: dense to column-major, sparse to compressed columns, floats as floats; views are written out. Of
 * compressed rows, and of wide dense ones, only the columns that are wanted. threads 0: all. ERM_OK; what the copy says.
 * To be closed after ERM_OK. */
erm_status erm__columns_open(erm__columns *columns, const erm_matrix *X, int threads, char *detail);
void erm__columns_close(erm__columns *columns);

/* Copies those of the listed columns that are not yet; before anything else is asked of them. One call
 * at a time. scratch: count. */
void erm__columns_want(erm__columns *columns, int64_t count, const int32_t *list, int threads, int32_t *scratch);

/* Bytes of the columns that are copied row by row. */
int64_t erm__columns_picked_bytes(const erm__columns *columns);

/* Bytes of all that was allocated, with what was not written so far. */
int64_t erm__columns_allocated_bytes(const erm__columns *columns);

/* Would it cost as much to copy those of the listed columns that are not yet as to read all of X by rows? */
bool erm__columns_are_dear(const erm__columns *columns, int64_t count, const int32_t *list);

/* What decides how picked columns are read from now on, to be kept with a run that is to go on later; with the same bits. */
typedef struct erm__columns_kept {
    bool partly;
    double copied;
    int64_t count;
    int32_t *list; /* d */
    int64_t written;
    int32_t *place; /* d: the columns that are copied as columns */
} erm__columns_kept;
void erm__columns_keep(const erm__columns *columns, erm__columns_kept *kept);
void erm__columns_restore(erm__columns *columns, const erm__columns_kept *kept, int threads, int32_t *scratch);

/* Between its files. */
bool erm__columns_suit_wanting(const erm_matrix *X);
erm_status erm__columns_open_wanted(erm__columns *columns, const erm_matrix *X, size_t value_size);
erm_status erm__columns_open_picked(erm__columns *columns, const erm_matrix *X);
void erm__columns_want_picked(erm__columns *columns, int64_t count, const int32_t *list, int threads);
bool erm__columns_are_dear_picked(const erm__columns *columns, int64_t count, const int32_t *list);

static inline double erm__column_dot(const erm__columns *X, int64_t j, const double *r) { return X->ops->dot(X, j, r); }

static inline void erm__column_add(const erm__columns *X, int64_t j, double a, const double *h, int64_t next, double *q)
{
    X->ops->add(X, j, a, h, next, q);
}

/* Where a dense column begins. */
static inline int64_t erm__column_begin(const erm__columns *X, int64_t j) { return (X->place ? X->place[j] : j) * X->stride; }

/* How many values of a column are stored. */
static inline int64_t erm__column_count(const erm__columns *X, int64_t j)
{
    return X->stride ? X->n : X->start[j + 1] - X->start[j];
}

/* The dots of many columns, by several threads where that is worth it; the bits do not depend on how many. */
void erm__columns_dots(const erm__columns *X, int64_t count, const int32_t *list, const double *r, int threads, double *out);

#endif
