/* The smallest lambda that keeps W at 0.
 *
 * W = 0 minimises L(W) + lambda R(W) where -g is in lambda times the subdifferential of R at 0, g being the gradient of L
 * at the null model: where prox_{t lambda R}(-t g) = 0 (Parikh and Boyd 2014, "Proximal algorithms", section 2.3). As R >= R(0)
 * the subdifferential contains 0, so that lambdas above a lambda that does it do it too: bisection, for any R that has a prox.
 * Of penalties that are not convex the steps t are short, and 0 is a stationary point. */
#include <math.h>
#include <string.h>

#include "base/detail.h"
#include "ermopt/path.h"
#include "problem/prepare.h"
#include "problem/sweep.h"
#include "solver/null_model.h"

static const double STEP = 1e-3; /* below what makes the prox of MCP and SCAD jump */

erm_status erm__lambda_max_check(const erm_problem *problem, char *detail)
{
    const erm_regularizer_ops *R = problem->regularizer.ops;
    if (R->amounts == 0)
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s has no lambda (no amount that could be scaled); use l1, group-lasso, ...",
                         R->name);
    if (!problem->loss.ops->differentiable)
        return erm__fail(detail, ERM_EUNSUPPORTED,
                         "%s loss has kinks, where its gradient does not tell lambda_max; give the lambdas yourself",
                         problem->loss.ops->name);
    return ERM_OK;
}

/* Is prox_{STEP lambda R}(V) = 0 but for free features? */
static bool stays_zero(const erm_regularizer *R, erm_shape shape, double lambda, const double *V, double *W)
{
    const erm_regularizer scaled = erm_regularizer_scaled(R, lambda);
    R->ops->prox(&scaled, shape, STEP, NULL, V, W);
    for (int64_t j = 0; j < shape.d; j++)
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++)
            if (!(W[i] == 0) && !erm__is_free(R, j)) return false;
    return true;
}

/* Does a huge lambda keep every tiny V at 0? */
static bool makes_sparse(const erm_regularizer *R, erm_shape shape, double *V, double *W)
{
    const double tiny = 1e-100, count = (double)(shape.d * shape.k);
    for (int64_t i = 0; i < shape.d * shape.k; i++) V[i] = erm__is_free(R, i / shape.k) ? 0 : tiny * (1 + (double)i / count);
    return stays_zero(R, shape, 1 / tiny, V, W);
}

static double bisect(const erm_regularizer *R, erm_shape shape, const double *V, double *W)
{
    enum { MOST_DOUBLINGS = 1000, HALVINGS = 60 };
    double high = 1;
    for (int i = 0; i < MOST_DOUBLINGS && !stays_zero(R, shape, high, V, W); i++) high *= 2;
    for (int i = 0; i < MOST_DOUBLINGS && stays_zero(R, shape, high / 2, V, W); i++) high /= 2;
    double low = high / 2;
    for (int i = 0; i < HALVINGS; i++) {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        if (stays_zero(R, shape, middle, V, W))
            high = middle;
        else
            low = middle;
    }
    return high;
}

erm_status erm__lambda_max(const erm_regularizer *R, erm_shape shape, const double *gradient, double *scratch, double *lambda_max,
                           char *detail)
{
    const int64_t length = shape.d * shape.k;
    double *const V = scratch, *const W = scratch + length;
    if (!makes_sparse(R, shape, V, W))
        return erm__fail(detail, ERM_EUNSUPPORTED,
                         "no lambda makes W 0 with %s: some direction has no penalty that is sharp at 0; where that is meant for "
                         "single features, give them factor 0",
                         R->ops->name);
    memset(W, 0, (size_t)length * sizeof *W);
    if (!(R->ops->value(R, shape, W) < INFINITY))
        return erm__fail(detail, ERM_EUNSUPPORTED, "W = 0 is outside the bounds of %s", R->ops->name);
    bool zero = true;
    for (int64_t i = 0; i < length; i++) {
        V[i] = erm__is_free(R, i / shape.k) ? 0 : -STEP * gradient[i];
        zero &= V[i] == 0;
    }
    *lambda_max = zero || stays_zero(R, shape, 0, V, W) ? 0 : bisect(R, shape, V, W);
    return ERM_OK;
}

static erm_status find(erm__workspace *ws, double *lambda_max, char *detail)
{
    const erm_regularizer *R = &ws->problem->regularizer;
    const int64_t d = ws->d, k = ws->k;
    double *const w = erm__arena_doubles(&ws->arena, ws->size);
    double *const gradient = erm__arena_doubles(&ws->arena, ws->size);
    double *const scratch = erm__arena_doubles(&ws->arena, 2 * d * k);
    const erm_shape shape = {d, k, erm__arena_doubles(&ws->arena, R->ops->scratch ? R->ops->scratch(R, d, k) : 0)};
    if (ws->arena.failed) return ERM_ENOMEM;
    const erm_status status = erm__null_model(ws, w, detail);
    if (status) return status;
    erm__sweep_run(ws, &(erm__sweep){.rows = erm__all_rows(ws), .w = w, .gradient = gradient});
    return erm__lambda_max(R, shape, gradient, scratch, lambda_max, detail);
}

erm_status erm_lambda_max(const erm_problem *problem, double *lambda_max, char *detail)
{
    if (detail) *detail = 0;
    if (!lambda_max) return erm__fail(detail, ERM_EINVAL, "erm_lambda_max needs room for its answer");
    erm_status status = erm_problem_check(problem, detail);
    if (!status) status = erm__lambda_max_check(problem, detail);
    if (status) return status;
    erm__workspace ws = {0};
    erm__prepared prepared;
    status = erm__prepare(&prepared, problem, 0);
    if (!status) status = erm__workspace_open(&ws, &prepared.problem, 0);
    if (!status) status = find(&ws, lambda_max, detail);
    erm__workspace_close(&ws);
    erm__prepared_close(&prepared);
    if (status == ERM_ENOMEM) erm__fail(detail, status, "%s", erm_status_text(status));
    return status;
}
