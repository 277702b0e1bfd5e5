/* The fit without any penalised feature, and the lambda from which on it is the answer. */
#ifndef ERM_NULL_MODEL_H
#define ERM_NULL_MODEL_H

#include "problem/workspace.h"

/* w (size) = the optimum over the intercept and the features of factor 0, everything else 0. ERM_OK; ERM_EUNSUPPORTED where
 * there is none or the features cannot be taken out of X; ERM_ENOMEM. */
erm_status erm__null_model(erm__workspace *ws, double *w, char *detail);

/* Is row j of W without a penalty? */
static inline bool erm__is_free(const erm_regularizer *R, int64_t j) { return R->factor && R->factor[j] == 0; }

/* What erm_lambda_max needs of a problem, and has a sentence for where it is missing. */
erm_status erm__lambda_max_check(const erm_problem *problem, char *detail);

/* The smallest lambda with which lambda R keeps W at 0 where the loss part's gradient at the null model is `gradient` (d k).
 * shape: of the regularizer. scratch: 2 d k doubles. */
erm_status erm__lambda_max(const erm_regularizer *R, erm_shape shape, const double *gradient, double *scratch, double *lambda_max,
                           char *detail);

#endif
