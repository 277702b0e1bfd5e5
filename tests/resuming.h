/* Runs that are cut off after each epoch, and go on from what they left on the disk. */
#ifndef RESUMING_H
#define RESUMING_H

#include "ermopt/solve.h"
#include "files.h"

/* The checkpoints of one run, as they were after each epoch. */
typedef struct resuming {
    files_directory directory;
    char path[FILES_PATH];
    struct resuming_file {
        char *bytes;
        size_t size;
        int64_t epoch;
    } * file;
    int64_t count, room, most; /* most: as many as are kept, the last ones */
} resuming;

resuming resuming_new(int64_t most);
void resuming_free(resuming *self);

/* Solves to the end, from w into w, keeping the checkpoint of each epoch. */
erm_status resuming_record(resuming *self, const erm_problem *problem, erm_options options, double *w, erm_result *result);

/* Goes on from one of them. w: what comes out; what goes in does not matter. */
erm_status resuming_from(resuming *self, int64_t file, const erm_problem *problem, erm_options options, double *w,
                         erm_result *result);

/* Do two runs end with the same bits: w, certificate, epochs, passes, and why? */
bool resuming_same(int64_t size, const double *w, const erm_result *a, const double *v, const erm_result *b);

#endif
