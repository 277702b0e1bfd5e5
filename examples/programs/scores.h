/* How well a model does on labelled data. */
#ifndef SCORES_H
#define SCORES_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/dataset.h"
#include "ermopt/matrix.h"
#include "ermopt/model.h"
#include "json.h"

/* NaN where a number does not apply: log_loss without probabilities, auc with more than 2 classes,
 * everything without a known label. */
typedef struct scores {
    bool classifies;
    int64_t rows;
    int64_t unknown; /* rows whose label the model has not seen: wrong for the accuracy, left out of log_loss and auc */
    double accuracy, log_loss, auc;
    double auc_error; /* auc is right to this: 0 but for more rows than are kept (ranking.h) */
    double mse, r2;
} scores;

/* From the margins Z of the rows of `data`. ERM_OK or ERM_ENOMEM. */
erm_status scores_of_margins(const erm_model *model, const erm_dataset *data, const double *Z, scores *out);
/* The same; computes the margins from X, the matrix of `data`. */
erm_status scores_of_model(const erm_model *model, const erm_dataset *data, const erm_matrix *X, scores *out);

/* "accuracy 0.85, log-loss 0.3, AUC 0.9" and a line end. */
void scores_print(FILE *out, const scores *measured);
/* Their members of an object that has been begun. */
void scores_write(json *writer, const scores *measured);

#endif
