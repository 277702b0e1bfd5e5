/* Weights of classes: which class a row has, and what its weight is multiplied by. */
#ifndef ERM_CLASS_WEIGHT_H
#define ERM_CLASS_WEIGHT_H

#include "ermopt/problem.h"

/* How many classes the labels of a loss with classes have. */
int64_t erm__class_count(const erm_problem *problem);

/* What erm_problem_check says of problem->class_weight, once the labels are known to be right. */
erm_status erm__class_weight_check(const erm_problem *problem, char *detail);

/* weight (n) = s_i times the weight of its class. */
void erm__class_weight_apply(const erm_problem *problem, double *weight);

#endif
