/* Regularization paths: one problem for many lambdas.
 *
 *     erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_squared(), .regularizer = erm_l1(1), .intercept = true};
 *     erm_path path;
 *     erm_status status = erm_path_solve(&problem, NULL, &path, detail);
 *     for (int64_t i = 0; i < path.count; i++) erm_path_w(&path, i, w);
 *     erm_path_free(&path);
 *
 * lambda multiplies the problem's regularizer (erm_regularizer_scaled): with erm_l1(1) it is l1 itself; with erm_elastic_net(a, 1 - a)
 * it is glmnet's lambda for alpha = a; with erm_mcp(1, gamma) it is MCP's lambda. For a fixed l2 beside a path of l1: erm_sum. */
#ifndef ERMOPT_PATH_H
#define ERMOPT_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/solve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The smallest lambda with which W = 0 is optimal, given the intercept and the features of factor 0, which the null model
 * fits, and weights, offsets, factors and outputs. Of MCP and SCAD: stationary. For a differentiable loss and a regularizer that is sharp at
 * 0 in every direction (all kinds of L1, elastic nets with l1 > 0, group lassos, L2,1, SLOPE, nuclear and L-infinity norm,
 * fused lasso with l1 > 0, MCP, SCAD, and their sums with l2 or a proximity); total variation alone leaves constants free.
 * ERM_OK; ERM_EUNSUPPORTED and a sentence; what erm_problem_check says; ERM_ENOMEM. detail: ERM_DETAIL_SIZE bytes, or NULL. */
erm_status erm_lambda_max(const erm_problem *problem, double *lambda_max, char *detail);

#ifdef __cplusplus
}
#endif

#endif
