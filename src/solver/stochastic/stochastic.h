/* What the stochastic solvers share: the metric that they step in, and the sizes of rows in it. */
#ifndef ERM_STOCHASTIC_H
#define ERM_STOCHASTIC_H

#include "ermopt/solver.h"

/* Buffers for reading a row: d entries each. */
typedef struct erm__reader {
    int32_t *index;
    double *value;
} erm__reader;

erm__reader erm__reader_take(erm_run *run);

/* Row i as the solver sees it, about the centre where there is one, of any matrix. */
erm_row erm__read_row(const erm_run *run, erm__reader reader, int64_t i);

/* Replaces run->metric, where it is not NULL, by 1 / (the largest |x_ij| of column j)^2, about the centre where there is
 * one; by NULL where X has no rows to read. metric: d + 1 doubles. In 1 / mean square a rare feature would make its few rows
 * so long that they force short steps on all; here no row is longer than its number of values. A pass over X. */
void erm__use_range_metric(erm_run *run, erm__reader reader, double *metric);

typedef struct erm__row_sizes {
    double mean, largest; /* over rows with s_i > 0, the mean weighted by s_i */
    double heaviest;      /* the largest n s_i / S r_i: for rows that are drawn alike */
} erm__row_sizes;

/* r_i = ||x_i||^2 in run->metric, 1 more with an intercept: what a row can add to the Hessian of its loss, divided by the
 * loss's curvature. r: n doubles, or NULL. A pass over X. */
erm__row_sizes erm__measure_rows(erm_run *run, erm__reader reader, double *r);

/* About the largest eigenvalue of (1/S) X'X in run->metric, rather too large than too small, from a few power iterations;
 * never above `most`. Counts its passes. scratch: 2 size doubles. */
double erm__top_eigenvalue(erm_run *run, double most, double *scratch);

/* The curvature of the loss; 1 where it has no bound, which for losses of a margin makes a step that moves one sample's
 * margin by about 1. */
double erm__curvature_or_1(const erm_run *run);

/* Strong convexity of the regularizer with respect to w'M^-1 w, M = run->metric. */
double erm__modulus_in_metric(const erm_run *run);

/* What the loss is like at a starting point: the root mean square of l' (1 where all are 0), and for how far along l' a margin
 * should move, as a multiple of it: the larger of 1 / curvature and of Polyak's step for a loss that can be 0. */
typedef struct erm__start {
    double slope, reach;
} erm__start;

/* From these rows (any sample) at w; derivative: rows.count k doubles of scratch. */
erm__start erm__look_at_start(erm_run *run, erm_rows rows, const double *w, double *derivative);

/* The mean of the last half to three quarters of a sequence of vectors, of which only two sums are kept: those since the last
 * power of 2, and those between it and the one before. */
typedef struct erm__tail {
    double *sum, *old_sum; /* size */
    int64_t steps, count, old_count;
} erm__tail;

erm__tail erm__tail_take(erm_run *run);
void erm__tail_add(erm__tail *tail, int64_t n, const double *w);
/* `steps` vectors at once, of which only the sum is known; the suffix may start anew late, but always after such a sum. */
void erm__tail_add_sum(erm__tail *tail, int64_t n, const double *sum, int64_t steps);
/* The same for a vector that is in tail->sum already. */
void erm__tail_count(erm__tail *tail, int64_t n, int64_t steps);
/* Whether it starts anew within the next `steps`. */
bool erm__tail_turns(const erm__tail *tail, int64_t steps);
void erm__tail_mean(const erm__tail *tail, int64_t n, double *mean);

/* run->metric for each entry of W and of b, so that loops over W need no feature number. out: size doubles. */
void erm__spread_metric(const erm_run *run, double *out);

/* The penalty on every entry of W where it is the same one for all; false where it is not, or of another kind. */
bool erm__common_penalty(const erm_run *run, erm_entry *penalty);

/* How many rows cost as much as one pass over W: 1 for dense rows. */
int64_t erm__rows_worth_a_step(const erm_run *run);

/* w (n) -= step metric g */
void erm__descend(int64_t n, double step, const double *metric, const double *g, double *w);

#endif
