/* The smallest and the largest value of each column. */
#ifndef ERM_COLUMN_RANGE_H
#define ERM_COLUMN_RANGE_H

#include "ermopt/matrix.h"

/* low[j], high[j] (d each): over the rows of positive weight (NULL: all), zeros that a sparse X does not store included. X must
 * have `scan`. ERM_OK, ERM_ENOMEM. */
erm_status erm__column_ranges(const erm_matrix *X, const double *weight, double *low, double *high);

#endif
