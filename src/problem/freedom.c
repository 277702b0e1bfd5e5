/* Degrees of freedom of a fit. */
#include "ermopt/freedom.h"

#include "base/detail.h"
#include "problem/local.h"

static erm_status trace(erm__local *local, double *out, char *detail)
{
    const int64_t m = local->smoother.m;
    erm__arena *const arena = &local->ws.arena;
    double *const root = erm__arena_doubles(arena, 2 * m);
    int64_t *const pivot = erm__arena_take(arena, m, sizeof(int64_t));
    if (arena->failed) return erm__fail(detail, ERM_ENOMEM, "%s", erm_status_text(ERM_ENOMEM));
    *out = erm__smoother_trace(&local->smoother, root, root + m, pivot);
    return ERM_OK;
}

erm_status erm_degrees_of_freedom(const erm_problem *problem, const double *w, double *out, char *detail)
{
    if (!out) return erm__fail(detail, ERM_EINVAL, "erm_degrees_of_freedom needs a place for its answer");
    erm__local local;
    erm_status status = erm__local_open(problem, w, &local, detail);
    if (!status) status = trace(&local, out, detail);
    erm__local_close(&local);
    return status;
}
