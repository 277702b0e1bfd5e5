/* Whole lines of an input, a block at a time. */
#ifndef ERM_LINES_H
#define ERM_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/status.h"
#include "io/input.h"

typedef struct erm__lines {
    erm__input *input;
    int64_t offset, end; /* of a plain file: what to read; end < 0: whatever comes */
    char *text;          /* read and not yet given out: text[used .. size - 1] */
    int64_t used, size, capacity;
    bool at_end;
} erm__lines;

/* All lines of the input, or those of the bytes begin .. end - 1 of a plain file, which begin and end between lines. */
erm__lines erm__lines_all(erm__input *input);
erm__lines erm__lines_of_range(erm__input *input, int64_t begin, int64_t end);

/* The next whole lines, [*begin, *end): the last ends with a line feed, which is added where the input ends without, and
 * ERM_NUMBER_PADDING bytes behind can be read. *begin == *end when there are no more. */
erm_status erm__lines_next(erm__lines *lines, const char **begin, const char **end, char *detail);

void erm__lines_free(erm__lines *lines);

/* Where the first line begins at or behind byte `offset` of a plain file: at most its size. */
erm_status erm__lines_find(erm__input *input, int64_t offset, int64_t *begin, char *detail);

#endif
