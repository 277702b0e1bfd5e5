/* The one walk over the rows of X: blocks of rows in lanes, lanes over threads, sums in a fixed order. */
#include "problem/walk.h"

#include <string.h>

enum { WORTH_A_THREAD = 250000 }; /* multiplications: about 0.1 ms, well above the cost of waking a thread */

static const double *gather(const double *from, erm_rows rows, int64_t width, double *buffer)
{
    if (!from) return NULL;
    if (!rows.list) return from + rows.begin * width;
    for (int64_t t = 0; t < rows.count; t++)
        memcpy(buffer + t * width, from + rows.list[rows.begin + t] * width, (size_t)width * sizeof(double));
    return buffer;
}

static double do_block(const erm__workspace *ws, erm_rows rows, int64_t lane, int64_t first, erm__job job, void *data,
                       double *sum)
{
    const erm_problem *problem = ws->problem;
    const int64_t room = lane * ws->block;
    const erm__block block = {
        .rows = rows,
        .first = first,
        .y = gather(problem->y, rows, ws->targets, ws->label + room * ws->targets),
        .s = gather(problem->weight, rows, 1, ws->weight + room),
        .o = gather(problem->offset, rows, ws->k, ws->offset + room * ws->k),
        .z = ws->margin + room * ws->k,
        .d = ws->derivative + room * ws->k,
        .row_value = ws->row_value + lane * ws->d,
        .row_index = ws->row_index + lane * ws->d,
        .sum = sum,
    };
    return job(ws, &block, data);
}

/* Lane `lane` of `lanes` takes a contiguous run of blocks, so that it reads one stream of memory. */
static double do_lane(const erm__workspace *ws, erm_rows rows, int64_t lane, int64_t lanes, erm__job job, void *data, double *sum)
{
    const int64_t blocks = (rows.count + ws->block - 1) / ws->block;
    double value = 0;
    for (int64_t b = lane * blocks / lanes; b < (lane + 1) * blocks / lanes; b++) {
        const int64_t first = b * ws->block;
        const int64_t left = rows.count - first;
        const erm_rows part = {.begin = rows.begin + first, .count = left < ws->block ? left : ws->block, .list = rows.list};
        value += do_block(ws, part, lane, first, job, data, sum);
    }
    return value;
}

void erm__add_lanes(double *x, int64_t lanes, int64_t length, int64_t begin, int64_t end, double *out)
{
    for (int64_t gap = 1; gap < lanes; gap *= 2)
        for (int64_t lane = 0; lane + gap < lanes; lane += 2 * gap)
            for (int64_t j = begin; j < end; j++) x[lane * length + j] += x[(lane + gap) * length + j];
    if (out != x) memcpy(out + begin, x + begin, (size_t)(end - begin) * sizeof(double));
}

static int64_t lanes_for(const erm__workspace *ws, erm_rows rows)
{
    const int64_t blocks = (rows.count + ws->block - 1) / ws->block;
    const double share = (double)rows.count / (double)ws->n; /* of the whole walk, for which ws->lanes was chosen */
    const int64_t lanes = (int64_t)((double)ws->lanes * (share < 1 ? share : 1));
    return lanes < 1 ? 1 : lanes > blocks ? (blocks > 0 ? blocks : 1) : lanes;
}

static int threads_for(const erm__workspace *ws, erm_rows rows, int64_t lanes)
{
    const double values = (double)ws->problem->X->nnz / (double)ws->n * (double)rows.count * (double)ws->k;
    const double most = values / WORTH_A_THREAD;
    int64_t threads = ws->threads < lanes ? ws->threads : lanes;
    if ((double)threads > most) threads = (int64_t)most;
    return threads < 1 ? 1 : (int)threads;
}

double erm__walk(erm__workspace *ws, erm_rows rows, erm__job job, void *data, int64_t length, double *sum)
{
    const int64_t lanes = lanes_for(ws, rows);
    const int threads = threads_for(ws, rows, lanes);
    if (lanes == 1) {
        if (length) memset(sum, 0, (size_t)length * sizeof(double));
        return do_lane(ws, rows, 0, 1, job, data, sum);
    }
    double *const gradient = ws->lane_gradient, *const value = ws->lane_value;
#pragma omp parallel num_threads(threads) if (threads > 1)
    {
#pragma omp for schedule(dynamic, 1)
        for (int64_t lane = 0; lane < lanes; lane++) {
            double *const own = length ? gradient + lane * length : NULL;
            if (length) memset(own, 0, (size_t)length * sizeof(double));
            value[lane] = do_lane(ws, rows, lane, lanes, job, data, own);
        }
        const int64_t chunk = 512, chunks = (length + chunk - 1) / chunk;
#pragma omp for schedule(static)
        for (int64_t c = 0; c < chunks; c++)
            erm__add_lanes(gradient, lanes, length, c * chunk, length < (c + 1) * chunk ? length : (c + 1) * chunk, sum);
    }
    double total;
    erm__add_lanes(value, lanes, 1, 0, 1, &total);
    return total;
}
