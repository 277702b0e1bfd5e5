/* A matrix with missing values, NaN, in whose place another number is seen. */
#ifndef ERM_VIEW_IMPUTED_H
#define ERM_VIEW_IMPUTED_H

#include "ermopt/matrix.h"

typedef struct erm__imputed_view {
    erm_matrix base;
    const erm_matrix *X;
    const double *fill;
} erm__imputed_view;

/* NaN in column j of X is fill[j]. X must have `scan`; fill has d finite values. Borrows both. */
erm__imputed_view erm__imputed_view_of(const erm_matrix *X, const double *fill);

/* What X's own check says, but for NaN. Where there is NaN, the starts of a sparse X are trusted. `view` is the name for the
 * sentence where X is not there. */
erm_status erm__check_but_missing(const erm_matrix *X, const char *view, char *detail);

/* What X's own check says; where nothing but NaN is wrong, with the advice to replace it. X may have none. */
erm_status erm__check_whole(const erm_matrix *X, char *detail);

#endif
