/* What the windows are made of. */
#ifndef ERM_WINDOW_STATE_H
#define ERM_WINDOW_STATE_H

#include <pthread.h>

#include "io/window.h"

enum { ERM_WINDOW_ROWS = 4096 /* sparse ones, the most */, ERM_WINDOW_RECENT = 16 };

struct erm__windows {
    erm__window_matrix matrix;
    erm__binary binary;
    erm__bytes from;
    const int64_t *start; /* of all rows; NULL: dense */
    int64_t room, most;   /* values and rows that a window holds */
    int64_t count;
    erm__window *window;
    char *memory;
    pthread_mutex_t lock; /* of all that follows, and of what the windows say of themselves */
    pthread_cond_t released;
    int64_t time;
    int64_t recent[ERM_WINDOW_RECENT]; /* rows that were read past the windows last */
    erm_status status;
    char detail[ERM_DETAIL_SIZE];
};

/* Where the values of row i begin among all. */
static inline int64_t erm__window_begin(const erm__windows *self, int64_t i)
{
    return self->start ? self->start[i] : i * self->binary.cols;
}

#endif
