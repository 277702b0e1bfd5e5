/* The lines of LIBSVM text: label index:value index:value ... # comment A token ends at a blank, a carriage return, a line
 * feed or '#'. As the text ends with a line feed, scanning needs no other bound. */
#include "io/libsvm_parse.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number_fast.h"
#include "base/simd.h"
#include "io/text.h"

enum { QUOTED = 40, FULL_DIGITS = 18 /* that fit in 63 bits */, LANES = 64 };

typedef struct parser {
    erm__rows *rows;
    const char *end;
    erm_index_base base;
} parser;

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
static bool ends_token(char c) { return is_blank(c) || c == '\n' || c == '#'; }

static const char *skip_blanks(const char *p)
{
    while (is_blank(*p)) p++;
    return p;
}

static const char *skip_token(const char *p)
{
    while (!ends_token(*p)) p++;
    return p;
}

/* ---- what is wrong ------------------------------------------------------------------------------------------------ */

/* Fails the line for the token at `token`: "field is 'token'; expected". If it is not text, that is what is wrong. */
static bool fail_token(parser *self, const char *token, const char *field, const char *expected)
{
    const char *end = skip_token(token);
    const char *binary = erm__text_find_bad(token, end);
    char *message = self->rows->message;
    const size_t size = sizeof self->rows->message;
    const int shown = erm__text_prefix(token, end, QUOTED);
    if (binary)
        snprintf(message, size, "does not look like LIBSVM text: byte 0x%02x", (unsigned)(unsigned char)*binary);
    else
        snprintf(message, size, "%s is '%.*s%s'; %s", field, shown, token, shown < end - token ? "..." : "", expected);
    self->rows->status = ERM_EDATA;
    return false;
}

/* Slices were measured before: what does not fit was not there then. */
static bool fail_room(parser *self)
{
    const bool changed = self->rows->slices;
    self->rows->status = changed ? ERM_EIO : ERM_ENOMEM;
    snprintf(self->rows->message, sizeof self->rows->message,
             changed ? "the file changed while it was read" : "no memory for its rows");
    return false;
}

static bool fail_memory(parser *self)
{
    self->rows->status = ERM_ENOMEM;
    snprintf(self->rows->message, sizeof self->rows->message, "no memory for its labels");
    return false;
}

static bool fail_index(parser *self, const char *token, int64_t index, int64_t previous)
{
    char expected[96];
    const int64_t lowest = self->base == ERM_INDEX_ONE;
    if (index > INT32_MAX)
        snprintf(expected, sizeof expected, "an index is at most %" PRId32, INT32_MAX);
    else if (index < lowest)
        snprintf(expected, sizeof expected, "indices start at 1 here");
    else
        snprintf(expected, sizeof expected, "expected an index above %" PRId64 ", as indices rise within a row", previous);
    return fail_token(self, token, "field", expected);
}

static bool fail_value(parser *self, const char *token, int64_t index)
{
    char field[64];
    snprintf(field, sizeof field, "value of feature %" PRId64, index);
    return fail_token(self, token, field, "expected a finite number");
}

/* ---- one row ------------------------------------------------------------------------------------------------------- */

typedef struct label {
    double y;
    const char *word; /* NULL: a number */
    size_t length;
} label;

static bool is_nan(const char *p, const char *end)
{
    if (*p == '-' || *p == '+') p++;
    return erm__text_is(p, end, "nan");
}

/* Reads the label at `token`; returns where it ends, or NULL. */
static const char *parse_label(parser *self, const char *token, label *found)
{
    found->word = NULL;
    const char *end = erm__number_scan_fast(token, self->end, &found->y);
    if (end && ends_token(*end) && isfinite(found->y)) return end;
    const bool overflows = end && ends_token(*end);
    end = skip_token(token);
    const size_t length = (size_t)(end - token);
    if (overflows || is_nan(token, end) || erm__text_is_infinite(token, end)) {
        fail_token(self, token, "label", "expected a finite number or a word");
    } else if (memchr(token, ':', length)) {
        fail_token(self, token, "label", "expected a number or a word, before the first index:value");
    } else if (memchr(token, ',', length)) {
        fail_token(self, token, "label", "expected one label a row, not several");
    } else if (erm__text_find_bad(token, end)) {
        fail_token(self, token, "label", "");
    } else {
        found->word = token;
        found->length = length;
        return end;
    }
    return NULL;
}

/* A field that does not begin with an index: qid:N is skipped, all else is wrong. Returns where it ends, or NULL. */
static const char *parse_other(parser *self, const char *token)
{
    const char *end = skip_token(token);
    if (end - token > 4 && memcmp(token, "qid:", 4) == 0 && !erm__text_find_bad(token, end)) return end;
    fail_token(self, token, "field", "expected index:value");
    return NULL;
}

/* Reads index:value at `token`; returns where it ends, or NULL. */
static const char *parse_pair(parser *self, const char *token, int64_t *previous)
{
    const char *p = token;
    uint64_t digits = 0;
    for (unsigned digit; (digit = (unsigned)*p - '0') <= 9; p++) digits = 10 * digits + digit;
    if (p == token || *p != ':') return parse_other(self, token);
    const int64_t index = p - token > FULL_DIGITS ? INT64_MAX : (int64_t)digits;
    if (index <= *previous || index > INT32_MAX) return fail_index(self, token, index, *previous), NULL;
    double value;
    const char *end = erm__number_scan_fast(++p, self->end, &value);
    if (!end || !ends_token(*end) || !isfinite(value)) return fail_value(self, p, index), NULL;
    erm__rows_add_value(self->rows, (int32_t)index, value);
    *previous = index;
    return end;
}

/* Reads the line at p, which may hold no row; returns where the next begins, or NULL. */
static const char *parse_line(parser *self, const char *p)
{
    self->rows->lines++;
    p = skip_blanks(p);
    if (!ends_token(*p)) {
        label found;
        p = parse_label(self, p, &found);
        int64_t previous = self->base == ERM_INDEX_ONE ? 0 : -1;
        while (p && !ends_token(*(p = skip_blanks(p)))) p = parse_pair(self, p, &previous);
        if (!p) return NULL;
        if (!erm__rows_end_row(self->rows, found.y, found.word, found.length)) return fail_memory(self), NULL;
    }
    if (*p == '#') p = memchr(p, '\n', (size_t)(self->end - p));
    return p + 1;
}

const char *erm__libsvm_skip_mark(const char *text, const char *end)
{
    return end - text >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
}

/* In bytes first, as many at once as a register holds; 255 rounds cannot overflow one. */
ERM_KERNEL static void count_block(const char *text, int64_t rounds, int64_t *feeds, int64_t *colons)
{
    uint8_t feed[LANES] = {0}, colon[LANES] = {0};
    for (int64_t r = 0; r < rounds; r++) {
        for (int t = 0; t < LANES; t++) {
            feed[t] = (uint8_t)(feed[t] + (text[r * LANES + t] == '\n'));
            colon[t] = (uint8_t)(colon[t] + (text[r * LANES + t] == ':'));
        }
    }
    for (int t = 0; t < LANES; t++) {
        *feeds += feed[t];
        *colons += colon[t];
    }
}

void erm__libsvm_count(const char *text, const char *end, int64_t *rows, int64_t *values)
{
    *rows = *values = 0;
    while (end - text >= LANES) {
        const int64_t whole = (end - text) / LANES, rounds = whole < UINT8_MAX ? whole : UINT8_MAX;
        count_block(text, rounds, rows, values);
        text += rounds * LANES;
    }
    for (; text < end; text++) {
        *rows += *text == '\n';
        *values += *text == ':';
    }
}

bool erm__libsvm_parse(const char *text, const char *end, erm_index_base base, erm__rows *rows)
{
    parser self = {rows, end, base};
    int64_t more_rows, more_values;
    erm__libsvm_count(text, end, &more_rows, &more_values);
    if (!erm__rows_reserve(rows, more_rows, more_values)) return fail_room(&self);
    const char *p = text;
    while (p && p < end) p = parse_line(&self, p);
    return p;
}
