/* The fits of several lambdas as the outputs of one problem with the squared loss: one walk over X computes all their margins
 * and gradients, at the cost of a product of matrices instead of many with vectors. */
#include <string.h>

#include "problem/margins.h"
#include "problem/sweep.h"
#include "solver/path/path_job.h"

static double *repeat(erm__arena *arena, int64_t n, int64_t most, const double *from)
{
    double *const to = erm__arena_doubles(arena, n * most);
    for (int64_t i = 0; to && i < n * most; i++) to[i] = from[i / most];
    return to;
}

erm_status erm__batch_open(erm__path_job *job, int64_t most)
{
    erm__path_batch *const batch = &job->together;
    erm__arena *const arena = &job->ws.arena;
    const int64_t n = job->ws.n, length = (job->ws.d + (job->problem.intercept ? 1 : 0)) * most;
    batch->most = most;
    batch->y = repeat(arena, n, most, job->problem.y);
    if (job->problem.offset) batch->offset = repeat(arena, n, most, job->problem.offset);
    batch->w = erm__arena_doubles(arena, length);
    batch->gradient = erm__arena_doubles(arena, length);
    batch->margin = erm__arena_doubles(arena, n * most);
    batch->derivative = erm__arena_doubles(arena, n * most);
    batch->problem = job->problem;
    batch->problem.y = batch->y;
    batch->problem.offset = batch->offset;
    batch->problem.loss = erm_loss_multitask_squared();
    batch->problem.regularizer = erm_none();
    batch->problem.k = most;
    if (arena->failed) return ERM_ENOMEM;
    return erm__workspace_open(&batch->ws, &batch->problem, job->ws.threads);
}

void erm__batch_close(erm__path_batch *batch) { erm__workspace_close(&batch->ws); }

void erm__batch_put(erm__path_job *job)
{
    erm__path_batch *const batch = &job->together;
    const int64_t b = batch->count++;
    for (int64_t j = 0; j < job->ws.size; j++) batch->w[j * batch->most + b] = job->w[j];
}

void erm__batch_walk(erm__path_job *job)
{
    erm__path_batch *const batch = &job->together;
    const int64_t most = batch->most;
    for (int64_t j = 0; j < job->ws.size; j++) /* the others are not used */
        for (int64_t b = batch->count; b < most; b++) batch->w[j * most + b] = 0;
    erm__sweep_run(&batch->ws, &(erm__sweep){.rows = erm__all_rows(&batch->ws),
                                             .w = batch->w,
                                             .gradient = batch->gradient,
                                             .margin = batch->margin,
                                             .derivative = batch->derivative});
    batch->count = 0;
    job->passes++;
}

double erm__batch_take(erm__path_job *job, int64_t b)
{
    const erm__path_batch *const batch = &job->together;
    const int64_t most = batch->most;
    for (int64_t j = 0; j < job->ws.size; j++) {
        job->w[j] = batch->w[j * most + b];
        job->certifier.gradient[j] = batch->gradient[j * most + b];
    }
    for (int64_t i = 0; i < job->ws.n; i++) {
        job->certifier.margin[i] = batch->margin[i * most + b];
        job->certifier.dual[i] = batch->derivative[i * most + b];
    }
    return erm__margins_loss(&job->ws, job->certifier.margin, NULL, 0);
}
