/* A step length along a line that satisfies Wolfe's conditions.
 *
 * Bracketing and interpolation as in Nocedal and Wright (2006), "Numerical Optimization", algorithms 3.5 and 3.6, in one
 * loop: what is bracketed is a change of sign of phi', as phi is convex for convex losses, or a point that is too high. The
 * trial is the minimiser of the cubic through both ends (their equation 3.59). Where phi cannot be told from phi(0) but for
 * rounding, the condition on the slope decides alone: the approximate Wolfe conditions of Hager and Zhang (2005), SIAM J.
 * Optim. 16. */
#include "solver/newton/lbfgs_search.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "problem/margins.h"

enum { MOST_TRIALS = 40 };
static const double ARMIJO = 1e-4, FURTHEST = 10, NEAREST = 0.05;

typedef struct point {
    double t, value, slope;
} point;

/* Where the cubic with the values and slopes of a and b has its minimum. */
static double cubic_minimiser(point a, point b)
{
    const double width = b.t - a.t, first = a.slope + b.slope - 3 * (a.value - b.value) / (a.t - b.t);
    const double square = first * first - a.slope * b.slope;
    if (!(square >= 0)) return NAN;
    const double second = copysign(sqrt(square), width);
    return b.t - width * (b.slope + second - first) / (b.slope - a.slope + 2 * second);
}

static double clamp(double x, double low, double high) { return fmin(fmax(x, low), high); }

/* Where the slope's secant is 0; NaN if it does not rise. */
static double secant_root(point a, point b)
{
    return b.slope > a.slope ? b.t - b.slope * (b.t - a.t) / (b.slope - a.slope) : NAN;
}

/* Between low and high; by the slopes alone where the values differ by no more than rounding. */
static double inside(point low, point high, double rounding)
{
    const double width = high.t - low.t, margin = fmin(NEAREST * width, 0.5 * width);
    if (!isfinite(high.value) || !isfinite(high.slope)) return low.t + (low.t > 0 ? 0.5 : 0.1) * width;
    const bool flat = fabs(high.value - low.value) <= rounding;
    const double guess = flat ? secant_root(low, high) : cubic_minimiser(low, high);
    return clamp(isfinite(guess) ? guess : low.t + 0.5 * width, low.t + margin, high.t - margin);
}

static double beyond(point before, point low)
{
    const double guess = secant_root(before, low);
    return clamp(isfinite(guess) ? guess : FURTHEST * low.t, 1.5 * low.t, FURTHEST * low.t);
}

double erm__line_search(const erm__line *line, double step)
{
    const double rounding = 8 * DBL_EPSILON * fabs(line->value0);
    point low = {0, line->value0, line->slope0}, high = {INFINITY, INFINITY, INFINITY}, now = {.t = step};
    for (int trial = 0; trial < MOST_TRIALS; trial++) {
        now.value = line->value(line->context, now.t, &now.slope);
        const bool finite = isfinite(now.value) && isfinite(now.slope);
        const bool lower = finite && now.value <= line->value0 + ARMIJO * now.t * line->slope0 + rounding;
        if (lower && fabs(now.slope) <= -line->wolfe * line->slope0) return now.t;
        if (!lower || now.slope > 0) {
            high = now;
            now.t = inside(low, high, rounding);
        } else {
            const point before = low;
            low = now;
            now.t = isinf(high.t) ? beyond(before, low) : inside(low, high, rounding);
        }
        if (!(now.t > low.t) || !(now.t < high.t)) break;
    }
    return low.t;
}

double erm__ray_value(void *context, double t, double *slope)
{
    const erm__ray *ray = context;
    erm_run *const run = ray->run;
    for (int64_t j = 0; j < run->size; j++) ray->trial[j] = run->w[j] + t * ray->p[j];
    memset(ray->gradient, 0, (size_t)run->size * sizeof(double));
    erm_run_penalty_gradient(run, ray->trial, ray->gradient);
    const double loss = erm__margins_slope(run->workspace, ray->z, ray->u, t, slope);
    for (int64_t j = 0; j < run->d * run->k; j++) *slope += ray->gradient[j] * ray->p[j];
    return loss + erm_run_penalty(run, ray->trial);
}
