/* Writes a model's text line by line. */
#ifndef ERM_MODEL_WRITER_H
#define ERM_MODEL_WRITER_H

#include <stdint.h>

#include "base/atomic_file.h"

typedef struct erm__writer {
    erm__atomic_file file;
    uint64_t hash;  /* of what was written so far */
    int64_t length; /* of that */
} erm__writer;

void erm__put_text(erm__writer *out, const char *text);
/* Whole lines "key value": a text, of which '%', control characters, and spaces at either end become %XX; a number; one in
 * decimal digits, for people, but still exact. */
void erm__put_line(erm__writer *out, const char *key, const char *text);
void erm__put_integer(erm__writer *out, const char *key, int64_t value);
void erm__put_unsigned(erm__writer *out, const char *key, uint64_t value);
void erm__put_number(erm__writer *out, const char *key, double value);
/* A space and a number, in hexadecimal or decimal digits, both exact. */
void erm__put_hex(erm__writer *out, double value);
void erm__put_decimal(erm__writer *out, double value);

#endif
