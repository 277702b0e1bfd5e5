/* Numbers as text. Short numbers are one exact multiplication or division (Clinger 1990, "How to read floating point numbers
 * accurately", PLDI); up to 19 digits take one division of integers; the rest goes to strtod without a decimal point, which
 * is the only thing in it that depends on the locale. */
#include "base/number.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXACT_DIGITS = 19,       /* 10^19 < 2^64 */
    KEPT_DIGITS = 780,       /* two neighbouring doubles' midpoint has at most 768 digits */
    EXPONENT_CLAMP = 1000000 /* far outside the range of double, for any number of digits that is kept */
};

const double erm__power_of_ten[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 erm__u128;

/* m 10^e for |e| <= ERM_WIDE_EXPONENT, rounded once: 10^e = 5^e 2^e, and m 5^e or (m 2^s) / 5^-e fits in 128 bits. The quotient
 * has at least 62 bits, so that a remainder in its last bit decides every rounding. */
static double scale_wide(uint64_t m, int e)
{
    uint64_t power = 1;
    for (int i = 0; i < abs(e); i++) power *= 5;
    if (e >= 0) return ldexp((double)((erm__u128)m * power), e);
    const int m_shift = __builtin_clzll(m), power_shift = __builtin_clzll(power);
    const erm__u128 numerator = (erm__u128)(m << m_shift) << 63;
    const uint64_t divisor = power << power_shift;
    const uint64_t quotient = (uint64_t)(numerator / divisor);
    const bool inexact = (erm__u128)quotient * divisor != numerator;
    return ldexp((double)(quotient | inexact), power_shift - 63 - m_shift + e);
}
#else
static double scale_wide(uint64_t m, int e) { return ldexp((double)m, e); } /* never called */
#endif

/* The digits of [text, end), a point among them, times 10^exponent. */
static double scale_long(const char *text, const char *end, int64_t exponent)
{
    char digits[KEPT_DIGITS + 32];
    size_t kept = 0;
    bool after_point = false, dropped = false;
    for (; text < end; text++) {
        if (*text == '.') {
            after_point = true;
            continue;
        }
        exponent -= after_point;
        if (kept == 0 && *text == '0') continue;
        if (kept < KEPT_DIGITS) {
            digits[kept++] = *text;
        } else {
            exponent++;
            dropped = dropped || *text != '0';
        }
    }
    if (kept == 0) return 0;
    if (dropped) {
        digits[kept++] = '1';
        exponent--;
    }
    if (exponent > EXPONENT_CLAMP) exponent = EXPONENT_CLAMP;
    if (exponent < -EXPONENT_CLAMP) exponent = -EXPONENT_CLAMP;
    snprintf(digits + kept, 32, "e%" PRId64, exponent);
    return strtod(digits, NULL);
}

/* Reads an exponent, e [+-] digits, if there is one at `text`; returns where it ends, or `text`. */
static const char *scan_exponent(const char *text, const char *end, int64_t *exponent)
{
    const char *p = text;
    if (p == end || (*p != 'e' && *p != 'E')) return text;
    p++;
    const bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (p == end || !is_digit(*p)) return text;
    int64_t magnitude = 0;
    for (; p < end && is_digit(*p); p++)
        if (magnitude < INT64_C(1) << 56) magnitude = 10 * magnitude + (*p - '0');
    *exponent = negative ? -magnitude : magnitude;
    return p;
}

bool erm__number_scale(uint64_t m, int64_t e, double *value)
{
    if (m <= UINT64_C(1) << DBL_MANT_DIG && e >= -22 && e <= 22)
        *value = e < 0 ? (double)m / erm__power_of_ten[-e] : (double)m * erm__power_of_ten[e];
    else if (m == 0)
        *value = 0;
    else if (e >= -ERM_WIDE_EXPONENT && e <= ERM_WIDE_EXPONENT)
        *value = scale_wide(m, (int)e);
    else
        return false;
    return true;
}

const char *erm__number_scan(const char *text, const char *end, double *value)
{
    const char *p = text;
    const bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    const char *digits = p;
    uint64_t m = 0;
    for (; p < end && is_digit(*p); p++) m = 10 * m + (uint64_t)(*p - '0');
    int64_t count = p - digits, fraction = 0;
    if (p < end && *p == '.') {
        const char *point = p++;
        for (; p < end && is_digit(*p); p++) m = 10 * m + (uint64_t)(*p - '0');
        fraction = p - point - 1;
        count += fraction;
    }
    if (count == 0) return NULL;
    const char *digits_end = p;
    int64_t exponent = 0;
    p = scan_exponent(p, end, &exponent);
    const int64_t e = exponent - fraction;
    double magnitude;
    if (count > EXACT_DIGITS || !erm__number_scale(m, e, &magnitude)) magnitude = scale_long(digits, digits_end, exponent);
    *value = negative ? -magnitude : magnitude;
    return p;
}

/* What a hexadecimal digit stands for, plus 1; 0 for all else. By a table, as a branch on digit or letter cannot be foreseen. */
static const uint8_t HEX[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* m 2^scale; false if that is no double. */
static bool scale_binary(uint64_t m, int scale, double *value)
{
    if (m < UINT64_C(1) << DBL_MANT_DIG && scale >= DBL_MIN_EXP - 1 && scale < DBL_MAX_EXP - DBL_MANT_DIG) {
        const uint64_t bits = (uint64_t)(scale + DBL_MAX_EXP - 1) << (DBL_MANT_DIG - 1); /* 2^scale, and all is exact */
        double power;
        memcpy(&power, &bits, sizeof power);
        *value = (double)m * power;
        return true;
    }
    *value = ldexp((double)m, scale);
    return (uint64_t)(double)m == m && !isinf(*value) && ldexp(*value, -scale) == (double)m;
}

/* [+-] 0x digits [. digits] p [+-] digits, all of [text, end). */
static bool parse_hex(const char *text, const char *end, double *value)
{
    const char *p = text;
    const bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (end - p < 5 || p[0] != '0' || (p[1] != 'x' && p[1] != 'X')) return false;
    p += 2;
    uint64_t m = 0;
    const char *digits = p, *point = NULL;
    for (unsigned digit; p < end; p++) {
        if ((digit = HEX[(unsigned char)*p]) > 0) {
            if (m >> 60) return false; /* more digits than a double has */
            m = 16 * m + (digit - 1);
        } else if (*p == '.' && !point) {
            point = p;
        } else {
            break;
        }
    }
    const int64_t count = p - digits - (point != NULL), fraction = point ? p - point - 1 : 0;
    if (count == 0 || p == end || (*p != 'p' && *p != 'P')) return false;
    p++;
    const bool down = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (p == end || end - p > 5) return false;
    int exponent = 0;
    for (; p < end && is_digit(*p); p++) exponent = 10 * exponent + (*p - '0');
    if (p != end) return false;
    const int scale = (down ? -exponent : exponent) - 4 * (int)fraction;
    double magnitude;
    const bool exact = scale_binary(m, scale, &magnitude);
    *value = negative ? -magnitude : magnitude;
    return exact;
}

bool erm__number_parse(const char *text, size_t length, double *value)
{
    const char *end = text + length;
    if (memchr(text, 'x', length < 3 ? length : 3) || memchr(text, 'X', length < 3 ? length : 3))
        return parse_hex(text, end, value);
    return erm__number_scan(text, end, value) == end && isfinite(*value);
}
