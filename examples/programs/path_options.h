/* The command line of erm_path. */
#ifndef PATH_OPTIONS_H
#define PATH_OPTIONS_H

#include "ermopt/preparation.h"
#include "ermopt/selection.h"
#include "train_options.h"

enum { PATH_STEPS = 32 };

typedef struct path_options {
    train_options task; /* data, model, loss and what else erm_train has too */
    double l1_ratio, ratio;
    int64_t count, folds;
    const char *metric_name, *group_file, *fold_file, *csv, *plot;
    erm_metric metric;
    const char *prepare; /* NULL: none; the list that the steps were read from */
    erm_prepare step[PATH_STEPS];
    int64_t steps;
    bool path_only, leave_one_out, stratified, one_se, alo, learning_curve;
} path_options;

/* KEEP_GOING, or what to exit with: a complaint, or the help, or the version, has been printed. */
int path_options_parse(int argc, char **argv, path_options *options);

#endif
