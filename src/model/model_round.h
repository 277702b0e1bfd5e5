/* How an export stores coefficients, and what they become by it. */
#ifndef ERM_MODEL_ROUND_H
#define ERM_MODEL_ROUND_H

#include "ermopt/model.h"

/* int8: w_jc = step_c q, q from -127 to 127, or, where that would leave nothing of too many features, step 2^exponent_j q. */
typedef struct erm__rounding {
    erm_weights weights;
    bool exponents;
} erm__rounding;

erm__rounding erm__rounding_of(const erm_model *model, erm_weights weights);

/* What q = 1 is worth for output c, but for the exponent. */
double erm__rounding_step(const erm__rounding *rounding, const erm_model *model, int64_t c);
/* The exponent of feature j; 0 without exponents. */
int erm__rounding_exponent(const erm__rounding *rounding, const erm_model *model, int64_t j);
/* q */
double erm__rounding_level(const erm__rounding *rounding, const erm_model *model, int64_t j, int64_t c, double step);

/* Whether all coefficients of feature j are 0. */
bool erm__is_zero_row(const erm_model *model, int64_t j);

/* Says which step of the preparation could not be folded, or that memory ran out. */
erm_status erm__fail_fold(const erm_model *model, erm_status status, char *detail);

#endif
