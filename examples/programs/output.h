/* Output files that appear whole or not at all: a temporary file beside them, renamed at the end. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

typedef struct output {
    FILE *file;
    const char *path; /* NULL: standard output */
    char *target;     /* the path without links, owned; NULL for what is not replaced: standard output, a device */
    char *temporary;  /* owned, NULL likewise */
} output;

/* Starts to write to `path`, or to standard output if it is NULL. False after a complaint. */
bool output_open(const char *path, output *out);
/* Puts the file in its place. False, after a complaint and without a trace of the file, if anything that was
 * written did not get there. */
bool output_commit(output *out);
/* Gives up: removes the temporary file. */
void output_abandon(output *out);

/* Could `path` be written? Asked before long work. False after a complaint. NULL is fine. */
bool output_possible(const char *path);

/* Is the path one of a plain file, and so the same when it is opened again? */
bool can_be_read_twice(const char *path);

/* Are the two the same file, by name or, if they exist, in fact? NULL is no file. */
bool same_file(const char *a, const char *b);

#endif
