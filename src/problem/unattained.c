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

/* The direction of row i's margins for output c. */
static double direction_of(const ray *job, const double *margin, const double *offset, int64_t c)
{
    return job->output < 0 ? margin[c] - (offset ? offset[c] : 0) : c == job->output ? 1 : 0;
}

/* sums: [0] slope along the ray */
static double ray_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    const ray *job = data;
    const erm_loss *loss = &ws->problem->loss;
    const int64_t n = block->rows.count, k = ws->k;
    const double *const margin = job->margin + block->first * k;
    for (int64_t t = 0; t < n * k; t += k) {
        const double *const m = margin + t, *const o = block->o ? block->o + t : NULL;
        for (int64_t c = 0; c < k; c++)
            block->z[t + c] = (job->output < 0 ? o ? o[c] : 0 : m[c]) + job->along * direction_of(job, m, o, c);
    }
    const double value = loss->ops->eval(loss, n, k, block->z, block->y, block->s, block->d, NULL);
    for (int64_t t = 0; t < n * k; t += k)
        for (int64_t c = 0; c < k; c++)
            block->sum[0] += block->d[t + c] * direction_of(job, margin + t, block->o ? block->o + t : NULL, c);
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

/* What the samples of each class weigh, in k doubles of memory, and the classes 0 to k - 1 behind them. */
static void weigh_classes(const erm__workspace *ws, double *weight)
{
    const erm_problem *problem = ws->problem;
    const int64_t k = ws->k;
    for (int64_t c = 0; c < k; c++) {
        weight[c] = 0;
        weight[k + c] = (double)c;
    }
    for (int64_t i = 0; i < ws->n; i++) weight[(int64_t)problem->y[i]] += problem->weight ? problem->weight[i] : 1;
}

/* Many classes: does output c so far along, all other margins 0, cost so much that no margins of at most `size` make up for it?
 * A row of a class is like any other there, as our losses of classes change by at most 2 max |z|.
 * weight: as filled, then k^2 doubles. */
static bool is_dear(const erm__certifier *self, double *weight, int64_t c, double along, double most, double size)
{
    const erm_loss *loss = &self->ws->problem->loss;
    const int64_t k = self->ws->k;
    double *const z = weight + 2 * k;
    for (int64_t y = 0; y < k; y++)
        for (int64_t b = 0; b < k; b++) z[y * k + b] = b == c ? along : 0;
    return loss->ops->eval(loss, k, k, z, weight + k, weight, NULL, NULL) / self->ws->total_weight > most + 2 * size;
}

static verdict along_intercept(erm__certifier *self, double primal, double size)
{
    const erm__workspace *ws = self->ws;
    const bool classes = ws->k > 1 && ws->targets == 1 && ws->problem->loss.ops->classifies;
    double slope;
    if (classes) weigh_classes(ws, self->fit);
    for (int64_t c = 0; c < ws->k; c++)
        for (int sign = -1; sign <= 1; sign += 2) {
            ray job = {.margin = self->margin, .output = c};
            if (classes && is_dear(self, self->fit, c, sign * FAR * size, primal, size)) continue;
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
