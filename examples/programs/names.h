/* Names of losses and solvers on the command line. */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>

#include "ermopt/loss.h"
#include "ermopt/solver.h"

/* False, after a complaint that suggests the nearest name or lists all, if there is none that is called `name`. */
bool loss_from_name(const char *name, double param, erm_loss *loss);
bool solver_from_name(const char *name, erm_solver *solver);

#endif
