/* A copy of X in single precision. */
#include "solver/newton/single.h"

#include <math.h>
#include <string.h>

#include "base/rough.h"
#include "base/simd.h"
#include "problem/walk.h"

enum { LEAST = 1 << 20 /* values: fewer stay in cache */ };

static bool pays(const erm_run *run)
{
    const erm_matrix *X = run->problem->X;
    if (X->ops != erm_dense_f64(0, 0, NULL, 0).base.ops || X->nnz < LEAST || !run->metric) return false;
    for (int64_t j = 0; j < run->d; j++)
        if (!(run->metric[j] > 0 && isfinite(run->metric[j]))) return false;
    return true;
}

/* Returns the sum of x - x over what is stored: NaN if some value is too large. */
ERM_KERNEL static float store(int64_t d, const double *x, const double *centre, const double *unit, float *out)
{
    float sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t j = 0; j < d; j++) {
        const float value = (float)((centre ? x[j] - centre[j] : x[j]) * unit[j]);
        out[j] = value;
        sum += value - value;
    }
    return sum;
}

static bool copy(const erm__single *self, const erm_run *run, int64_t cols, float *values)
{
    const erm_dense *X = (const erm_dense *)run->problem->X;
    const int64_t n = run->problem->X->rows, d = run->d;
    float sum = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum) num_threads(run->workspace->threads) if (run->workspace->threads > 1)
    for (int64_t i = 0; i < n; i++)
        sum += store(d, (const double *)X->values + i * X->stride, run->centre, self->unit, values + i * cols);
    return sum == 0;
}

erm_status erm__single_open(erm__single *self, erm_run *run)
{
    if (!pays(run)) return ERM_OK;
    const int64_t n = run->problem->X->rows, d = run->d, k = run->k;
    const int64_t cols = (d + ERM_ROUGH_COLS - 1) / ERM_ROUGH_COLS * ERM_ROUGH_COLS;
    float *const values = erm_run_take_bytes(run, n, (size_t)cols * sizeof *values);
    self->unit = erm_run_take(run, d);
    self->V = erm_run_take_bytes(run, k, (size_t)cols * sizeof *self->V);
    self->sum = erm_run_take(run, k * (cols + 1));
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    self->d = d;
    for (int64_t j = 0; j < d; j++) self->unit[j] = sqrt(run->metric[j]);
    self->made = copy(self, run, cols, values);
    run->passes++;
    if (!self->made) return ERM_OK;
    self->X = erm_dense_f32(n, cols, values, cols);
    self->problem = *run->problem;
    self->problem.X = &self->X.base;
    const erm_status status = erm__workspace_open(&self->ws, &self->problem, run->workspace->threads);
    self->part = erm__arena_take(&self->ws.arena, self->ws.lanes * self->ws.block * k, sizeof *self->part);
    erm__arena_join(&run->workspace->arena, &self->ws.arena);
    return status || !erm_run_ok(run) ? ERM_ENOMEM : ERM_OK;
}

/* ---- products ------------------------------------------------------------------------------------------------------- */

typedef struct product {
    const erm__single *self;
    erm__middle middle;
    double factor;      /* V is v divided by it */
    const double *bias; /* k, or NULL */
    double *u;          /* n k */
} product;

/* The largest of them, and 1 if all are 0. */
static double largest(int64_t count, const double *x)
{
    double most = 0;
    for (int64_t i = 0; i < count; i++) most = fabs(x[i]) > most ? fabs(x[i]) : most;
    return most > 0 ? most : 1;
}

static double curvature_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    const product *job = data;
    const int64_t n = block->rows.count, k = ws->k, cols = ws->d, lane = (block->z - ws->margin) / (ws->block * k);
    const float *const x = (const float *)job->self->X.values + block->rows.begin * cols;
    double *const u = job->u + block->first * k, *const d = block->d;
    float *const part = job->self->part + lane * ws->block * k;
    erm__rough_mul(n, cols, k, x, job->self->V, job->factor, u);
    for (int64_t i = 0; job->bias && i < n * k; i++) u[i] += job->bias[i % k];
    erm__sweep_bend(ws, block, job->middle, u, d);
    const double size = largest(n * k, d);
    for (int64_t i = 0; i < n * k; i++) part[i] = (float)(d[i] / size);
    erm__rough_mul_t(n, cols, k, x, part, size, block->sum);
    for (int64_t i = 0; job->bias && i < n * k; i++) block->sum[cols * k + i % k] += d[i];
    return 0;
}

void erm__single_curvature(erm__single *self, erm__middle middle, const double *v, double *u, double *out)
{
    erm__workspace *const ws = &self->ws;
    const int64_t d = self->d, k = ws->k, cols = ws->d;
    const bool intercept = self->problem.intercept;
    product job = {.self = self, .middle = middle, .bias = intercept ? v + d * k : NULL, .u = u};
    for (int64_t p = 0; p < d * k; p++) job.factor = fmax(job.factor, fabs(v[p] / self->unit[p / k]));
    job.factor = job.factor > 0 ? job.factor : 1;
    for (int64_t p = 0; p < d * k; p++) self->V[p % k * cols + p / k] = (float)(v[p] / self->unit[p / k] / job.factor);
    erm__walk(ws, erm__all_rows(ws), curvature_block, &job, ws->size, self->sum);
    for (int64_t p = 0; p < d * k; p++) out[p] = self->sum[p % k * cols + p / k] / (self->unit[p / k] * ws->total_weight);
    for (int64_t c = 0; intercept && c < k; c++) out[d * k + c] = self->sum[cols * k + c] / ws->total_weight;
}
