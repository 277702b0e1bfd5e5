/* What the programs say when something is wrong, and how they exit. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "ermopt/status.h"

enum {
    EXIT_FINE = 0,    /* done; for a fit: converged */
    EXIT_OTHER = 1,   /* out of memory, or an output that cannot be written */
    EXIT_USAGE = 2,   /* the command line, or a combination that does not exist */
    EXIT_DATA = 3,    /* a file that cannot be read, or what is in it */
    EXIT_STOPPED = 4, /* the fit ended before its tolerance */
    KEEP_GOING = -1   /* not an exit status: nothing is wrong so far */
};

/* What each program is called; defined beside its main. */
extern const char *const program_name;

/* Prints "program_name: sentence" and a line end to standard error; returns exit_status, so that failing is one line. */
int complain(int exit_status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The exit status that goes with a failed call about input data. */
int exit_for(erm_status status);

#endif
