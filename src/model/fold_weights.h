/* A preparation that only scales, leaves out and imputes, taken into the coefficients. */
#ifndef ERM_FOLD_WEIGHTS_H
#define ERM_FOLD_WEIGHTS_H

#include "ermopt/model.h"

typedef struct erm__folded {
    int64_t d;    /* columns before preparation */
    double *w;    /* owned: d x k, then k intercepts, whether the model has one or not */
    double *fill; /* owned: d, what replaces NaN; NULL where nothing does */
} erm__folded;

/* ERM_OK; ERM_EUNSUPPORTED where the preparation is of another kind; ERM_ENOMEM. Empty on failure. */
erm_status erm__model_fold(const erm_model *model, erm__folded *folded);

void erm__folded_free(erm__folded *folded);

#endif
