/* Standard deviations of the columns of X, without cancellation: squares are taken about the mean, and the zeros that sparse
 * columns do not store are added as what they weigh, not as the difference of two large sums. */
#include "problem/deviation.h"

#include <float.h>
#include <math.h>

#include "problem/sweep.h"
#include "problem/walk.h"

/* Sums over the stored values of s (x - mean)^power. */
typedef struct moment {
    const double *mean;
    int power;
} moment;

typedef struct receiver {
    const moment *job;
    const double *weight; /* of the block's rows, or NULL */
    double *sum;
} receiver;

static void add_piece(const erm_piece *piece, void *context)
{
    const receiver *to = context;
    for (int64_t p = 0; p < piece->count; p++) {
        const int64_t place = piece->first + (piece->index ? piece->index[p] : p);
        const int64_t j = piece->column ? piece->line : place, row = piece->column ? place : piece->line;
        const double x = piece->value[p] - to->job->mean[j];
        const double s = to->weight ? to->weight[row] : 1;
        to->sum[j] += to->job->power == 0 ? s : to->job->power == 1 ? s * x : s * x * x;
    }
}

static double moment_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    receiver to = {.job = data, .weight = block->s, .sum = block->sum};
    ws->problem->X->ops->scan(ws->problem->X, block->rows, add_piece, &to);
    return 0;
}

void erm__column_moments(erm__workspace *ws, const double *mean, int power, double *sum)
{
    moment job = {.mean = mean, .power = power};
    erm__walk(ws, erm__all_rows(ws), moment_block, &job, ws->d, sum);
}

/* zeros[j] = the share of S that rows have whose value in column j is not stored. */
static void shares_of_zeros(erm__workspace *ws, const double *mean, double *zeros)
{
    const double rounding = 1e-12; /* of two sums over the same rows */
    erm__column_moments(ws, mean, 0, zeros);
    for (int64_t j = 0; j < ws->d; j++) {
        const double share = 1 - zeros[j] / ws->total_weight;
        zeros[j] = share > rounding ? share : 0;
    }
}

static void deviations(erm__workspace *ws, double *zeros, double *mean, double *out)
{
    erm__column_means(ws, out, mean);
    if (ws->problem->X->ops->sparse) shares_of_zeros(ws, mean, zeros);
    erm__column_moments(ws, mean, 1, out); /* what rounding left of the mean */
    for (int64_t j = 0; j < ws->d; j++) mean[j] += out[j] / ws->total_weight - zeros[j] * mean[j];
    erm__column_moments(ws, mean, 2, out);
    for (int64_t j = 0; j < ws->d; j++) {
        const double deviation = sqrt(out[j] / ws->total_weight + zeros[j] * mean[j] * mean[j]);
        out[j] = deviation > 64 * DBL_EPSILON * fabs(mean[j]) ? deviation : 0;
    }
}

erm_status erm__column_means_deviations(const erm_problem *problem, int threads, double *mean, double *out)
{
    erm__workspace ws;
    erm_status status = erm__workspace_open(&ws, problem, threads);
    double *const zeros = erm__arena_doubles(&ws.arena, problem->X->cols);
    double *const own = mean ? NULL : erm__arena_doubles(&ws.arena, problem->X->cols);
    if (ws.arena.failed) status = ERM_ENOMEM;
    if (!status) deviations(&ws, zeros, mean ? mean : own, out);
    erm__workspace_close(&ws);
    return status;
}

erm_status erm__column_deviations(const erm_problem *problem, int threads, double *out)
{
    return erm__column_means_deviations(problem, threads, NULL, out);
}
