/* The file that a run goes on from when it was cut off: its format, and when it is written.
 *
 * The head says what the run is about (fingerprint.h), where it started and how far it is; then come the image of its memory
 * (image.h) and a hash of all that. Numbers are as the machine has them. */
#ifndef ERM_CHECKPOINT_H
#define ERM_CHECKPOINT_H

#include "ermopt/solve.h"
#include "solver/fingerprint.h"
#include "solver/image.h"

/* Starts as {0}; with `path` NULL all calls do nothing. */
typedef struct erm__checkpoint {
    const char *path;
    double every, written; /* seconds; when, on erm__seconds' clock */
    erm__fingerprint print;
    erm__image image;
    int64_t size;        /* of w */
    const double *begin; /* size: where the run started; the caller's, or in `file` */
    unsigned char *file; /* what was read; NULL: there was no file */
    int64_t length;      /* of it */
} erm__checkpoint;

/* Looks whether the solver can do it and the path can be written, and reads what is there. ERM_OK; ERM_EUNSUPPORTED, ERM_EIO,
 * ERM_EDATA (damaged) and a sentence; ERM_ENOMEM. To be closed in any case. */
erm_status erm__checkpoint_open(erm__checkpoint *checkpoint, const erm_options *options, const erm_solver_ops *solver,
                                int64_t size, const double *w, char *detail);

/* Before the first certificate: is the file about this run? ERM_OK; ERM_EINVAL and a sentence. */
erm_status erm__checkpoint_match(erm__checkpoint *checkpoint, erm__certifier *certifier, const erm_run *run,
                                 const erm_options *options, const erm_solver_ops *solver, char *detail);

/* After `start`, when the image has all its pieces: puts the file's in their place, where there is one. ERM_OK, ERM_EINVAL,
 * ERM_ENOMEM. */
erm_status erm__checkpoint_settle(erm__checkpoint *checkpoint, const erm_run *run, char *detail);

/* Writes the image, where it is time to or `now`. ERM_OK, ERM_EIO, ERM_ENOMEM. */
erm_status erm__checkpoint_write(erm__checkpoint *checkpoint, bool now, char *detail);

void erm__checkpoint_close(erm__checkpoint *checkpoint);

#endif
