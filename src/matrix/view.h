/* What the views share: their tables of operations, which differ in what a view takes over from the matrix that it is made of. */
#ifndef ERM_VIEW_H
#define ERM_VIEW_H

#include "base/detail.h"
#include "ermopt/matrix.h"
#include "matrix/scan.h"

/* The eight tables of a view: TABLE(sparse, by_columns, row) is one. */
#define ERM_VIEW_TABLES(TABLE, row)                                                                                              \
    TABLE(false, false, NULL), TABLE(true, false, NULL), TABLE(false, true, NULL), TABLE(true, true, NULL),                      \
        TABLE(false, false, row), TABLE(true, false, row), TABLE(false, true, row), TABLE(true, true, row)

/* Which of them. */
static inline int erm__view_table(bool sparse, bool by_columns, bool row) { return sparse + 2 * by_columns + 4 * row; }

/* Which of them for a view of X, whatever X is. */
static inline int erm__view_table_like(const erm_matrix *X)
{
    return X && X->ops ? erm__view_table(X->ops->sparse, X->ops->by_columns, X->ops->row) : 0;
}

/* The share of X's values that `part` of `whole` rows or columns have. */
static inline int64_t erm__view_nnz(const erm_matrix *X, int64_t part, int64_t whole)
{
    return part > 0 && whole > 0 ? (int64_t)((double)X->nnz * ((double)part / (double)whole)) : 0;
}

/* Whether X is there, and what its own check says. `view` is the name for the sentence. */
static inline erm_status erm__view_check(const erm_matrix *X, const char *view, char *detail)
{
    if (!X || !X->ops) return erm__fail(detail, ERM_EINVAL, "a %s is made of no matrix", view);
    return X->ops->check ? X->ops->check(X, detail) : ERM_OK;
}

#endif
