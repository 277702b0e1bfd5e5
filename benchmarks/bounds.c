/* What the machine can do at most: the rate at which it reads memory, and BLAS's dgemm. */
#include "bounds.h"

#include <cblas.h>
#include <stdlib.h>

#include "base/simd.h"
#include "measure.h"

void use(double value)
{
    volatile double sink = value;
    (void)sink;
}

ERM_KERNEL static uint64_t sum_of_one(int64_t n, const uint64_t *x)
{
    uint64_t sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t i = 0; i < n; i++) sum += x[i];
    return sum;
}

ERM_KERNEL static uint64_t sum_of_eight(int64_t n, const uint64_t *x)
{
    enum { STREAMS = 8, STEP = 32 };
    const int64_t part = n / STREAMS / STEP * STEP;
    uint64_t sum = 0;
    for (int64_t i = 0; i < part; i += STEP)
        for (int64_t s = 0; s < STREAMS; s++) {
            const uint64_t *const from = x + s * part + i;
            ERM_SIMD_SUM(sum)
            for (int64_t p = 0; p < STEP; p++) sum += from[p];
        }
    return sum + sum_of_one(n - STREAMS * part, x + STREAMS * part);
}

static void read_with(const reading *what, uint64_t (*sum)(int64_t n, const uint64_t *x))
{
    const int64_t words = what->size / 8, threads = what->threads;
    uint64_t total = 0;
#pragma omp parallel for schedule(static) num_threads(what->threads) if (threads > 1) reduction(+ : total)
    for (int64_t t = 0; t < threads; t++) {
        const int64_t begin = words * t / threads, end = words * (t + 1) / threads;
        total += sum(end - begin, (const uint64_t *)what->bytes + begin);
    }
    use((double)total);
}

void read_one_stream(void *context) { read_with(context, sum_of_one); }

void read_eight_streams(void *context) { read_with(context, sum_of_eight); }

factors squares_new(void)
{
    const int64_t size = DGEMM_ORDER * DGEMM_ORDER;
    return (factors){.a = take_uniform(size, 1, true), .b = take_uniform(size, 2, true), .c = take(size, sizeof(double), true)};
}

void squares_free(factors *squares)
{
    free(squares->a);
    free(squares->b);
    free(squares->c);
}

void multiply_squares(void *context)
{
    const factors *const s = context;
    const int n = DGEMM_ORDER;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, s->a, n, s->b, n, 0, s->c, n);
}

double dgemm_flops(void) { return 2.0 * DGEMM_ORDER * DGEMM_ORDER * DGEMM_ORDER; }
