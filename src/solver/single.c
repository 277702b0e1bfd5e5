/* A copy of X in single precision. */
#include "solver/single.h"

#include <math.h>

#include "base/simd.h"

enum { LEAST = 1 << 20 /* values: fewer stay in cache */ };
static const double SMALLEST = 1e-30, LARGEST = 1e30; /* roots of mean squares: FLT_MIN and FLT_MAX are 1e-38 and 3e38 */

static bool pays(const erm_run *run)
{
    const erm_matrix *X = run->problem->X;
    if (X->ops != erm_dense_f64(0, 0, NULL, 0).base.ops || X->nnz < LEAST || !run->metric) return false;
    for (int64_t j = 0; j < run->d; j++)
        if (!(run->metric[j] > 1 / (LARGEST * LARGEST) && run->metric[j] < 1 / (SMALLEST * SMALLEST))) return false;
    return true;
}

/* Returns the sum of x - x over what is stored: NaN if some value is too large. */
ERM_KERNEL static float store(int64_t d, const double *x, const double *centre, float *out)
{
    float sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t j = 0; j < d; j++) {
        const float value = (float)(centre ? x[j] - centre[j] : x[j]);
        out[j] = value;
        sum += value - value;
    }
    return sum;
}

static bool copy(const erm_run *run, float *values)
{
    const erm_dense *X = (const erm_dense *)run->problem->X;
    const int64_t n = run->problem->X->rows, d = run->d;
    float sum = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum) num_threads(run->workspace->threads) if (run->workspace->threads > 1)
    for (int64_t i = 0; i < n; i++) sum += store(d, (const double *)X->values + i * X->stride, run->centre, values + i * d);
    return sum == 0;
}

erm_status erm__single_open(erm__single *self, erm_run *run)
{
    if (!pays(run)) return ERM_OK;
    const int64_t n = run->problem->X->rows, d = run->d;
    float *const values = erm_run_take_bytes(run, n * d, sizeof *values);
    if (!values) return ERM_ENOMEM;
    self->made = copy(run, values);
    run->passes++;
    if (!self->made) return ERM_OK;
    self->X = erm_dense_f32(n, d, values, d);
    self->problem = *run->problem;
    self->problem.X = &self->X.base;
    const erm_status status = erm__workspace_open(&self->ws, &self->problem, run->workspace->threads);
    erm__arena_join(&run->workspace->arena, &self->ws.arena);
    return status;
}
