/* The largest coefficients of a model, with the names of what they multiply. */
#ifndef COEFFICIENTS_H
#define COEFFICIENTS_H

#include "ermopt/model.h"

enum { COEFFICIENT_NAME = 256 };

typedef struct coefficient {
    int64_t column, output;
    double value;
} coefficient;

/* At most `most` of those that are not 0, by size, the largest first; of equal ones the first. Free
 * with free; NULL: no memory. */
coefficient *coefficients_largest(const erm_model *model, int64_t most, int64_t *count, int64_t *nonzeros);

/* "age", or "age of CLASS" where there are several outputs; a column without a name is called by its number. */
const char *coefficient_name(const erm_model *model, const coefficient *of, char name[COEFFICIENT_NAME]);

#endif
