/* Columns of X in memory of their own, as a path needs more and more of them. */
#ifndef ERM_PATH_COLUMNS_H
#define ERM_PATH_COLUMNS_H

#include "base/arena.h"
#include "ermopt/matrix.h"

/* Dense columns, root_i (x_ij - centre_j), one after the other. */
typedef struct erm__columns_store {
    int64_t n, count, room;
    double *values;    /* n room */
    int32_t *position; /* X->cols: for views */
} erm__columns_store;

bool erm__store_open(erm__columns_store *store, erm__arena *arena, int64_t n, int64_t cols);

/* Appends columns list[0 .. count - 1]. centre NULL: 0. ERM_OK, ERM_ENOMEM, or ERM_EUNSUPPORTED where X cannot be scanned. */
erm_status erm__store_append(erm__columns_store *store, const erm_matrix *X, int64_t count, const int32_t *list,
                             const double *root, const double *centre);
void erm__store_close(erm__columns_store *store);

static inline const double *erm__store_column(const erm__columns_store *store, int64_t c) { return store->values + c * store->n; }

/* y += factor x */
void erm__store_add(int64_t n, double factor, const double *x, double *y);
/* out[t] = x[t]'y for four vectors. */
void erm__store_dot4(int64_t n, const double *const *x, const double *y, double *out);

/* out[4 s + t] = x[s]'y[t] for four vectors each. */
void erm__store_dot16(int64_t n, const double *const *x, const double *const *y, double *out);

/* A copy of some columns as a matrix. */
typedef struct erm__taken_columns {
    erm_matrix_copy copy;
    int64_t count;
} erm__taken_columns;

#endif
