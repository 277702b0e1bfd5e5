/* Newton's equations for fewer rows than columns. */
#ifndef ERM_NEWTON_ROWS_H
#define ERM_NEWTON_ROWS_H

#include "solver/run.h"

typedef struct erm__rows_form {
    double *inverse;       /* d: 1 / R'' */
    double *K, *factor;    /* n x n */
    double *root;          /* n: sqrt(s l'') at which `factor` was made */
    double *t, *v;         /* n, size: scratch */
    double *border, *bent; /* size each: the Hessian's column of the intercept, and H_ww^-1 of it */
    double corner;         /* the intercept's own second derivative */
} erm__rows_form;

/* Whether there are so much fewer rows than columns that it pays, and R'' > 0 for every feature. scratch: size doubles. */
bool erm__rows_form_suits(const erm_run *run, double *scratch);

/* Takes the memory, and multiplies the rows with one another: n^2 d / 2 multiplications. */
erm_status erm__rows_form_open(erm__rows_form *self, erm_run *run);

/* Factors for second derivatives h (n): n^3 / 6. False if that is not possible. */
bool erm__rows_form_factor(erm__rows_form *self, erm_run *run, const double *h);

/* p = -(H + R'')^-1 g. */
void erm__rows_form_solve(erm__rows_form *self, erm_run *run, const double *g, double *p);

#endif
