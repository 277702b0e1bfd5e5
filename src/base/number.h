/* Numbers as text, the same under every locale, and correctly rounded both ways. */
#ifndef ERM_NUMBER_H
#define ERM_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for any text that the formatting functions write, with its end. */
enum { ERM_NUMBER_SIZE = 32 };

/* Reads the decimal number that [text, end) begins with: [+-] digits [. digits] [e [+-] digits], at least one digit, not all
 * of it needs to be used. Returns where it ends, or NULL if there is none ("nan" and "inf" are none).
 * The value is the nearest double: 0 or a denormal where it underflows, +-INFINITY where it overflows. */
const char *erm__number_scan(const char *text, const char *end, double *value);

#ifdef __SIZEOF_INT128__
enum { ERM_WIDE_EXPONENT = 27 }; /* 5^27 < 2^63 */
#else
enum { ERM_WIDE_EXPONENT = -1 };
#endif
/* m 10^e, rounded once: for |e| <= ERM_WIDE_EXPONENT, and for m <= 2^53 and |e| <= 22. False for others. */
bool erm__number_scale(uint64_t m, int64_t e, double *value);

/* 10^0 ... 10^22, all exact. */
extern const double erm__power_of_ten[23];

/* True if all `length` characters are one finite decimal number, or one hexadecimal number that is exactly a double. */
bool erm__number_parse(const char *text, size_t length, double *value);

/* Writes a decimal number of at most 17 digits that reads back as the same double; "nan", "inf", "-inf" for those.
 * Returns its length. */
size_t erm__number_format_shortest(double value, char *text);

/* Writes the exact hexadecimal form, "-0x1.8p+1"; zero is "0x0p+0". Returns its length. */
size_t erm__number_format_hex(double value, char *text);

#endif
