/* Reads a model's text line by line; the first thing that is wrong sticks. */
#include "model/model_reader.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/number.h"

enum { SHOWN = 40 }; /* characters of a bad line that a message repeats */

void erm__reader_fail(erm__reader *in, erm_status status, const char *format, ...)
{
    if (in->status != ERM_OK) return;
    char what[ERM_DETAIL_SIZE / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    in->status = erm__fail(in->detail, status, "%s:%" PRId64 ": %s", in->path, in->line, what);
    in->field = in->line_end = in->at = in->end;
}

void erm__reader_claim(erm__reader *in, double bytes, const char *what)
{
    if (bytes > in->room)
        erm__reader_fail(in, ERM_EDATA, "%s would take %.3g GB of memory, more than a file of this size is trusted with", what,
                         bytes / 1e9);
    in->room -= bytes;
}

/* At most SHOWN characters of [text, end), for a message; an int because printf's precision is one. */
static int shown(const char *text, const char *end) { return end - text < SHOWN ? (int)(end - text) : SHOWN; }

void erm__reader_any_line(erm__reader *in)
{
    if (in->status != ERM_OK) return;
    in->line++;
    const char *newline = memchr(in->at, '\n', (size_t)(in->end - in->at));
    if (!newline) {
        erm__reader_fail(in, ERM_EDATA, "the file ends too early");
        return;
    }
    in->field = in->at;
    in->line_end = newline;
    in->at = newline + 1;
}

void erm__reader_line(erm__reader *in, const char *key)
{
    erm__reader_any_line(in);
    const size_t length = strlen(key), room = (size_t)(in->line_end - in->field);
    if (in->status != ERM_OK) return;
    if (room <= length || memcmp(in->field, key, length) != 0 || in->field[length] != ' ') {
        erm__reader_fail(in, ERM_EDATA, "\"%s\" is expected here, found \"%.*s\"", key, shown(in->field, in->line_end),
                         in->field);
        return;
    }
    in->field += length + 1;
}

/* Takes the next field, without the space after it; false, and failed, if the line has no more. */
static bool take_field(erm__reader *in, const char *what, const char **field, size_t *length)
{
    if (in->status != ERM_OK) return false;
    if (in->field >= in->line_end) {
        erm__reader_fail(in, ERM_EDATA, "%s is missing", what);
        return false;
    }
    const char *space = memchr(in->field, ' ', (size_t)(in->line_end - in->field));
    *field = in->field;
    *length = (size_t)((space ? space : in->line_end) - in->field);
    in->field = space ? space + 1 : in->line_end + 1; /* one past the end: nothing may follow, not even a space */
    return true;
}

int64_t erm__reader_integer(erm__reader *in, const char *what, int64_t low, int64_t high)
{
    const char *text;
    size_t length;
    if (!take_field(in, what, &text, &length)) return 0;
    const bool negative = length > 0 && text[0] == '-';
    int64_t magnitude = 0;
    bool good = length > (size_t)negative && length - negative <= 18; /* below 10^18 < 2^63 */
    for (size_t i = negative; i < length && good; i++) {
        good = text[i] >= '0' && text[i] <= '9';
        magnitude = 10 * magnitude + (text[i] - '0');
    }
    const int64_t value = negative ? -magnitude : magnitude;
    if (good && value >= low && value <= high) return value;
    const int count = shown(text, text + length);
    if (low == high) {
        erm__reader_fail(in, ERM_EDATA, "%s = \"%.*s\" must be %" PRId64 " here", what, count, text, low);
    } else {
        erm__reader_fail(in, ERM_EDATA, "%s = \"%.*s\" is not an integer from %" PRId64 " to %" PRId64, what, count, text, low,
                         high);
    }
    return 0;
}

double erm__reader_number(erm__reader *in, const char *what)
{
    const char *text;
    size_t length;
    double value;
    if (!take_field(in, what, &text, &length)) return 0;
    if (erm__number_parse(text, length, &value)) return value;
    erm__reader_fail(in, ERM_EDATA, "%s = \"%.*s\" is not a finite number", what, shown(text, text + length), text);
    return 0;
}

void erm__reader_done(erm__reader *in)
{
    if (in->status == ERM_OK && in->field <= in->line_end)
        erm__reader_fail(in, ERM_EDATA, "\"%.*s\" is too much", shown(in->field, in->line_end), in->field);
}

int64_t erm__reader_integer_line(erm__reader *in, const char *key, int64_t low, int64_t high)
{
    erm__reader_line(in, key);
    const int64_t value = erm__reader_integer(in, key, low, high);
    erm__reader_done(in);
    return value;
}

static int hex_digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

/* One character of an escaped text, "%41" or "A"; -1 if it is neither. */
static int unescape(const char **text, const char *end)
{
    const unsigned char c = (unsigned char)*(*text)++;
    if (c != '%') return c < ' ' || c == 0x7f ? -1 : c;
    if (end - *text < 2) return -1;
    const int high = hex_digit((*text)[0]), low = hex_digit((*text)[1]);
    *text += 2;
    return high < 0 || low < 0 || high + low == 0 ? -1 : 16 * high + low;
}

uint64_t erm__reader_unsigned_line(erm__reader *in, const char *key)
{
    char word[32];
    uint64_t value = 0;
    erm__reader_text(in, key, word, sizeof word);
    size_t length = 0;
    for (; word[length] >= '0' && word[length] <= '9'; length++) {
        const uint64_t digit = (uint64_t)(word[length] - '0');
        if (value > (UINT64_MAX - digit) / 10) break;
        value = 10 * value + digit;
    }
    if (length == 0 || word[length] != '\0') erm__reader_fail(in, ERM_EDATA, "%s is not an integer from 0 to 2^64 - 1", key);
    return value;
}

void erm__reader_text(erm__reader *in, const char *key, char *text, size_t size)
{
    text[0] = '\0';
    erm__reader_line(in, key);
    if (in->status != ERM_OK) return;
    size_t length = 0;
    for (const char *p = in->field; p < in->line_end;) {
        const int c = unescape(&p, in->line_end);
        if (c < 0 || length + 1 >= size) {
            erm__reader_fail(in, ERM_EDATA, "the text after \"%s\" %s", key, c < 0 ? "has a bad character" : "is too long");
            text[0] = '\0';
            return;
        }
        text[length++] = (char)c;
    }
    text[length] = '\0';
}

char *erm__reader_new_text(erm__reader *in, const char *key)
{
    if (in->status != ERM_OK) return NULL;
    const char *newline = memchr(in->at, '\n', (size_t)(in->end - in->at));
    const size_t size = newline ? (size_t)(newline - in->at) + 1 : 1; /* the line is longer than its text */
    char *text = malloc(size);
    if (!text) {
        in->line++;
        erm__reader_fail(in, ERM_ENOMEM, "out of memory");
        return NULL;
    }
    erm__reader_text(in, key, text, size);
    return text;
}
