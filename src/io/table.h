/* A table of cells while it is read: numbers, words, and missing ones. */
#ifndef ERM_TABLE_H
#define ERM_TABLE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "ermopt/dataset.h"
#include "io/words.h"

typedef enum erm__kind { ERM_KIND_UNKNOWN, ERM_KIND_NUMBERS, ERM_KIND_WORDS } erm__kind;

typedef struct erm__column {
    char *name;
    erm__kind kind; /* of its first cell that is not missing */
    erm__words words;
} erm__column;

/* Starts as {0}. A cell of a column of words is the number of its word; NaN is missing. */
typedef struct erm__table {
    int64_t columns, rows;
    int64_t label; /* its column, or -1 */
    erm__column *column;
    int64_t column_capacity;
    double *cell; /* row-major */
    int64_t capacity;
} erm__table;

/* Names the next column. False if there is no memory. */
bool erm__table_add_column(erm__table *table, const char *name, size_t length);
/* Forgets the rows and the words of all columns, which keep their kind. */
void erm__table_clear(erm__table *table);
void erm__table_free(erm__table *table);

/* The table as a data set, without the label; `name` is the file's. ERM_OK, ERM_EDATA, ERM_ENOMEM. */
erm_status erm__table_encode(const erm__table *table, const char *name, const erm_csv_options *options, erm_dataset *dataset,
                             char *detail);

#endif
