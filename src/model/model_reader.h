/* Reads a model's text line by line. The first thing that is wrong sticks: what is read after it is 0 or empty, and the
 * caller looks at `status` once, at the end, or before a loop or an allocation. */
#ifndef ERM_MODEL_READER_H
#define ERM_MODEL_READER_H

#include <stddef.h>
#include <stdint.h>

#include "ermopt/status.h"

typedef struct erm__reader {
    const char *path;
    const char *at, *end;         /* what is left */
    const char *field, *line_end; /* what is left of the current line */
    int version;                  /* of the file */
    int64_t line;                 /* the number of the current line, 1-based; 0 before the first */
    double room;                  /* bytes of memory that may still be taken on the word of the file */
    erm_status status;
    char *detail;
} erm__reader;

/* Fails with a sentence that names path and line, unless something failed before. */
void erm__reader_fail(erm__reader *in, erm_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Takes so many bytes of the room, for `what`; fails if it has not as many. */
void erm__reader_claim(erm__reader *in, double bytes, const char *what);

/* Goes to the next line, which must be "key rest": the rest is what the functions below read. */
void erm__reader_line(erm__reader *in, const char *key);
/* Goes to the next line, whatever it begins with. */
void erm__reader_any_line(erm__reader *in);

/* The next field of the line, up to a space or the line's end: an integer in low .. high, or a finite number. */
int64_t erm__reader_integer(erm__reader *in, const char *what, int64_t low, int64_t high);
double erm__reader_number(erm__reader *in, const char *what);
/* The line has no more fields. */
void erm__reader_done(erm__reader *in);

/* Whole lines "key value". A text's escapes are undone; erm__reader_text fails if it does not fit in size bytes, and
 * erm__reader_new_text allocates (NULL on failure). */
int64_t erm__reader_integer_line(erm__reader *in, const char *key, int64_t low, int64_t high);
uint64_t erm__reader_unsigned_line(erm__reader *in, const char *key);
void erm__reader_text(erm__reader *in, const char *key, char *text, size_t size);
char *erm__reader_new_text(erm__reader *in, const char *key);

#endif
