/* The part of erm_run that solvers do not see: how a run is opened for a solver, and its coordinates. */
#ifndef ERM_RUN_H
#define ERM_RUN_H

#include "ermopt/solver.h"
#include "problem/certifier.h"

/* Centres the columns where that can be done without cost, and sets the metric: as the certifier measured them, where that is
 * about the same columns. Takes memory from the workspace's arena.
 * ERM_OK, ERM_ENOMEM, or what a copy of X says in detail. */
erm_status erm__run_open(erm_run *run, const erm__certifier *certifier, erm_solver solver, uint64_t seed, char *detail);

/* Frees what is not in the arena: the copy of X by columns. A run that is {0} is fine. */
void erm__run_close(erm_run *run);

/* Bytes of that copy. */
int64_t erm__run_copied_bytes(const erm_run *run);

/* Bytes that were allocated for it: more, where memory for all columns was reserved and only some were copied. */
int64_t erm__run_reserved_bytes(const erm_run *run);

/* Between the caller's W, b and the run's, whose b is the intercept of the centred columns. from may be to. */
void erm__run_enter(const erm_run *run, const double *from, double *to);
void erm__run_leave(const erm_run *run, const double *from, double *to);

/* Whether a certificate reads X as often as a gradient: not where it has to find an intercept, but for squares. */
bool erm__certificate_is_a_pass(const erm_run *run);

/* As erm_run_take, for memory in which nothing outlives a step: checkpoints leave it out. All memory whose size depends on the
 * number of threads must be such. */
double *erm__run_scratch(erm_run *run, int64_t count);

/* Copies the margins (n k) and the gradient of the loss part (size) at run->w from the certificate that was just made there, and
 * counts it as handed on, once; false if there is none: then they cost a pass over X. */
bool erm__run_known(erm_run *run, double *z, double *g);

#endif
