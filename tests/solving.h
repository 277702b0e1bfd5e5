/* Plain problems, and solves that must not fail. */
#ifndef SOLVING_H
#define SOLVING_H

#include "ermopt/solve.h"
#include "named.h"
#include "problems.h"

/* Dense doubles with an intercept, no weights and no offset. */
problem_spec spec_of(const char *loss, erm_regularizer regularizer, int64_t n, int64_t d);

/* Solves from w into w; fails the test unless the call returns ERM_OK. */
erm_result solve(const erm_problem *problem, erm_options options, double *w);

/* A monitor that keeps the objective of each certificate by its epoch; data is a solve_trace, and at most
 * TRACE_EPOCHS may be asked for. */
enum { TRACE_EPOCHS = 400 };
typedef struct solve_trace {
    double primal[TRACE_EPOCHS + 1];
} solve_trace;
bool trace_record(const erm_progress *now, void *data);

#endif
