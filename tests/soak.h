/* Small random problems of every kind, most of them nasty, each made from one number; and their objective in long double. */
#ifndef SOAK_H
#define SOAK_H

#include "problems.h"

typedef struct soak_problem {
    owned_problem *owned;
    catalog_loss loss;
    const char *regularizer; /* its name */
    double *class_weight;    /* owned, or NULL */
    char text[512];          /* what it is, for messages */
} soak_problem;

/* The same seed gives the same problem. Free with soak_problem_free. */
soak_problem soak_problem_new(uint64_t seed);
/* One of some 5000 rows and few columns. */
soak_problem soak_problem_new_tall(uint64_t seed);
void soak_problem_free(soak_problem *soak);

/* F(w), and the size of the numbers that are added up to get it: rounding makes errors relative to `terms`. */
typedef struct soak_value {
    double F, terms;
} soak_value;
soak_value soak_objective(const soak_problem *soak, const double *w);

/* A random point of the constraint set, with margins of about the size `spread`. */
void soak_random_point(const soak_problem *soak, erm_rng *rng, double spread, double *w);

#endif
