/* Writes a model's text line by line. */
#include "model/model_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "model/model_text.h"

static void put(erm__writer *out, const char *bytes, size_t count)
{
    out->hash = erm__fnv1a(out->hash, bytes, count);
    out->length += (int64_t)count;
    erm__atomic_write(&out->file, bytes, count);
}

void erm__put_text(erm__writer *out, const char *text) { put(out, text, strlen(text)); }

void erm__put_line(erm__writer *out, const char *key, const char *text)
{
    erm__put_text(out, key);
    erm__put_text(out, " ");
    for (const char *p = text; *p; p++) {
        const unsigned char c = (unsigned char)*p;
        const bool hidden = c == ' ' && (p == text || p[1] == '\0');
        if (c < ' ' || c == 0x7f || c == '%' || hidden) {
            char escaped[4];
            put(out, escaped, (size_t)snprintf(escaped, sizeof escaped, "%%%02X", c));
        } else {
            put(out, p, 1);
        }
    }
    erm__put_text(out, "\n");
}

void erm__put_integer(erm__writer *out, const char *key, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, value);
    erm__put_line(out, key, text);
}

void erm__put_unsigned(erm__writer *out, const char *key, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, value);
    erm__put_line(out, key, text);
}

void erm__put_number(erm__writer *out, const char *key, double value)
{
    char text[ERM_NUMBER_SIZE];
    erm__number_format_shortest(value, text);
    erm__put_line(out, key, text);
}

void erm__put_hex(erm__writer *out, double value)
{
    char text[ERM_NUMBER_SIZE + 1] = " ";
    put(out, text, 1 + erm__number_format_hex(value, text + 1));
}

void erm__put_decimal(erm__writer *out, double value)
{
    char text[ERM_NUMBER_SIZE + 1] = " ";
    put(out, text, 1 + erm__number_format_shortest(value, text + 1));
}
