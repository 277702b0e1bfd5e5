/* Degrees of freedom of a fit. */
#include "ermopt/freedom.h"

#include <math.h>
#include <string.h>

#include "base/detail.h"
#include "problem/prepare.h"
#include "problem/smoother.h"

typedef struct freedom {
    erm__prepared prepared;
    erm__workspace ws;
    erm_shape shape;
    double *w;
    int64_t *direction;
    double *along;
    erm__smoother smoother;
} freedom;

static erm_status take_memory(freedom *self)
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
static erm_status find_directions(freedom *self, char *detail)
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
        return erm__fail(detail, ERM_EUNSUPPORTED, "the degrees of freedom are not known for the regularizer %s", R->ops->name);
    self->smoother = (erm__smoother){.count = count,
                                     .m = count + (self->ws.problem->intercept ? self->ws.k : 0),
                                     .direction = self->direction,
                                     .along = self->along};
    return ERM_OK;
}

/* out = R''(w) v */
static void multiply(const freedom *self, const double *diagonal, const double *v, double *out)
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
static erm_status find_bends(freedom *self)
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

static erm_status measure(freedom *self, const double *w, double *out, char *detail)
{
    erm_status status = take_memory(self);
    if (status) return status;
    erm__prepared_enter(&self->prepared, w, self->w);
    status = find_directions(self, detail);
    if (!status) status = find_bends(self);
    if (!status) status = erm__smoother_hessian(&self->smoother, &self->ws, self->w);
    const int64_t m = self->smoother.m;
    double *const root = erm__arena_doubles(&self->ws.arena, 2 * m);
    int64_t *const pivot = erm__arena_take(&self->ws.arena, m, sizeof(int64_t));
    if (!status && self->ws.arena.failed) status = ERM_ENOMEM;
    if (!status) *out = erm__smoother_trace(&self->smoother, root, root + m, pivot);
    return status;
}

static erm_status check(const erm_problem *problem, const double *w, const double *out, char *detail)
{
    const erm_status status = erm_problem_check(problem, detail);
    if (status) return status;
    if (!w || !out) return erm__fail(detail, ERM_EINVAL, "erm_degrees_of_freedom needs w and a place for its answer");
    for (int64_t j = 0; j < erm_problem_size(problem); j++)
        if (!isfinite(w[j])) return erm__fail(detail, ERM_EDATA, "w[%lld] is not finite", (long long)j);
    if (!problem->loss.ops->differentiable)
        return erm__fail(detail, ERM_EUNSUPPORTED, "the degrees of freedom are not known for %s loss, which has kinks",
                         problem->loss.ops->name);
    return ERM_OK;
}

erm_status erm_degrees_of_freedom(const erm_problem *problem, const double *w, double *out, char *detail)
{
    erm_status status = check(problem, w, out, detail);
    if (status) return status;
    freedom self = {0};
    status = erm__prepare(&self.prepared, problem, 0);
    if (!status) status = erm__workspace_open(&self.ws, &self.prepared.problem, 0);
    if (!status) status = measure(&self, w, out, detail);
    if (status == ERM_ENOMEM) erm__fail(detail, status, "%s", erm_status_text(status));
    erm__workspace_close(&self.ws);
    erm__prepared_close(&self.prepared);
    return status;
}
