/* Rows while they are read. */
#include "io/rows.h"

#include <math.h>
#include <stdlib.h>

#include "base/grow.h"

void erm__rows_free(erm__rows *rows)
{
    if (!rows->slices) {
        free(rows->start);
        free(rows->y);
        free(rows->index);
        free(rows->value);
    }
    free(rows->word);
    erm__words_free(&rows->words);
    *rows = (erm__rows){0};
}

void erm__rows_clear(erm__rows *rows)
{
    erm__words_free(&rows->words);
    rows->rows = rows->nnz = rows->row_begin = rows->word_rows = 0;
    rows->status = ERM_OK;
    rows->says_where = false;
}

bool erm__rows_reserve(erm__rows *rows, int64_t more_rows, int64_t more_values)
{
    const int64_t wanted_rows = rows->rows + more_rows, wanted = rows->nnz + more_values;
    if (rows->slices) return wanted_rows <= rows->y_capacity && wanted <= rows->value_capacity;
    return erm__grow(&rows->start, &rows->start_capacity, wanted_rows + 1, sizeof *rows->start) &&
           erm__grow(&rows->y, &rows->y_capacity, wanted_rows, sizeof *rows->y) &&
           erm__grow(&rows->index, &rows->index_capacity, wanted, sizeof *rows->index) &&
           erm__grow(&rows->value, &rows->value_capacity, wanted, sizeof *rows->value);
}

static bool add_word(erm__rows *rows, const char *word, size_t length)
{
    const int64_t number = erm__words_add(&rows->words, word, length);
    if (number < 0 || !erm__grow(&rows->word, &rows->word_capacity, rows->word_rows + 1, sizeof *rows->word)) return false;
    rows->word[rows->word_rows++] = number;
    return true;
}

bool erm__rows_end_row(erm__rows *rows, double y, const char *word, size_t length)
{
    if (word && !add_word(rows, word, length)) return false;
    const int64_t begin = rows->row_begin;
    if (begin < rows->nnz) {
        const int32_t first = rows->index[begin], last = rows->index[rows->nnz - 1];
        if (begin == 0 || first < rows->min_index) rows->min_index = first;
        if (begin == 0 || last > rows->max_index) {
            rows->max_index = last;
            rows->max_line = rows->lines;
        }
    }
    rows->row_begin = rows->nnz;
    rows->start[rows->rows + 1] = rows->nnz;
    rows->y[rows->rows] = word ? NAN : y;
    rows->rows++;
    return true;
}
