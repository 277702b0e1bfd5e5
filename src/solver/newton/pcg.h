/* Conjugate gradients for Newton's equations, and preconditioners for them. */
#ifndef ERM_PCG_H
#define ERM_PCG_H

#include "problem/sweep.h"
#include "solver/newton/single.h"
#include "solver/run.h"

/* A symmetric positive definite M near the Hessian of F, cheap to invert: its diagonal; or for each output a block, the Hessian
 * of a sample of the rows, factored. */
typedef struct erm__precondition {
    bool blocks;             /* sampled blocks, else diagonal */
    bool flat;               /* the loss has the second derivative 1 everywhere */
    bool sums;               /* the loss does not see what is added to all outputs alike */
    int64_t sample;          /* rows */
    double *diagonal;        /* size: M, or where `blocks` and `sums` R'' */
    double *factor;          /* k m m: Cholesky factors; m = d, or d + 1 with an intercept */
    double *memory, *column; /* for the Gram matrix; m k: right-hand sides */
    double *unit;            /* d: 1 / the columns' sizes, where the sample is summed in floats; else NULL */
    double *weight;          /* n: one output's h */
    int64_t *list;           /* `sample` rows */
    double work;             /* of making M anew, in products with the Hessian */
    uint64_t seed;
} erm__precondition;

/* Chooses by size, unless told; takes its memory. */
void erm__precondition_open(erm__precondition *self, erm_run *run, erm_newton_cg_preconditioner wanted);

/* Makes M of h (n k: second derivatives, weighted) and of the penalty's (size). */
void erm__precondition_make(erm__precondition *self, erm_run *run, const double *h, const double *penalty);

/* out = M^-1 r; r: size. */
void erm__precondition_apply(const erm__precondition *self, const erm_run *run, const double *r, double *out);

/* (H + diag(penalty)) p = -g, until the residual in the norm of M^-1 is `forcing` of its start. */
typedef struct erm__pcg {
    const erm__precondition *M;
    erm__middle middle;        /* H = (1/S) X' middle X */
    const double *g, *penalty; /* size */
    erm__single *single;       /* the copy to multiply with, or NULL: X */
    double value, gap;         /* of a quadratic F, here, and the relative duality gap that is enough; gap 0: no matter */
    bool enough;               /* result: p leads there */
    double *p, *u;             /* size, n k: the solution, and X p; results */
    double *r, *y, *s, *q, *v; /* size four times, n k: scratch */
} erm__pcg;

/* Returns the number of products with H. Stops early where H is singular along a direction. `go_on`: the system is that of the
 * last call and its solution was added to w, so that the directions from there on are those of one long run. */
int64_t erm__pcg_solve(erm__pcg *self, erm_run *run, double forcing, int64_t most, bool go_on);

#endif
