/* What the parts of a cross-validation share. */
#ifndef ERM_CROSS_VALIDATE_H
#define ERM_CROSS_VALIDATE_H

#include "ermopt/selection.h"

/* How the fit without one fold ended. */
typedef struct erm__fold_end {
    erm_status status;
    erm_stop stop;
    int64_t count; /* of lambdas */
    char detail[ERM_DETAIL_SIZE];
} erm__fold_end;

typedef struct erm__cross {
    const erm_problem *problem; /* whose rows the folds are of */
    const erm_problem *whole;   /* of all rows, prepared */
    const int32_t *fold;
    erm_cv_options options; /* defaults filled in */
    erm_cv *cv;
    double began;
    int threads;   /* of one fit */
    int64_t total; /* fits in all */
    int64_t done;  /* shared by the threads, as is the next */
    int cancelled;
} erm__cross;

/* How many of `jobs` equal jobs run side by side, and with how many threads each: all at once where there are enough of them for
 * the threads, else one after another with all threads. */
int erm__team(int wanted, int64_t jobs, int *threads_each);

/* Counts a fit and tells the monitor, where this is the caller's thread. False: cancelled. */
bool erm__cross_tell(erm__cross *self);

/* The path without fold f, and its row of cv->held_out. */
void erm__cross_fold(erm__cross *self, int64_t f, erm__fold_end *end);

/* Sets cv->best and cv->one_se from lambda, mean and error. */
void erm__cv_choose(erm_cv *cv);

#endif
