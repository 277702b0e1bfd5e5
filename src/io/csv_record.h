/* The records of a CSV text. */
#ifndef ERM_CSV_RECORD_H
#define ERM_CSV_RECORD_H

#include "io/table.h"

typedef struct erm__csv {
    const erm_csv_options *options;
    erm__table table;
    char separator;
    int64_t line;       /* on which the record begins that is being read, from 1 */
    int64_t first_line; /* of the first record */
    char *unquoted;     /* a quoted cell without its quotes */
    int64_t unquoted_capacity;
    erm_status status;
    char message[ERM_DETAIL_SIZE]; /* what is wrong in line `line` */
} erm__csv;

/* Both take text that ends with a line feed and has ERM_NUMBER_PADDING bytes behind it, and return where the next record
 * begins; `text` if a quoted cell goes on behind `end`; NULL on failure: csv->status, ->message and ->line say what and
 * where. */

/* The first record: finds the separator and the columns, and takes it for their names if it is. */
const char *erm__csv_begin(erm__csv *csv, const char *text, const char *end);
/* A row, or a blank line. */
const char *erm__csv_row(erm__csv *csv, const char *text, const char *end);

/* Steps over UTF-8's byte order mark at the beginning of a file; UTF-16 is refused. */
erm_status erm__csv_check_mark(const char *name, const char **begin, const char *end, char *detail);
/* Reads the records in [begin, end) and says where the first begins that goes on behind. ERM_OK, or what is wrong, with name and
 * line. */
erm_status erm__csv_records(erm__csv *csv, const char *name, const char *begin, const char *end, const char **rest, char *detail);

void erm__csv_free(erm__csv *csv);

#endif
