/* The sum of weighted outer products of rows taken as dense: packed block by block, multiplied while in cache. */
#include <math.h>
#include <omp.h>

#include "base/syrk.h"
#include "problem/gram_sum.h"
#include "problem/take.h"

enum { CHUNKS = ERM_SYRK_ROWS / ERM_TAKE_ROWS };

/* What one block of rows needs. */
typedef struct buffers {
    erm__packed packed;
    double *ones; /* weights where there are none */
    double *taking[CHUNKS];
    const double *last[CHUNKS]; /* the chunk's last row, if it was read in place; else NULL */
} buffers;

static int64_t packed_size(int64_t m) { return erm__panels(m) * ERM_PANEL * ERM_SYRK_ROWS; } /* enough for floats, too */

int64_t erm__dense_scratch(int64_t d, int64_t m) { return 2 * packed_size(m) + ERM_TAKE_ROWS + CHUNKS * erm__take_scratch(d); }

static buffers lay_out(const erm__gram_sum *sum, int64_t thread)
{
    const int64_t d = sum->ws->d, size = packed_size(sum->m);
    double *const right = sum->scratch + thread * erm__dense_scratch(d, sum->m), *const ones = right + 2 * size;
    buffers to = {.packed = {.m = sum->m, .right = right, .left = sum->negative ? right + size : right}, .ones = ones};
    for (int64_t t = 0; t < ERM_TAKE_ROWS; t++) ones[t] = 1;
    for (int64_t c = 0; c < CHUNKS; c++) to.taking[c] = ones + ERM_TAKE_ROWS + c * erm__take_scratch(d);
    return to;
}

static int64_t block_end(int64_t begin, int64_t n) { return begin + ERM_SYRK_ROWS < n ? begin + ERM_SYRK_ROWS : n; }

/* Packs rows begin to end of the sum, at most ERM_TAKE_ROWS, as a chunk of the block. */
static void pack_chunk(const erm__gram_sum *sum, int64_t begin, int64_t end, int64_t chunk, buffers *to)
{
    const erm_rows rows = {.begin = sum->rows.begin + begin,
                           .count = end - begin < ERM_TAKE_ROWS ? end - begin : ERM_TAKE_ROWS,
                           .list = sum->rows.list};
    erm__taken taken;
    erm__take_rows(sum->ws->problem->X, rows, to->taking[chunk], &taken);
    to->last[chunk] = taken.in_place && !rows.list ? taken.x[rows.count - 1] : NULL;
    if (sum->unit) {
        double root[ERM_TAKE_ROWS];
        for (int64_t t = 0; sum->weight && t < rows.count; t++) root[t] = sqrt(sum->weight[begin + t] / sum->each);
        erm__syrk_pack_single(sum->m, (float *)(void *)to->packed.right, chunk * ERM_TAKE_ROWS, rows.count, sum->ws->d, taken.x,
                              sum->centre, sum->unit, sum->weight ? root : NULL);
        return;
    }
    erm__syrk_pack(&to->packed, chunk * ERM_TAKE_ROWS, rows.count, sum->ws->d, taken.x, sum->centre,
                   sum->weight ? sum->weight + begin : to->ones);
}

static int64_t panels_of(const erm__gram_sum *sum) { return sum->unit ? erm__panels_single(sum->m) : erm__panels(sum->m); }

/* Adds panels of A from `begin` to `end` for the packed block that ends before row `next`, and fetches their share of the
 * rows after it. */
static void add_block(const erm__gram_sum *sum, int64_t count, int64_t next, int64_t begin, int64_t end, const buffers *from,
                      double *A)
{
    const int64_t d = sum->ws->d, panels = panels_of(sum), bytes = ERM_SYRK_ROWS * d * (int64_t)sizeof(double);
    const double *const last = next + ERM_SYRK_ROWS <= sum->rows.count ? from->last[CHUNKS - 1] : NULL;
    const char *const fetch = last ? (const char *)(last + d) + bytes / panels * begin : NULL;
    if (sum->unit)
        erm__syrk_add_single(sum->m, (const float *)(const void *)from->packed.right, count, begin, end, fetch,
                             bytes / panels * (end - begin), A);
    else
        erm__syrk_add(&from->packed, count, begin, end, fetch, bytes / panels * (end - begin), A);
}

static void sum_lane(const erm__gram_sum *sum, int64_t lane, buffers *own)
{
    const int64_t n = sum->rows.count, last = (lane + 1) * n / sum->lanes;
    for (int64_t begin = lane * n / sum->lanes, end; begin < last; begin = end) {
        end = block_end(begin, last);
        for (int64_t t = begin; t < end; t += ERM_TAKE_ROWS) pack_chunk(sum, t, end, (t - begin) / ERM_TAKE_ROWS, own);
        add_block(sum, end - begin, end, 0, panels_of(sum), own, sum->A + lane * sum->m * sum->m);
    }
}

/* By all threads of a team together: they share the packing, then the panels of A. */
static void sum_together(const erm__gram_sum *sum, buffers *shared)
{
    const int64_t n = sum->rows.count, panels = panels_of(sum);
    for (int64_t begin = 0, end; begin < n; begin = end) {
        end = block_end(begin, n);
#pragma omp for schedule(dynamic, 1)
        for (int64_t chunk = 0; chunk < CHUNKS; chunk++)
            if (begin + chunk * ERM_TAKE_ROWS < end) pack_chunk(sum, begin + chunk * ERM_TAKE_ROWS, end, chunk, shared);
#pragma omp for schedule(dynamic, 1)
        for (int64_t i = 0; i < panels; i++) /* the longest first */
            add_block(sum, end - begin, end, panels - 1 - i, panels - i, shared, sum->A);
    }
}

void erm__dense_sum(const erm__gram_sum *sum)
{
    /* in some tens of microseconds a second thread brings nothing, and costs much where it has to be waited for */
    const double worth = 5e5, work = (double)sum->rows.count * (double)sum->ws->d * (double)sum->ws->d;
    const int threads = work < worth ? 1 : sum->ws->threads;
    if (sum->lanes == 1) {
        buffers shared = lay_out(sum, 0);
#pragma omp parallel num_threads(threads) if (threads > 1)
        sum_together(sum, &shared);
        return;
    }
#pragma omp parallel num_threads(threads) if (threads > 1)
    {
        buffers own = lay_out(sum, omp_get_thread_num());
#pragma omp for schedule(dynamic, 1)
        for (int64_t lane = 0; lane < sum->lanes; lane++) sum_lane(sum, lane, &own);
    }
}
