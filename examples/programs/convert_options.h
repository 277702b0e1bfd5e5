/* The command line of erm_convert. */
#ifndef CONVERT_OPTIONS_H
#define CONVERT_OPTIONS_H

#include <stdbool.h>

#include "data_file.h"

typedef struct convert_options {
    const char *input, *output;
    data_options reading;
    erm_format format;      /* of the output */
    char separator;         /* of CSV */
    const char *labels_out; /* .npy: the file for the labels; NULL: none */
    bool single, dense, sparse, json, quiet;
} convert_options;

/* KEEP_GOING, or what to exit with: a complaint, or the help, or the version, has been printed. */
int convert_options_parse(int argc, char **argv, convert_options *options);

#endif
