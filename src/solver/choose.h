/* Which solver suits a problem ("auto"), and what a solver refuses. */
#ifndef ERM_CHOOSE_H
#define ERM_CHOOSE_H

#include "ermopt/solver.h"

/* The solver that auto takes. */
erm_solver erm__choose(const erm_problem *problem);

/* ERM_OK if the solver can do the problem, else ERM_EUNSUPPORTED and a sentence. */
erm_status erm__suits(const erm_problem *problem, erm_solver solver, char *detail);

#endif
