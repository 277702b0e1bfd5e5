/* The command line of erm_train. */
#ifndef TRAIN_OPTIONS_H
#define TRAIN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "data_file.h"
#include "ermopt/loss.h"
#include "ermopt/preparation.h"
#include "ermopt/solver.h"

enum { TRAIN_STEPS = 32 };

typedef struct train_options {
    const char *data, *model;  /* model: NULL if it is not to be saved */
    const char *test, *trace;  /* NULL if not wanted */
    data_options reading;      /* how the data files are to be read */
    const char *test_labels;   /* NumPy's: a second file */
    const char *checkpoint;    /* NULL: none */
    double checkpoint_seconds; /* 0: not given */
    const char *loss_name;     /* NULL: from the labels */
    const char *class_weight;  /* NULL: none; "balanced", or a list */
    const char *prepare;       /* NULL: none; the list that the steps were read from */
    erm_prepare step[TRAIN_STEPS];
    int64_t steps;
    const char *solver_name;
    erm_solver solver;
    double param;
    double l1, l2;           /* below 0: not given */
    double tol, max_seconds; /* 0: not given */
    int64_t max_epochs;      /* 0: not given */
    int64_t threads;         /* 0: all */
    uint64_t seed;
    bool no_intercept, standardise, json, quiet;
} train_options;

/* KEEP_GOING, or what to exit with: a complaint, or the help, or the version, has been printed. */
int train_options_parse(int argc, char **argv, train_options *options);

#endif
