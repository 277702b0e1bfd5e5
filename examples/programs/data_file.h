/* Data files of any format, with the options that say how they are to be read. */
#ifndef DATA_FILE_H
#define DATA_FILE_H

#include "cli.h"
#include "ermopt/data.h"

/* What the command line says; a zero field was not given. */
typedef struct data_options {
    const char *format;    /* "libsvm", "csv", "tsv", "npy", "binary", "any" */
    const char *label;     /* CSV: name or number of the column of labels; "none" */
    const char *separator; /* CSV: "," ";" "tab" */
    const char *header;    /* CSV: "yes", "no" */
    const char *missing;   /* CSV: "refuse", "skip", "zero", "nan" (for an impute step) */
    const char *labels;    /* NumPy's: a second file */
    double memory;         /* binary: megabytes of the windows that it is read through */
} data_options;

/* The lines of a table of options (cli.h) that fill it. */
#define DATA_CLI_OPTIONS(options)                                                                                                \
    {"format", CLI_TEXT, &(options)->format}, {"label", CLI_TEXT, &(options)->label},                                            \
        {"separator", CLI_TEXT, &(options)->separator}, {"header", CLI_TEXT, &(options)->header},                                \
        {"missing", CLI_TEXT, &(options)->missing}, {"labels", CLI_TEXT, &(options)->labels},                                    \
    {                                                                                                                            \
        "memory", CLI_POSITIVE, &(options)->memory                                                                               \
    }

/* Are the values of the options such as there are? KEEP_GOING, or, after a complaint, what to exit with. */
int data_options_check(const data_options *options);

/* What a file must agree with: the data that a model was fitted to. */
typedef struct data_like {
    int32_t index_base;
    int64_t cols;
    const char *const *features; /* NULL, or cols names */
} data_like;

/* Those of a data set that was read. */
data_like data_like_set(const erm_dataset *set);

/* What the library is told; like may be NULL. KEEP_GOING, or EXIT_USAGE after a complaint. */
int data_file_how(const data_options *options, const data_like *like, erm_data_options *how);

/* Reads `path`; like may be NULL. KEEP_GOING, or, after a complaint, what to exit with: there is nothing to close then. Else
 * close with erm_data_close. */
int data_file_read(const char *path, const data_options *options, const data_like *like, erm_data *data);

#endif
