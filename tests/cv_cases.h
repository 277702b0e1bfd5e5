/* Problems to cross-validate: losses, formats, weights, metrics. */
#ifndef CV_CASES_H
#define CV_CASES_H

#include "ermopt/selection.h"
#include "problems.h"

enum { CV_N = 70, CV_D = 8, CV_SIZE = 4096, CV_FOLDS = 5, CV_CASES = 11 }; /* CV_SIZE: numbers of w, at most */

typedef struct cv_case {
    const char *loss, *kind;
    double l1, l2;
    bool weights, offset, standardise, class_weight;
    erm_metric metric;
} cv_case;

extern const cv_case cv_cases[CV_CASES];

/* CV_N x CV_D; free with owned_problem_free. */
owned_problem *cv_problem(const cv_case *one);

/* Cross-validates; fails the test unless the call returns ERM_OK. */
erm_cv cv_of(const erm_problem *problem, erm_cv_options options);

#endif
