/* The smallest and the largest value of each column. */
#include "preparation/column_range.h"

#include <math.h>
#include <stdlib.h>

typedef struct ranges {
    const double *weight;
    double *low, *high;
    int64_t *stored; /* values in rows that count */
} ranges;

static void look(const erm_piece *piece, void *context)
{
    ranges *all = context;
    for (int64_t p = 0; p < piece->count; p++) {
        const int64_t place = piece->first + (piece->index ? piece->index[p] : p);
        const int64_t i = piece->column ? place : piece->line, j = piece->column ? piece->line : place;
        if (all->weight && all->weight[i] == 0) continue;
        all->low[j] = fmin(all->low[j], piece->value[p]);
        all->high[j] = fmax(all->high[j], piece->value[p]);
        all->stored[j]++;
    }
}

erm_status erm__column_ranges(const erm_matrix *X, const double *weight, double *low, double *high)
{
    ranges all = {.weight = weight, .low = low, .high = high, .stored = calloc((size_t)X->cols + 1, sizeof *all.stored)};
    if (!all.stored) return ERM_ENOMEM;
    int64_t rows = 0;
    for (int64_t i = 0; i < X->rows; i++) rows += !weight || weight[i] > 0;
    for (int64_t j = 0; j < X->cols; j++) {
        low[j] = INFINITY;
        high[j] = -INFINITY;
    }
    X->ops->scan(X, (erm_rows){.count = X->rows}, look, &all);
    for (int64_t j = 0; j < X->cols; j++) {
        if (all.stored[j] == rows) continue;
        low[j] = fmin(low[j], 0);
        high[j] = fmax(high[j], 0);
    }
    free(all.stored);
    return ERM_OK;
}
