/* Does F fall for ever without attaining its infimum? Looks along w, and along the intercept alone.
 *
 * F is convex, so if it is no larger at a point 1e9 times as far along a ray, it never rises again on the way. It has no
 * minimum there if it still falls where the loss has become tiny but its slope has not become 0: the logistic loss of
 * separated samples does, the hinge's does not. */
#include <math.h>

#include "problem/certifier.h"
#include "problem/walk.h"

typedef struct ray {
    const double *margin;
    double along;
    int64_t output; /* z = margin + along for this output; -1: z = offset + along (margin - offset) */
} ray;

/* sums: [0] slope along the ray */
static double ray_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    const ray *job = data;
    const erm_loss *loss = &ws->problem->loss;
    const int64_t n = block->rows.count, k = ws->k;
    const double *margin = job->margin + block->first * k;
    for (int64_t i = 0; i < n * k; i++) {
        const double o = block->o ? block->o[i] : 0;
        const double direction = job->output < 0 ? margin[i] - o : i % k == job->output ? 1 : 0;
        block->z[i] = job->output < 0 ? o + job->along * direction : margin[i] + job->along * direction;
    }
    const double value = loss->ops->eval(loss, n, k, block->z, block->y, block->s, block->d, NULL);
    for (int64_t i = 0; i < n * k; i++) {
        const double o = block->o ? block->o[i] : 0;
        block->sum[0] += block->d[i] * (job->output < 0 ? margin[i] - o : i % k == job->output ? 1 : 0);
    }
    return value;
}

static double along_ray(erm__certifier *self, ray *job, double along, double *slope)
{
    erm__workspace *ws = self->ws;
    job->along = along;
    return erm__walk(ws, (erm_rows){.count = ws->n}, ray_block, job, 1, slope) / ws->total_weight;
}

static double largest_margin(const erm__certifier *self)
{
    const erm__workspace *ws = self->ws;
    double largest = 0;
    for (int64_t i = 0; i < ws->n * ws->k; i++) {
        const double o = ws->problem->offset ? ws->problem->offset[i] : 0;
        largest = fmax(largest, fabs(self->margin[i] - o));
    }
    return largest;
}

static const double FAR = 1e9,
                    NEAR = 30; /* margins at which a loss is as good as at infinity, and at which exp(-z) is still felt */

static bool falls_along_w(erm__certifier *self, const double *w, double primal)
{
    erm__workspace *ws = self->ws;
    const erm_regularizer *R = &ws->problem->regularizer;
    const double largest = largest_margin(self);
    if (!(largest > 0) || FAR / largest < 1) return false;
    for (int64_t j = 0; j < ws->d * ws->k; j++) self->trial[j] = FAR / largest * w[j];
    const double far_penalty = R->ops->value(R, self->shape, self->trial);
    if (!(far_penalty <= R->ops->value(R, self->shape, w))) return false;
    ray job = {.margin = self->margin, .output = -1};
    double slope;
    if (!(along_ray(self, &job, FAR / largest, &slope) + far_penalty <= primal)) return false;
    along_ray(self, &job, fmax(1, NEAR / largest), &slope);
    return slope < 0;
}

static bool falls_along_intercept(erm__certifier *self, double primal)
{
    double slope;
    for (int64_t c = 0; c < self->ws->k; c++)
        for (int sign = -1; sign <= 1; sign += 2) {
            ray job = {.margin = self->margin, .output = c};
            if (!(along_ray(self, &job, sign * FAR, &slope) <= primal)) continue;
            along_ray(self, &job, sign * NEAR, &slope);
            if (sign * slope < 0) return true;
        }
    return false;
}

const char *erm__unattained(erm__certifier *self, const double *w, double primal)
{
    const erm_problem *problem = self->ws->problem;
    if (!isfinite(primal)) return NULL;
    if (problem->intercept && falls_along_intercept(self, primal))
        return "the loss falls for ever as the intercept grows (are all labels equal?); no finite intercept is best";
    if (falls_along_w(self, w, primal))
        return "the data are separated by W and the loss falls for ever as W grows; no finite W is best: add a penalty";
    return NULL;
}
