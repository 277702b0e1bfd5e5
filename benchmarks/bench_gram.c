/* Measures the Gram matrices X'DX against BLAS's dgemm, and the value and gradient of softmax regression, with one thread and with two.
 *
 *     bench_gram [TSV]      prints a table; TSV: the same, tab-separated, to that file
 *
 * Flops are n m (m + 1) for a symmetric sum, which is what its lower triangle takes, and 4 n d k for value and gradient. `of dgemm`: their rate
 * over that of a 1000^3 dgemm of one thread in the same run, times the number of threads. Two times are measured, the least of several
 * turns in which all sizes and thread numbers take part: by the wall clock, and processor time over threads, which leaves out what
 * other programs take, and waiting too; rates are by the latter. Set OMP_WAIT_POLICY=passive, so that waiting is no processor time, OPENBLAS_NUM_THREADS=1, and
 * OPENBLAS_CORETYPE where OpenBLAS does not know the processor: the name it goes by is printed. */
#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ermopt/rng.h"
#include "problem/gram.h"
#include "problem/sweep.h"

enum { TURNS = 9, DGEMM_ORDER = 1000 };

typedef struct task {
    const char *name;
    erm_problem problem;
    double flops;
    erm__workspace ws[2];      /* for 1 and 2 threads */
    double *memory[2], *A, *h; /* Gram: of order m; else NULL, and w and g of a sweep */
    double *w, *g;
    double wall[2], least[2]; /* seconds: by the clock; of processor time a thread */
    double error;             /* largest, relative to the sum of the sizes, over some entries */
} task;

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *take(int64_t count, size_t size)
{
    void *memory = calloc((size_t)count, size);
    if (!memory) exit(1);
    return memory;
}

static double *uniform(int64_t count, uint64_t seed)
{
    erm_rng rng = erm_rng_seed(seed);
    double *x = take(count, sizeof *x);
    for (int64_t p = 0; p < count; p++) x[p] = erm_rng_uniform(&rng) - 0.25;
    return x;
}

static void open_workspaces(task *job)
{
    for (int t = 0; t < 2; t++) {
        if (erm__workspace_open(&job->ws[t], &job->problem, t + 1) != ERM_OK) exit(1);
        job->memory[t] = erm__arena_doubles(&job->ws[t].arena, erm__gram_memory(&job->ws[t]));
        job->least[t] = job->wall[t] = INFINITY;
    }
}

/* Entries of A against sums in long double. */
static void check(task *job)
{
    const int64_t n = job->ws[0].n, m = erm__gram_order(&job->ws[0]);
    const erm_dense *X = (const erm_dense *)job->problem.X;
    const double *x = X->values;
    for (int64_t p = 0; p < m * m; p += m * m / 7) {
        long double sum = 0, size = 0;
        for (int64_t i = 0; i < n; i++) {
            const long double product = (long double)job->h[i] * (long double)x[i * m + p / m] * (long double)x[i * m + p % m];
            sum += product;
            size += fabsl(product);
        }
        job->error = fmax(job->error, (double)(fabsl((long double)job->A[p] * (long double)n - sum) / size));
    }
}

static task gram(const char *name, erm_dense *X)
{
    const int64_t n = X->base.rows, d = X->base.cols;
    task job = {.name = name, .flops = (double)n * (double)d * (double)(d + 1), .A = take(d * d, 8), .h = uniform(n, 5)};
    for (int64_t i = 0; i < n; i++) job.h[i] = fabs(job.h[i]);
    job.problem = (erm_problem){.X = &X->base, .loss = erm_loss_squared(), .regularizer = erm_l2(1), .y = job.h};
    return job;
}

static task softmax(const char *name, erm_dense *X, int64_t k)
{
    const int64_t n = X->base.rows, d = X->base.cols;
    double *y = take(n, sizeof *y);
    for (int64_t i = 0; i < n; i++) y[i] = (double)(i % k);
    task job = {.name = name, .flops = 4 * (double)n * (double)d * (double)k, .w = uniform(d * k, 6), .g = take(d * k, 8)};
    job.problem = (erm_problem){.X = &X->base, .loss = erm_loss_cross_entropy(), .regularizer = erm_l2(1), .y = y, .k = k};
    return job;
}

static void take_turn(task *job, int t)
{
    const double begin = now(CLOCK_MONOTONIC), processor = now(CLOCK_PROCESS_CPUTIME_ID);
    if (job->A)
        erm__gram(&job->ws[t], NULL, job->h, job->memory[t], job->A);
    else
        erm__sweep_run(&job->ws[t], &(erm__sweep){.rows = erm__all_rows(&job->ws[t]), .w = job->w, .gradient = job->g});
    job->wall[t] = fmin(job->wall[t], now(CLOCK_MONOTONIC) - begin);
    job->least[t] = fmin(job->least[t], (now(CLOCK_PROCESS_CPUTIME_ID) - processor) / (t + 1));
}

static double dgemm_seconds(const double *x, double *out)
{
    const int n = DGEMM_ORDER;
    const double begin = now(CLOCK_PROCESS_CPUTIME_ID);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, x, n, x + 1, n, 0, out, n);
    return now(CLOCK_PROCESS_CPUTIME_ID) - begin;
}

static void report(FILE *tsv, const task *job, double flops)
{
    for (int t = 0; t < 2; t++) {
        const double rate = job->flops / job->least[t];
        printf("%-32s %8d %9.2f %9.2f %9.1f %8.0f %% %10.2g\n", job->name, t + 1, 1e3 * job->wall[t], 1e3 * job->least[t],
               1e-9 * rate, 100 * rate / flops / (t + 1), job->error);
        if (tsv)
            fprintf(tsv, "%s\t%d\t%.6g\t%.6g\t%.6g\t%.4g\t%.3g\n", job->name, t + 1, job->wall[t], job->least[t], rate,
                    rate / flops / (t + 1), job->error);
    }
}

int main(int argc, char **argv)
{
    FILE *tsv = argc > 1 ? fopen(argv[1], "w") : NULL;
    if (argc > 1 && !tsv) return perror(argv[1]), 1;
    double *x = uniform(60000 * 784, 1), *out = take(DGEMM_ORDER * DGEMM_ORDER, sizeof *out), dgemm = INFINITY;
    float *single = take(200000 * 200, sizeof *single);
    for (int64_t p = 0; p < 200000 * 200; p++) single[p] = (float)x[p];
    erm_dense X[] = {erm_dense_f64(200000, 100, x, 100), erm_dense_f64(200000, 200, x, 200),
                     erm_dense_f32(200000, 200, single, 200), erm_dense_f64(60000, 784, x, 784)};
    task jobs[] = {gram("gram f64 200000x100", &X[0]), gram("gram f64 200000x200", &X[1]), gram("gram f32 200000x200", &X[2]),
                   softmax("softmax f64 60000x784, k = 10", &X[3], 10)};
    const int count = (int)(sizeof jobs / sizeof *jobs);
    for (int j = 0; j < count; j++) open_workspaces(&jobs[j]);
    for (int turn = 0; turn < TURNS; turn++) {
        for (int r = 0; r < 5; r++) dgemm = fmin(dgemm, dgemm_seconds(x, out));
        for (int j = 0; j < count; j++)
            for (int t = 0; t < 2; t++) take_turn(&jobs[j], t);
    }
    const double flops = 2.0 * DGEMM_ORDER * DGEMM_ORDER * DGEMM_ORDER / dgemm;
    printf("dgemm 1000^3 (%s): %.1f Gflop/s\n%-32s %8s %9s %9s %9s %10s %10s\n", openblas_get_corename(), 1e-9 * flops, "job",
           "threads", "wall ms", "cpu ms", "Gflop/s", "of dgemm", "error");
    if (tsv) fprintf(tsv, "job\tthreads\twall_seconds\tcpu_seconds\tflops_per_second\tof_dgemm\trelative_error\n");
    for (int j = 0; j < count; j++) {
        if (jobs[j].A && X[j].base.ops == X[0].base.ops) check(&jobs[j]);
        report(tsv, &jobs[j], flops);
        for (int t = 0; t < 2; t++) erm__workspace_close(&jobs[j].ws[t]);
        if (!jobs[j].A) free((void *)(uintptr_t)jobs[j].problem.y);
        free(jobs[j].A);
        free(jobs[j].h);
        free(jobs[j].w);
        free(jobs[j].g);
    }
    free(x);
    free(single);
    free(out);
    if (tsv && fclose(tsv) != 0) return perror(argv[1]), 1;
    return 0;
}
