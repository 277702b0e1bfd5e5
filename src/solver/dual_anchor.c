/* Dual coordinate ascent's intercept: where it is held, and how that place is found.
 *
 * With b held near an anchor by (b - anchor)^2 / (2 loose) the optimal a has sum s_i a_i / S = c, and b = anchor - loose c. c
 * rises with the anchor, no faster than by 1 / loose, and is 0 where the anchor is the intercept of the problem itself. So
 * the anchor is the root of a monotone function of one number. Moving it to b (the proximal point method of Rockafellar 1976)
 * always leads there, but slowly where W can do what b does; the secant through the last two anchors is fast then. */
#include <math.h>

#include "solver/dual.h"

enum { MOST_WAITS = 4 };              /* steps that may pass before c is taken for what it is */
static const double SETTLED = 0.2;    /* relative change of c in a step, below which it is */
static const double MOST_GROWTH = 16; /* of the secant's slope from one move to the next */

void erm__dual_move_anchor(erm__dual *self, erm_run *run)
{
    if (!run->problem->intercept) return;
    erm__dual_anchor *now = &self->held;
    double *const b = run->w + run->d * run->k;
    if (run->k > 1) {
        for (int64_t c = 0; c < run->k; c++) self->anchor[c] = b[c];
        return;
    }
    const double c = self->gradient[run->d];
    const bool settled = fabs(c - now->c) <= SETTLED * fabs(c);
    now->c = c;
    if (!settled && ++now->waits < MOST_WAITS) return;
    const double moved = *self->anchor - now->last_anchor, gained = c - now->last_c;
    const double secant = now->moves > 0 && moved * gained > 0 ? moved / gained : self->loose;
    const double slope = fmin(fmax(secant, self->loose), MOST_GROWTH * fmax(now->slope, self->loose));
    now->last_anchor = *self->anchor;
    now->last_c = c;
    now->slope = slope;
    now->moves++;
    now->waits = 0;
    *self->anchor -= slope * c;
    *b = *self->anchor - self->loose * c;
}
