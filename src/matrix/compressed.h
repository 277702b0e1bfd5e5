/* Compressed lines, which are rows or columns, before their values: the checks of starts and indices. */
#ifndef ERM_COMPRESSED_H
#define ERM_COMPRESSED_H

#include "ermopt/matrix.h"

/* Borrows all. */
typedef struct erm__compressed {
    int64_t lines, places; /* an index is a place in a line, from 0 to places - 1 */
    const int64_t *start;  /* lines + 1 */
    const int32_t *index;
    const void *values;
    const char *line, *place; /* what they are, for sentences: "row" and "column", or the other way round */
} erm__compressed;

/* Whether the arrays are there, and the starts begin at 0 and never fall. */
erm_status erm__compressed_check_start(const erm__compressed *X, char *detail);

/* The first line whose indices do not rise or are no place; X->lines if there is none. For starts that were checked. */
int64_t erm__compressed_bad_line(const erm__compressed *X);

/* The sentence about that line. */
erm_status erm__compressed_say(const erm__compressed *X, int64_t line, char *detail);

#endif
