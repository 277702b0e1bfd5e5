/* The state of the proximal Newton solver, and its model of F around a point. */
#ifndef ERM_PROX_NEWTON_H
#define ERM_PROX_NEWTON_H

#include "solver/newton/newton_sample.h"
#include "solver/path/quadratic.h"

/* A point, and what is known there. */
typedef struct erm__point {
    double *w, *z, *g; /* size, n, size: margins, and the gradient of the loss part */
    double value;      /* F */
} erm__point;

typedef struct erm__prox_newton {
    erm__quadratic model;
    double *A;                      /* m x m: with the intercept */
    double *memory;                 /* for sums of it */
    double *weight;                 /* n: of the rows drawn */
    int64_t *list;                  /* n: them */
    double *h;                      /* n: s l'' */
    double *p, *y;                  /* m */
    erm__point now, before;         /* before: what the step under trial set out from */
    double promised;                /* by the model to that step: the fall of F; 0: no step is under trial */
    int64_t rows;                   /* of the sample */
    double damping;                 /* of the loss's curvature, on the diagonal of A */
    bool made;                      /* A */
    int64_t steps;                  /* with this amount of the regularizer */
    double spared;                  /* steps that a better A would have spared since it was made */
    struct erm__prox_newton *first; /* the problem of a sample, which the first step solves; NULL: none */
    erm__subproblem sample;         /* what `first` works on */
} erm__prox_newton;

/* A at `now` from a sample of `rows` rows, or from all, damped. */
void erm__prox_newton_make(erm__prox_newton *self, erm_run *run);

/* Corrects A by what the gradient changed by from `before` to `now`. */
void erm__prox_newton_learn(erm__prox_newton *self, const erm_run *run);

/* run->w = the minimiser of the model at `now`. Returns by how much F should fall at first order. */
double erm__prox_newton_descend(erm__prox_newton *self, erm_run *run);

#endif
