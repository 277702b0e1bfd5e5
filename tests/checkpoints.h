/* A run with a checkpoint after each epoch, and what must refuse one. */
#ifndef CHECKPOINTS_H
#define CHECKPOINTS_H

#include "resuming.h"
#include "solving.h"

enum { CHECKPOINT_N = 40, CHECKPOINT_D = 4, CHECKPOINT_SIZE = CHECKPOINT_D + 1, CHECKPOINT_EPOCHS = 6 };

/* The problem of the run: logistic loss and l2 on dense doubles. */
problem_spec checkpoint_spec(void);

/* A run of gd that ran out of its budget. */
typedef struct checkpoint_run {
    owned_problem *owned;
    resuming runs;
    erm_options options;
    double w[CHECKPOINT_SIZE];
    erm_result result;
} checkpoint_run;
checkpoint_run checkpoint_run_new(void);
void checkpoint_run_free(checkpoint_run *self);

/* Goes on from the bytes in the file now; they must be refused with the sentence, w as it was and the file too. */
void checkpoint_is_refused(checkpoint_run *self, const erm_problem *problem, erm_options options, erm_status wanted,
                           const char *sentence);

/* The same of the file after the second epoch, which must be refused as written with another `other`. */
void checkpoint_is_of_another(checkpoint_run *self, const erm_problem *problem, erm_options options, const char *other);

#endif
