/* A bar with the time that is left, on a terminal, for what takes longer than a second:
 *
 *     [#########...............]  38 %, 12 s left  cross-validation
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct progress {
    const char *what; /* borrowed */
    double start, next;
    int64_t done, total; /* for progress_step */
    bool wanted, shown;
} progress;

/* Shows nothing unless standard error is a terminal and it is wanted. */
progress progress_start(const char *what, bool wanted);
/* Is the line due: after a second, and then ten times a second? */
bool progress_is_due(const progress *bar);
/* Rewrites the line if it is due: this share (0 to 1) of the work is done. */
void progress_show(progress *bar, double share);
/* One more is done, of `total`. */
void progress_step(progress *bar);
/* Takes it away. */
void progress_end(progress *bar);

#endif
