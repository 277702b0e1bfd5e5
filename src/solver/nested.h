/* A solver inside another: of a problem with the same rows, whose loss and offsets may change, and a certificate of it. */
#ifndef ERM_NESTED_H
#define ERM_NESTED_H

#include "solver/columns/columns.h"
#include "solver/run.h"

/* Must not be moved: take it with erm_run_take_bytes. */
typedef struct erm__nested {
    erm_problem problem;
    erm_solver solver;
    erm__workspace ws;
    erm__certifier certifier;
    erm_run run; /* of the solver */
    void *state;
    erm__memory *taken; /* what its `start` took, in order: for the next one */
    int64_t count;
    double *w;              /* size: its answer, in the coordinates of the prepared problem */
    erm__columns_kept kept; /* of run.columns, for a run that is resumed */
    int32_t *spare;         /* d */
} erm__nested;

/* Opens the solver on self->problem, which is set. Its columns become the outer run's, which has none. The memory is the outer
 * run's. ERM_OK, ERM_ENOMEM; ERM_EUNSUPPORTED where its columns cannot be had. */
erm_status erm__nested_open(erm__nested *self, erm_run *outer, erm_solver solver);

/* `start` at outer->w; again where the problem has changed. Takes memory only the first time. */
erm_status erm__nested_start(erm__nested *self, erm_run *outer);

/* Before anything else in a step of the outer solver: brings back what the columns were like before a checkpoint. */
void erm__nested_resume(erm__nested *self);

/* One step, whose answer goes to outer->w. */
erm_status erm__nested_step(erm__nested *self, erm_run *outer);

/* How far that is from the optimum of the nested problem. */
erm_certificate erm__nested_certify(erm__nested *self);

#endif
