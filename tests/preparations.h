/* Recipes for tests, and what they should give. */
#ifndef PREPARATIONS_H
#define PREPARATIONS_H

#include "ermopt/matrix.h"
#include "ermopt/preparation.h"
#include "ermopt/rng.h"

enum { PREPARATIONS_STEPS = 8 };

/* A recipe from its text. */
int64_t preparations_parse(const char *text, erm_prepare steps[PREPARATIONS_STEPS]);

/* The fit of such a recipe to X, which must succeed. */
erm_preparation preparations_fit(const char *text, const erm_matrix *X, const double *weight);

/* Some recipes that exercise every kind of step, alone and together; NULL ends them. The
 * first `preparations_missing` ones take NaN. */
extern const char *const preparations_recipes[];
extern const int preparations_missing;

/* X as the preparation makes it: rows x d numbers, row-major. Free with free. */
double *preparations_apply(const erm_preparation *fitted, const erm_matrix *X);

/* Sets some of the values that are not 0 to NaN. */
void preparations_punch(erm_rng *rng, int64_t count, double *values);

/* Numbers with a constant column, an empty one, and one far from 0; missing: some are NaN. rows x PREPARATIONS_COLS, row-major.
 * Free with free. */
enum { PREPARATIONS_ROWS = 40, PREPARATIONS_COLS = 6 };
double *preparations_numbers(erm_rng *rng, int64_t rows, bool missing);

#endif
