/* How well a model does on labelled data that come block by block; the same numbers however they are cut. */
#ifndef TALLY_H
#define TALLY_H

#include "ermopt/dataset.h"
#include "ermopt/model.h"
#include "ranking.h"
#include "scores.h"

typedef struct tally {
    const erm_model *model; /* borrowed */
    int64_t rows, known, right;
    bool has_probabilities, has_words; /* labels of a regression that are words are not measured at all */
    double surprise;                   /* sum of -log P(label) */
    double squares;                    /* sum of squared errors */
    double mean, spread;               /* of the labels so far; the sum of squares about it */
    ranking ranks;
    double *label, *decision, *P; /* of a block */
    int64_t room;                 /* its rows */
} tally;

tally tally_start(const erm_model *model);
/* Z are the margins of the block's rows. ERM_OK or ERM_ENOMEM. */
erm_status tally_add(tally *self, const erm_dataset *block, const double *Z);
erm_status tally_scores(const tally *self, scores *out);
void tally_free(tally *self);

#endif
