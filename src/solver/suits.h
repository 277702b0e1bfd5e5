/* What a solver refuses. */
#ifndef ERM_SUITS_H
#define ERM_SUITS_H

#include "ermopt/solver.h"

/* Straight lines that meet: hinge, absolute, quantile, epsilon-insensitive. */
bool erm__is_piecewise_linear(const erm_loss *loss);

/* ERM_OK if the solver can do the problem, else ERM_EUNSUPPORTED and a sentence. */
erm_status erm__suits(const erm_problem *problem, erm_solver solver, char *detail);

#endif
