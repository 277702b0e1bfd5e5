/* The fit without any penalised feature: the intercept alone, or a problem with the columns of factor 0 and no penalty. */
#include "solver/null_model.h"

#include <string.h>

#include "base/detail.h"
#include "ermopt/solve.h"
#include "problem/intercept.h"
#include "problem/sweep.h"

static const double TOL = 1e-13, ENOUGH = 1e-8;

/* b, from the margins that the offsets alone make. */
static erm_status fit_intercept(erm__workspace *ws, double *w)
{
    const int64_t n = ws->n, k = ws->k;
    double *const margin = erm__arena_doubles(&ws->arena, n * k);
    double *const A = erm__arena_doubles(&ws->arena, n * k);
    double *const memory = erm__arena_doubles(&ws->arena, k * (k + 3));
    if (ws->arena.failed) return ERM_ENOMEM;
    erm__sweep_margins(ws, NULL, w, true, margin); /* w is 0 here */
    if (erm__intercept_fit(ws, margin, 0, memory, A)) memcpy(w + ws->d * k, memory, (size_t)k * sizeof(double));
    return ERM_OK;
}

static erm_status solve_part(const erm_problem *part, int threads, double *w, char *detail)
{
    erm_result result;
    const erm_status status = erm_solve(part, &(erm_options){.tol = TOL, .threads = threads}, w, &result);
    if (status) return erm__fail(detail, status, "the features without a penalty: %s", result.detail);
    const erm_certificate *at = &result.certificate;
    const double left = at->kind == ERM_CERTIFICATE_GAP ? at->gap / (at->primal > 0 ? at->primal : 1) : at->kkt;
    const bool rounding = result.stop == ERM_STOP_STALLED && (left <= ENOUGH || at->kkt <= ENOUGH);
    if (result.stop == ERM_STOP_CONVERGED || result.stop == ERM_STOP_NOT_UNIQUE || rounding) return ERM_OK;
    return erm__fail(detail, ERM_EUNSUPPORTED, "the features without a penalty have no best fit: %s", result.detail);
}

static erm_status fit_free(erm__workspace *ws, int64_t count, double *w, char *detail)
{
    const erm_problem *problem = ws->problem;
    const int64_t d = ws->d, k = ws->k;
    int32_t *const list = erm__arena_take(&ws->arena, count, sizeof *list);
    int32_t *const position = erm__arena_take(&ws->arena, d, sizeof *position);
    double *const own = erm__arena_doubles(&ws->arena, (count + 1) * k);
    if (ws->arena.failed) return ERM_ENOMEM;
    int64_t at = 0;
    for (int32_t j = 0; j < d; j++)
        if (erm__is_free(&problem->regularizer, j)) list[at++] = j;
    const erm_cols_view X = erm_cols_view_of(problem->X, count, list, position);
    erm_problem part = *problem;
    part.X = &X.base;
    part.regularizer = erm_none();
    const erm_status status = solve_part(&part, ws->threads, own, detail);
    if (status) return status;
    for (at = 0; at < count; at++) memcpy(w + list[at] * k, own + at * k, (size_t)k * sizeof(double));
    if (problem->intercept) memcpy(w + d * k, own + count * k, (size_t)k * sizeof(double));
    return ERM_OK;
}

erm_status erm__null_model(erm__workspace *ws, double *w, char *detail)
{
    int64_t count = 0;
    for (int64_t j = 0; j < ws->d; j++) count += erm__is_free(&ws->problem->regularizer, j);
    memset(w, 0, (size_t)ws->size * sizeof(double));
    if (count > 0) return fit_free(ws, count, w, detail);
    return ws->problem->intercept ? fit_intercept(ws, w) : ERM_OK;
}
