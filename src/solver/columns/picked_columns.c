/* Picked columns, or all, by columns. */
#include <string.h>

#include "solver/columns/picked_ops.h"

/* Where thread t's columns begin, in the index of `from`: so that each has about as many values. */
static int32_t part_begin(const erm__by_rows *from, const int64_t *start, int64_t d, int64_t count, int t, int team)
{
    const double before = (double)start[d] * t / team;
    int64_t low = 0, high = count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if ((double)start[from->list ? from->list[middle] : middle] < before)
            low = middle + 1;
        else
            high = middle;
    }
    return (int32_t)low;
}

void erm__picked_write_columns(const erm__picked *self, bool all, int threads, int64_t *start, int32_t *index, void *values)
{
    const erm_csr *const X = (const erm_csr *)self->X;
    const erm__by_rows from = all ? (erm__by_rows){self->n, X->start, X->index, NULL, X->values}
                                  : (erm__by_rows){self->n, self->start, self->index, self->list, self->values};
    const int64_t count = all ? self->d : self->count, stored = from.start[self->n];
    const int team = erm__picked_team((double)stored, threads);
    int64_t *const next = start + 1; /* counts, then places, one column ahead: in the end, where each column begins */
    int32_t bound[ERM_PICKED_THREADS + 1];
    memset(start, 0, (size_t)(self->d + 2) * sizeof *start);
    for (int64_t p = 0; p < stored; p++) next[(from.list ? from.list[from.index[p]] : from.index[p]) + 1]++;
    for (int64_t j = 0; j < self->d; j++) next[j + 1] += next[j];
    for (int t = 0; t <= team; t++) bound[t] = t < team ? part_begin(&from, next, self->d, count, t, team) : (int32_t)count;
    bound[0] = 0;
#pragma omp parallel for schedule(static, 1) num_threads(team) if (team > 1)
    for (int t = 0; t < team; t++) erm__picked_ops_of(self)->write_columns(&from, bound[t], bound[t + 1], next, index, values);
}
