/* A step length along a line that satisfies Wolfe's conditions. */
#ifndef ERM_LBFGS_SEARCH_H
#define ERM_LBFGS_SEARCH_H

#include "solver/run.h"

/* The line: phi(t) and its derivative. */
typedef struct erm__line {
    double (*value)(void *context, double t, double *slope);
    void *context;
    double value0, slope0; /* at t = 0; slope0 < 0 */
    double wolfe;          /* |phi'(t)| <= wolfe |phi'(0)| */
} erm__line;

/* The first step tried is `step`; 0 if no step brings phi down by more than rounding. */
double erm__line_search(const erm__line *line, double step);

/* F along w + t p: z and u (n k) are the margins at w and their change along p. */
typedef struct erm__ray {
    erm_run *run;
    const double *z, *u, *p;
    double *trial, *gradient; /* size each: scratch */
} erm__ray;

/* phi for erm__line; the context is an erm__ray. Costs O(n k + d k). */
double erm__ray_value(void *context, double t, double *slope);

#endif
