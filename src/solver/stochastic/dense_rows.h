/* Steps by a few dense rows for one output, in two walks: one for the margins, one for all that happens to w. */
#ifndef ERM_DENSE_ROWS_H
#define ERM_DENSE_ROWS_H

#include "ermopt/solver.h"
#include "solver/stochastic/stochastic.h"

enum { ERM_DENSE_MOST = 4 }; /* rows a step */

typedef struct erm__dense_rows {
    int64_t d;
    erm_entry penalty; /* on every entry */
    erm__reader reader[2][ERM_DENSE_MOST];
    const double *x[2][ERM_DENSE_MOST]; /* of this step and of the next, in turns */
    int now;
} erm__dense_rows;

/* Whether it is for one output, dense rows, so many a step, and one penalty l1 |w| + l2/2 w^2 within bounds for all entries. */
bool erm__dense_fits(const erm_run *run, int64_t batch);

void erm__dense_take(erm__dense_rows *self, erm_run *run);

/* The rows at list[begin ... ] of the `total` in the list, `count` at most. Those of the next step, which must come next, are
 * asked for meanwhile; `first` says that none has been. */
const double *const *erm__dense_read(erm__dense_rows *self, const erm_run *run, erm_rows rows, int64_t total, bool first);

/* x'w */
double erm__dense_dot(int64_t d, const double *x, const double *w);

/* What a step does: w = prox(w - t M (base + sum of change_s x_s - centre sum of change_s)), sum += w. */
typedef struct erm__dense_step {
    double length, pull; /* t, and as for `advance` */
    const double *metric;
    const double *base;   /* d, or NULL: 0 */
    const double *centre; /* d, or NULL: 0 */
    int64_t rows;
    const double *const *x;
    const double *change;
    double *sum; /* d, or NULL; only without base */
} erm__dense_step;

void erm__dense_move(const erm__dense_rows *self, const erm__dense_step *step, double *w);

#endif
