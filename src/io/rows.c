/* Rows while they are read, and how the parts of a file become one data set. */
#include "io/rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/grow.h"
#include "base/number.h"

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

bool erm__rows_add_value(erm__rows *rows, int32_t index, double value)
{
    const int64_t p = rows->nnz;
    if (!erm__grow(&rows->index, &rows->index_capacity, p + 1, sizeof *rows->index)) return false;
    if (!erm__grow(&rows->value, &rows->value_capacity, p + 1, sizeof *rows->value)) return false;
    rows->index[p] = index;
    rows->value[p] = value;
    rows->nnz++;
    return true;
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
    if (!erm__grow(&rows->start, &rows->start_capacity, i + 2, sizeof *rows->start)) return false;
    if (!erm__grow(&rows->y, &rows->rows_capacity, i + 1, sizeof *rows->y)) return false;
    if (word && !add_word(rows, word, length)) return false;
    if (i == 0) rows->start[0] = 0;
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
