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

/* Inline, unlike fmax, which knows NaN. */
static double larger(double a, double b) { return b > a ? b : a; }

/* The largest margin less its offset, at w. */
static double largest_margin(const erm__certifier *self)
{
    const erm__workspace *ws = self->ws;
    double largest = 0;
    for (int64_t i = 0; i < ws->n * ws->k; i++) {
        const double o = ws->problem->offset ? ws->problem->offset[i] : 0;
        largest = larger(largest, fabs(self->margin[i] - o));
    }
    return largest;
}

/* The unit of margins: targets and offsets may be far from 0 themselves, and a fit goes after them without running away. */
static double size_of_margins(const erm__certifier *self)
{
    const erm_problem *problem = self->ws->problem;
    double size = 1;
    for (int64_t i = 0; i < self->ws->n * self->ws->targets; i++) size = larger(size, fabs(problem->y[i]));
    for (int64_t i = 0; i < self->ws->n * self->ws->k; i++) {
        size = larger(size, fabs(self->margin[i]));
        if (problem->offset) size = larger(size, fabs(problem->offset[i]));
    }
    return size;
}

static const double FAR = 1e9, /* units at which a loss is as good as at infinity */
    NEAR = 30,                 /* margin at which exp(-z) is still felt */
    BOUNDLESS = 1e6;           /* times |F|: more than a loss that is bounded below could fall */

typedef enum verdict { ATTAINED, UNATTAINED, UNBOUNDED } verdict;

static verdict verdict_of(double primal, double far, double slope)
{
    if (!(far <= primal) || !(slope < 0)) return ATTAINED;
    return far < primal - BOUNDLESS * fmax(1, fabs(primal)) ? UNBOUNDED : UNATTAINED;
}

static verdict along_w(erm__certifier *self, const double *w, double primal, double size)
{
    erm__workspace *ws = self->ws;
    const erm_regularizer *R = &ws->problem->regularizer;
    const double largest = largest_margin(self), times = FAR * size / largest;
    if (!(largest > 0) || !(times >= 1)) return ATTAINED;
    for (int64_t j = 0; j < ws->d * ws->k; j++) self->trial[j] = times * w[j];
    const double far_penalty = R->ops->value(R, self->shape, self->trial);
    if (!(far_penalty <= R->ops->value(R, self->shape, w))) return ATTAINED;
    ray job = {.margin = self->margin, .output = -1};
    double slope;
    const double far = along_ray(self, &job, times, &slope) + far_penalty;
    if (!(far <= primal)) return ATTAINED;
    along_ray(self, &job, fmax(1, NEAR / largest), &slope);
    return verdict_of(primal, far, slope);
}

static verdict along_intercept(erm__certifier *self, double primal, double size)
{
    double slope;
    for (int64_t c = 0; c < self->ws->k; c++)
        for (int sign = -1; sign <= 1; sign += 2) {
            ray job = {.margin = self->margin, .output = c};
            const double far = along_ray(self, &job, sign * FAR * size, &slope);
            if (!(far <= primal)) continue;
            along_ray(self, &job, sign * NEAR, &slope);
            const verdict found = verdict_of(primal, far, sign * slope);
            if (found != ATTAINED) return found;
        }
    return ATTAINED;
}

const char *erm__unattained(erm__certifier *self, const double *w, double primal)
{
    const erm_problem *problem = self->ws->problem;
    const erm_regularizer *R = &problem->regularizer;
    if (!isfinite(primal)) return NULL;
    if (!problem->intercept && R->ops->modulus && R->ops->modulus(R, problem->X->cols) > 0) return NULL; /* it has a minimum */
    const double size = size_of_margins(self);
    verdict found = self->ws->problem->intercept ? along_intercept(self, primal, size) : ATTAINED;
    if (found == UNBOUNDED) return "the objective falls without bound as the intercept grows: it has no minimum";
    if (found == UNATTAINED)
        return "the loss falls for ever as the intercept grows (are all labels equal?); no finite intercept is best";
    found = along_w(self, w, primal, size);
    if (found == UNBOUNDED) return "the objective falls without bound as W grows: it has no minimum; add a penalty";
    if (found == UNATTAINED)
        return "the data are separated by W and the loss falls for ever as W grows; no finite W is best: add a penalty";
    return NULL;
}
