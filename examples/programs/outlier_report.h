/* The report of values that are far from the others of their column. */
#ifndef OUTLIER_REPORT_H
#define OUTLIER_REPORT_H

#include <stdio.h>

#include "ermopt/data.h"

/* Prints the columns with outliers, the most suspicious value first, at most `most` of them, and how many there are in all.
 * threshold 0: 3.5 (erm_outliers_find). What erm_outliers_find returns, with its sentence. */
erm_status outliers_print(FILE *out, const erm_data *data, double threshold, int64_t most, char *detail);

#endif
