/* The optimality residual of a certificate: what one prox-gradient step would move. */
#include <float.h>
#include <math.h>

#include "base/simd.h"
#include "problem/certifier.h"

/* trial = p, the point that one prox-gradient step from w leads to, with steps step metric_j; returns step. */
static double prox_point(erm__certifier *self, const double *w)
{
    erm__workspace *ws = self->ws;
    const erm_problem *problem = ws->problem;
    const erm_regularizer *R = &problem->regularizer;
    const double curvature = problem->loss.ops->curvature(&problem->loss, ws->k);
    const double nearness =
        R->ops->nonconvex ? 1e-4 : 1; /* so near that the residual is the distance to the subdifferential at w itself */
    const double *metric = R->ops->separable ? self->metric : NULL;
    const double step = nearness * (metric ? 1 : self->smallest_metric) / (isfinite(curvature) && curvature > 0 ? curvature : 1);
    for (int64_t j = 0; j < ws->d; j++)
        for (int64_t c = j * ws->k; c < (j + 1) * ws->k; c++)
            self->trial[c] = w[c] - step * (metric ? metric[j] : 1) * self->gradient[c];
    R->ops->prox(R, self->shape, step, metric, self->trial, self->trial);
    return step;
}

/* What a prox-gradient step moved: the largest |w - p| / step_j sqrt(metric_j), and g'(w - p) - ||w - p||^2 / (2 step). */
typedef struct moved {
    double most, decrease;
} moved;

/* |w - p|, or what cannot be told from 0, in units of 1 / unit. */
ERM_INLINE double seen_of(double w, double move, double unit)
{
    const double size = fabs(move), least = DBL_EPSILON * fabs(w);
    return (size > least ? size : least) * unit;
}

/* `count` <= ERM_LANES entries, each into a lane of its own. */
ERM_INLINE void add_lanes(int64_t count, bool scaled, const double *metric, const double *w, const double *p, const double *g,
                          double half, double *most, double *decrease)
{
    ERM_SIMD
    for (int64_t l = 0; l < count; l++) {
        const double move = w[l] - p[l], inverse = scaled ? 1 / metric[l] : 1,
                     seen = seen_of(w[l], move, sqrt(metric[l]) * inverse);
        most[l] = seen > most[l] ? seen : most[l];
        decrease[l] += move * (g[l] - half * move * inverse);
    }
}

/* One output, with the steps step_j = step metric_j where `scaled`, else step. */
ERM_INLINE moved add_moves(const erm__certifier *self, bool scaled, const double *w, double step)
{
    const double *const p = self->trial, *const g = self->gradient, *const metric = self->metric, half = 0.5 / step;
    double most[ERM_LANES] = {0}, decrease[ERM_LANES] = {0};
    const int64_t d = self->ws->d, whole = d - d % ERM_LANES;
    for (int64_t j = 0; j < whole; j += ERM_LANES)
        add_lanes(ERM_LANES, scaled, metric + j, w + j, p + j, g + j, half, most, decrease);
    add_lanes(d - whole, scaled, metric + whole, w + whole, p + whole, g + whole, half, most, decrease);
    moved all = {0};
    for (int64_t l = 0; l < ERM_LANES; l++) {
        all.most = most[l] / step > all.most ? most[l] / step : all.most;
        all.decrease += decrease[l];
    }
    return all;
}

static moved add_moves_many(const erm__certifier *self, bool scaled, const double *w, double step)
{
    const int64_t k = self->ws->k;
    double most = 0, decrease = 0;
    for (int64_t j = 0; j < self->ws->d; j++) {
        const double inverse = scaled ? 1 / self->metric[j] : 1, unit = sqrt(self->metric[j]) * inverse;
        for (int64_t c = j * k; c < (j + 1) * k; c++) {
            const double move = w[c] - self->trial[c], seen = seen_of(w[c], move, unit);
            most = seen > most ? seen : most;
            decrease += move * (self->gradient[c] - 0.5 / step * move * inverse);
        }
    }
    return (moved){.most = most / step, .decrease = decrease};
}

ERM_KERNEL static void find_moves(const erm__certifier *self, bool scaled, const double *w, double step, moved *out)
{
    *out = scaled ? add_moves(self, true, w, step) : add_moves(self, false, w, step);
}

double erm__certifier_residual(erm__certifier *self, const double *w, double penalty, double primal)
{
    erm__workspace *ws = self->ws;
    const erm_regularizer *R = &ws->problem->regularizer;
    if (!ws->problem->loss.ops->differentiable || !isfinite(primal)) return INFINITY;
    const double step = prox_point(self, w);
    moved seen;
    if (ws->k == 1)
        find_moves(self, R->ops->separable, w, step, &seen);
    else
        seen = add_moves_many(self, R->ops->separable, w, step);
    double residual = seen.most / fmax(self->start_scale, DBL_MIN);
    const double decrease = seen.decrease + penalty - R->ops->value(R, self->shape, self->trial);
    for (int64_t j = ws->d * ws->k; j < ws->size; j++)
        if (self->gradient[j] != 0) residual = fmax(residual, fabs(self->gradient[j]) / fmax(self->start_scale, DBL_MIN));
    const double scale = erm__certifier_scale(self, primal);
    return decrease > 16 * DBL_EPSILON * scale ? fmax(residual, decrease / scale) : residual;
}
