/* Numbers to text. Doubles of the usual sizes are written by exact integer arithmetic; others by printf, whose decimal point is
 * the only thing in it that depends on the locale. */
#include "base/number.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ermopt/number_text.h"

/* What is neither digit, sign nor letter in a printed number is the locale's decimal point, of one byte or more. */
static size_t put_point(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        const bool plain = (*from >= '0' && *from <= '9') || *from == '-' || *from == '+' || *from == 'e';
        if (plain)
            *to++ = *from;
        else if (to[-1] != '.')
            *to++ = '.';
    }
    *to = '\0';
    return (size_t)(to - text);
}

static size_t copy_word(const char *word, char *text)
{
    const size_t length = strlen(word);
    memcpy(text, word, length + 1);
    return length;
}

/* Writes a value that is m / 10^places for m < 10^15 and few places, which reads back as itself since that division is rounded
 * once, as %.15g would; 0 if it is none. The usual numbers of data sets are, and this takes a tenth of the time. */
static size_t format_short(double value, char *text)
{
    enum { MOST_PLACES = 9 };
    const double magnitude = fabs(value);
    if (!(magnitude >= 1e-4 && magnitude < 1e15)) return 0;
    int places = 0;
    uint64_t m = 0;
    for (;; places++) {
        const double scaled = magnitude * erm__power_of_ten[places];
        if (places > MOST_PLACES || !(scaled < 1e15)) return 0;
        m = (uint64_t)(scaled + 0.5);
        if (m < UINT64_C(1000000000000000) && (double)m / erm__power_of_ten[places] == magnitude) break;
    }
    char reversed[ERM_NUMBER_SIZE];
    size_t count = 0, length = 0;
    for (int digit = 0; m > 0 || digit <= places; digit++, m /= 10) {
        if (digit == places && places > 0) reversed[count++] = '.';
        reversed[count++] = (char)('0' + m % 10);
    }
    if (value < 0) text[length++] = '-';
    while (count > 0) text[length++] = reversed[--count];
    text[length] = '\0';
    return length;
}

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 erm__u128;

/* A decimal number 0.1 <= 0.d <= 1 of `count` digits, times 10^point: the digits are those of q,
 * 10^(count - 1) <= q < 10^count. */
typedef struct decimal {
    uint64_t q;
    int count, point;
} decimal;

static const uint64_t TENS[] = {UINT64_C(100000000000000), UINT64_C(1000000000000000), UINT64_C(10000000000000000),
                                UINT64_C(100000000000000000)}; /* 10^14 ... 10^17 */

/* The nearest decimal of `count` = 15, 16 or 17 digits to n + rest, where n has 17 and `rest` is below, at or above 1/2 as
 * half < 0, 0, > 0 says, or exactly 0. Ties go to the even digit, as in printf. */
static decimal round_to(uint64_t n, int half, bool exact, int point, int count)
{
    const uint64_t unit = count == 17 ? 1 : count == 16 ? 10 : 100;
    uint64_t q = n / unit;
    const uint64_t left = n % unit;
    const int above = unit == 1 ? half : left != unit / 2 ? (left > unit / 2 ? 1 : -1) : exact ? 0 : 1;
    q += above > 0 || (above == 0 && q % 2 == 1);
    const bool carried = q == TENS[count - 14];
    return (decimal){carried ? q / 10 : q, count, point + carried};
}

/* As %.*g with d.count digits writes it: without zeros at the end, in the exponential form where that is the rule. */
static size_t write_decimal(decimal d, bool negative, char *text)
{
    char digits[24];
    int last = d.count;
    for (int t = d.count - 1; t >= 0; t--, d.q /= 10) digits[t] = (char)('0' + d.q % 10);
    while (last > 1 && digits[last - 1] == '0') last--;
    const int exponent = d.point - 1;
    char *p = text;
    if (negative) *p++ = '-';
    if (exponent < -4 || exponent >= d.count) {
        *p++ = digits[0];
        if (last > 1) *p++ = '.';
        for (int t = 1; t < last; t++) *p++ = digits[t];
        const int size = exponent < 0 ? -exponent : exponent;
        *p++ = 'e';
        *p++ = exponent < 0 ? '-' : '+';
        *p++ = (char)('0' + size / 10);
        *p++ = (char)('0' + size % 10);
    } else {
        for (int t = exponent < 0 ? exponent : 0; t < last || t <= exponent; t++) {
            if (t == exponent + 1 && t > 0) *p++ = '.';
            *p++ = t < 0 || t >= last ? '0' : digits[t];
            if (t == exponent && exponent < 0) *p++ = '.';
        }
    }
    *p = '\0';
    return (size_t)(p - text);
}

/* Writes the first of %.15g, %.16g and %.17g that reads back, by integers alone: value = m 2^e, and m 5^p < 2^116 holds all
 * digits of value 10^p. 0 if the value is out of the range in which that is so. */
static size_t format_exact(double value, char *text)
{
    const double magnitude = fabs(value);
    if (!(magnitude >= 1e-10 && magnitude < 1e16)) return 0;
    int e;
    const uint64_t m = (uint64_t)ldexp(frexp(magnitude, &e), DBL_MANT_DIG);
    e -= DBL_MANT_DIG;
    int point = (int)floor((e + DBL_MANT_DIG - 1) * 0.30102999566398120) + 1; /* log10(2); at most one too small */
    uint64_t n;
    erm__u128 product, rest;
    int shift;
    for (;; point++) {
        uint64_t power = 1;
        for (int p = 0; p < 17 - point; p++) power *= 5;
        product = (erm__u128)m * power;
        shift = -(e + 17 - point);
        n = (uint64_t)(shift > 0 ? product >> shift : product << -shift);
        if (n < TENS[3]) break;
    }
    rest = shift > 0 ? product - ((erm__u128)n << shift) : 0;
    const erm__u128 middle = shift > 0 ? (erm__u128)1 << (shift - 1) : 1;
    const int half = rest > middle ? 1 : rest == middle ? 0 : -1;
    for (int count = 15;; count++) {
        const decimal d = round_to(n, half, rest == 0, point, count);
        double back;
        if (count == 17 || (erm__number_scale(d.q, d.point - count, &back) && back == magnitude))
            return write_decimal(d, value < 0, text);
    }
}
#else
static size_t format_exact(double value, char *text) { return (void)value, (void)text, 0; }
#endif

/* Any double of the normal range may need 15 to 17 digits (fewer print as trailing zeros, which %g drops); a denormal has
 * fewer, so all counts are tried. */
size_t erm__number_format_shortest(double value, char *text)
{
    if (isnan(value)) return copy_word("nan", text);
    if (isinf(value)) return copy_word(value < 0 ? "-inf" : "inf", text);
    size_t length = format_short(value, text);
    if (length == 0) length = format_exact(value, text);
    if (length > 0) return length;
    for (int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
        double back;
        snprintf(text, ERM_NUMBER_SIZE, "%.*g", digits, value);
        length = put_point(text);
        if (erm__number_scan(text, text + length, &back) && back == value) break;
    }
    return length;
}

size_t erm__number_format_hex(double value, char *text)
{
    if (isnan(value) || isinf(value)) return erm__number_format_shortest(value, text);
    const char *sign = signbit(value) ? "-" : "";
    if (value == 0) return (size_t)snprintf(text, ERM_NUMBER_SIZE, "%s0x0p+0", sign);
    int exponent;
    const double half = frexp(fabs(value), &exponent);                                               /* in [1/2, 1) */
    const uint64_t bits = (uint64_t)ldexp(half, DBL_MANT_DIG) - (UINT64_C(1) << (DBL_MANT_DIG - 1)); /* after the leading 1 */
    char digits[16];
    int count = snprintf(digits, sizeof digits, "%013" PRIx64, bits);
    while (count > 0 && digits[count - 1] == '0') count--;
    return (size_t)snprintf(text, ERM_NUMBER_SIZE, "%s0x1%s%.*sp%+d", sign, count ? "." : "", count, digits, exponent - 1);
}

size_t erm_number_format(double value, char *text) { return erm__number_format_shortest(value, text); }
