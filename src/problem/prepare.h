/* What is solved in place of the caller's problem: class weights multiplied into the weights, and columns divided by their
 * standard deviations where the problem is standardised. All else sees plain problems alone. */
#ifndef ERM_PREPARE_H
#define ERM_PREPARE_H

#include "base/arena.h"
#include "ermopt/problem.h"

/* Must not be moved: the problem points into it. */
typedef struct erm__prepared {
    erm_problem problem; /* without class_weight, and not standardised */
    erm_scaled_view scaled;
    double *deviation; /* d: what X's columns are divided by; NULL: nothing */
    erm__arena arena;
} erm__prepared;

/* For a problem that was checked. threads as for a workspace. ERM_OK or ERM_ENOMEM; close it on both. */
erm_status erm__prepare(erm__prepared *prepared, const erm_problem *problem, int threads);
void erm__prepared_close(erm__prepared *prepared);

/* W, b of the caller as those of the prepared problem, and back. `from` may be `to`. */
void erm__prepared_enter(const erm__prepared *prepared, const double *from, double *to);
void erm__prepared_leave(const erm__prepared *prepared, const double *from, double *to);

/* Whether X can be scaled. */
erm_status erm__standardise_check(const erm_problem *problem, char *detail);

#endif
