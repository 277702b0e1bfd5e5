/* The fit itself, and everything that erm_train reports about it. */
#ifndef TRAIN_FIT_H
#define TRAIN_FIT_H

#include "ermopt/model.h"
#include "ermopt/solve.h"
#include "scores.h"
#include "train_options.h"
#include "train_task.h"

typedef struct train_fit {
    erm_result result;
    erm_model model;
    scores train, test; /* test: rows 0 where there is no test file */
} train_fit;

/* Solves, measures and saves. KEEP_GOING, or, after a complaint, what to exit with. Free with train_fit_free in both cases. */
int train_fit_run(const train_options *options, const train_task *task, train_fit *fit);
void train_fit_free(train_fit *fit);

#endif
