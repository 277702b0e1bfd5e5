/* The records of a CSV file, and the columns that the options speak of. */
#include <inttypes.h>
#include <string.h>

#include "base/detail.h"
#include "base/number.h"
#include "io/csv_record.h"

static erm_status fail_line(const char *name, const erm__csv *csv, char *detail)
{
    return erm__fail(detail, csv->status, "%s:%" PRId64 ": %s", name, csv->line, csv->message);
}

static int64_t find_column(const erm__table *table, const char *column)
{
    for (int64_t c = 0; c < table->columns; c++)
        if (strcmp(table->column[c].name, column) == 0) return c;
    return -1;
}

/* A column by its name, or else by its number from 1. */
static int64_t name_or_number(const erm__table *table, const char *column)
{
    double number;
    const int64_t c = find_column(table, column);
    if (c >= 0 || !erm__number_parse(column, strlen(column), &number)) return c;
    return number >= 1 && number <= (double)table->columns && number == (double)(int64_t)number ? (int64_t)number - 1 : -1;
}

/* Finds the columns that the options speak of. */
static erm_status assign_columns(const char *name, const erm_csv_options *options, erm__table *table, char *detail)
{
    const bool none = options->label && *options->label == '\0';
    table->label = none ? -1 : options->label ? name_or_number(table, options->label) : table->columns - 1;
    if (table->label < 0 && !none)
        return erm__fail(detail, ERM_EDATA, "%s: has no column '%.100s' for the labels", name, options->label);
    for (int64_t t = 0; t < options->word_columns; t++) {
        const int64_t c = find_column(table, options->words[t]);
        if (c < 0) return erm__fail(detail, ERM_EDATA, "%s: has no column '%.100s' to hold words", name, options->words[t]);
        table->column[c].kind = ERM_KIND_WORDS;
    }
    return ERM_OK;
}

erm_status erm__csv_records(erm__csv *csv, const char *name, const char *begin, const char *end, const char **rest, char *detail)
{
    erm_status status = ERM_OK;
    *rest = begin;
    while (*rest < end && status == ERM_OK) {
        const bool first = csv->table.columns == 0;
        const char *next = first ? erm__csv_begin(csv, *rest, end) : erm__csv_row(csv, *rest, end);
        if (!next) return fail_line(name, csv, detail);
        const bool begun = first && csv->table.columns > 0;
        if (begun) status = assign_columns(name, csv->options, &csv->table, detail);
        if (next == *rest && !begun) break;
        *rest = next;
    }
    return status;
}

erm_status erm__csv_check_mark(const char *name, const char **begin, const char *end, char *detail)
{
    const int64_t size = end - *begin;
    if (size >= 2 && (memcmp(*begin, "\xff\xfe", 2) == 0 || memcmp(*begin, "\xfe\xff", 2) == 0))
        return erm__fail(detail, ERM_EDATA, "%s: is UTF-16; expected UTF-8", name);
    if (size >= 3 && memcmp(*begin, "\xef\xbb\xbf", 3) == 0) *begin += 3;
    return ERM_OK;
}
