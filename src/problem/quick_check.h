/* The check of a problem that is about to be solved. */
#ifndef ERM_QUICK_CHECK_H
#define ERM_QUICK_CHECK_H

#include "ermopt/problem.h"

/* erm_problem_check, but for one thing where *left (an output) becomes true: whether the values of X are finite is left to
 * whoever reads them next (see erm__certifier_is_finite), so that data which no cache holds are not read for this alone. */
erm_status erm__problem_check_quickly(const erm_problem *problem, bool *left, char *detail);

#endif
