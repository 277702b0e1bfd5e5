/* Dual coordinate ascent's intercept: where it is held, and how that place is found.
 *
 * With b held near an anchor by (b - anchor)^2 / (2 loose) the optimal a has sum s_i a_i / S = c, and b = anchor - loose c. c
 * rises with the anchor, no faster than by 1 / loose, and is 0 where the anchor is the intercept of the problem itself. So
 * the anchor is the root of a monotone function of one number. Moving it to b (the proximal point method of Rockafellar 1976)
 * always leads there, but slowly where W can do what b does; the secant through the last two anchors is fast then (for several
 * outputs, the step of Barzilai and Borwein 1988). */
#include <math.h>

#include "solver/dual/dual.h"

enum {
    MOST_WAITS = 4, /* steps that may pass before c is taken for what it is */
    FREE_MOVES = 8  /* of the secant, before it is kept between bounds */
};
static const double NEAR = 1e-3;      /* relative distance of the bounds within which the secant is trusted */
static const double SETTLED = 0.2;    /* relative change of c in a step, below which it is */
static const double UNCHANGED = 1e-3; /* relative change of c from one move to the next that says nothing of its slope */
static const double MOST_GROWTH = 16; /* of the secant's slope from one move to the next */

/* Whether c (k) is near enough to what the last step left; it is noted. */
static bool is_settled(erm__dual_anchor *held, int64_t k, const double *c)
{
    double change = 0, size = 0;
    for (int64_t e = 0; e < k; e++) {
        change += (c[e] - held->c[e]) * (c[e] - held->c[e]);
        size += c[e] * c[e];
        held->c[e] = c[e];
    }
    return change <= SETTLED * SETTLED * size;
}

/* One output: c rises with the anchor, so that it is 0 between an anchor with c < 0 and one with c > 0. What is not between
 * them is replaced by their middle. They are forgotten where c has not settled, and once they are near each other: there the
 * secants are to be trusted, and not the sign of a small c. */
static double inside_bracket(erm__dual_anchor *held, bool sure, double at, double c, double next)
{
    if (held->moves < FREE_MOVES || !sure) {
        held->low = -INFINITY;
        held->high = INFINITY;
    }
    if (c < 0) held->low = at;
    if (c > 0) held->high = at;
    if (!(held->high - held->low > NEAR * (fabs(at) + fabs(next)))) {
        held->low = -INFINITY;
        held->high = INFINITY;
    }
    const double middle = held->low + (held->high - held->low) / 2;
    return (next > held->low && next < held->high) || !isfinite(middle) ? next : middle;
}

void erm__dual_move_anchor(erm__dual *self, erm_run *run)
{
    if (!run->problem->intercept) return;
    erm__dual_anchor *held = &self->held;
    const int64_t k = run->k;
    const double *const c = self->gradient + run->d * k;
    const bool settled = is_settled(held, k, c);
    if (!settled && ++held->waits < MOST_WAITS) return;
    double both = 0, square = 0;
    for (int64_t e = 0; e < k; e++) {
        const double gained = c[e] - held->last_c[e];
        both += (self->anchor[e] - held->last_anchor[e]) * gained;
        square += gained * gained;
    }
    const bool unchanged = square <= UNCHANGED * UNCHANGED * erm__dual_dot(k, c, c); /* go on, further */
    const double secant = held->moves == 0 || (both <= 0 && !unchanged) ? self->loose : unchanged ? INFINITY : both / square;
    held->slope = fmin(fmax(secant, self->loose), MOST_GROWTH * fmax(held->slope, self->loose));
    const double next = k == 1 ? inside_bracket(held, settled, *self->anchor, *c, *self->anchor - held->slope * *c) : 0;
    held->moves++;
    held->waits = 0;
    for (int64_t e = 0; e < k; e++) {
        held->last_anchor[e] = self->anchor[e];
        held->last_c[e] = c[e];
        self->anchor[e] = k == 1 ? next : self->anchor[e] - held->slope * c[e];
        run->w[run->d * k + e] = self->anchor[e] - self->loose * c[e];
    }
}
