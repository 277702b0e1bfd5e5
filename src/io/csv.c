/* CSV text from a file: from its beginning to its end, as a quoted cell may hold line breaks. */
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/detail.h"
#include "base/number.h"
#include "ermopt/dataset.h"
#include "io/csv_record.h"
#include "io/input.h"
#include "io/lines.h"
#include "io/readers.h"

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

/* Reads the records in [begin, end) and says where the first begins that goes on behind. */
static erm_status read_records(erm__csv *csv, const char *name, const char *begin, const char *end, const char **rest,
                               char *detail)
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

static erm_status check_mark(const char *name, const char **begin, const char *end, char *detail)
{
    const int64_t size = end - *begin;
    if (size >= 2 && (memcmp(*begin, "\xff\xfe", 2) == 0 || memcmp(*begin, "\xfe\xff", 2) == 0))
        return erm__fail(detail, ERM_EDATA, "%s: is UTF-16; expected UTF-8", name);
    if (size >= 3 && memcmp(*begin, "\xef\xbb\xbf", 3) == 0) *begin += 3;
    return ERM_OK;
}

static erm_status read_table(erm__input *input, erm__csv *csv, char *detail)
{
    const char *name = erm__input_name(input), *begin, *end;
    erm__lines lines = erm__lines_all(input);
    erm_status status;
    bool at_beginning = true;
    while ((status = erm__lines_next(&lines, &begin, &end, detail)) == ERM_OK && begin < end) {
        if (at_beginning) status = check_mark(name, &begin, end, detail);
        at_beginning = false;
        if (status == ERM_OK) status = read_records(csv, name, begin, end, &begin, detail);
        if (status != ERM_OK) break;
        erm__lines_keep(&lines, begin);
    }
    if (status == ERM_OK && at_beginning) status = erm__fail(detail, ERM_EDATA, "%s: is empty", name);
    if (status == ERM_OK && erm__lines_kept(&lines))
        status = erm__fail(detail, ERM_EDATA, "%s:%" PRId64 ": a quote is opened in this row and never closed", name, csv->line);
    erm__lines_free(&lines);
    return status;
}

erm_status erm__csv_read(erm__input *input, const erm_csv_options *options, erm_dataset *dataset, char *detail)
{
    erm__csv csv = {.options = options, .line = 1};
    erm_status status = read_table(input, &csv, detail);
    if (status == ERM_OK) status = erm__table_encode(&csv.table, erm__input_name(input), options, dataset, detail);
    erm__csv_free(&csv);
    return status;
}

erm_status erm_dataset_read_csv(const char *path, const erm_csv_options *options, erm_dataset *dataset, char *detail)
{
    static const erm_csv_options defaults = {0};
    if (!dataset) return erm__fail(detail, ERM_EINVAL, "no data set to read into");
    *dataset = (erm_dataset){0};
    if (!path) return erm__fail(detail, ERM_EINVAL, "no path to read from");
    erm__input *input;
    erm_status status = erm__input_open(path, &input, detail);
    if (status != ERM_OK) return status;
    status = erm__csv_read(input, options ? options : &defaults, dataset, detail);
    erm__input_close(input);
    return status;
}
