/* Every regularizer with typical parameters, with and without penalty factors: contract tests loop over this table. */
#ifndef CATALOG_REGULARIZER_H
#define CATALOG_REGULARIZER_H

#include <stdint.h>

#include "ermopt/regularizer.h"

/* The entries are right for every d and k up to these. */
enum { CATALOG_REGULARIZER_MAX_D = 256, CATALOG_REGULARIZER_MAX_K = 8 };

typedef struct regularizer_case {
    const char *name; /* "l1, factors" */
    erm_regularizer regularizer;
} regularizer_case;

/* The table and its length. Entries with factors have factor[j] = 1, 0.5, 0, 2, 1, 0.5, ...: feature 2, 6, ... is free. */
const regularizer_case *regularizer_catalog(int64_t *count);

#endif
