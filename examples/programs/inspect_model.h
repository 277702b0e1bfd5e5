/* What is in a model file, and its export to C. */
#ifndef INSPECT_MODEL_H
#define INSPECT_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "data_file.h"

/* A zero field was not given. */
typedef struct inspect_model_options {
    const char *path;
    bool json;
    int64_t largest;      /* how many coefficients are shown (10) */
    const char *test;     /* data that the model is measured on */
    data_options reading; /* of them */
    const char *export_c; /* the C file that is written */
    const char *weights;  /* of it: "double", "float", "int8" ("float") */
    const char *prefix;   /* of its functions ("model") */
} inspect_model_options;

/* Is it a model, by its first bytes? False for standard input and for what cannot be read. */
bool inspect_is_model(const char *path);

/* Prints all, and exports where that is wanted. What to exit with. */
int inspect_model(const inspect_model_options *options);

#endif
