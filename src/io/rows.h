/* Rows while they are read: what one part of a file holds. Parts are joined in their order, so that the data set does not depend
 * on how the file was cut. */
#ifndef ERM_ROWS_H
#define ERM_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/dataset.h"
#include "io/words.h"

/* Starts as {0}: then it owns its arrays and they grow. */
typedef struct erm__rows {
    bool slices; /* the arrays belong to somebody else and have the room that they have */
    int64_t rows, nnz;
    int64_t start_capacity, y_capacity, index_capacity, value_capacity;
    int64_t *start;    /* start[i + 1] = values up to the end of row i; start[0] is left alone, as it ends the part before */
    int64_t row_begin; /* values before the row that is being read */
    double *y;         /* a label that is a number, or NaN: then it is the next of `word` */
    int32_t *index;    /* less `shift` */
    double *value;
    int32_t shift; /* 1 if indices are taken to start at 1 */
    erm__words words;
    int64_t *word; /* one number in `words` for each label that is a word */
    int64_t word_rows, word_capacity;
    int64_t lines;                /* read so far; where reading failed, the last is the bad one */
    int32_t min_index, max_index; /* of nnz > 0 values, less `shift` */
    int64_t max_line;             /* where max_index first is, counted from 1 */
    erm_status status;
    bool says_where; /* the message is the whole sentence, not only what is wrong in that line */
    char message[ERM_DETAIL_SIZE];
} erm__rows;

void erm__rows_free(erm__rows *rows);

/* Empties a part that owns its arrays, and keeps these to be filled again. */
void erm__rows_clear(erm__rows *rows);

/* Makes room for so many more rows and values. False if there is none. */
bool erm__rows_reserve(erm__rows *rows, int64_t more_rows, int64_t more_values);

/* Adds a value to the row that is being read, for which there is room. */
static inline void erm__rows_add_value(erm__rows *rows, int32_t index, double value)
{
    rows->index[rows->nnz] = index - rows->shift;
    rows->value[rows->nnz++] = value;
}

/* Ends that row, for which there is room. `word` is NULL for a label that is a number; false if there is no memory for it. */
bool erm__rows_end_row(erm__rows *rows, double y, const char *word, size_t length);

/* ---- the whole file -------------------------------------------------------------------------------------------------- */

/* Makes room for that many rows and values in an empty data set, which is then cut into slices. False if there is no memory. */
bool erm__rows_allocate(int64_t rows, int64_t nnz, erm_dataset *dataset);

/* A part that fills the data set's arrays from the given row and value on. */
erm__rows erm__rows_slice(const erm_dataset *dataset, int64_t row, int64_t value, int64_t rows, int64_t nnz);

/* Makes `count` parts the data set and leaves them empty: one part that owns its arrays, or slices of the data set. `name` is the
 * file's, for messages. ERM_OK, or what the first bad part or the whole has; then the data set is empty. */
erm_status erm__rows_join(erm__rows *parts, int64_t count, const char *name, const erm_libsvm_options *options,
                          erm_dataset *dataset, char *detail);

/* The same for one part, which keeps its arrays: the data set borrows them, and owns its label_name alone. Part->lines may count
 * lines before it. */
erm_status erm__rows_lend(erm__rows *part, const char *name, const erm_libsvm_options *options, erm_dataset *dataset,
                          char *detail);

#endif
