/* exp, log, log1p for loops over arrays: without branches or calls, so that compilers turn them into SIMD code.
 *
 * Errors stay below 2 ulp (tests/test_vmath.c measures them against long double), with or without fused multiply-add. NaN
 * gives NaN. The argument reductions are the classical ones (Tang 1989 and 1990, "Table-driven implementation of the
 * exponential function / logarithm function in IEEE floating-point arithmetic", here without tables); the polynomials
 * interpolate at Chebyshev points. */
#ifndef ERM_VMATH_H
#define ERM_VMATH_H

#include <float.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/simd.h"

#define ERM_LN2_HIGH 0x1.62e42fefa3800p-1 /* 42 bits: times an integer below 2^11 it is exact */
#define ERM_LN2_LOW  0x1.ef35793c76730p-45
#define ERM_LOG2_E   0x1.71547652b82fep+0
/* x + this rounds x to an integer n; its low bits are then n + 1023, the exponent of 2^n. */
#define ERM_ROUND (0x1.8p52 + 1023)

ERM_INLINE uint64_t erm__bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

ERM_INLINE double erm__from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* condition ? yes : no, with both sides computed: a plain ?: may become a branch. */
ERM_INLINE double erm__choose(bool condition, double yes, double no)
{
    const uint64_t mask = (uint64_t)0 - (uint64_t)condition;
    return erm__from_bits((erm__bits(yes) & mask) | (erm__bits(no) & ~mask));
}

/* 2^n, where shifted = n + ERM_ROUND and -1022 <= n <= 1023. */
ERM_INLINE double erm__power_of_2(double shifted) { return erm__from_bits(erm__bits(shifted) << 52); }

/* e^(x - n ln 2) for n = x / ln 2 rounded: with r = x - n ln 2, |r| <= ln 2 / 2, it is 1 + r + r^2 q(r). */
ERM_INLINE double erm__exp_remainder(double x, double n)
{
    const double r = (x - n * ERM_LN2_HIGH) - n * ERM_LN2_LOW;
    const double r2 = r * r, r4 = r2 * r2;
    const double q01 = 0x1.0000000000001p-1 + r * 0x1.5555555555556p-3;
    const double q23 = 0x1.5555555553d63p-5 + r * 0x1.11111111109b3p-7;
    const double q45 = 0x1.6c16c1788bd90p-10 + r * 0x1.a01a01a7c41d5p-13;
    const double q67 = 0x1.a019b90d2ae7ap-16 + r * 0x1.71de0dae63bb3p-19;
    const double q89 = 0x1.289185613a3d6p-22 + r * 0x1.af38a9b0ec855p-26;
    const double q = (q01 + r2 * q23) + r4 * ((q45 + r2 * q67) + r4 * q89);
    return 1 + (r + r2 * q);
}

/* e^x for every x: 0 below -745.2, denormals above, INFINITY from 709.8. */
ERM_INLINE double erm__exp(double x)
{
    const double above = erm__choose(x < -746, -746, x);
    const double clamped = erm__choose(above > 710, 710, above);
    const double n = (clamped * ERM_LOG2_E + ERM_ROUND) - ERM_ROUND;
    /* 2^n in two factors, so that only the last product rounds to a denormal */
    const double half = n * 0.5 + ERM_ROUND;
    const double rest = (n - (half - ERM_ROUND)) + ERM_ROUND;
    return erm__exp_remainder(clamped, n) * erm__power_of_2(half) * erm__power_of_2(rest);
}

/* e^x for x <= 0, faster: 0 where the result would be a denormal (from -708.396 down). */
ERM_INLINE double erm__exp_of_negative(double x)
{
    const double shifted = erm__choose(x < -708, -708, x) * ERM_LOG2_E + ERM_ROUND;
    const double result = erm__exp_remainder(x, shifted - ERM_ROUND) * erm__power_of_2(shifted);
    return erm__choose(x < -708, 0, result);
}

/* e ln 2 + log(1 + g) for sqrt(1/2) <= 1 + g <= sqrt 2 and s = g / (2 + g). With h = g^2 / 2:
 * log(1 + g) = 2 atanh s = 2 s + s R = g - (h - s (h + R)), R = 2/3 s^2 + 2/5 s^4 + ... */
ERM_INLINE double erm__log_of_near_1(double g, double s, double e)
{
    const double w = s * s, w2 = w * w;
    const double r01 = 0x1.5555555555558p-1 + w * 0x1.99999999952d7p-2;
    const double r23 = 0x1.2492492df281ap-2 + w * 0x1.c71c62e3f11e6p-3;
    const double r45 = 0x1.7462b51cb66b1p-3 + w * 0x1.39fe51a7c18f9p-3;
    const double R = w * ((r01 + w2 * r23) + (w2 * w2) * (r45 + w2 * 0x1.2b5900de53b32p-3));
    const double h = 0.5 * g * g;
    return e * ERM_LN2_HIGH + (g - (h - (s * (h + R) + e * ERM_LN2_LOW)));
}

/* log(u + c) for normal u > 0 and |c| of the size of u's rounding error: u = 2^e f, sqrt(1/2) <= f < sqrt 2. */
ERM_INLINE double erm__log_sum(double u, double c)
{
    const uint64_t root_half = UINT64_C(0x3fe6a09e667f3bcd), one = UINT64_C(0x3ff0000000000000);
    const uint64_t raised = erm__bits(u) + (one - root_half);
    const double f = erm__from_bits((raised & UINT64_C(0x000fffffffffffff)) + root_half);
    /* the biased exponent as a double: its bits below those of 2^52 */
    const double e = erm__from_bits((raised >> 52) | UINT64_C(0x4330000000000000)) - (0x1p52 + 1023);
    /* 2^(1 - e) and not 2^-e, which has no exponent left for e = 1024 */
    const double g = (f - 1) + c * erm__power_of_2(ERM_ROUND + (1 - e)) * 0.5;
    return erm__log_of_near_1(g, g / (2 + g), e);
}

/* log x for normal x > 0. */
ERM_INLINE double erm__log(double x) { return erm__log_sum(x, 0); }

/* log(1 + x) for x >= 0, INFINITY included. */
ERM_INLINE double erm__log1p(double x)
{
    const double u = 1 + x;
    const double result = erm__log_sum(u, x - (u - 1));
    return erm__choose(u > DBL_MAX, u, result);
}

/* log(1 + x) and *inverse = 1 / (1 + x) for 0 <= x <= 1, with one division for both.
 * log(1 + x) = e ln 2 + log(1 + g) with e = 0, g = x or, for x > 0.4142, e = 1, g = (x - 1) / 2. */
ERM_INLINE double erm__log1p_of_unit(double x, double *inverse)
{
    const bool large = x > 0.41421356237309503;
    const double g = erm__choose(large, 0.5 * x - 0.5, x);
    const double u = 1 + x, v = 2 + g, both = 1 / (u * v);
    *inverse = v * both;
    return erm__log_of_near_1(g, g * (u * both), erm__choose(large, 1, 0));
}

/* x log x for x >= 0, with its limit 0 at 0 (and for denormals, where it is above -2e-305). */
ERM_INLINE double erm__xlogx(double x)
{
    const double safe = erm__choose(x < DBL_MIN, 1, x);
    return safe * erm__log(safe);
}

/* (1 - x) log(1 - x) for x <= 1, as exact for small x as for large: 1 - x alone would lose their digits. */
ERM_INLINE double erm__xlogx_of_rest(double x)
{
    const double u = 1 - x;
    const double safe = erm__choose(u < DBL_MIN, 1, u);
    return safe * erm__log_sum(safe, erm__choose(u < DBL_MIN, 0, -x - (u - 1)));
}

#endif
