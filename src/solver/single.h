/* A copy of X in single precision, for products that need not be exact: conjugate gradients by it read half as much. */
#ifndef ERM_SINGLE_H
#define ERM_SINGLE_H

#include "solver/run.h"

typedef struct erm__single {
    erm_problem problem; /* the run's, but for X */
    erm_dense X;         /* less the centre, where columns are centred */
    erm__workspace ws;
    bool made;
} erm__single;

/* Copies X if that pays: dense rows of doubles that no cache holds, whose columns are of sizes that floats can have. To be called in
 * `start`; the memory is the run's, half of X. ERM_OK or ERM_ENOMEM. */
erm_status erm__single_open(erm__single *self, erm_run *run);

#endif
