/* Numbers as text, the same under every locale. */
#ifndef ERMOPT_NUMBER_TEXT_H
#define ERMOPT_NUMBER_TEXT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Room for a number and the '\0' behind it. */
enum { ERM_NUMBER_TEXT = 32 };

/* Writes the shortest decimal form that reads back as the same double, as %g writes it; "nan", "inf", "-inf". Returns its
 * length. */
size_t erm_number_format(double value, char *text);

#ifdef __cplusplus
}
#endif

#endif
