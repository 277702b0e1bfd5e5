/* The inner loops of text readers: short numbers, eight characters at a time and without a branch for each. */
#ifndef ERM_NUMBER_FAST_H
#define ERM_NUMBER_FAST_H

#include <stdint.h>
#include <string.h>

#include "base/number.h"

/* How many bytes behind the end of a text are read, whatever they are. */
enum { ERM_NUMBER_PADDING = 24 };

/* Eight characters, the first in the lowest byte. */
static inline uint64_t erm__load_eight(const char *text)
{
    uint64_t eight;
    memcpy(&eight, text, sizeof eight);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight;
}

/* How many of the first eight characters are digits, before any other, and the number that they make (undefined if none is).
 * A byte b is a digit where b ^ '0' <= 9: adding 0x76 carries all else into the top bit, and carries into later bytes do not
 * matter. Then neighbours are joined: 8 digits to 4 pairs, to 2 fours, to 1 (after Lemire 2018, "Quickly parsing eight
 * digits"). */
static inline int erm__scan_eight(const char *text, uint64_t *number)
{
    uint64_t x = erm__load_eight(text) ^ UINT64_C(0x3030303030303030);
    const uint64_t other = ((x + UINT64_C(0x7676767676767676)) | x) & UINT64_C(0x8080808080808080);
    const int count = other ? __builtin_ctzll(other) / 8 : 8;
    x <<= (64 - 8 * count) & 63;
    x = 10 * x + (x >> 8);
    const uint64_t mask = UINT64_C(0x000000ff000000ff);
    x = (x & mask) * (100 + (UINT64_C(1000000) << 32)) + ((x >> 16) & mask) * (1 + (UINT64_C(10000) << 32));
    *number = x >> 32;
    return count;
}

/* erm__number_scan where ERM_NUMBER_PADDING bytes behind `end` can be read and a byte that is part of no number comes at or
 * before it: up to 7 digits, or up to 7, a point and up to 15, are read at once; anything longer or with
 * an exponent the other way. */
static inline const char *erm__number_scan_fast(const char *text, const char *end, double *value)
{
    static const uint64_t POWER[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    const bool negative = *text == '-';
    const char *p = text + negative;
    uint64_t m = (uint64_t)*p - '0', more;
    int count = 1, fraction = 0;
    const unsigned second = (unsigned)p[1] - '0';
    if (m > 9 || second <= 9) count = erm__scan_eight(p, &m);
    if (count == 0 || count == 8) return erm__number_scan(text, end, value);
    p += count;
    if (*p == '.') {
        fraction = erm__scan_eight(++p, &more);
        if (fraction > 0) m = m * POWER[fraction] + more;
        p += fraction;
        if (fraction == 8) {
            const int rest = erm__scan_eight(p, &more);
            if (rest > 0) m = m * POWER[rest] + more;
            p += rest;
            fraction += rest;
            count += rest; /* with the 8 before them, at most 18 digits are below 2^63 */
        }
    }
    if (fraction == 16 || count > 10 || m > UINT64_C(1) << 53 || *p == 'e' || *p == 'E')
        return erm__number_scan(text, end, value);
    const double magnitude = (double)m / erm__power_of_ten[fraction];
    *value = negative ? -magnitude : magnitude;
    return p;
}

#endif
