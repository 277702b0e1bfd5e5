/* The start of certifying: memory, and the sizes that everything is compared with. */
#include "problem/certifier.h"

#include <math.h>
#include <string.h>

#include "problem/first_look.h"
#include "problem/sweep.h"

static const double WORTH_MENDING = 1e-2; /* a residual */

static void look_first(erm__certifier *self)
{
    erm__workspace *ws = self->ws;
    erm__first_look look = {.margin = self->margin,
                            .derivative = self->dual,
                            .gradient = self->gradient,
                            .mean_square = self->rms,
                            .mean = self->centre,
                            .spread = self->centre ? self->metric : NULL,
                            .scratch = self->trial};
    erm__look_first(ws, &look);
    self->start_value = look.value;
    self->start_scale = erm__dual_size(ws, self->dual);
    self->is_at_zero = look.whole;
    if (!self->centre) memcpy(self->metric, self->rms, (size_t)ws->d * sizeof(double));
}

erm_status erm__certifier_open(erm__certifier *self, erm__workspace *ws)
{
    const erm_problem *problem = ws->problem;
    const erm_regularizer_ops *ops = problem->regularizer.ops;
    const int64_t scratch = ops->scratch ? ops->scratch(&problem->regularizer, ws->d, ws->k) : 0;
    *self = (erm__certifier){.ws = ws, .shape = {.d = ws->d, .k = ws->k}};
    self->shape.scratch = erm__arena_doubles(&ws->arena, scratch);
    self->margin = erm__arena_doubles(&ws->arena, ws->n * ws->k);
    self->dual = erm__arena_doubles(&ws->arena, ws->n * ws->k);
    self->gradient = erm__arena_doubles(&ws->arena, ws->size);
    self->trial = erm__arena_doubles(&ws->arena, ws->size);
    self->metric = erm__arena_doubles(&ws->arena, ws->d + 1);
    if (problem->intercept) self->centre = erm__arena_doubles(&ws->arena, ws->d);
    self->fit = erm__arena_doubles(&ws->arena, ws->k * (ws->k + 3));
    self->rms = erm__arena_doubles(&ws->arena, ws->d);
    if (ws->arena.failed) return ERM_ENOMEM;
    look_first(self);
    for (int64_t j = 0; j < ws->d; j++) self->rms[j] = sqrt(self->rms[j]);
    self->smallest_metric = erm__metric_from_squares(ws->d, self->metric);
    self->metric[ws->d] = 1;
    self->mend_below = self->passes = INFINITY;
    return erm__mend_open(&self->mend, ws, self->shape, self->rms);
}

void erm__certifier_aim(erm__certifier *self, double tol, double passes)
{
    self->near = tol;
    self->mend_below = WORTH_MENDING;
    self->passes = passes;
}

bool erm__certifier_is_finite(const erm__certifier *self)
{
    for (int64_t j = 0; j < self->ws->d; j++)
        if (!isfinite(self->rms[j])) return false;
    return true;
}
