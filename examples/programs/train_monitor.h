/* What happens during a fit: the progress line, the trace, and Ctrl-C. */
#ifndef TRAIN_MONITOR_H
#define TRAIN_MONITOR_H

#include <stdbool.h>
#include <stdio.h>

#include "ermopt/solve.h"
#include "progress.h"

typedef struct train_monitor {
    FILE *trace;    /* gets a CSV row for every certificate; NULL: none */
    int64_t traced; /* the epoch of its last row */
    progress bar;
    char what[96];    /* beside the bar: where the fit stands */
    double first_gap; /* relative, of the first certificate; 0: there was none yet */
} train_monitor;

/* From now on the first SIGINT or SIGTERM ends the fit at the end of its epoch; the second ends the program. */
void train_monitor_catch_signals(void);

train_monitor train_monitor_start(FILE *trace, bool quiet);

/* An erm_monitor; data is the train_monitor. */
bool train_monitor_call(const erm_progress *now, void *data);

/* Takes the progress bar away, and traces the certificate of the end (that of a cancelled fit is made after the last call). */
void train_monitor_end(train_monitor *monitor, const erm_result *result);

#endif
