/* Rows while they are read: what one block of a file holds. Blocks read apart are joined in their order, so that the data set does
 * not depend on how the file was cut. */
#ifndef ERM_ROWS_H
#define ERM_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/dataset.h"
#include "io/words.h"

/* Starts as {0}. */
typedef struct erm__rows {
    int64_t rows, rows_capacity, start_capacity;
    int64_t *start; /* rows + 1 once there is a row */
    double *y;      /* a label that is a number, or NaN: then it is the next of `word` */
    int64_t nnz, index_capacity, value_capacity;
    int32_t *index; /* as in the file */
    double *value;
    erm__words words;
    int64_t *word; /* one number in `words` for each label that is a word */
    int64_t word_rows, word_capacity;
    int64_t lines;                /* read so far; where reading failed, the last is the bad one */
    int32_t min_index, max_index; /* of nnz > 0 values */
    int64_t max_line;             /* where max_index first is, counted from 1 */
    erm_status status;
    char message[ERM_DETAIL_SIZE / 2]; /* what is wrong in that line */
} erm__rows;

void erm__rows_free(erm__rows *rows);

/* Adds a value to the row that is being read. */
bool erm__rows_add_value(erm__rows *rows, int32_t index, double value);
/* Ends that row. `word` is NULL for a label that is a number. */
bool erm__rows_end_row(erm__rows *rows, double y, const char *word, size_t length);

/* Makes `count` parts the data set and leaves them empty. `name` is the file's, for messages. ERM_OK, ERM_EDATA, ERM_ENOMEM. */
erm_status erm__rows_join(erm__rows *parts, int64_t count, const char *name, const erm_libsvm_options *options,
                          erm_dataset *dataset, char *detail);

#endif
