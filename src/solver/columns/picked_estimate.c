/* How large a matrix of some columns would be, before they are picked. */
#include "solver/columns/picked.h"

enum {
    LEAST_SAMPLE = 100000, /* values of the rows that are looked at, */
    SAMPLE_SHARE = 64      /* or this part of all */
};

/* By columns nothing is known of the rows, which are taken to be equally long. */
static erm__picked_size size_of_columns(const erm__picked *self, int64_t count, const int32_t *list)
{
    const erm_csc *const X = (const erm_csc *)self->X;
    erm__picked_size size = {0};
    for (int64_t t = 0; t < count; t++) size.values += (double)(X->start[list[t] + 1] - X->start[list[t]]);
    size.pairs = size.values * (size.values / (double)self->n + 1) / 2;
    return size;
}

erm__picked_size erm__picked_estimate(const erm__picked *self, int64_t count, const int32_t *list, int32_t *mark)
{
    const erm_csr *const X = (const erm_csr *)self->X;
    const int64_t most = 1 + self->X->nnz / LEAST_SAMPLE, stride = most < SAMPLE_SHARE ? most : SAMPLE_SHARE;
    const double each = (double)self->n / (double)((self->n + stride - 1) / stride);
    erm__picked_size size = {0};
    if (self->by_columns) return size_of_columns(self, count, list);
    for (int64_t t = 0; t < count; t++) mark[list[t]] = 1;
    for (int64_t i = 0; i < self->n; i += stride) {
        int64_t values = 0;
        for (int64_t p = X->start[i]; p < X->start[i + 1]; p++) values += mark[X->index[p]];
        size.values += each * (double)values;
        size.pairs += each * (double)values * (double)(values + 1) / 2;
    }
    for (int64_t t = 0; t < count; t++) mark[list[t]] = 0;
    return size;
}
