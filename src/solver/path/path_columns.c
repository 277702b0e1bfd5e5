/* Columns of X in memory of their own. */
#include "solver/path/path_columns.h"

#include <stdlib.h>
#include <string.h>

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

/* Where the values of a scan go. */
typedef struct target {
    double *values;
    int64_t n;
    const int32_t *list;
    const double *root, *centre;
} target;

static void put(const target *to, int64_t i, int64_t c, double x)
{
    to->values[c * to->n + i] = to->root[i] * (x - (to->centre ? to->centre[to->list[c]] : 0));
}

static void receive(const erm_piece *piece, void *context)
{
    for (int64_t p = 0; p < piece->count; p++) {
        const int64_t place = piece->first + (piece->index ? piece->index[p] : p);
        put(context, piece->column ? place : piece->line, piece->column ? piece->line : place, piece->value[p]);
    }
}

erm_status erm__store_append(erm__columns_store *store, const erm_matrix *X, int64_t count, const int32_t *list,
                             const double *root, const double *centre)
{
    if (count == 0) return ERM_OK;
    if (!make_room(store, count)) return ERM_ENOMEM;
    const erm_cols_view view = erm_cols_view_of(X, count, list, store->position);
    target to = {store->values + store->count * store->n, store->n, list, root, centre};
    for (int64_t c = 0; X->ops->sparse && c < count; c++)
        for (int64_t i = 0; i < store->n; i++) put(&to, i, c, 0);
    if (!view.base.ops->scan(&view.base, (erm_rows){.count = store->n}, receive, &to)) return ERM_EUNSUPPORTED;
    store->count += count;
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

ERM_KERNEL void erm__store_dot16(int64_t n, const double *const *x, const double *const *y, double *out)
{
    enum { FOUR = 4 };
    erm__lanes sum[FOUR][FOUR] = {{{0}}};
    double rest[FOUR][FOUR] = {{0}};
    int64_t i = 0;
    for (; i + ERM_LANES <= n; i += ERM_LANES)
        for (int s = 0; s < FOUR; s++)
            for (int t = 0; t < FOUR; t++) sum[s][t] += *(const erm__lanes *)(x[s] + i) * *(const erm__lanes *)(y[t] + i);
    for (; i < n; i++)
        for (int s = 0; s < FOUR; s++)
            for (int t = 0; t < FOUR; t++) rest[s][t] += x[s][i] * y[t][i];
    for (int s = 0; s < FOUR; s++)
        for (int t = 0; t < FOUR; t++) out[FOUR * s + t] = rest[s][t] + erm__lanes_sum(&sum[s][t]);
}
