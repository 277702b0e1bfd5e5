/* Minimises a quadratic that is given by its matrix, and any penalty that has a prox. */
#ifndef ERM_GRAM_PROX_H
#define ERM_GRAM_PROX_H

#include "solver/run.h"

typedef struct erm__gram_prox {
    int64_t room;
    /* room each: the point, the one before, and the gradients there; where the step sets out from, and what it leads to */
    double *w, *slope, *old_w, *old_slope, *from, *from_slope, *next, *move, *product;
} erm__gram_prox;

/* Takes the memory with erm_run_take, for d variables and what erm_run_prox copies through. */
void erm__gram_prox_take(erm__gram_prox *self, erm_run *run);

/* w = about the minimiser of  slope'(v - w) + (v - w)'G(v - w) / 2 + R(v)  from w and slope as they are: until prox-gradient
 * steps are `ratio` of the first. G: d x d. */
void erm__gram_prox_solve(erm__gram_prox *self, erm_run *run, const double *G, double ratio);

#endif
