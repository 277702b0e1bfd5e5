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

/* Goes on from one of them, and not from the w that goes in. */
erm_status resuming_from(resuming *self, int64_t file, const erm_problem *problem, erm_options options, double *w,
                         erm_result *result);

/* Do two runs end with the same bits: w, certificate, epochs, passes, and why? */
bool resuming_same(int64_t size, const double *w, const erm_result *a, const double *v, const erm_result *b);

/* Resumes from every `step`-th epoch that was kept, and the last; fails the test where a run ends otherwise than `reference`,
 * which ended at w. name: the case, for the message. Returns from how many it went on. */
enum { RESUMING_SIZE = 4096, RESUMING_FILES = 800 }; /* numbers of w, and checkpoints kept, at most */
int64_t resuming_everywhere(resuming *runs, const erm_problem *problem, erm_options options, int64_t step, const double *w,
                            const erm_result *reference, const char *name);

typedef struct resume_case {
    const char *solver;
    const void *params;
    const char *loss, *regularizer;
    double strength; /* multiplies the regularizer; 0: 1 */
    double tol;      /* 0: 1e-11 */
    const char *kind;
    int64_t n, d;
    int64_t epochs;   /* at most */
    int64_t at_least; /* so many, or the case shows nothing */
    bool weights, offset, no_intercept, random_start;
} resume_case;

/* Runs each to its end, and again from the epochs on the way. */
void resuming_cases(const resume_case *cases, size_t count);

#endif
