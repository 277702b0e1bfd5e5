/* A table of cells while it is read. */
#include "io/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

bool erm__table_add_column(erm__table *table, const char *name, size_t length)
{
    char *copy = malloc(length + 1);
    if (!copy || !erm__grow(&table->column, &table->column_capacity, table->columns + 1, sizeof *table->column)) {
        free(copy);
        return false;
    }
    memcpy(copy, name, length);
    copy[length] = '\0';
    table->column[table->columns++] = (erm__column){.name = copy};
    return true;
}

void erm__table_clear(erm__table *table)
{
    table->rows = 0;
    for (int64_t c = 0; c < table->columns; c++) erm__words_free(&table->column[c].words);
}

void erm__table_free(erm__table *table)
{
    for (int64_t c = 0; c < table->columns; c++) {
        free(table->column[c].name);
        erm__words_free(&table->column[c].words);
    }
    free(table->column);
    free(table->cell);
    *table = (erm__table){0};
}
