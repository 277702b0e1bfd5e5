/* The sum of weighted outer products of sparse rows: every pair of values of a row is added where it belongs. */
#include <omp.h>
#include <string.h>

#include "problem/gram_sum.h"
#include "problem/take.h"

enum {
    OWNED_TOGETHER = 16, /* rows of A that go to one part */
    PARTS_A_THREAD = 4,
    MOST_PARTS = 64
};

/* One row of X as it goes into the sum: the centred columns, then the other stored values, then the intercept. */
typedef struct pairs {
    const erm__gram_sum *sum;
    int64_t centred;        /* how many columns are centred: the first entries */
    const int32_t *columns; /* them */
    int32_t *slot;          /* d: a centred column's place in the list, else -1 */
    int32_t *index;         /* d + 1 */
    double *value;          /* d + 1 */
    int32_t *row_index;     /* d, d: where `row` may put its answer */
    double *row_value;
    double *taking;
    int64_t length;
} pairs;

int64_t erm__sparse_scratch(int64_t d)
{
    const int64_t values = 2 * (d + 1), indices = (3 * (d + 1) + 1) / 2;
    return (values + indices + 7) / 8 * 8 + erm__take_scratch(d);
}

static pairs pairs_for(const erm__gram_sum *sum, int64_t centred, const int32_t *columns, int64_t thread)
{
    const int64_t d = sum->ws->d;
    double *const taking = sum->scratch + thread * erm__sparse_scratch(d), *const value = taking + erm__take_scratch(d);
    int32_t *const index = (void *)(value + 2 * (d + 1));
    pairs own = {.sum = sum, .centred = centred, .columns = columns, .taking = taking, .value = value, .index = index};
    own.row_value = value + d + 1;
    own.row_index = index + d + 1;
    own.slot = index + 2 * (d + 1);
    for (int64_t j = 0; j < d; j++) own.slot[j] = -1;
    for (int64_t c = 0; c < centred; c++) own.slot[columns[c]] = (int32_t)c;
    return own;
}

static void set_pairs(pairs *list, erm_row row)
{
    int64_t length = list->centred;
    for (int64_t c = 0; c < length; c++) {
        list->index[c] = list->columns[c];
        list->value[c] = -list->sum->centre[list->columns[c]];
    }
    for (int64_t p = 0; p < row.count; p++) {
        const int32_t j = row.index ? row.index[p] : (int32_t)p;
        if (list->slot[j] >= 0) {
            list->value[list->slot[j]] += row.value[p];
        } else if (row.value[p] != 0) {
            list->index[length] = j;
            list->value[length++] = row.value[p];
        }
    }
    if (list->sum->m > list->sum->ws->d) {
        list->index[length] = (int32_t)list->sum->ws->d;
        list->value[length++] = 1;
    }
    list->length = length;
}

/* A += weight x x' for those rows of A that belong to `part` of `parts`, a power of 2. Each pair once. */
static void add_pairs(const pairs *list, double weight, int64_t part, int64_t parts, double *A)
{
    for (int64_t p = 0; p < list->length; p++) {
        if ((list->index[p] / OWNED_TOGETHER & (parts - 1)) != part) continue;
        const double scaled = weight * list->value[p];
        double *const to = A + list->index[p] * list->sum->m;
        for (int64_t q = 0; q <= p; q++) to[list->index[q]] += scaled * list->value[q];
    }
}

static void add_rows(pairs *list, int64_t begin, int64_t end, int64_t part, int64_t parts, double *A)
{
    const erm_matrix *X = list->sum->ws->problem->X;
    const double *weight = list->sum->weight;
    erm__taken taken;
    for (int64_t i = begin; i < end; i++) {
        const int64_t t = (i - begin) % ERM_TAKE_ROWS, left = end - i;
        if (X->ops->row) {
            set_pairs(list, X->ops->row(X, erm_row_number(list->sum->rows, i), list->row_index, list->row_value));
        } else {
            const erm_rows rows = {.begin = list->sum->rows.begin + i,
                                   .count = left < ERM_TAKE_ROWS ? left : ERM_TAKE_ROWS,
                                   .list = list->sum->rows.list};
            if (t == 0) erm__take_rows(X, rows, list->taking, &taken);
            set_pairs(list, (erm_row){.count = X->cols, .value = taken.x[t]});
        }
        add_pairs(list, weight ? weight[i] : 1, part, parts, A);
    }
}

static int64_t parts_for(int threads)
{
    int64_t parts = 1;
    while (threads > 1 && parts < (int64_t)PARTS_A_THREAD * threads && parts < MOST_PARTS) parts *= 2;
    return parts;
}

void erm__sparse_sum(const erm__gram_sum *sum, int64_t count, const int32_t *centred)
{
    const int threads = sum->ws->threads;
    const int64_t n = sum->rows.count, lanes = sum->lanes, parts = parts_for(threads);
#pragma omp parallel num_threads(threads) if (threads > 1)
    {
        pairs own = pairs_for(sum, count, centred, omp_get_thread_num());
        if (lanes > 1) {
#pragma omp for schedule(dynamic, 1)
            for (int64_t lane = 0; lane < lanes; lane++)
                add_rows(&own, lane * n / lanes, (lane + 1) * n / lanes, 0, 1, sum->A + lane * sum->m * sum->m);
        } else {
#pragma omp for schedule(dynamic, 1)
            for (int64_t part = 0; part < parts; part++) add_rows(&own, 0, n, part, parts, sum->A);
        }
    }
}
