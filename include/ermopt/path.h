/* Regularization paths: one problem for many lambdas.
 *
 *     erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_squared(), .regularizer = erm_l1(1), .intercept = true};
 *     erm_path path;
 *     erm_status status = erm_path_solve(&problem, NULL, &path, detail);
 *     for (int64_t i = 0; i < path.count; i++) erm_path_w(&path, i, w);
 *     erm_path_free(&path);
 *
 * lambda multiplies the problem's regularizer (erm_regularizer_scaled): with erm_l1(1) it is l1 itself; with
 * erm_elastic_net(a, 1 - a) it is glmnet's lambda for alpha = a; with erm_mcp(1, gamma) it is MCP's lambda. For a fixed l2 beside
 * a path of l1: erm_sum. */
#ifndef ERMOPT_PATH_H
#define ERMOPT_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/solve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The smallest lambda with which W = 0 is optimal, given the intercept and the features of factor 0, which the null model
 * fits, and weights, offsets, factors and outputs. Of MCP and SCAD: stationary. For a differentiable loss and a regularizer that
 * is sharp at 0 in every direction (all kinds of L1, elastic nets with l1 > 0, group lassos, L2,1, SLOPE, nuclear and L-infinity
 * norm, fused lasso with l1 > 0, MCP, SCAD, and their sums with l2 or a proximity); total variation alone leaves constants free.
 * ERM_OK; ERM_EUNSUPPORTED and a sentence; what erm_problem_check says; ERM_ENOMEM. detail: ERM_DETAIL_SIZE bytes, or NULL. */
erm_status erm_lambda_max(const erm_problem *problem, double *lambda_max, char *detail);

/* One fit. W is stored by its entries that are not 0; erm_path_w gives it whole. */
typedef struct erm_path_point {
    double lambda;
    erm_result result; /* as of erm_solve; seconds and passes are this lambda's, with those of its certificates */
    int64_t nonzeros;
    const int64_t *index;    /* nonzeros: rising places in W, j k + c */
    const double *value;     /* nonzeros */
    const double *intercept; /* k, or NULL */
} erm_path_point;

/* Return false to end the path after this point. Called from the thread that called erm_path_solve. */
typedef bool (*erm_path_monitor)(const erm_path_point *point, void *data);

/* A zero field means its default. */
typedef struct erm_path_options {
    erm_options solve;    /* tol, threads, solver, ... of each lambda; max_seconds is for the whole path; its monitor is not
                            * called where the path works on a Gram matrix; a checkpoint is refused: save the points */
    const double *lambda; /* `count` positive numbers, best falling; NULL: from lambda_max to ratio lambda_max, evenly in the
                            * logarithm */
    int64_t count;        /* of the lambdas; default: 100 */
    double ratio;         /* default: 0.01 where d > n, else 0.0001 */
    bool no_screening;    /* every solver sees every feature */
    erm_path_monitor monitor;
    void *monitor_data;
} erm_path_options;

typedef struct erm_path {
    int64_t count; /* of points; fewer than lambdas where the time ran out or the monitor said so */
    erm_path_point *point;
    int64_t d, k;
    double lambda_max; /* NaN where there is none (then the lambdas are given) */
    erm_stop stop;     /* converged: all points were certified to tol; else why the first that was not, or the path, ended */
    double seconds;
    int64_t workspace_bytes; /* besides the data and the points, and what solvers of parts took */
} erm_path;

/* Fits all lambdas, each from the one before, and certifies every point on all the data to options->solve.tol. Features that
 * cannot matter are left out by the sequential strong rule (Tibshirani and others 2012), and the optimality conditions of all
 * features are checked at every lambda. The squared loss with a regularizer that erm_solver_gram takes is solved on the Gram
 * matrix, of all features where n is well above d, else of those that have been active: X is then read about once a lambda.
 * Other problems are given to options->solve.solver, with the features that are left.
 *
 * ERM_OK: free the path with erm_path_free. Otherwise it is empty, and detail (ERM_DETAIL_SIZE bytes, or NULL) says what was
 * wrong. options may be NULL. */
erm_status erm_path_solve(const erm_problem *problem, const erm_path_options *options, erm_path *path, char *detail);

/* W and the intercept of a point: erm_problem_size doubles. */
void erm_path_w(const erm_path *path, int64_t i, double *w);

/* Frees the points and empties the path; an empty one is fine. */
void erm_path_free(erm_path *path);

#ifdef __cplusplus
}
#endif

#endif
