/* The check of a problem that is about to be solved. */
<<<<<<<< HEAD:src/problem/quick_check.h
#ifndef ERM_QUICK_CHECK_H
#define ERM_QUICK_CHECK_H
========
#ifndef ERM_PROBLEM_CHECK_H
#define ERM_PROBLEM_CHECK_H
>>>>>>>> 214f67b (newton-cg, several outputs: products in floats on a copy of X in units of the columns, samples summed in floats):src/problem/problem_check.h

#include "ermopt/problem.h"

/* erm_problem_check, but for one thing where *left (an output) becomes true: whether the values of X are finite is left to whoever reads
 * them next (see erm__certifier_is_finite), so that data which no cache holds are not read for this alone. */
erm_status erm__problem_check_quickly(const erm_problem *problem, bool *left, char *detail);

#endif
