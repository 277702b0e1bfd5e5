/* Writes one JSON object (RFC 8259): members one a line, those of an object inside it on one line. */
#include "json.h"

#include <inttypes.h>
#include <math.h>

#include "figures.h"

json json_open(FILE *out)
{
    fputc('{', out);
    return (json){.out = out, .first = true};
}

/* The length of the UTF-8 character that starts at s, 0 if none does (RFC 3629: no overlong
 * forms, surrogates, or above U+10FFFF). */
static int utf8_length(const unsigned char *s)
{
    if (s[0] < 0x80) return 1;
    const int length = s[0] >= 0xC2 && s[0] < 0xE0 ? 2 : (s[0] & 0xF0) == 0xE0 ? 3 : s[0] >= 0xF0 && s[0] < 0xF5 ? 4 : 0;
    for (int i = 1; i < length; i++)
        if ((s[i] & 0xC0) != 0x80) return 0;
    if (s[0] == 0xE0 && s[1] < 0xA0) return 0;
    if (s[0] == 0xED && s[1] >= 0xA0) return 0;
    if (s[0] == 0xF0 && s[1] < 0x90) return 0;
    if (s[0] == 0xF4 && s[1] >= 0x90) return 0;
    return length;
}

static void write_string(FILE *out, const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    fputc('"', out);
    while (*s) {
        const int length = utf8_length(s);
        if (*s == '"' || *s == '\\')
            fprintf(out, "\\%c", *s);
        else if (*s < 0x20 || *s == 0x7F)
            fprintf(out, "\\u%04x", *s);
        else if (length == 0)
            fputs("\\ufffd", out);
        else
            fwrite(s, 1, (size_t)length, out);
        s += length > 0 ? length : 1;
    }
    fputc('"', out);
}

static void write_key(json *writer, const char *key)
{
    if (!writer->first) fputc(',', writer->out);
    if (!writer->inside)
        fputs("\n  ", writer->out);
    else if (!writer->first)
        fputc(' ', writer->out);
    writer->first = false;
    write_string(writer->out, key);
    fputs(": ", writer->out);
}

void json_begin(json *writer, const char *key)
{
    write_key(writer, key);
    fputc('{', writer->out);
    writer->inside = true;
    writer->first = true;
}

void json_number(json *writer, const char *key, double value)
{
    char text[NUMBER_SIZE];
    write_key(writer, key);
    fputs(isfinite(value) ? number_text(value, text) : "null", writer->out);
}

void json_numbers(json *writer, const char *key, int64_t count, const double *value)
{
    char text[NUMBER_SIZE];
    write_key(writer, key);
    fputc('[', writer->out);
    for (int64_t i = 0; i < count; i++)
        fprintf(writer->out, "%s%s", i ? ", " : "", isfinite(value[i]) ? number_text(value[i], text) : "null");
    fputc(']', writer->out);
}

void json_integer(json *writer, const char *key, int64_t value)
{
    write_key(writer, key);
    fprintf(writer->out, "%" PRId64, value);
}

void json_flag(json *writer, const char *key, bool value)
{
    write_key(writer, key);
    fputs(value ? "true" : "false", writer->out);
}

void json_unsigned(json *writer, const char *key, uint64_t value)
{
    write_key(writer, key);
    fprintf(writer->out, "%" PRIu64, value);
}

void json_text(json *writer, const char *key, const char *text)
{
    write_key(writer, key);
    if (text)
        write_string(writer->out, text);
    else
        fputs("null", writer->out);
}

void json_end(json *writer)
{
    fputc('}', writer->out);
    writer->inside = false;
    writer->first = false;
}

void json_close(json *writer) { fputs("\n}\n", writer->out); }
