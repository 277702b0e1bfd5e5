/* A solver that works inside another: the library's own, without a name for users. */
#ifndef ERM_SET_NEWTON_H
#define ERM_SET_NEWTON_H

#include "ermopt/problem.h"
#include "ermopt/solver.h"

/* Proximal Newton steps on a working set, whose Hessian is summed over the rows with a second derivative alone: for a
 * differentiable loss that is straight along most rows, one output, and a penalty on single entries. */
erm_solver erm__solver_set_newton(void);

/* Whether it can do a problem that meets its needs. */
bool erm__set_newton_suits(const erm_problem *problem);

#endif
