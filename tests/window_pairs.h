/* One data set in memory, and in a file that is read through windows. */
#ifndef WINDOW_PAIRS_H
#define WINDOW_PAIRS_H

#include "ermopt.h"
#include "files.h"

enum { WINDOW_ROWS = 3001, WINDOW_COLS = 37 };

typedef struct window_pair {
    files_directory directory;
    char path[FILES_PATH]; /* of the file */
    erm_dataset set;
    erm_matrix_copy copy; /* in memory, as in the file */
    erm_mapped mapped;
} window_pair;

/* Dense or sparse, of floats or doubles; the windows together hold so many bytes. */
window_pair window_pair_open(bool dense, bool single, int64_t resident_bytes);
void window_pair_close(window_pair *pair);

#endif
