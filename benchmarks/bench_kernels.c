/* Measures the matrix kernels against what the machine can do: the rate at which one thread reads memory, and BLAS's dgemm.
 *
 *     bench_kernels [TSV]      prints a table; TSV: the same, tab-separated, to that file
 *
 * A kernel pair is Z = X_B W, then G += X_B'Z, for one block of rows B after the other, each block small enough for the
 * second-level cache: X comes from memory once. `of bound` is the time of reading the stored bytes of X once (a plain sum over
 * as many bytes, same pages, same run), or of 4 n d k flops at the rate of dgemm, whichever is longer, over the time measured. Times
 * are those of the thread (CLOCK_THREAD_CPUTIME_ID): what other programs take from the machine counts only as far as they slow this
 * one down while it runs. Run it with OPENBLAS_NUM_THREADS=1. */
#include <cblas.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/simd.h"
#include "ermopt/matrix.h"
#include "ermopt/rng.h"

enum { REPEATS = 9, BLOCK_BYTES = 512 * 1024, SHORT_COLUMN = 64 };

typedef struct timing {
    double least, median; /* seconds */
} timing;

typedef struct task {
    const erm_matrix *X;
    int64_t block, k;
    double *W, *Z, *G;
    const void *bytes; /* for `read_all` */
    int64_t size;
    double sink;
} task;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static timing time_of(void (*run)(task *now), task *job)
{
    double seconds[REPEATS];
    run(job);
    for (int r = 0; r < REPEATS; r++) {
        const double begin = now();
        run(job);
        seconds[r] = now() - begin;
    }
    qsort(seconds, REPEATS, sizeof *seconds, by_size);
    return (timing){seconds[0], seconds[REPEATS / 2]};
}

/* Whole pages, large ones if asked for and allowed. */
static void *take(int64_t bytes, bool large_pages)
{
    const size_t unit = (size_t)2 << 20, size = ((size_t)bytes + unit - 1) / unit * unit;
    void *memory = aligned_alloc(unit, size);
    if (!memory) exit(1);
    madvise(memory, size, large_pages ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    return memset(memory, 0, size);
}

/* ---- the bounds ---------------------------------------------------------------------------------------------------- */

ERM_KERNEL static uint64_t sum_words(int64_t n, const uint64_t *x)
{
    uint64_t sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t i = 0; i < n; i++) sum += x[i];
    return sum;
}

static void read_all(task *job) { job->sink += (double)(sum_words(job->size / 8, job->bytes) & 1); }

static void multiply_square(task *job)
{
    const int n = 1000;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, job->W, n, job->Z, n, 0, job->G, n);
}

static double dgemm_rate(void)
{
    const int64_t bytes = 1000 * 1000 * (int64_t)sizeof(double);
    task job = {.W = take(bytes, true), .Z = take(bytes, true), .G = take(bytes, true)};
    const timing t = time_of(multiply_square, &job);
    free(job.W);
    free(job.Z);
    free(job.G);
    return 2e9 / t.least;
}

/* ---- the kernels --------------------------------------------------------------------------------------------------- */

static void pair(task *job)
{
    const erm_matrix *X = job->X;
    for (int64_t i = 0; i < X->rows; i += job->block) {
        const int64_t count = X->rows - i < job->block ? X->rows - i : job->block;
        const erm_rows rows = {.begin = i, .count = count};
        X->ops->mul(X, rows, job->k, job->W, job->Z);
        X->ops->mul_t(X, rows, job->k, job->Z, job->G);
    }
}

static void mul_only(task *job) { job->X->ops->mul(job->X, (erm_rows){.count = job->X->rows}, job->k, job->W, job->Z); }

static void mul_t_only(task *job) { job->X->ops->mul_t(job->X, (erm_rows){.count = job->X->rows}, job->k, job->Z, job->G); }

static void report(FILE *tsv, const char *shape, const char *kernel, timing t, double bytes, double bound)
{
    printf("%-38s %-10s %9.2f %9.2f %8.1f %8.0f %%\n", shape, kernel, 1e3 * t.least, 1e3 * t.median, 1e-9 * bytes / t.least,
           100 * bound / t.least);
    fflush(stdout);
    if (tsv) fprintf(tsv, "%s\t%s\t%.6g\t%.6g\t%.4g\t%.4g\n", shape, kernel, t.least, t.median, bytes / t.least, bound / t.least);
}

static void measure(FILE *tsv, const char *shape, const erm_matrix *X, int64_t k, double bytes, double read_seconds, double flops)
{
    const int64_t n = X->rows, d = X->cols;
    task job = {.X = X, .k = k, .block = (int64_t)(BLOCK_BYTES * (double)n / bytes)};
    if (X->ops->sparse) job.block /= 4; /* W and G want their part of the cache */
    job.block = job.block < 4 ? 4 : job.block / 4 * 4;
    if (X->ops->by_columns && job.block < SHORT_COLUMN) job.block = n; /* too few values of each column to be worth a block */
    job.W = take(d * k * 8, true);
    job.Z = take(n * k * 8, true);
    job.G = take(d * k * 8, true);
    erm_rng rng = erm_rng_seed(1);
    for (int64_t j = 0; j < d * k; j++) job.W[j] = erm_rng_normal(&rng) / sqrt((double)d);
    const double work = 2 * (double)X->nnz * (double)k / flops, bound = read_seconds > work ? read_seconds : work;
    const double bound_of_two = read_seconds > 2 * work ? read_seconds : 2 * work;
    report(tsv, shape, "mul", time_of(mul_only, &job), bytes, bound);
    report(tsv, shape, "mul_t", time_of(mul_t_only, &job), bytes, bound);
    report(tsv, shape, "pair", time_of(pair, &job), bytes, bound_of_two);
    free(job.W);
    free(job.Z);
    free(job.G);
}

/* ---- the matrices -------------------------------------------------------------------------------------------------- */

typedef struct layout {
    bool single, by_columns, large_pages;
} layout;

static void dense(FILE *tsv, int64_t n, int64_t d, int64_t k, layout how, double flops)
{
    const bool single = how.single, large_pages = how.large_pages;
    const int64_t bytes = n * d * (single ? 4 : 8);
    void *values = take(bytes, large_pages);
    erm_rng rng = erm_rng_seed(2);
    for (int64_t p = 0; p < n * d; p++) {
        const double value = erm_rng_uniform(&rng) - 0.5;
        if (single)
            ((float *)values)[p] = (float)value;
        else
            ((double *)values)[p] = value;
    }
    const erm_dense X = how.by_columns ? single ? erm_dense_col_f32(n, d, values, n) : erm_dense_col_f64(n, d, values, n)
                        : single ? erm_dense_f32(n, d, values, d)
                                       : erm_dense_f64(n, d, values, d);
    char shape[80];
    snprintf(shape, sizeof shape, "%s %lldx%lld k=%lld%s", X.base.ops->name, (long long)n, (long long)d, (long long)k,
             large_pages ? " 2M pages" : "");
    task job = {.bytes = values, .size = bytes};
    const timing t = time_of(read_all, &job);
    report(tsv, shape, "read", t, (double)bytes, t.least);
    measure(tsv, shape, &X.base, k, (double)bytes, t.least, flops);
    free(values);
}

/* Rows of `per_row` different columns; column j is drawn with a density that falls as 1 / j, as words in texts do. */
static void csr(FILE *tsv, int64_t n, int64_t d, int64_t per_row, bool single, double flops)
{
    const int64_t nnz = n * per_row, bytes = nnz * (single ? 8 : 12);
    int64_t *start = take((n + 1) * 8, false);
    int32_t *index = take(nnz * 4, false);
    void *values = take(nnz * (single ? 4 : 8), false);
    bool *used = take(d, false);
    erm_rng rng = erm_rng_seed(3);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t p = i * per_row; p < (i + 1) * per_row;) {
            const int64_t j = (int64_t)pow((double)d, erm_rng_uniform(&rng)) - 1;
            if (used[j]) continue;
            used[j] = true;
            int64_t q = p++;
            for (; q > i * per_row && index[q - 1] > j; q--) index[q] = index[q - 1];
            index[q] = (int32_t)j;
        }
        for (int64_t p = i * per_row; p < (i + 1) * per_row; p++) used[index[p]] = false;
        start[i + 1] = (i + 1) * per_row;
    }
    for (int64_t p = 0; p < nnz; p++)
        if (single)
            ((float *)values)[p] = (float)erm_rng_uniform(&rng);
        else
            ((double *)values)[p] = erm_rng_uniform(&rng);
    const erm_csr X = single ? erm_csr_f32(n, d, start, index, values) : erm_csr_f64(n, d, start, index, values);
    char shape[80];
    snprintf(shape, sizeof shape, "%s %lldx%lld, %lld a row", X.base.ops->name, (long long)n, (long long)d, (long long)per_row);
    task job = {.bytes = values, .size = nnz * (single ? 4 : 8)};
    const double read_seconds = time_of(read_all, &job).least * (double)bytes / (double)job.size;
    measure(tsv, shape, &X.base, 1, (double)bytes, read_seconds, flops);
    free(start);
    free(index);
    free(values);
    free(used);
}

int main(int argc, char **argv)
{
    FILE *tsv = argc > 1 ? fopen(argv[1], "w") : NULL;
    if (argc > 1 && !tsv) return perror(argv[1]), 1;
    if (tsv) fprintf(tsv, "matrix\tkernel\tleast_seconds\tmedian_seconds\tbytes_per_second\tof_bound\n");
    const double flops = dgemm_rate();
    printf("dgemm 1000^3 (%s): %.1f Gflop/s\n%-38s %-10s %9s %9s %8s %10s\n", openblas_get_corename(), 1e-9 * flops, "matrix",
           "kernel", "least ms", "median", "GB/s", "of bound");
    const int64_t shapes[][2] = {{200000, 200}, {200000, 104}, {20000, 1000}, {2000, 20000}};
    const layout layouts[] = {{.large_pages = false}, {.large_pages = true}, {.single = true}, {.by_columns = true}};
    for (int s = 0; s < 4; s++)
        for (int how = 0; how < 4; how++) dense(tsv, shapes[s][0], shapes[s][1], 1, layouts[how], flops);
    dense(tsv, 60000, 784, 10, layouts[0], flops);
    dense(tsv, 60000, 784, 10, layouts[2], flops);
    csr(tsv, 200000, 50000, 72, false, flops);
    csr(tsv, 200000, 50000, 72, true, flops);
    if (tsv && fclose(tsv) != 0) return perror(argv[1]), 1;
    return 0;
}
