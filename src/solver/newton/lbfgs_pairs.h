/* The limited memory of quasi-Newton methods: the last steps and what they did to the gradient. */
#ifndef ERM_LBFGS_PAIRS_H
#define ERM_LBFGS_PAIRS_H

#include "solver/run.h"

typedef struct erm__pairs {
    int64_t most, count, next; /* room for pairs; how many there are; where the next goes */
    double *s, *y;             /* most rows of size doubles */
    double *rho, *alpha;       /* most: 1 / s'y; scratch */
    double *first;             /* size: the inverse of the largest diagonal that the Hessian can have */
    double scale;              /* of `first`, in the first approximation */
} erm__pairs;

/* Takes the memory, for at most `most` pairs. */
void erm__pairs_take(erm__pairs *self, erm_run *run, int64_t most);

/* Sets `first`, where the penalty adds so much (size values) to the diagonal of the loss. */
void erm__pairs_open(erm__pairs *self, const erm_run *run, const double *penalty);

/* Forgets all pairs. */
void erm__pairs_clear(erm__pairs *self);

/* Adds s = t p and y = now - before, the gradients, where s'y > 0 beyond rounding. */
void erm__pairs_add(erm__pairs *self, const erm_run *run, double t, const double *p, const double *now, const double *before);

/* Forgets the newest pair, if there is one. */
void erm__pairs_drop(erm__pairs *self, const erm_run *run);

/* p = -(approximate inverse Hessian) g; returns g'p. */
double erm__pairs_direction(const erm__pairs *self, const erm_run *run, const double *g, double *p);

#endif
