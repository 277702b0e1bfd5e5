/* A copy of X in single precision, for products that need not be exact: conjugate gradients by it read half as much, and with
 * several outputs compute twice as fast. */
#ifndef ERM_SINGLE_H
#define ERM_SINGLE_H

#include "problem/sweep.h"
#include "solver/run.h"

typedef struct erm__single {
    erm_problem problem; /* the run's, but for X */
    erm_dense X;         /* less the centre, where columns are centred, in units of the columns' sizes; 0 in columns from d on */
    erm__workspace ws;
    bool made;
    int64_t d;
    double *unit; /* d: 1 / root mean square */
    float *V;     /* k rows of X.base.cols: what X is multiplied with */
    float *part;  /* for each lane: the derivatives of a block */
    double *sum;  /* k rows of X.base.cols, and k */
} erm__single;

/* Copies X if that pays: dense rows of doubles that no cache holds. To be called in `start`; the memory is the run's: n rows of 4
 * d bytes, d being rounded up to a multiple of 16. ERM_OK or ERM_ENOMEM. */
erm_status erm__single_open(erm__single *self, erm_run *run);

/* As erm__sweep_curvature, to some six digits. */
void erm__single_curvature(erm__single *self, erm__middle middle, const double *v, double *u, double *out);

#endif
