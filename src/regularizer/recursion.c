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

/* G = a + ... + a^n, and H = the sum of the G of 1 ... n steps: recursion_many.c. */
static void power_sums(const erm__recursion *self, double n, double *G, double *H)
{
    const double few = 1e-6; /* below, (n - G) / x has lost its digits, and two terms of the series are enough */
    *G = self->x == 0 ? n : -expm1(-n * self->rate) / self->x;
    *H = n * self->x < few ? 0.5 * n * (n + 1) * (1 - (n + 2) / 3 * self->x) : (n - *G) / self->x;
}

/* Steps that keep the sign of w: as erm__recursion_run takes them, but one that is the last above 0 is not left out. */
static double same_sign(const erm__recursion *self, double w, double move, int64_t count, double *sum)
{
    const double u = fabs(w), down = self->threshold + (w > 0 ? move : -move), n = (double)count;
    double G, H;
    power_sums(self, n, &G, &H);
    *sum += copysign(u * G - down * H, w);
    return copysign(fmax(erm__recursion_affine(self, u, down, n), 0), w);
}

/* How many of `count` steps from w certainly keep its sign. */
static int64_t steps_within(const erm__recursion *self, double w, double move, int64_t count)
{
    const double u = fabs(w), down = self->threshold + (w > 0 ? move : -move);
    if (!(down > 0)) return count;
    const double safe = steps_to_zero(self, u, down) - 1;
    return safe >= (double)count ? count : safe < 1 ? 0 : (int64_t)safe;
}

double erm__recursion_run_summed(const erm__recursion *self, double w, double move, int64_t count, double *sum)
{
    enum { FEW = 4 };
    while (count > 0 && isfinite(w)) {
        if (w == 0 && fabs(move) <= self->threshold) return 0;
        const int64_t steps = count <= FEW || w == 0 ? 0 : steps_within(self, w, move, count);
        if (steps > 1) {
            w = same_sign(self, w, move, steps, sum);
            count -= steps;
        } else {
            *sum += w = erm__recursion_step(self, w, move);
            count--;
        }
    }
    return w;
}
