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

/* With the steps step_j = step metric_j where `scaled`, else step. */
ERM_INLINE moved add_moves(const erm__certifier *self, bool scaled, int64_t k, const double *w, double step)
{
    const double *const p = self->trial, *const g = self->gradient, *const metric = self->metric, half = 0.5 / step;
    double most = 0, decrease = 0;
#pragma omp simd reduction(max : most) reduction(+ : decrease)
    for (int64_t j = 0; j < self->ws->d; j++) {
        const double root = sqrt(metric[j]), inverse = scaled ? 1 / metric[j] : 1;
        for (int64_t c = j * k; c < (j + 1) * k; c++) {
            const double move = w[c] - p[c], size = fabs(move), least = DBL_EPSILON * fabs(w[c]); /* no less can be told from 0 */
            const double seen = (size > least ? size : least) * root * inverse;
            most = seen > most ? seen : most;
            decrease += move * (g[c] - half * move * inverse);
        }
    }
    return (moved){.most = most / step, .decrease = decrease};
}

ERM_KERNEL static void find_moves(const erm__certifier *self, bool scaled, const double *w, double step, moved *out)
{
    const int64_t k = self->ws->k;
    if (k == 1)
        *out = scaled ? add_moves(self, true, 1, w, step) : add_moves(self, false, 1, w, step);
    else
        *out = add_moves(self, scaled, k, w, step);
}

double erm__certifier_residual(erm__certifier *self, const double *w, double penalty, double primal)
{
    erm__workspace *ws = self->ws;
    const erm_regularizer *R = &ws->problem->regularizer;
    if (!ws->problem->loss.ops->differentiable || !isfinite(primal)) return INFINITY;
    const double step = prox_point(self, w);
    moved seen;
    find_moves(self, R->ops->separable, w, step, &seen);
    double residual = seen.most / fmax(self->start_scale, DBL_MIN);
    const double decrease = seen.decrease + penalty - R->ops->value(R, self->shape, self->trial);
    for (int64_t j = ws->d * ws->k; j < ws->size; j++)
        if (self->gradient[j] != 0) residual = fmax(residual, fabs(self->gradient[j]) / fmax(self->start_scale, DBL_MIN));
    const double scale = erm__certifier_scale(self, primal);
    return decrease > 16 * DBL_EPSILON * scale ? fmax(residual, decrease / scale) : residual;
}
