/* Which solver suits a problem best ("auto"). */
#ifndef ERM_CHOOSE_H
#define ERM_CHOOSE_H

#include "ermopt/solver.h"

/* The solver that auto takes, and the reason, a constant. */
erm_solver erm__choose_solver(const erm_problem *problem, const char **why);

#endif
