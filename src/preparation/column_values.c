/* The values of each column, sorted, for as many columns at a time as fit in some memory. */
#include "preparation/column_values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 1 << 22 }; /* values that are gathered in a pass over X, 64 MiB of them, if one column has no more */

typedef struct gathering {
    const double *weight;
    int64_t first, end;    /* the columns that are gathered */
    int64_t *count;        /* d: values that are not missing */
    int64_t *stored;       /* d: values that are stored in rows that count */
    double *stored_weight; /* d: of those */
    int64_t *at;           /* of the columns that are gathered: where the next value goes; NULL while values are counted */
    erm__weighted *entry;
} gathering;

static void look(const erm_piece *piece, void *context)
{
    gathering *all = context;
    for (int64_t p = 0; p < piece->count; p++) {
        const int64_t place = piece->first + (piece->index ? piece->index[p] : p);
        const int64_t i = piece->column ? place : piece->line, j = piece->column ? piece->line : place;
        const double s = all->weight ? all->weight[i] : 1, x = piece->value[p];
        if (s == 0 || j < all->first || j >= all->end) continue;
        if (all->at) {
            if (!isnan(x)) all->entry[all->at[j - all->first]++] = (erm__weighted){x, s};
            continue;
        }
        all->count[j] += !isnan(x);
        all->stored[j]++;
        all->stored_weight[j] += s;
    }
}

static int compare(const void *a, const void *b)
{
    const double x = ((const erm__weighted *)a)->value, y = ((const erm__weighted *)b)->value;
    return (x > y) - (x < y);
}

void erm__weighted_sort(int64_t count, erm__weighted *entry) { qsort(entry, (size_t)count, sizeof *entry, compare); }

double erm__weighted_median(int64_t count, const erm__weighted *entry)
{
    double total = 0, below = 0;
    for (int64_t t = 0; t < count; t++) total += entry[t].weight;
    for (int64_t t = 0; t < count; t++) {
        below += entry[t].weight;
        if (2 * below < total) continue;
        return 2 * below > total || t + 1 == count ? entry[t].value : entry[t].value / 2 + entry[t + 1].value / 2;
    }
    return 0;
}

/* Where to stop for columns from `first` on: each takes its values, one entry for zeros, and one more. */
static int64_t batch_end(const erm_matrix *X, const gathering *all, int64_t first, int64_t *entries)
{
    int64_t end = first;
    for (*entries = 0; end < X->cols; end++) {
        const int64_t more = all->count[end] + 2;
        if (end > first && *entries + more > AT_ONCE) break;
        *entries += more;
    }
    return end;
}

/* Gathers and visits columns first .. end - 1. */
static bool visit_batch(const erm_matrix *X, gathering *all, int64_t rows, double total, erm__column_visit visit, void *context)
{
    int64_t entries;
    all->end = batch_end(X, all, all->first, &entries);
    all->entry = malloc((size_t)entries * sizeof *all->entry);
    all->at = malloc((size_t)(all->end - all->first) * sizeof *all->at);
    const bool ok = all->entry && all->at;
    if (ok) {
        int64_t at = 0;
        for (int64_t j = all->first; j < all->end; j++) {
            all->at[j - all->first] = at;
            at += all->count[j] + 2;
        }
        X->ops->scan(X, (erm_rows){.count = X->rows}, look, all);
        erm__weighted *entry = all->entry;
        for (int64_t j = all->first; j < all->end; j++) {
            int64_t count = all->count[j];
            const double zeros = all->stored[j] < rows ? total - all->stored_weight[j] : 0;
            if (zeros > 0) entry[count++] = (erm__weighted){0, zeros};
            erm__weighted_sort(count, entry);
            visit(j, count, entry, context);
            entry += all->count[j] + 2;
        }
    }
    free(all->entry);
    free(all->at);
    all->at = NULL;
    return ok;
}

erm_status erm__column_values(const erm_matrix *X, const double *weight, erm__column_visit visit, void *context)
{
    const size_t d = (size_t)X->cols + 1;
    int64_t rows = 0;
    double total = 0;
    for (int64_t i = 0; i < X->rows; i++) {
        rows += !weight || weight[i] > 0;
        total += weight ? weight[i] : 1;
    }
    gathering all = {.weight = weight,
                     .end = X->cols,
                     .count = calloc(d, sizeof *all.count),
                     .stored = calloc(d, sizeof *all.stored),
                     .stored_weight = calloc(d, sizeof *all.stored_weight)};
    bool ok = all.count && all.stored && all.stored_weight;
    if (ok) X->ops->scan(X, (erm_rows){.count = X->rows}, look, &all);
    for (; ok && all.first < X->cols; all.first = all.end) ok = visit_batch(X, &all, rows, total, visit, context);
    free(all.count);
    free(all.stored);
    free(all.stored_weight);
    return ok ? ERM_OK : ERM_ENOMEM;
}
