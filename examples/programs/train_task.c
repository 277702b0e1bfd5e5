/* What erm_train is asked to fit: data read, loss chosen, labels encoded. */
#include "train_task.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "message.h"
#include "names.h"
#include "train_weights.h"

enum { MOST_NUMBERED_CLASSES = 100 };

/* The training file and, read as it was, the test file. */
static int read_files(const train_options *options, train_task *task)
{
    const double start = seconds_now();
    int code = data_file_read(options->data, &options->reading, NULL, &task->data_file);
    task->data = task->data_file.set;
    if (code == KEEP_GOING && task->data_file.format == ERM_FORMAT_NPY && !options->reading.labels)
        code = complain(EXIT_USAGE, "%s holds no labels; give them with --labels FILE.npy", options->data);
    if (code == KEEP_GOING && task->data.cols == 0) code = complain(EXIT_DATA, "%s: no row has a feature", options->data);
    if (code == KEEP_GOING && options->test) {
        const data_like like = data_like_set(&task->data);
        data_options reading = options->reading;
        reading.labels = options->test_labels;
        code = data_file_read(options->test, &reading, &like, &task->test_file);
        task->test = task->test_file.set;
    }
    task->read_seconds = seconds_now() - start;
    return code;
}

/* Are the labels whole numbers without a gap, 100 at most, that come twice on average? Then they number classes. */
static bool numbered_classes(const erm_dataset *data, const erm_classes *classes)
{
    if (classes->count > MOST_NUMBERED_CLASSES || 2 * classes->count > data->rows) return false;
    const double first = strtod(classes->name[0], NULL);
    for (int64_t c = 0; c < classes->count; c++)
        if (fabs(strtod(classes->name[c], NULL) - (first + (double)c)) > 0) return false;
    return fabs(first - floor(first)) <= 0;
}

static const char *default_loss(const erm_dataset *data, const erm_classes *classes)
{
    if (classes->count == 2) return "logistic";
    return data->label_name || numbered_classes(data, classes) ? "cross-entropy" : "squared";
}

static int check_classes(const char *path, const erm_loss *loss, const erm_classes *classes)
{
    const bool one_output = loss->ops->max_outputs <= 1;
    if (!one_output || classes->count == 2) return KEEP_GOING;
    return complain(EXIT_DATA, "%s has %lld classes, but %s loss is for 2; use --loss cross-entropy", path,
                    (long long)classes->count, loss->ops->name);
}

/* A row whose label is a word that is no number. */
static int check_numbers(const char *path, const erm_loss *loss, const erm_dataset *data)
{
    for (int64_t i = 0; data->label_name && i < data->rows; i++) {
        char *end;
        const char *word = data->label_name[(int64_t)data->y[i]];
        strtod(word, &end);
        if (*end != '\0')
            return complain(EXIT_DATA, "%s: the label of row %lld is '%s', but %s loss needs numbers", path, (long long)i + 1,
                            word, loss->ops->name);
    }
    return KEEP_GOING;
}

/* Fills task->problem's loss, k and y, and task->classes. */
static int set_labels(const train_options *options, train_task *task)
{
    erm_problem *problem = &task->problem;
    task->y = malloc((size_t)task->data.rows * sizeof *task->y);
    if (!task->y || erm_dataset_classes(&task->data, &task->classes) != ERM_OK) return complain(EXIT_OTHER, "out of memory");
    erm_loss given;
    const bool regression =
        options->loss_name && erm_loss_from_name(options->loss_name, options->param, &given) && !given.ops->classifies;
    if (task->classes.count < 2 && !regression)
        return complain(EXIT_DATA, "%s: the label of every row is %s; two different labels are needed", options->data,
                        task->classes.name[0]);
    task->loss_chosen = !options->loss_name;
    const char *name = options->loss_name ? options->loss_name : default_loss(&task->data, &task->classes);
    if (!loss_from_name(name, options->param, &problem->loss)) return EXIT_USAGE;
    problem->y = task->y;
    problem->k = 1;
    if (!problem->loss.ops->classifies) {
        erm_classes_free(&task->classes);
        task->classes = (erm_classes){0};
        memcpy(task->y, task->data.y, (size_t)task->data.rows * sizeof *task->y);
        return check_numbers(options->data, &problem->loss, &task->data);
    }
    const int code = check_classes(options->data, &problem->loss, &task->classes);
    if (code != KEEP_GOING) return code;
    const bool one_output = problem->loss.ops->max_outputs <= 1;
    if (!one_output) problem->k = task->classes.count;
    if (erm_classes_encode(&task->classes, &task->data, one_output, task->y, NULL) != ERM_OK)
        return complain(EXIT_OTHER, "out of memory");
    return KEEP_GOING;
}

/* Without --l1 and --l2: l2 = 1 / n, which is liblinear's C = 1. */
static void set_regularizer(const train_options *options, train_task *task)
{
    task->penalty_chosen = options->l1 < 0 && options->l2 < 0;
    const double l1 = fmax(options->l1, 0);
    const double l2 = task->penalty_chosen ? 1 / (double)task->data.rows : fmax(options->l2, 0);
    erm_regularizer *regularizer = &task->problem.regularizer;
    *regularizer = l1 > 0 && l2 > 0 ? erm_elastic_net(l1, l2) : l1 > 0 ? erm_l1(l1) : l2 > 0 ? erm_l2(l2) : erm_none();
    char first[NUMBER_SIZE], second[NUMBER_SIZE];
    snprintf(task->regularizer, sizeof task->regularizer, "%.12s%s%.23s%s%.23s", regularizer->ops->name, l1 > 0 ? " " : "",
             l1 > 0 ? number_text(l1, first) : "", l2 > 0 ? " " : "", l2 > 0 ? number_text(l2, second) : "");
}

/* A row-major copy where more than half of the values are there, because dense rows are then faster; NULL otherwise,
 * or if memory is short. */
static double *dense_copy(const erm_dataset *data)
{
    if ((double)data->nnz <= 0.5 * (double)data->rows * (double)data->cols) return NULL;
    double *values = calloc((size_t)(data->rows * data->cols), sizeof *values);
    for (int64_t i = 0; values && i < data->rows; i++)
        for (int64_t p = data->start[i]; p < data->start[i + 1]; p++) values[i * data->cols + data->index[p]] = data->value[p];
    return values;
}

static void set_matrix(train_task *task)
{
    const erm_dataset *data = &task->data;
    task->problem.X = task->data_file.X;
    task->dense = data->start ? dense_copy(data) : NULL;
    if (!task->dense) return;
    task->dense_view = erm_dense_f64(data->rows, data->cols, task->dense, data->cols);
    task->problem.X = &task->dense_view.base;
}

/* Learns the steps of --prepare from the training rows, and puts the prepared data into the problem. */
static int prepare(const train_options *options, train_task *task)
{
    char detail[ERM_DETAIL_SIZE] = "";
    task->raw = task->problem.X;
    erm_status status =
        erm_preparation_fit(options->step, options->steps, task->raw, task->problem.weight, &task->preparation, detail);
    if (status == ERM_OK) status = erm_preparation_apply(&task->preparation, task->raw, &task->prepared, detail);
    if (status != ERM_OK) return complain(exit_for(status), "%s: --prepare: %s", options->data, detail);
    task->problem.X = task->prepared.X;
    if (task->preparation.d == 0) return complain(EXIT_DATA, "%s: --prepare: no column is left, as none varies", options->data);
    if (options->steps == 0 || task->prepared.copied > 0 || task->prepared.X->ops->sparse) return KEEP_GOING;
    if (erm_dense_from(task->prepared.X, NULL, &task->prepared_copy, detail) == ERM_OK)
        task->problem.X = &task->prepared_copy.matrix.base; /* else the view will do */
    return KEEP_GOING;
}

int train_task_read(const train_options *options, train_task *task)
{
    *task = (train_task){.problem = {.intercept = !options->no_intercept, .standardise = options->standardise}};
    int code = read_files(options, task);
    if (code == KEEP_GOING) code = set_labels(options, task);
    if (code != KEEP_GOING) return code;
    set_regularizer(options, task);
    set_matrix(task);
    code = prepare(options, task);
    return code == KEEP_GOING ? train_weights_set(options, task) : code;
}

void train_task_free(train_task *task)
{
    erm_matrix_copy_free(&task->prepared_copy);
    erm_prepared_free(&task->prepared);
    erm_preparation_free(&task->preparation);
    erm_data_close(&task->data_file);
    erm_data_close(&task->test_file);
    erm_classes_free(&task->classes);
    free(task->y);
    free(task->class_weight);
    free(task->dense);
    *task = (train_task){0};
}
