/* What a model says about the rows of a file, and how it is written. */
#ifndef PREDICTION_H
#define PREDICTION_H

#include <stdint.h>
#include <stdio.h>

#include "ermopt/model.h"
#include "predict_options.h"

typedef struct prediction {
    const erm_model *model; /* borrowed */
    int64_t rows;
    double *Z; /* margins, rows x k */
} prediction;

/* Computes the margins. ERM_OK, or ERM_EINVAL and a sentence, or ERM_ENOMEM. Free with prediction_free. */
erm_status prediction_make(const erm_model *model, const erm_matrix *X, prediction *made, char *detail);
void prediction_free(prediction *made);

/* Writes what the options ask for, one line a row. ERM_OK, ERM_ENOMEM, or ERM_EUNSUPPORTED: the loss has no probabilities. */
erm_status prediction_write(FILE *out, const predict_options *options, const prediction *made);

#endif
