/* What erm_path computes. */
#ifndef PATH_RUN_H
#define PATH_RUN_H

#include "ermopt/model.h"
#include "path_options.h"
#include "train_task.h"

typedef struct path_run {
    erm_cv cv;               /* cv.path is there even without folds (then folds is 0) */
    double *alo, *alo_error; /* path.count each: NaN where it is not known; NULL unless asked for */
    erm_curve curve;         /* count 0 unless asked for */
    int64_t chosen;          /* of the path's points; -1: none */
    double lambda;           /* of it */
    erm_metric metric;
    erm_problem problem; /* that of all rows, prepared */
    erm_preparation preparation;
    erm_prepared prepared;
    int64_t *group;
    int32_t *fold;
} path_run;

/* Fits, validates, chooses, and saves the model that was asked for. KEEP_GOING, or, after a complaint, what to exit
 * with. Free in both cases. */
int path_run_do(const path_options *options, train_task *task, path_run *run);
void path_run_free(path_run *run);

#endif
