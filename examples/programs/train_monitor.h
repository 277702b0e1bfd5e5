/* What happens during a fit: the progress line, the trace, and Ctrl-C. */
#ifndef TRAIN_MONITOR_H
#define TRAIN_MONITOR_H

#include <stdbool.h>
#include <stdio.h>

#include "ermopt/solve.h"

typedef struct train_monitor {
    FILE *trace;   /* gets a CSV row for every certificate; NULL: none */
    bool progress; /* a line on standard error */
    bool shown;    /* it is there */
    double next;   /* seconds: when it is renewed */
} train_monitor;

/* From now on the first SIGINT or SIGTERM ends the fit at the end of its epoch; the second ends the program. */
void train_monitor_catch_signals(void);

void train_monitor_start_trace(FILE *trace);

/* An erm_monitor; data is the train_monitor. */
bool train_monitor_call(const erm_progress *now, void *data);

/* Takes the progress line away. */
void train_monitor_end(train_monitor *monitor);

#endif
