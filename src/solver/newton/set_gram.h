/* The Gram matrix of some columns of X over some of its rows. */
#ifndef ERM_SET_GRAM_H
#define ERM_SET_GRAM_H

#include "base/syrk.h"
#include "solver/run.h"

typedef struct erm__set_gram {
    int64_t room;   /* columns, at most */
    int32_t *place; /* d: where a column is in the list, or -1 */
    int32_t *slot;  /* n, where X is stored by columns: where a row is in its block, or -1; else NULL */
    double *block;  /* rows of a block with the listed columns alone */
    double *centre; /* room: of these */
    double *packed;
    const double **x; /* rows of a packed block */
} erm__set_gram;

/* Whether X can be read so. */
bool erm__set_gram_suits(const erm_matrix *X);

/* Takes its memory with erm_run_take. */
void erm__set_gram_take(erm__set_gram *self, erm_run *run, int64_t room);

/* A (order m, row-major, both triangles) = (1/S) sum_t h[t] x x' over the rows listed (rising): x are the `count` listed columns
 * less their centre, and a 1 with an intercept. h > 0. */
void erm__set_gram_sum(erm__set_gram *self, erm_run *run, int64_t count, const int32_t *columns, int64_t rows,
                       const int64_t *list, const double *h, double *A);

#endif
