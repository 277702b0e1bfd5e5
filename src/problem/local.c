/* A problem around a fit: the directions in which W can move there, and second derivatives along them. */
#include "problem/local.h"

#include <math.h>
#include <string.h>

#include "base/detail.h"

static erm_status take_memory(erm__local *self)
{
    erm__arena *arena = &self->ws.arena;
    const erm_regularizer *R = &self->prepared.problem.regularizer;
    self->shape = (erm_shape){.d = self->ws.d, .k = self->ws.k};
    self->shape.scratch = erm__arena_doubles(arena, R->ops->scratch ? R->ops->scratch(R, self->ws.d, self->ws.k) : 0);
    self->w = erm__arena_doubles(arena, self->ws.size);
    self->direction = erm__arena_take(arena, self->ws.d * self->ws.k, sizeof(int64_t));
    self->along = erm__arena_doubles(arena, self->ws.d * self->ws.k);
    return arena->failed ? ERM_ENOMEM : ERM_OK;
}

/* Without `directions`, a regularizer with second derivatives holds nothing. */
static erm_status find_directions(erm__local *self, char *detail)
{
    const erm_regularizer *R = &self->prepared.problem.regularizer;
    const int64_t entries = self->ws.d * self->ws.k;
    int64_t count = -1;
    if (R->ops->directions) {
        count = R->ops->directions(R, self->shape, self->w, self->direction, self->along);
    } else if (R->ops->hessian) {
        count = entries;
        for (int64_t i = 0; i < entries; i++) {
            self->direction[i] = i;
            self->along[i] = 1;
        }
    }
    if (count < 0)
        return erm__fail(detail, ERM_EUNSUPPORTED, "the directions in which W can move are not known for the regularizer %s",
                         R->ops->name);
    self->smoother = (erm__smoother){.count = count,
                                     .m = count + (self->ws.problem->intercept ? self->ws.k : 0),
                                     .direction = self->direction,
                                     .along = self->along};
    return ERM_OK;
}

/* out = R''(w) v */
static void multiply(const erm__local *self, const double *diagonal, const double *v, double *out)
{
    const erm_regularizer *R = &self->prepared.problem.regularizer;
    const int64_t entries = self->ws.d * self->ws.k;
    memset(out, 0, (size_t)entries * sizeof(double));
    if (R->ops->hessian_mul)
        R->ops->hessian_mul(R, self->shape, self->w, v, out);
    else
        for (int64_t i = 0; i < entries; i++) out[i] = diagonal[i] * v[i];
}

/* Q = B'R''(w) B */
static erm_status find_bends(erm__local *self)
{
    const erm_regularizer *R = &self->prepared.problem.regularizer;
    erm__smoother *to = &self->smoother;
    const int64_t entries = self->ws.d * self->ws.k, m = to->m;
    to->Q = erm__arena_doubles(&self->ws.arena, m * m);
    double *const v = erm__arena_doubles(&self->ws.arena, entries);
    double *const out = erm__arena_doubles(&self->ws.arena, entries);
    double *const diagonal = erm__arena_doubles(&self->ws.arena, entries);
    if (self->ws.arena.failed) return ERM_ENOMEM;
    if (!R->ops->hessian_mul && !R->ops->hessian) return ERM_OK;
    if (R->ops->hessian) R->ops->hessian(R, self->shape, self->w, diagonal);
    for (int64_t p = 0; p < to->count; p++) {
        for (int64_t i = 0; i < entries; i++) v[i] = self->direction[i] == p ? self->along[i] : 0;
        multiply(self, diagonal, v, out);
        for (int64_t i = 0; i < entries; i++)
            if (self->direction[i] >= 0) to->Q[p * m + self->direction[i]] += out[i] * self->along[i];
    }
    return ERM_OK;
}

static erm_status measure(erm__local *self, const double *w, char *detail)
{
    erm_status status = take_memory(self);
    if (status) return status;
    erm__prepared_enter(&self->prepared, w, self->w);
    status = find_directions(self, detail);
    if (!status) status = find_bends(self);
    return status ? status : erm__smoother_hessian(&self->smoother, &self->ws, self->w);
}

static erm_status check(const erm_problem *problem, const double *w, char *detail)
{
    const erm_status status = erm_problem_check(problem, detail);
    if (status) return status;
    if (!w) return erm__fail(detail, ERM_EINVAL, "there is no fit w");
    for (int64_t j = 0; j < erm_problem_size(problem); j++)
        if (!isfinite(w[j])) return erm__fail(detail, ERM_EDATA, "w[%lld] is not finite", (long long)j);
    if (!problem->loss.ops->differentiable)
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s loss has kinks, around which a fit has no second derivatives",
                         problem->loss.ops->name);
    return ERM_OK;
}

erm_status erm__local_open(const erm_problem *problem, const double *w, erm__local *local, char *detail)
{
    *local = (erm__local){0};
    erm_status status = check(problem, w, detail);
    if (status) return status;
    status = erm__prepare(&local->prepared, problem, 0);
    if (!status) status = erm__workspace_open(&local->ws, &local->prepared.problem, 0);
    if (!status) status = measure(local, w, detail);
    return status == ERM_ENOMEM ? erm__fail(detail, status, "%s", erm_status_text(status)) : status;
}

void erm__local_close(erm__local *local)
{
    erm__workspace_close(&local->ws);
    erm__prepared_close(&local->prepared);
}
