/* The records of a CSV text: cells between separators, quoted or not (RFC 4180, Shafranovich 2005). */
#include "io/csv_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/number_fast.h"
#include "io/text.h"

enum { QUOTED = 40 };

typedef struct cell {
    const char *text, *end;
    const char *next; /* the separator or line feed behind it */
} cell;

typedef enum taken { TAKEN, UNENDED, FAILED } taken;

static bool is_blank(const erm__csv *csv, char c) { return c == ' ' || (c == '\t' && csv->separator != '\t'); }

static bool ends_cell(const erm__csv *csv, const char *p)
{
    return *p == csv->separator || *p == '\n' || (*p == '\r' && p[1] == '\n');
}

/* ---- what is wrong ------------------------------------------------------------------------------------------------ */

static taken fail(erm__csv *csv, const char *message)
{
    csv->status = ERM_EDATA;
    snprintf(csv->message, sizeof csv->message, "%s", message);
    return FAILED;
}

static taken fail_memory(erm__csv *csv)
{
    csv->status = ERM_ENOMEM;
    snprintf(csv->message, sizeof csv->message, "no memory for the table");
    return FAILED;
}

static taken fail_cell(erm__csv *csv, int64_t column, const cell *found, const char *expected)
{
    const char *bad = erm__text_find_bad(found->text, found->end); /* a line break, say */
    const int shown = erm__text_prefix(found->text, bad ? bad : found->end, QUOTED);
    const char *more = shown < found->end - found->text ? "..." : "";
    csv->status = ERM_EDATA;
    snprintf(csv->message, sizeof csv->message, "column '%.100s' is '%.*s%s'; expected %s", csv->table.column[column].name, shown,
             found->text, more, expected);
    return FAILED;
}

static taken fail_byte(erm__csv *csv, const char *bad)
{
    char message[96];
    snprintf(message, sizeof message, "is not UTF-8 text of one line a cell: byte 0x%02x", (unsigned)(unsigned char)*bad);
    return fail(csv, message);
}

static taken fail_return(erm__csv *csv)
{
    return fail(csv, "a carriage return stands before no line feed; lines end with LF or CR LF");
}

/* ---- cells --------------------------------------------------------------------------------------------------------- */

/* The cell behind the quote at p, up to its closing quote. */
static taken take_quoted(erm__csv *csv, const char *p, const char *end, cell *found)
{
    const char *from = ++p;
    int64_t size = 0;
    for (;;) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        if (!quote) return UNENDED;
        const bool doubled = quote[1] == '"'; /* the text ends with a line feed */
        if (!doubled && size == 0) {          /* the usual cell needs no copy */
            found->text = from;
            found->end = quote;
        } else {
            const int64_t piece = quote + doubled - p;
            if (!erm__grow(&csv->unquoted, &csv->unquoted_capacity, size + piece + 1, 1)) return fail_memory(csv);
            memcpy(csv->unquoted + size, p, (size_t)piece);
            size += piece;
            found->text = csv->unquoted;
            found->end = csv->unquoted + size;
        }
        p = quote + 1 + doubled;
        if (!doubled) break;
    }
    while (is_blank(csv, *p)) p++;
    if (*p == '\r' && !ends_cell(csv, p)) return fail_return(csv);
    if (!ends_cell(csv, p)) return fail(csv, "something follows a closing quote; a quote inside a quoted cell is doubled");
    found->next = *p == '\r' ? p + 1 : p;
    return TAKEN;
}

/* The cell at p, without the blanks around it. */
static taken take_cell(erm__csv *csv, const char *p, const char *end, cell *found)
{
    while (is_blank(csv, *p)) p++;
    if (*p == '"') return take_quoted(csv, p, end, found);
    found->text = p;
    while (!ends_cell(csv, p)) {
        if (*p == '"') return fail(csv, "a quote stands inside a cell that is not quoted");
        if (*p == '\r') return fail_return(csv);
        if (*p == '\0') return fail_byte(csv, p);
        p++;
    }
    found->next = *p == '\r' ? p + 1 : p;
    while (p > found->text && is_blank(csv, p[-1])) p--;
    found->end = p;
    return TAKEN;
}

static bool is_missing(const cell *found)
{
    static const char *const words[] = {"na", "nan", "n/a", "null", "?"};
    bool missing = found->text == found->end;
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
        missing = missing || erm__text_is(found->text, found->end, words[w]);
    return missing;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

/* The value that the table keeps for a cell; NaN if it is missing. */
static taken read_cell(erm__csv *csv, int64_t c, const cell *found, double *value)
{
    erm__column *column = &csv->table.column[c];
    *value = NAN;
    if (is_missing(found)) return TAKEN;
    if (column->kind != ERM_KIND_WORDS) {
        const bool number = erm__number_scan(found->text, found->end, value) == found->end;
        if ((number && isinf(*value)) || (!number && erm__text_is_infinite(found->text, found->end)))
            return fail_cell(csv, c, found, "a finite number");
        if (!number && column->kind == ERM_KIND_NUMBERS) return fail_cell(csv, c, found, "a number, as in the rows before");
        column->kind = number ? ERM_KIND_NUMBERS : ERM_KIND_WORDS;
        if (number) return TAKEN;
    }
    const char *bad = erm__text_find_bad(found->text, found->end);
    if (bad) return fail_byte(csv, bad);
    const int64_t word = erm__words_add(&column->words, found->text, (size_t)(found->end - found->text));
    *value = (double)word;
    return word >= 0 ? TAKEN : fail_memory(csv);
}

/* Reads one cell of a row; the usual one, a number between two separators, at once. */
static taken take_value(erm__csv *csv, int64_t c, const char *p, const char *end, double *value, const char **next)
{
    if (csv->table.column[c].kind == ERM_KIND_NUMBERS) {
        *next = erm__number_scan_fast(p, end, value);
        if (*next && (**next == csv->separator || **next == '\n') && isfinite(*value)) return TAKEN;
    }
    cell found;
    const taken how = take_cell(csv, p, end, &found);
    if (how != TAKEN) return how;
    *next = found.next;
    const taken read = read_cell(csv, c, &found, value);
    const erm_missing missing = csv->options->missing;
    const bool may_miss = missing == ERM_MISSING_SKIP_ROW || (missing != ERM_MISSING_REFUSE && c != csv->table.label);
    if (read == TAKEN && isnan(*value) && !may_miss) return fail_cell(csv, c, &found, "a value; this one is missing");
    return read;
}

static taken fail_width(erm__csv *csv, int64_t cells, bool more)
{
    csv->status = ERM_EDATA;
    snprintf(csv->message, sizeof csv->message, "the row has %s%" PRId64 " cells; expected %" PRId64 ", as in line %" PRId64,
             more ? "more than " : "", cells, csv->table.columns, csv->first_line);
    return FAILED;
}

/* Where the text of a blank line ends; NULL if it is none. */
static const char *blank_line(const erm__csv *csv, const char *p)
{
    while (is_blank(csv, *p) || *p == '\r') p++;
    return *p == '\n' ? p + 1 : NULL;
}

static void count_lines(erm__csv *csv, const char *from, const char *to)
{
    for (const char *p = from; (p = memchr(p, '\n', (size_t)(to - p))); p++) csv->line++;
}

const char *erm__csv_row(erm__csv *csv, const char *text, const char *end)
{
    erm__table *table = &csv->table;
    const char *blank = blank_line(csv, text);
    if (blank) return csv->line++, blank;
    if (!erm__grow(&table->cell, &table->capacity, (table->rows + 1) * table->columns, sizeof *table->cell))
        return fail_memory(csv), NULL;
    double *row = table->cell + table->rows * table->columns;
    bool missing = false;
    const char *next = text;
    for (int64_t c = 0; c < table->columns; c++) {
        const taken how = take_value(csv, c, c == 0 ? text : next + 1, end, &row[c], &next);
        if (how == FAILED) return NULL;
        if (how == UNENDED) return text;
        if (*next == '\n' && c + 1 < table->columns) return fail_width(csv, c + 1, false), NULL;
        missing = missing || isnan(row[c]);
    }
    if (*next != '\n') return fail_width(csv, table->columns, true), NULL;
    if (!missing || csv->options->missing != ERM_MISSING_SKIP_ROW) table->rows++;
    count_lines(csv, text, next + 1);
    return next + 1;
}

/* ---- the first record ------------------------------------------------------------------------------------------------ */

/* Of comma, tab and semicolon, the one that is most often in the line, outside quotes. */
static char find_separator(const char *text, const char *end)
{
    const char candidates[] = {',', '\t', ';'};
    int64_t count[sizeof candidates] = {0};
    bool quoted = false;
    for (const char *p = text; p < end && (quoted || *p != '\n'); p++) {
        quoted = quoted != (*p == '"');
        for (size_t s = 0; s < sizeof candidates; s++) count[s] += !quoted && *p == candidates[s];
    }
    size_t best = 0;
    for (size_t s = 1; s < sizeof candidates; s++)
        if (count[s] > count[best]) best = s;
    return candidates[best];
}

/* Looks at the record without keeping anything: how many of its cells are numbers. */
static taken look(erm__csv *csv, const char *text, const char *end, int64_t *numbers)
{
    cell found = {.next = text - 1};
    *numbers = 0;
    do {
        const taken how = take_cell(csv, found.next + 1, end, &found);
        if (how != TAKEN) return how;
        double value;
        *numbers += erm__number_scan(found.text, found.end, &value) == found.end;
    } while (*found.next != '\n');
    return TAKEN;
}

static taken add_columns(erm__csv *csv, bool named, const char *text, const char *end, const char **next)
{
    cell found = {.next = text - 1};
    erm__words names = {0};
    taken how = TAKEN;
    do {
        char number[32];
        take_cell(csv, found.next + 1, end, &found); /* has worked before */
        const int length = snprintf(number, sizeof number, "%" PRId64, csv->table.columns + 1);
        const char *name = named ? found.text : number, *name_end = named ? found.end : number + length;
        const int64_t before = names.count;
        const char *bad = erm__text_find_bad(name, name_end);
        if (bad)
            how = fail_byte(csv, bad);
        else if (erm__words_add(&names, name, (size_t)(name_end - name)) < 0 ||
                 !erm__table_add_column(&csv->table, name, (size_t)(name_end - name)))
            how = fail_memory(csv);
        else if (names.count == before)
            how = fail_cell(csv, csv->table.columns - 1, &found, "a name that no other column has");
    } while (how == TAKEN && *found.next != '\n');
    erm__words_free(&names);
    *next = found.next + 1;
    return how;
}

const char *erm__csv_begin(erm__csv *csv, const char *text, const char *end)
{
    csv->separator = csv->options->separator ? csv->options->separator : find_separator(text, end);
    const char *blank = blank_line(csv, text);
    if (blank) return csv->line++, blank;
    int64_t numbers;
    const taken looked = look(csv, text, end, &numbers);
    if (looked != TAKEN) return looked == UNENDED ? text : NULL;
    const erm_csv_header header = csv->options->header;
    const bool named = header == ERM_HEADER_YES || (header == ERM_HEADER_AUTO && numbers == 0);
    const char *next;
    csv->first_line = csv->line;
    if (add_columns(csv, named, text, end, &next) != TAKEN) return NULL;
    if (!named) return text;
    count_lines(csv, text, next);
    return next;
}

void erm__csv_free(erm__csv *csv)
{
    erm__table_free(&csv->table);
    free(csv->unquoted);
    *csv = (erm__csv){0};
}
