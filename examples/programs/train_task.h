/* What erm_train is asked to fit: data read, loss chosen, labels encoded. */
#ifndef TRAIN_TASK_H
#define TRAIN_TASK_H

#include <stdbool.h>

#include "ermopt/dataset.h"
#include "ermopt/problem.h"
#include "train_options.h"

/* Must not be moved: the problem points into it. */
typedef struct train_task {
    erm_data data_file, test_file;
    erm_dataset data, test; /* what these hold; test is empty where there is none */
    erm_classes classes;    /* empty for regression */
    double *y;
    double *class_weight; /* one value a class; NULL: none */
    double *dense;        /* a row-major copy of the data, NULL where they stay sparse */
    erm_dense dense_view;
    const erm_matrix *raw; /* the data before preparation */
    erm_preparation preparation;
    erm_prepared prepared;
    erm_matrix_copy prepared_copy; /* of dense data that are scaled, because solvers are faster with it; empty: none */
    erm_problem problem;
    char regularizer[64];             /* "elastic-net 0.01 0.001" */
    bool loss_chosen, penalty_chosen; /* not by the user */
    double read_seconds;
} train_task;

/* KEEP_GOING, or, after a complaint, what to exit with. Free with train_task_free in both cases. */
int train_task_read(const train_options *options, train_task *task);
void train_task_free(train_task *task);

#endif
