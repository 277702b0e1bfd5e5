/* Standard deviations of the columns of X. */
#ifndef ERM_DEVIATION_H
#define ERM_DEVIATION_H

#include "ermopt/problem.h"

/* out (d) = the root of (1/S) sum_i s_i (x_ij - mean_j)^2, and 0 where rounding could have made what there is. X must have
 * `scan`. Needs nothing of the problem but X and weights. ERM_OK or ERM_ENOMEM. */
erm_status erm__column_deviations(const erm_problem *problem, int threads, double *out);

#endif
