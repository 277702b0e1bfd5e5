/* The state of the proximal Newton solver on a working set, and its model of F there. */
#ifndef ERM_SET_MODEL_H
#define ERM_SET_MODEL_H

#include "solver/newton/gram_prox.h"
#include "solver/newton/set_gram.h"
#include "solver/path/quadratic.h"

typedef struct erm__set_model {
    bool by_entries, by_groups; /* the penalty: `quadratic` does it, on some features, or all; any other `gram_prox`, on all */
    erm_entry *entry, *chosen;  /* d; room: of the set */
    erm__quadratic quadratic;
    erm__gram_prox gram_prox;
    erm__set_gram gram;
    int64_t room;            /* features, at most */
    int64_t count, m;        /* features in the set; and the intercept */
    int32_t *list;           /* d: them */
    double *A;               /* (room + 1)^2: the Hessian, damped, with the intercept */
    double *square;          /* d: mean squares of the columns */
    double *score, *scratch; /* size */
    double damping;          /* of the most that the Hessian can be */
} erm__set_model;

/* Whether a penalty can be had, on so many features. */
bool erm__set_model_suits(const erm_regularizer *R, int64_t d);

/* Takes the memory, and measures the columns: ERM_OK or ERM_ENOMEM. */
erm_status erm__set_model_open(erm__set_model *self, erm_run *run);

/* The features to work on, where the gradient of the loss part is g. */
void erm__set_model_choose(erm__set_model *self, const erm_run *run, const double *g);

/* p (size) = the way from run->w to the minimiser of the model, from the rows listed and their h > 0. Returns what F's slope
 * along it is at most. */
double erm__set_model_descend(erm__set_model *self, erm_run *run, const double *g, int64_t rows, const int64_t *list,
                              const double *h, double *p);

#endif
