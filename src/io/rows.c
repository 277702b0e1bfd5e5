/* Rows while they are read, and how the parts of a file become one data set. */
#include "io/rows.h"

#include <math.h>
#include <stdlib.h>

#include "base/grow.h"

void erm__rows_free(erm__rows *rows)
{
    free(rows->start);
    free(rows->y);
    free(rows->index);
    free(rows->value);
    free(rows->word);
    erm__words_free(&rows->words);
    *rows = (erm__rows){0};
}

bool erm__rows_reserve(erm__rows *rows, int64_t more_rows, int64_t more_values)
{
    const int64_t wanted_rows = rows->rows + more_rows, wanted = rows->nnz + more_values;
    const bool first = !rows->start;
    const bool ok = erm__grow(&rows->start, &rows->start_capacity, wanted_rows + 1, sizeof *rows->start) &&
                    erm__grow(&rows->y, &rows->y_capacity, wanted_rows, sizeof *rows->y) &&
                    erm__grow(&rows->index, &rows->index_capacity, wanted, sizeof *rows->index) &&
                    erm__grow(&rows->value, &rows->value_capacity, wanted, sizeof *rows->value);
    if (first && rows->start) rows->start[0] = 0;
    return ok;
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
    const int64_t i = rows->rows;
    if (word && !add_word(rows, word, length)) return false;
    const int64_t begin = rows->start[i];
    if (begin < rows->nnz) {
        const int32_t first = rows->index[begin], last = rows->index[rows->nnz - 1];
        if (begin == 0 || first < rows->min_index) rows->min_index = first;
        if (begin == 0 || last > rows->max_index) {
            rows->max_index = last;
            rows->max_line = rows->lines;
        }
    }
    rows->start[i + 1] = rows->nnz;
    rows->y[i] = word ? NAN : y;
    rows->rows++;
    return true;
}
