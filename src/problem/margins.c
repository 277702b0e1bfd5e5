/* What can be computed from the margins alone. */
#include "problem/margins.h"

#include "problem/sweep.h"
#include "problem/walk.h"

typedef struct line {
    const double *z, *u;
    double t;
    double *d, *h;
    bool slope; /* wanted: sum d u */
} line;

static double line_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    const line *job = data;
    const erm_loss *loss = &ws->problem->loss;
    const int64_t n = block->rows.count, k = ws->k, first = block->first * k;
    const double *z = job->z + first;
    if (job->u) {
        for (int64_t i = 0; i < n * k; i++) block->z[i] = z[i] + job->t * job->u[first + i];
        z = block->z;
    }
    double *const d = job->slope ? block->d : job->d ? job->d + first : NULL;
    const double value = loss->ops->eval(loss, n, k, z, block->y, block->s, d, job->h ? job->h + first : NULL);
    if (job->slope)
        for (int64_t i = 0; i < n * k; i++) *block->sum += d[i] * job->u[first + i];
    return value;
}

double erm__margins_loss(erm__workspace *ws, const double *z, const double *u, double t)
{
    line job = {.z = z, .u = u, .t = t};
    return erm__walk(ws, erm__all_rows(ws), line_block, &job, 0, NULL) / ws->total_weight;
}

double erm__margins_slope(erm__workspace *ws, const double *z, const double *u, double t, double *slope)
{
    line job = {.z = z, .u = u, .t = t, .slope = true};
    const double value = erm__walk(ws, erm__all_rows(ws), line_block, &job, 1, slope);
    *slope /= ws->total_weight;
    return value / ws->total_weight;
}

double erm__margins_derivatives(erm__workspace *ws, const double *z, double *d, double *h)
{
    line job = {.z = z, .d = d, .h = h};
    return erm__walk(ws, erm__all_rows(ws), line_block, &job, 0, NULL) / ws->total_weight;
}
