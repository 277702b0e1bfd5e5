/* Writes one JSON object (RFC 8259): members one a line, those of an object inside it on one line.
 *
 *     json writer = json_open(stdout);
 *     json_integer(&writer, "n", 3);
 *     json_begin(&writer, "test");
 *     json_number(&writer, "mse", NAN);
 *     json_end(&writer);
 *     json_close(&writer);                          {"n": 3, "test": {"mse": null}} on several lines
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct json {
    FILE *out;
    bool inside; /* an object inside the object */
    bool first;  /* the next member is the first of its object */
} json;

json json_open(FILE *out);
void json_begin(json *writer, const char *key);
void json_number(json *writer, const char *key, double value); /* null where it is not finite: JSON has no NaN */
/* An array on one line. */
void json_numbers(json *writer, const char *key, int64_t count, const double *value);
void json_integer(json *writer, const char *key, int64_t value);
void json_flag(json *writer, const char *key, bool value);
void json_unsigned(json *writer, const char *key, uint64_t value);
/* Escapes what must be; bytes that are not UTF-8 become U+FFFD. NULL becomes null. */
void json_text(json *writer, const char *key, const char *text);
void json_end(json *writer);
void json_close(json *writer);

#endif
