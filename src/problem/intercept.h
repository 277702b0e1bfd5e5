/* The intercept that fits given margins best: what makes a dual point feasible when the intercept is not penalised. */
#ifndef ERM_INTERCEPT_H
#define ERM_INTERCEPT_H

#include "problem/workspace.h"

/* Makes A (n k) = s_i l'(z_i + delta) with column sums of 0 (up to rounding), by choosing delta (k), which starts at 0.
 * enough: of one output, the share of their sizes that the sums may be before the last of it is balanced off; 0: rounding.
 * memory: 3 k + k^2 doubles; delta is its first k. False if it could not: A is then not feasible. */
bool erm__intercept_fit(erm__workspace *ws, const double *margin, double enough, double *memory, double *A);

/* One output: makes the sum of A (n) 0 by shrinking the heavier of its two signs. */
void erm__intercept_balance(int64_t n, double *A);

/* Several outputs, labels that are classes, a_i + e_y in the simplex: makes the column sums of A (n k) 0 by moving between
 * outputs and labels. memory: k^2 + 2 k doubles. False if that is not enough. */
bool erm__intercept_balance_classes(const erm__workspace *ws, double *memory, double *A);

/* Do the n k values of A add up to 0 for each output as nearly as rounding lets sums of them come? */
bool erm__intercept_is_balanced(const erm__workspace *ws, const double *A);

#endif
