/* Which solver suits a problem ("auto"), and what a solver refuses. */
#ifndef ERM_CHOOSE_H
#define ERM_CHOOSE_H

#include "ermopt/solver.h"

/* Straight lines that meet: hinge, absolute, quantile, epsilon-insensitive. */
bool erm__is_piecewise_linear(const erm_loss *loss);

/* The solver that auto takes. */
erm_solver erm__choose(const erm_problem *problem);

/* ERM_OK if the solver can do the problem, else ERM_EUNSUPPORTED and a sentence. */
erm_status erm__suits(const erm_problem *problem, erm_solver solver, char *detail);

#endif
