/* Many prox steps w -> soft(w - move, threshold) / (1 + x) at once.
 *
 * While w keeps its sign the step is affine, so n of them have a closed form. The step is monotone in w, so w moves one way
 * only and passes at most from one sign through 0 to the other; near a change of sign single exact steps decide.
 * Just-in-time updates: Duchi and Singer (2009), "Efficient online and batch learning using forward backward splitting". */
#include "regularizer/recursion.h"

#include <float.h>

erm__recursion erm__recursion_of(double t, double l1, double l2, double pull)
{
    const double x = t * l2 + pull >= DBL_MIN ? t * l2 + pull : 0;
    return (erm__recursion){t * l1, x, log1p(x)};
}

/* n steps w -> (w - move) / (1 + x):  w a^n - move (a + ... + a^n),  a = 1 / (1 + x),  a + ... + a^n = (1 - a^n) / x. */
double erm__recursion_affine(const erm__recursion *self, double w, double move, double n)
{
    if (self->x == 0) return w - move * n;
    const double e = expm1(-n * self->rate); /* a^n - 1 */
    const double power = e < -0.5 ? exp(-n * self->rate) : 1 + e;
    return w * power - move * (-e / self->x);
}

/* How many steps u -> (u - move) / (1 + x) keep u > 0, about: the n with u a^n = move (1 - a^n) / x. u, move > 0. */
static double steps_to_zero(const erm__recursion *self, double u, double move)
{
    if (self->x == 0) return u / move;
    const double ratio = u / move * self->x;
    return (ratio < DBL_MAX ? log1p(ratio) : log(u) + log(self->x) - log(move)) / self->rate;
}

double erm__recursion_run(const erm__recursion *self, double w, double move, int64_t count)
{
    enum { FEW = 8 }; /* single steps are cheaper than exp and log */
    if (self->threshold == 0 && count > FEW) return erm__recursion_affine(self, w, move, (double)count);
    while (count > 0 && isfinite(w)) {
        int64_t steps = 1;
        if (w == 0 && fabs(move) <= self->threshold) return 0;
        if (w != 0 && count > FEW) {
            const double down = self->threshold + (w > 0 ? move : -move);
            const double end = erm__recursion_affine(self, fabs(w), down, (double)count);
            if (!(down > 0) || !(end <= 0)) return copysign(end, w); /* also where one is NaN */
            const double safe = steps_to_zero(self, fabs(w), down) - 1;
            steps = safe < 2 ? 1 : safe < (double)count ? (int64_t)safe : count;
            if (steps > 1) w = copysign(fmax(erm__recursion_affine(self, fabs(w), down, (double)steps), 0), w);
        }
        if (steps == 1) w = erm__recursion_step(self, w, move);
        count -= steps;
    }
    return w;
}
