/* Random problems for the tests: any loss and regularizer on any matrix format, and a slow, obvious objective to judge
 * answers by. */
#ifndef PROBLEMS_H
#define PROBLEMS_H

#include "catalog_loss.h"
#include "ermopt/problem.h"
#include "matrices.h"

typedef struct problem_spec {
    const matrix_kind *kind;
    catalog_loss loss;
    erm_regularizer regularizer;
    int64_t n, d;
    bool weights, offset, intercept;
    uint64_t seed;
} problem_spec;

typedef struct owned_problem {
    erm_problem problem;
    owned_matrix *matrix;
    double *y, *weight, *offset;
    int64_t size;
} owned_problem;

/* Correlated columns, noisy labels that no W separates (for n well above d). Free with owned_problem_free. */
owned_problem *owned_problem_new(problem_spec spec);
void owned_problem_free(owned_problem *owned);

/* F(w) in long double, one sample at a time, from the numbers that the matrix was made from. */
double slow_objective(const owned_problem *owned, const double *w);

#endif
