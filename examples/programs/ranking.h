/* The area under the ROC curve of scores that come one by one, in memory that has a limit. */
#ifndef RANKING_H
#define RANKING_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/status.h"

/* Starts as {0}. */
typedef struct ranking {
    double *score, *y; /* of every row, y 1 or 0; given up for bins when there are more than RANKING_EXACT */
    int64_t rows, capacity;
    int64_t *bins;     /* (negatives, positives) of each range of scores */
    bool incomparable; /* some score is NaN */
} ranking;

enum { RANKING_EXACT = 1 << 20 };

/* False if there is no memory. */
bool ranking_add(ranking *self, double score, bool positive);
/* The area, and by how much it may be wrong: 0 up to RANKING_EXACT rows; behind that, pairs whose scores agree in their leading 8
 * bits count half, as ties do. *auc is NaN where there is none. ERM_OK, ERM_ENOMEM. */
erm_status ranking_auc(const ranking *self, double *auc, double *error);
void ranking_free(ranking *self);

#endif
