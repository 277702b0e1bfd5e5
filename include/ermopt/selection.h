/* Choosing among models by what they do on rows that they have not seen: splits and folds, cross-validation over a path of
 * lambdas, leave-one-out, early stopping, and the learning curve.
 *
 *     erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l1(1), .intercept = true};
 *     erm_cv cv;
 *     erm_status status = erm_cross_validate(&problem, &(erm_cv_options){.folds = 5, .deal = {.stratum = y}}, &cv, detail);
 *     erm_path_w(&cv.path, cv.one_se, w);
 *     erm_cv_free(&cv);
 */
#ifndef ERMOPT_SELECTION_H
#define ERMOPT_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/path.h"
#include "ermopt/preparation.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- parts of the rows -------------------------------------------------------------------------------------------- */

/* How rows are dealt out. {0}: at random, each on its own. */
typedef struct erm_deal {
    const double *stratum; /* n values: rows with equal values are spread evenly; NULL: not. The labels of a classifier */
    const int64_t *group;  /* n numbers: rows with equal numbers stay together; NULL: each is on its own */
    bool in_order;         /* no shuffling: row i of a stratum goes to fold i mod folds */
    uint64_t seed;
} erm_deal;

/* fold[i] = 0 .. folds - 1 for n rows, 2 <= folds <= n; folds = n is leave-one-out. Without groups the folds differ by at most
 * one row, and so do their shares of each stratum. Groups go one by one, the largest first, to where they leave the strata
 * (without: the sizes) most even. ERM_OK; ERM_EINVAL (more folds than rows or groups), ERM_EDATA (a stratum
 * that is not finite), ERM_ENOMEM. */
erm_status erm_deal_folds(int64_t n, int64_t folds, const erm_deal *deal, int32_t *fold, char *detail);

/* part[i] = 1 for a share of the rows (0 < share < 1), rounded to whole rows in all and within one row in each stratum, and 0
 * for the others. Neither is empty. As above. */
erm_status erm_deal_split(int64_t n, double share, const erm_deal *deal, int32_t *part, char *detail);

/* list = the rows i with fold[i] == number, or with `others` those of all other folds, rising. Returns how many. */
int64_t erm_fold_rows(int64_t n, const int32_t *fold, int32_t number, bool others, int64_t *list);

/* The problem of some rows: a view of X, and copies of their labels, offsets and weights, into which class weights are
 * multiplied. Must not be moved, as the problem points into it. */
typedef struct erm_subset {
    erm_problem problem;
    erm_rows_view rows; /* borrows X and the list */
    double *memory;
} erm_subset;

/* For a problem that is whole (erm_problem_check). ERM_OK, ERM_ENOMEM; close it on both. */
erm_status erm_subset_open(const erm_problem *problem, int64_t count, const int64_t *list, erm_subset *subset);
void erm_subset_close(erm_subset *subset); /* NULL and {0} are fine */

/* ---- how good a fit is on some rows -------------------------------------------------------------------------------- */

typedef enum erm_metric {
    ERM_METRIC_LOSS,  /* the problem's loss: half the mean squared error, half the deviance ... */
    ERM_METRIC_ERROR, /* share of rows in the wrong class */
    ERM_METRIC_MSE,   /* mean squared error of the predicted mean of y, for regressions; over rows and outputs */
    ERM_METRIC_AUC    /* area under the ROC curve, for classifiers with one output: the larger the better */
} erm_metric;

/* "loss", "error", "mse", "auc"; false if there is none of that name. */
bool erm_metric_from_name(const char *name, erm_metric *metric);
const char *erm_metric_name(erm_metric metric);
/* ERM_OK, or ERM_EUNSUPPORTED and a sentence where the metric is not one of this loss. */
erm_status erm_metric_check(const erm_problem *problem, erm_metric metric, char *detail);

/* Z (n k) = X W + b + offset. */
void erm_problem_margins(const erm_problem *problem, const double *w, double *Z);

/* The mean of the metric over the problem's rows at the margins Z, weighted as F is (weights times class weights), and the
 * standard error of that mean from the spread of the rows (NaN for AUC, and for one row;
 * NULL: not wanted). ERM_OK, ERM_ENOMEM. */
erm_status erm_problem_risk(const erm_problem *problem, erm_metric metric, const double *Z, double *mean, double *error);

/* Steps of preparation (preparation.h), borrowed, that are learnt from the rows of each training part alone, and repeated on the
 * rows it is measured on. With steps the problem's X is that before preparation. */
typedef struct erm_recipe {
    const erm_prepare *steps;
    int64_t count;
} erm_recipe;

/* ---- cross-validation ---------------------------------------------------------------------------------------------- */

/* Fits done so far of all; return false to cancel. Called from the thread that called erm_cross_validate, now and then. */
typedef bool (*erm_cv_monitor)(int64_t done, int64_t total, void *data);

/* A zero field means its default. */
typedef struct erm_cv_options {
    erm_path_options path; /* lambdas, tol, solver, threads ...; max_seconds is for all; its monitors see the path of all rows */
    int64_t folds;         /* default 10, or n if that is less */
    erm_deal deal;         /* for these folds */
    const int32_t *fold;   /* the caller's own folds in their place: n numbers 0, 1, ..., none left out */
    erm_metric metric;
    erm_recipe recipe;
    bool keep_paths; /* fills fold_path */
    erm_cv_monitor monitor;
    void *monitor_data;
} erm_cv_options;

typedef struct erm_cv {
    int64_t count; /* of lambdas that all folds reached */
    int64_t folds, rows;
    int32_t *fold;  /* rows: the fold each was held out in */
    double *weight; /* folds: sums of the rows' weights */
    double *lambda; /* count */
    /* folds x path.count: the metric on the rows of the fold, of the fit without them; NaN where there is none */
    double *held_out;
    double *mean;   /* count: over folds, by their weights */
    double *error;  /* count: the mean's standard error, the root of the weighted mean square deviation of folds / (folds - 1) */
    int64_t best;   /* the lambda with the best mean (the largest such); -1 if no mean is a number */
    int64_t one_se; /* the largest lambda whose mean is no more than error[best] worse */
    erm_metric metric;
    erm_path path;               /* of all rows: the final fits */
    erm_preparation preparation; /* of all rows: what goes with the final fits in a model (erm_model_describe) */
    erm_path *fold_path;         /* folds: those without the rows of a fold; NULL unless they were to be kept */
    erm_stop stop;               /* of the worst of all paths */
    double seconds;
} erm_cv;

/* Fits the path of all rows, and with its lambdas that of all rows but each fold's, with warm starts and each certified on its
 * rows. Everything that is learnt from data (preparation, standard deviations, coefficients) is learnt
 * from the rows of each training part alone. Mean and standard error are glmnet's (cvm, cvsd); scikit-learn takes the plain
 * mean over folds. The folds run side by side on options->path.solve.threads threads, with the same bits for every number.
 *
 * Where X is stored by columns, and there are no steps, it is copied once, with its rows in the order of the folds.
 * ERM_OK: free with erm_cv_free. Else it is empty, and detail (ERM_DETAIL_SIZE bytes, or NULL) says what was wrong. */
erm_status erm_cross_validate(const erm_problem *problem, const erm_cv_options *options, erm_cv *cv, char *detail);
void erm_cv_free(erm_cv *cv); /* NULL and an empty one are fine */

/* ---- leave-one-out from one fit ------------------------------------------------------------------------------------ */

/* Z (n k): the margin of each row by the fit without it, of one step of Newton's method from the fit w of all rows. Exact for the
 * squared loss with ridge or no penalty; for other smooth losses, and on the active set of L1, elastic nets and the others that
 * erm_degrees_of_freedom knows, approximate leave-one-out (ALO): Rad and Maleki (2020); Wang and others (2018).
 * erm_problem_risk makes the estimate of it.
 *
 * Left out is the row's loss from the sum of losses, while the penalty keeps its weight against that sum, as in these papers: the
 * fit without row i is that for lambda S / (S - s_i). Standardising stays that of all rows. w should be a minimiser to many
 * digits, of a solver that finds exact zeros. A row that alone decides about some direction gets an infinite or undefined margin.
 * With m directions and intercepts: some 3 n m^2 multiplications and m^3 / 3, memory 2 m (m + 400)
 * doubles. Fails as erm_degrees_of_freedom does. */
erm_status erm_alo_margins(const erm_problem *problem, const double *w, double *Z, char *detail);

/* ---- early stopping ------------------------------------------------------------------------------------------------ */

/* A monitor that ends a fit when the metric on held-out rows has not become better for some epochs, and keeps the best W: for
 * solvers that go there in many small steps (gd, lbfgs, prox, svrg, sgd ...), whose number then regularizes.
 *
 *     erm_early_stop stop;
 *     erm_early_stop_open(&held_out, ERM_METRIC_LOSS, 10, &stop, detail);
 *     erm_solve(&training, &(erm_options){.solver = ..., .monitor = erm_early_stop_monitor, .monitor_data = &stop}, w, &result);
 *     ... stop.w ...
 *     erm_early_stop_close(&stop); */
typedef struct erm_early_stop {
    const erm_problem *held_out; /* borrowed */
    erm_metric metric;
    int64_t patience; /* epochs without a better value */
    erm_monitor next; /* another monitor to call, or NULL: set it after opening */
    void *next_data;
    double *w;         /* owned: the best so far; the start before the first epoch */
    double value;      /* its metric; NaN where none was a number */
    int64_t epoch;     /* when that was */
    erm_status status; /* ERM_ENOMEM: the metric could not be measured, which ends the fit */
    double *margin;    /* owned: n k */
} erm_early_stop;

/* held_out: the problem of other rows, with the same columns, outputs and intercept. patience 0: 10. ERM_OK; ERM_ENOMEM; what
 * erm_problem_check and erm_metric_check say. Close it on ERM_OK alone. */
erm_status erm_early_stop_open(const erm_problem *held_out, erm_metric metric, int64_t patience, erm_early_stop *stop,
                               char *detail);
bool erm_early_stop_monitor(const erm_progress *now, void *stop);
void erm_early_stop_close(erm_early_stop *stop);

/* ---- learning curve ------------------------------------------------------------------------------------------------ */

/* A zero field means its default. */
typedef struct erm_curve_options {
    erm_options solve;
    const int64_t *rows; /* `count` rising numbers of training rows; NULL: `count` (default 8) evenly in the logarithm, up to all,
               * each once: fewer where there are few rows */
    int64_t count;
    int64_t folds;   /* default 5 */
    int64_t repeats; /* folds dealt anew, by the seeds deal.seed, deal.seed + 1, ...; default 1 */
    erm_deal deal;
    erm_metric metric;
    erm_recipe recipe;
    erm_cv_monitor monitor;
    void *monitor_data;
} erm_curve_options;

/* What is learnt from n rows: the risk on these rows and on others; their difference is the generalisation gap. */
typedef struct erm_curve {
    int64_t count;
    int64_t runs;                         /* folds x repeats: fits of each number of rows */
    int64_t *rows;                        /* count */
    double *train, *held_out;             /* count: means over the runs */
    double *train_error, *held_out_error; /* count: their standard errors */
    erm_stop stop;                        /* converged, or of the first fit that did not; cancelled: the curve is empty */
    double seconds;
} erm_curve;

/* In each run one fold is held out, and of the other rows, in a random order that spreads the strata evenly (whole groups
 * together, where there are groups), the first n are fitted: a larger n has the rows of the smaller ones. The regularizer stays
 * as it is. Same bits for every number of threads. ERM_OK: free with erm_curve_free. ERM_EINVAL, ERM_EUNSUPPORTED (a checkpoint),
 * ERM_ENOMEM, what erm_problem_check, erm_deal_folds and erm_solve say. */
erm_status erm_learning_curve(const erm_problem *problem, const erm_curve_options *options, erm_curve *curve, char *detail);
void erm_curve_free(erm_curve *curve); /* NULL and an empty one are fine */

#ifdef __cplusplus
}
#endif

#endif
