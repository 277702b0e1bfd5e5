/* The command line of erm_predict. */
#ifndef PREDICT_OPTIONS_H
#define PREDICT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "data_file.h"

typedef struct predict_options {
    const char *model, *data;
    const char *output;                 /* NULL: standard output */
    bool labels, scores, probabilities; /* one of them is true */
    data_options reading;
    bool json, quiet;
    int64_t threads; /* 0: as many as there are processors */
} predict_options;

/* KEEP_GOING, or what to exit with: a complaint, or the help, or the version, has been printed. */
int predict_options_parse(int argc, char **argv, predict_options *options);

#endif
