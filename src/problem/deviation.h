/* Standard deviations of the columns of X. */
#ifndef ERM_DEVIATION_H
#define ERM_DEVIATION_H

#include "problem/workspace.h"

/* sum (d) = sum of s_i (x_ij - mean_j)^power over the stored values. X must have `scan`. */
void erm__column_moments(erm__workspace *ws, const double *mean, int power, double *sum);

/* out (d) = the root of (1/S) sum_i s_i (x_ij - mean_j)^2, and 0 where rounding could have made what there is. X must have
 * `scan`. Needs nothing of the problem but X and weights. ERM_OK or ERM_ENOMEM. */
erm_status erm__column_deviations(const erm_problem *problem, int threads, double *out);

/* The same, and mean (d) = (1/S) sum_i s_i x_ij. */
erm_status erm__column_means_deviations(const erm_problem *problem, int threads, double *mean, double *out);

#endif
