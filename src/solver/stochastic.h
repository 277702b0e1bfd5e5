/* What the stochastic solvers share: sizes of rows and of the curvature, in the metric that they step in. */
#ifndef ERM_STOCHASTIC_H
#define ERM_STOCHASTIC_H

#include "ermopt/solver.h"

/* The weighted mean of ||x_i||^2 in the metric (NULL: plain), plus 1 for the intercept: what one row adds to the Hessian of the loss on
 * average, divided by the loss's curvature. Costs a pass over X. scratch: d doubles. */
double erm__mean_square_row(erm_run *run, const double *metric, double *scratch);

/* About the largest eigenvalue of (1/S) X'X in the metric, a little too large rather than too small, from a few power iterations; never above
 * `most`. Counts its passes. scratch: 2 size doubles. */
double erm__top_eigenvalue(erm_run *run, const double *metric, double most, double *scratch);

/* The curvature of the loss; 1 where it has no bound, which for losses of a margin makes a step that moves one sample's margin by about 1. */
double erm__curvature_or_1(const erm_run *run);

/* metric_j for entry (j, c) of W and for b, as `size` values, so that loops over W need no feature number. metric NULL: all 1. */
void erm__spread_metric(const erm_run *run, const double *metric, double *out);

/* How many rows cost as much as one pass over W: 1 for dense rows. */
int64_t erm__rows_worth_a_step(const erm_run *run);

/* w (n) -= step metric g */
void erm__descend(int64_t n, double step, const double *metric, const double *g, double *w);

bool erm__all_finite(int64_t n, const double *w);

#endif
