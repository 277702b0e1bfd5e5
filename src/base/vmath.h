/* exp, log, log1p for loops over arrays: without branches or calls, so that compilers turn them into SIMD code.
 *
 * Errors stay below 2 ulp (tests/test_vmath.c measures them against long double), with or without fused multiply-add. NaN
 * gives NaN. The argument reductions are the classical ones (Tang 1989 and 1990, "Table-driven implementation of the exponential
 * function / logarithm function in IEEE floating-point arithmetic", here without tables); the polynomials interpolate at Chebyshev points. */
#ifndef ERM_VMATH_H
#define ERM_VMATH_H

#include <float.h>
#include <stdint.h>
#include <string.h>

/* Compilers count the size of these and would call instead; a call in a loop is the end of its vectorisation. */
#define ERM_INLINE static inline __attribute__((always_inline))

#define ERM_LN2_HIGH 0x1.62e42fefa3800p-1 /* 42 bits: times an integer below 2^11 it is exact */
#define ERM_LN2_LOW  0x1.ef35793c76730p-45
#define ERM_LOG2_E   0x1.71547652b82fep+0
#define ERM_ROUND    0x1.8p52 /* x + this rounds x to an integer, which then stands in the low bits */

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

/* 2^n, where rounded = n + ERM_ROUND and -1022 <= n <= 1023. */
ERM_INLINE double erm__power_of_2(double rounded) { return erm__from_bits((erm__bits(rounded) + 1023) << 52); }

/* e^x for every x: 0 below -745.2, denormals above, INFINITY from 709.8.
 * x = n ln 2 + r, |r| <= ln 2 / 2; e^r = 1 + r + r^2 q(r); 2^n in two factors, so that only the last product rounds to a denormal. */
ERM_INLINE double erm__exp(double x)
{
    const double above = x < -746 ? -746 : x;
    const double clamped = above > 710 ? 710 : above;
    const double n = (clamped * ERM_LOG2_E + ERM_ROUND) - ERM_ROUND;
    const double r = (clamped - n * ERM_LN2_HIGH) - n * ERM_LN2_LOW;
    const double r2 = r * r, r4 = r2 * r2;
    const double q01 = 0x1.0000000000001p-1 + r * 0x1.5555555555556p-3;
    const double q23 = 0x1.5555555553d63p-5 + r * 0x1.11111111109b3p-7;
    const double q45 = 0x1.6c16c1788bd90p-10 + r * 0x1.a01a01a7c41d5p-13;
    const double q67 = 0x1.a019b90d2ae7ap-16 + r * 0x1.71de0dae63bb3p-19;
    const double q89 = 0x1.289185613a3d6p-22 + r * 0x1.af38a9b0ec855p-26;
    const double q = (q01 + r2 * q23) + r4 * ((q45 + r2 * q67) + r4 * q89);
    const double power = 1 + (r + r2 * q);
    const double half = n * 0.5 + ERM_ROUND;
    const double rest = (n - (half - ERM_ROUND)) + ERM_ROUND;
    return power * erm__power_of_2(half) * erm__power_of_2(rest);
}

/* log(u + c) for normal u > 0 and |c| of the size of u's rounding error.
 * u = 2^e f, sqrt(1/2) <= f < sqrt(2); with g = f - 1 + 2^-e c, s = g / (2 + g) and h = g^2 / 2:
 * log(1 + g) = 2 atanh s = 2 s + s R = g - (h - s (h + R)), R = 2/3 s^2 + 2/5 s^4 + ... */
ERM_INLINE double erm__log_sum(double u, double c)
{
    const uint64_t root_half = UINT64_C(0x3fe6a09e667f3bcd), one = UINT64_C(0x3ff0000000000000);
    const uint64_t raised = erm__bits(u) + (one - root_half);
    const double f = erm__from_bits((raised & UINT64_C(0x000fffffffffffff)) + root_half);
    /* the biased exponent as a double: its bits below those of 2^52 */
    const double e = erm__from_bits((raised >> 52) | UINT64_C(0x4330000000000000)) - (0x1p52 + 1023);
    const double g = (f - 1) + c * erm__power_of_2(ERM_ROUND - e);
    const double s = g / (2 + g), w = s * s, w2 = w * w;
    const double r01 = 0x1.5555555555558p-1 + w * 0x1.99999999952d7p-2;
    const double r23 = 0x1.2492492df281ap-2 + w * 0x1.c71c62e3f11e6p-3;
    const double r45 = 0x1.7462b51cb66b1p-3 + w * 0x1.39fe51a7c18f9p-3;
    const double R = w * ((r01 + w2 * r23) + (w2 * w2) * (r45 + w2 * 0x1.2b5900de53b32p-3));
    const double half_square = 0.5 * g * g;
    const double tail = s * (half_square + R) + e * ERM_LN2_LOW;
    return e * ERM_LN2_HIGH + (g - (half_square - tail));
}

/* log x for normal x > 0. */
ERM_INLINE double erm__log(double x) { return erm__log_sum(x, 0); }

/* log(1 + x) for x >= 0, INFINITY included. */
ERM_INLINE double erm__log1p(double x)
{
    const double u = 1 + x;
    const double result = erm__log_sum(u, x - (u - 1));
    return u > DBL_MAX ? u : result;
}

/* x log x for x >= 0, with its limit 0 at 0 (and for denormals, where it is above -2e-305). */
ERM_INLINE double erm__xlogx(double x)
{
    const double safe = x < DBL_MIN ? 1 : x;
    return safe * erm__log(safe);
}

#endif
