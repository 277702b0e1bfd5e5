/* What a model says about rows that come block by block, and how it is written. */
#ifndef PREDICTION_H
#define PREDICTION_H

#include <stdint.h>
#include <stdio.h>

#include "ermopt/model.h"
#include "predict_options.h"

typedef struct prediction {
    const erm_model *model; /* borrowed */
    double *Z;              /* margins of a block, rows x k */
    double *said;           /* what is written: decisions or probabilities */
    int64_t rows, room;     /* of the block; of the arrays */
    char *text;             /* what is to be written */
    size_t size, capacity;
} prediction;

/* Can the model say what the options ask for? False where it has no probabilities. */
bool prediction_possible(const erm_model *model, const predict_options *options);

prediction prediction_start(const erm_model *model);
/* The line in front of scores and of probabilities. ERM_OK or ERM_ENOMEM. */
erm_status prediction_write_header(FILE *out, const predict_options *options, prediction *self);
/* Computes the margins of a block. ERM_OK, or ERM_EINVAL and a sentence, or ERM_ENOMEM. */
erm_status prediction_make(const erm_matrix *X, prediction *self, char *detail);
/* Writes what the options ask for, one line a row. ERM_OK or ERM_ENOMEM. */
erm_status prediction_write(FILE *out, const predict_options *options, prediction *self);
void prediction_free(prediction *self);

#endif
