/* How good predictions are on data with known answers. Arrays have n entries; weight may be NULL (all 1). */
#ifndef ERMOPT_METRICS_H
#define ERMOPT_METRICS_H

#include <stdint.h>

#include "ermopt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Share of equal entries. A NaN in y counts as wrong. */
double erm_metric_accuracy(int64_t n, const double *predicted, const double *y, const double *weight);
/* Mean of -log P(y): P is n x classes, y the class number; probabilities are clipped to [1e-15, 1], and
 * that of a y which is no class (NaN) is 0. */
double erm_metric_log_loss(int64_t n, int64_t classes, const double *P, const double *y, const double *weight);
/* Area under the ROC curve of a score for class y > 0 against the others: the probability that a random positive scores
 * higher than a random negative, ties counting half (Hanley and McNeil 1982). NaN if one of the two classes is absent or a
 * score is NaN. ERM_OK, ERM_ENOMEM. */
erm_status erm_metric_auc(int64_t n, const double *score, const double *y, const double *weight, double *auc);
/* Mean squared error, and 1 - mse / variance of y (NaN if y is constant). */
double erm_metric_mse(int64_t n, const double *predicted, const double *y, const double *weight);
double erm_metric_r2(int64_t n, const double *predicted, const double *y, const double *weight);

#ifdef __cplusplus
}
#endif

#endif
