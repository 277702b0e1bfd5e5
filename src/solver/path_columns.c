/* Columns of X in memory of their own. */
#include "solver/path_columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/simd.h"

bool erm__store_open(erm__columns_store *store, erm__arena *arena, int64_t n, int64_t cols)
{
    *store = (erm__columns_store){.n = n, .position = erm__arena_take(arena, cols, sizeof(int32_t))};
    return !arena->failed;
}

static bool make_room(erm__columns_store *store, int64_t count)
{
    const int64_t wanted = store->count + count;
    if (wanted <= store->room) return true;
    const int64_t room = wanted > 2 * store->room ? wanted : 2 * store->room;
    if (room > PTRDIFF_MAX / (int64_t)sizeof(double) / store->n) return false;
    double *const values = realloc(store->values, (size_t)(room * store->n) * sizeof(double));
    if (!values) return false;
    store->values = values;
    store->room = room;
    return true;
}

erm_status erm__store_append(erm__columns_store *store, const erm_matrix *X, int64_t count, const int32_t *list,
                             const double *root, const double *centre, int threads, char *detail)
{
    if (count == 0) return ERM_OK;
    if (!make_room(store, count)) return ERM_ENOMEM;
    const erm_cols_view view = erm_cols_view_of(X, count, list, store->position);
    erm_matrix_copy copy;
    const erm_status status = erm_dense_col_from(&view.base, &(erm_copy_options){.threads = threads}, &copy, detail);
    if (status) return status;
    const double *const from = copy.matrix.dense.values;
    for (int64_t c = 0; c < count; c++) {
        double *const to = store->values + (store->count + c) * store->n;
        const double *const x = from + c * copy.matrix.dense.stride, mean = centre ? centre[list[c]] : 0;
        for (int64_t i = 0; i < store->n; i++) to[i] = root[i] * (x[i] - mean);
    }
    store->count += count;
    erm_matrix_copy_free(&copy);
    return ERM_OK;
}

void erm__store_close(erm__columns_store *store)
{
    free(store->values);
    store->values = NULL;
}

ERM_KERNEL void erm__store_add(int64_t n, double factor, const double *x, double *y)
{
    for (int64_t i = 0; i < n; i++) y[i] += factor * x[i];
}

ERM_KERNEL void erm__store_dot4(int64_t n, const double *const *x, const double *y, double *out)
{
    const double *const x0 = x[0], *const x1 = x[1], *const x2 = x[2], *const x3 = x[3];
    double a = 0, b = 0, c = 0, d = 0;
#pragma omp simd reduction(+ : a, b, c, d)
    for (int64_t i = 0; i < n; i++) {
        a += x0[i] * y[i];
        b += x1[i] * y[i];
        c += x2[i] * y[i];
        d += x3[i] * y[i];
    }
    out[0] = a;
    out[1] = b;
    out[2] = c;
    out[3] = d;
}
