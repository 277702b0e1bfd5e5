/* What the benchmarks of kernels share: problems that are swept, and the same in long double. */
#include <math.h>
#include <stdlib.h>

#include "ermopt/rng.h"
#include "kernels.h"

void sweeping_open(sweeping *job, const erm_problem *problem, int threads, const double *w, double *g)
{
    *job = (sweeping){.problem = *problem, .w = w, .g = g};
    if (erm__workspace_open(&job->ws, &job->problem, threads) != ERM_OK) exit(1);
}

void sweeping_close(sweeping *job) { erm__workspace_close(&job->ws); }

void run_sweep(void *context)
{
    sweeping *const job = context;
    job->ws.problem = &job->problem; /* it may have been moved */
    job->value = erm__sweep_run(&job->ws, &(erm__sweep){.rows = erm__all_rows(&job->ws), .w = job->w, .gradient = job->g});
}

double *take_labels(int64_t n, int64_t k, uint64_t seed)
{
    erm_rng rng = erm_rng_seed(seed);
    double *y = take(n, sizeof *y, false);
    for (int64_t i = 0; i < n; i++) {
        const double u = erm_rng_uniform(&rng);
        y[i] = k == 1 ? (u < 0.5 ? -1 : 1) : floor(u * (double)k);
    }
    return y;
}

double ulps_of(double got, long double want, long double size)
{
    return size > 0 ? (double)(fabsl((long double)got - want) / size * 0x1p52L) : got == 0 ? 0 : INFINITY;
}

/* The loss of one row; d = its derivatives. */
static long double loss_of(int64_t k, const long double *z, double y, long double *d)
{
    if (k == 1) {
        const long double m = (long double)y * z[0];
        d[0] = -(long double)y / (1 + expl(m));
        return m > 0 ? log1pl(expl(-m)) : log1pl(expl(m)) - m;
    }
    const int64_t label = (int64_t)y;
    long double most = z[0], sum = 0;
    for (int64_t c = 1; c < k; c++) most = fmaxl(most, z[c]);
    for (int64_t c = 0; c < k; c++) sum += d[c] = expl(z[c] - most);
    for (int64_t c = 0; c < k; c++) d[c] /= sum;
    d[label] -= 1;
    return logl(sum) + most - z[label];
}

/* sum and size (d k each) += the row's share of the gradient and of its absolute terms. */
static void add_row(erm_row row, int64_t k, const long double *derivative, long double *sum, long double *size)
{
    for (int64_t p = 0; p < row.count; p++)
        for (int64_t c = 0; c < k; c++) {
            const int64_t at = (row.index ? row.index[p] : p) * k + c;
            const long double term = (long double)row.value[p] * derivative[c];
            sum[at] += term;
            size[at] += fabsl(term);
        }
}

double sweep_ulps(const sweeping *job)
{
    const erm_matrix *X = job->problem.X;
    const int64_t d = X->cols, k = job->ws.k;
    long double *const sum = take(d * k, sizeof *sum, false), *const size = take(d * k, sizeof *size, false);
    long double *const z = take(2 * k, sizeof *z, false), *const derivative = z + k, value = 0;
    double *const buffer = take(d, sizeof *buffer, false);
    int32_t *const indices = take(d, sizeof *indices, false);
    for (int64_t i = 0; i < X->rows; i++) {
        const erm_row row = X->ops->row(X, i, indices, buffer);
        for (int64_t c = 0; c < k; c++) z[c] = 0;
        for (int64_t p = 0; p < row.count; p++)
            for (int64_t c = 0; c < k; c++)
                z[c] += (long double)row.value[p] * (long double)job->w[(row.index ? row.index[p] : p) * k + c];
        value += loss_of(k, z, job->problem.y[i], derivative);
        add_row(row, k, derivative, sum, size);
    }
    const long double n = (long double)X->rows;
    double worst = ulps_of(job->value, value / n, value / n);
    for (int64_t e = 0; e < d * k; e++) worst = fmax(worst, ulps_of(job->g[e], sum[e] / n, size[e] / n));
    free(sum);
    free(size);
    free(z);
    free(buffer);
    free(indices);
    return worst;
}
