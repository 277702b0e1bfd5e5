/* Many prox steps of many entries at once: recursion.c's closed form in lanes, for stochastic solvers on sparse rows.
 *
 * n steps u -> (u - down) / (1 + x) lead from u = |w| to u - (x u + down) G = u exp(-y) - down G, and by way of a sum
 * u G - down H, with
 *     G = a + ... + a^n = n r f(y),   H = sum of the G of 1 ... n steps = n (s + n r^2 e(y)),   a = 1 / (1 + x),
 *     r = log(1 + x) / x = 1 - x s,   y = n x r,   f = (1 - exp(-y)) / y = 1 - y e,
 * so that s and e, two power series, are all that is needed while x and y are small, without a division, and x = 0 is no
 * special case. Lanes that pass through 0 and on are done again one by one. */
#include "regularizer/recursion_many.h"

#include "base/simd.h"
#include "base/vmath.h"
#include "regularizer/recursion.h"

static const double X_MOST = 0x1p-6, Y_MOST = 0.25; /* up to which the series below are exact but for rounding */
static const double X_LIMIT = 1e100;                /* no product overflows below */

/* (x - log(1 + x)) / x^2 */
ERM_INLINE double log_rest(double x)
{
    const double s67 = 1. / 8 - x * (1. / 9), s45 = 1. / 6 - x * (1. / 7), s23 = 1. / 4 - x * (1. / 5),
                 s01 = 1. / 2 - x * (1. / 3);
    const double x2 = x * x;
    return (s01 + x2 * s23) + (x2 * x2) * (s45 + x2 * s67);
}

/* (exp(-y) - 1 + y) / y^2 */
ERM_INLINE double exp_rest(double y)
{
    const double e01 = 1. / 2 - y * (1. / 6), e23 = 1. / 24 - y * (1. / 120), e45 = 1. / 720 - y * (1. / 5040);
    const double e67 = 1. / 40320 - y * (1. / 362880), e89 = 1. / 3628800 - y * (1. / 39916800);
    const double y2 = y * y, y4 = y2 * y2;
    return (e01 + y2 * e23) + y4 * ((e45 + y2 * e67) + y4 * e89);
}

/* For any x and y; r and f themselves, as 1 - x s and 1 - y e would lose their digits. */
ERM_INLINE double log_ratio_far(double x)
{
    const double safe = erm__choose(x > X_MOST, x, 1), near = erm__choose(x > X_MOST, 0, x);
    return erm__choose(x > X_MOST, erm__log1p(safe) / safe, 1 - near * log_rest(near));
}

ERM_INLINE double log_rest_far(double x, double r)
{
    return erm__choose(x > X_MOST, (1 - r) / erm__choose(x > X_MOST, x, 1), log_rest(erm__choose(x > X_MOST, 0, x)));
}

/* power: exp(-y) */
ERM_INLINE double exp_ratio_far(double y, double power)
{
    const double safe = erm__choose(y > Y_MOST, y, 1), near = erm__choose(y > Y_MOST, 0, y);
    return erm__choose(y > Y_MOST, (1 - power) / safe, 1 - near * exp_rest(near));
}

ERM_INLINE double exp_rest_far(double y, double f)
{
    return erm__choose(y > Y_MOST, (1 - f) / erm__choose(y > Y_MOST, y, 1), exp_rest(erm__choose(y > Y_MOST, 0, y)));
}

ERM_INLINE double soft(double v, double threshold)
{
    const double rest = fabs(v) - threshold;
    return copysign(erm__choose(rest < 0, 0, rest), v);
}

ERM_INLINE double clip(double v, double low, double high)
{
    const double above = erm__choose(v < low, low, v);
    return erm__choose(above > high, high, above);
}

/* Returns how many lanes are odd. kinked: there may be thresholds; far: x and y may be above these bounds. */
ERM_INLINE double run_lanes(const erm__paths *paths, bool alike, bool summed, bool kinked, bool far)
{
    const double *const restrict w = paths->w, *const restrict step = paths->step, *const restrict count = paths->count;
    const double *const restrict drift = paths->drift;
    const erm_entry *const restrict penalty = paths->penalty;
    double *const restrict end = paths->end, *const restrict sum = paths->sum, *const restrict odd = paths->odd;
    const double pull = paths->pull, x_most = far ? X_LIMIT : X_MOST, y_most = far ? INFINITY : Y_MOST;
    const int64_t n = alike ? (paths->n + ERM_PATHS_FILL - 1) / ERM_PATHS_FILL * ERM_PATHS_FILL : paths->n;
    double odds = 0;
    ERM_SIMD_SUM(odds)
    for (int64_t i = 0; i < n; i++) {
        const erm_entry *const of = penalty + (alike ? 0 : i);
        const double x = step[i] * of->l2 + pull, threshold = kinked ? step[i] * of->l1 : 0;
        const double move = step[i] * ((summed ? 0 : drift[i]) - (alike ? 0 : of->pull));
        double v = w[i], left = count[i], passed = 0;
        if (!alike) { /* the first step leads inside, from where the clip of the last point is enough */
            const double first = clip(soft(v - move, threshold) / (1 + x), of->low, of->high);
            v = erm__choose(left > 0, first, v);
            passed = erm__choose(left > 0, first, 0);
            left = erm__choose(left > 0, left - 1, left);
        }
        const double sign = kinked ? erm__choose((v < 0) | ((v == 0) & (move > 0)), -1, 1) : 1, u = sign * v;
        const double down = threshold + sign * move;
        const double near_s = far ? 0 : log_rest(x), r = far ? log_ratio_far(x) : 1 - x * near_s, y = left * x * r;
        const double near_e = far ? 0 : exp_rest(y), power = far ? erm__exp_of_negative(-y) : 0;
        const double f = far ? exp_ratio_far(y, power) : 1 - y * near_e, G = left * r * f;
        const double s = far ? log_rest_far(x, r) : near_s, e = far ? exp_rest_far(y, f) : near_e;
        const double target = far ? u * power - down * G : u - (x * u + down) * G;
        const bool stops = kinked & (target <= 0) & (threshold > 0);
        const double last = kinked ? erm__choose(stops, 0, sign * target) : target;
        const double inside = alike ? last : erm__choose(count[i] > 0, clip(last, of->low, of->high), last);
        const bool rests = (fabs(move) <= threshold) & ((u == 0) | !summed);
        const bool strange = (x > x_most) | (y > y_most) | (stops & !rests & (left > 0)) | (summed & (inside != last));
        end[i] = inside;
        if (summed) sum[i] = passed + erm__choose(stops, 0, sign * (u * G - down * (left * (s + left * r * r * e))));
        odd[i] = erm__choose(strange, 1, 0);
        odds += odd[i];
    }
    return odds;
}

ERM_KERNEL static double run_alike(const erm__paths *paths, bool far)
{
    const bool kinked = paths->penalty->l1 > 0;
    if (paths->drift) {
        if (far) return run_lanes(paths, true, false, true, true);
        return kinked ? run_lanes(paths, true, false, true, false) : run_lanes(paths, true, false, false, false);
    }
    if (far) return run_lanes(paths, true, true, true, true);
    return kinked ? run_lanes(paths, true, true, true, false) : run_lanes(paths, true, true, false, false);
}

ERM_KERNEL static double run_any(const erm__paths *paths)
{
    return paths->drift ? run_lanes(paths, false, false, true, true) : run_lanes(paths, false, true, true, true);
}

static void run_one(const erm__paths *paths, int64_t i)
{
    const erm_entry *const of = paths->penalty + (paths->alike ? 0 : i);
    const double move = paths->step[i] * ((paths->drift ? paths->drift[i] : 0) - of->pull);
    const erm__recursion entry = erm__recursion_of(paths->step[i], of->l1, of->l2, paths->pull);
    const bool bounded = of->low > -INFINITY || of->high < INFINITY;
    int64_t left = (int64_t)paths->count[i];
    double w = paths->w[i], sum = 0;
    if (bounded && left > 0) {
        sum = w = erm__clip(erm__recursion_step(&entry, w, move), of->low, of->high);
        left--;
    }
    double end =
        paths->drift ? erm__recursion_run(&entry, w, move, left) : erm__recursion_run_summed(&entry, w, move, left, &sum);
    if (bounded && left > 0) {
        const double inside = erm__clip(end, of->low, of->high);
        if (inside != end) sum = w + (double)left * 0.5 * (w + inside);
        end = inside;
    }
    paths->end[i] = end;
    if (!paths->drift) paths->sum[i] = sum;
}

void erm__paths_run(const erm__paths *paths)
{
    const double few = 2 + (double)paths->n / 32; /* one by one they cost some thirty times as much */
    double odds = paths->alike ? run_alike(paths, false) : run_any(paths);
    if (paths->alike && odds > few) odds = run_alike(paths, true);
    for (int64_t i = 0; odds > 0 && i < paths->n; i++) {
        if (paths->odd[i] == 0) continue;
        run_one(paths, i);
        odds--;
    }
}
