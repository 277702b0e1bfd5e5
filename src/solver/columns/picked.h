/* Some columns of a sparse X, row by row: the working set of few columns and many rows. Read in order, against vectors that
 * stay in the first-level cache, a stored value costs a third of what it does in a column, whose rows are all
 * over the vectors of n. */
#ifndef ERM_PICKED_H
#define ERM_PICKED_H

#include "ermopt/matrix.h"

enum {
    ERM_PICKED_MOST = 1024, /* columns of which sums can be asked for */
    ERM_PICKED_LANES = 8    /* of the sums */
};

typedef struct erm__picked {
    const erm_matrix *X; /* compressed rows or columns, borrowed */
    bool by_columns, single;
    int64_t n, d;
    int64_t count;  /* columns that are here */
    int32_t *list;  /* d: them, rising */
    int32_t *slot;  /* d: where a column is in the list, or -1 */
    uint32_t *mask; /* d bits: is it there? */
    int64_t *start; /* n + 2: row i holds values[p] of columns list[index[p]], rising, start[i] <= p < start[i + 1] */
    int32_t *index; /* as many as X has values, of which only those that are used cost memory */
    void *values;   /* the same: doubles, or floats as X's */
    double *sums;   /* of each lane, and their total */
    double *factor; /* ERM_PICKED_MOST */
    int64_t most;   /* values that ever were here */
    int64_t bytes;  /* allocated */
} erm__picked;

/* Can the columns of X be picked? */
bool erm__picked_suits(const erm_matrix *X);

/* Takes the memory. False if there is none; to be closed in any case. */
bool erm__picked_open(erm__picked *picked, const erm_matrix *X);
void erm__picked_close(erm__picked *picked);

/* Afterwards the listed columns, rising, are here: these alone, or all that were before. */
void erm__picked_take(erm__picked *picked, int64_t count, const int32_t *list, int threads);

/* Afterwards none is. */
void erm__picked_forget(erm__picked *picked);

/* Of some columns, all rows together: values, and pairs of values in one row, each with itself among them. */
typedef struct erm__picked_size {
    double values, pairs;
} erm__picked_size;

/* About as much, as some of the rows tell. mark: d, 0 before and after. */
erm__picked_size erm__picked_estimate(const erm__picked *picked, int64_t count, const int32_t *list, int32_t *mark);

/* How many values are here. */
static inline int64_t erm__picked_stored(const erm__picked *picked) { return picked->start[picked->n]; }

/* In places 2 s and 2 s + 1, for the column in slot s: sum h x, sum h x^2; h NULL: all 1. The bits do
 * not depend on the threads. */
const double *erm__picked_sums(const erm__picked *picked, const double *h, int threads);

/* In place s: sum d x. */
const double *erm__picked_products(const erm__picked *picked, const double *d, int threads);

/* u = constant + X a, a: of the listed columns. */
void erm__picked_margins(const erm__picked *picked, int64_t count, const int32_t *list, const double *a, double constant,
                         int threads, double *u);

/* X is read once for margins and what follows from them. */
typedef struct erm__picked_walk {
    int64_t count; /* as in erm__picked_margins */
    const int32_t *list;
    const double *a;
    double constant;
    double *u; /* n */
    /* Called for block after block of rows, once their u is there; blocks of one lane, of ERM_PICKED_LANES, in
     * order and by one thread. */
    void (*then)(void *data, int64_t lane, int64_t begin, int64_t end);
    void *data;
    const double *d; /* n: what `then` made of the block; NULL: none is wanted */
} erm__picked_walk;

/* Returns erm__picked_products of d, or NULL. */
const double *erm__picked_do(const erm__picked *picked, const erm__picked_walk *walk, int threads);

/* Blocks of rows: `length` from each of offset[0 .. count - 1] on, as far as there are so many. */
typedef struct erm__picked_rows {
    int64_t count, length;
    const int64_t *offset;
} erm__picked_rows;

/* G (order m, lower triangle) += sum over the rows of h x x', for the columns whose place in G, rising, is given for each slot,
 * -1: not in it; and for a column of ones in the last place. */
void erm__picked_pairs(const erm__picked *picked, erm__picked_rows rows, const double *h, const int32_t *place, int64_t m,
                       int threads, double *G);

/* By columns: start (d + 2, of which the last is scratch), index and values, of the columns that are here, or
 * of all. X by rows. */
void erm__picked_write_columns(const erm__picked *picked, bool all, int threads, int64_t *start, int32_t *index, void *values);

#endif
