/* The values of each column, sorted: for medians. */
#ifndef ERM_COLUMN_VALUES_H
#define ERM_COLUMN_VALUES_H

#include "ermopt/matrix.h"

typedef struct erm__weighted {
    double value, weight;
} erm__weighted;

/* Is given column j: its values that are not NaN in rows of positive weight, rising, and may overwrite them. The zeros that a
 * sparse X does not store are one entry of their weight together; there is room for one entry more. */
typedef void (*erm__column_visit)(int64_t j, int64_t count, erm__weighted *entry, void *context);

/* Visits every column; X may have NaN, but no infinite values, and must have `scan`. Takes 16 bytes for each value of some
 * columns at a time. ERM_OK, ERM_ENOMEM. */
erm_status erm__column_values(const erm_matrix *X, const double *weight, erm__column_visit visit, void *context);

void erm__weighted_sort(int64_t count, erm__weighted *entry);

/* The median of sorted values: where half of the weight is below and half above, the mean of the two values there; 0 if there are
 * none. */
double erm__weighted_median(int64_t count, const erm__weighted *entry);

#endif
