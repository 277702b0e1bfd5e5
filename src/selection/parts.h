/* The training part of the rows and the part that is held out, prepared by what is learnt from the first alone. */
#ifndef ERM_PARTS_H
#define ERM_PARTS_H

#include "ermopt/selection.h"

/* Must not be moved: the problems point into it. */
typedef struct erm__parts {
    erm_subset training, held_out;
    erm_preparation preparation;
    erm_prepared prepared_training, prepared_held_out;
} erm__parts;

/* What steps learn of some rows, and these rows prepared: *prepared is to be given to the problem. Without steps nothing is done,
 * and prepared->X is NULL. ERM_OK, or what erm_preparation_fit and erm_preparation_apply say: both are empty then. */
erm_status erm__prepare_rows(const erm_recipe *recipe, const erm_matrix *X, const double *weight, erm_preparation *preparation,
                             erm_prepared *prepared, char *detail);

/* *whole = the problem with its X prepared, checked. `prepared` must be freed in every case, after the last use of *whole.
 * ERM_OK, or what the steps and erm_problem_check say. */
erm_status erm__prepare_whole(const erm_problem *problem, const erm_recipe *recipe, erm_problem *whole,
                              erm_preparation *preparation, erm_prepared *prepared, char *detail);

/* training, held_out: rows of the problem, which are borrowed. The problem must be whole but for its X where there are steps.
 * ERM_OK; ERM_ENOMEM; what the steps say. Close it in every case; {0} is fine. */
erm_status erm__parts_open(const erm_problem *problem, const erm_recipe *recipe, int64_t training_count, const int64_t *training,
                           int64_t held_out_count, const int64_t *held_out, erm__parts *parts, char *detail);
/* Whether the regularizer fits what the steps left of the columns, which may be fewer than of all rows (drop-constant): only
 * where it knows no feature by its number. ERM_OK or ERM_EUNSUPPORTED. */
erm_status erm__parts_fit(const erm__parts *parts, const erm_problem *whole, char *detail);
void erm__parts_close(erm__parts *parts);

#endif
