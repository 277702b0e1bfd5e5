/* Logistic value and gradient on dense matrices, against the rate of reading and against two products by BLAS. */
#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "kernels.h"

/* ---- two passes by BLAS and libm: what one writes without this library ------------------------------------------------ */

typedef struct two_passes {
    const sweeping *of;
    double *z, *g; /* n, d */
    int threads;
} two_passes;

static void run_two_passes(void *context)
{
    const two_passes *const job = context;
    const erm_dense *X = (const erm_dense *)job->of->problem.X;
    const int n = (int)X->base.rows, d = (int)X->base.cols;
    const double *const y = job->of->problem.y;
    double sum = 0;
    openblas_set_num_threads(job->threads);
    cblas_dgemv(CblasRowMajor, CblasNoTrans, n, d, 1, X->values, d, job->of->w, 1, 0, job->z, 1);
#pragma omp parallel for schedule(static) num_threads(job->threads) if (job->threads > 1) reduction(+ : sum)
    for (int i = 0; i < n; i++) {
        const double m = y[i] * job->z[i], e = exp(-fabs(m));
        sum += log1p(e) + (m > 0 ? 0 : -m);
        job->z[i] = -y[i] * (m > 0 ? e : 1) / (1 + e) / n;
    }
    cblas_dgemv(CblasRowMajor, CblasTrans, n, d, 1, X->values, d, job->z, 1, 0, job->g, 1);
    openblas_set_num_threads(1);
    use(sum);
}

/* ---- the layouts ------------------------------------------------------------------------------------------------------- */

enum { ROWS, LARGE_PAGES, FLOATS, COLUMNS, LAYOUTS };
static const char *const layout_names[LAYOUTS] = {"f64", "f64, 2 MiB pages", "f32", "f64 by columns"};

typedef struct matrices {
    void *values[LAYOUTS];
    erm_dense X[LAYOUTS];
    int64_t bytes[LAYOUTS];
} matrices;

/* The columns hold the same numbers in another order. */
static matrices matrices_new(int64_t n, int64_t d)
{
    double *const rows = take_uniform(n * d, 1, false), *const large = take(n * d, sizeof *large, true);
    double *const columns = take(n * d, sizeof *columns, false);
    float *const floats = take(n * d, sizeof *floats, false);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < d; j++) {
            const double x = rows[i * d + j];
            large[i * d + j] = x;
            columns[j * n + i] = x;
            floats[i * d + j] = (float)x;
        }
    matrices made = {.values = {rows, large, floats, columns}};
    made.X[ROWS] = erm_dense_f64(n, d, rows, d);
    made.X[LARGE_PAGES] = erm_dense_f64(n, d, large, d);
    made.X[FLOATS] = erm_dense_f32(n, d, floats, d);
    made.X[COLUMNS] = erm_dense_col_f64(n, d, columns, n);
    for (int l = 0; l < LAYOUTS; l++) made.bytes[l] = n * d * (l == FLOATS ? 4 : 8);
    return made;
}

static void matrices_free(matrices *all)
{
    for (int l = 0; l < LAYOUTS; l++) free(all->values[l]);
}

static double least(double a, double b) { return a < b ? a : b; }

enum { ONE_STREAM, EIGHT_STREAMS, SWEEP, JOBS_OF_LAYOUT, TWO_PASSES = JOBS_OF_LAYOUT * LAYOUTS, JOBS };

static void report(results *table, const char *what, int threads, const matrices *from, const timed *jobs, const double *ulps)
{
    for (int l = 0; l < LAYOUTS; l++) {
        const timed *const own = jobs + JOBS_OF_LAYOUT * l;
        finding found = NO_FINDING;
        found.rate = (double)from->bytes[l];
        print_job(table, what, &own[ONE_STREAM], found);
        print_job(table, what, &own[EIGHT_STREAMS], found);
        found.bound = least(own[ONE_STREAM].wall, own[EIGHT_STREAMS].wall);
        found.bound_processor = least(own[ONE_STREAM].processor, own[EIGHT_STREAMS].processor);
        found.bar = l == ROWS || l == LARGE_PAGES ? (threads == 1 ? 0.8 : 0.85) : NAN;
        found.ulps = ulps[l];
        print_job(table, what, &own[SWEEP], found);
        if (l < FLOATS)
            print_ratio(table, what, "of one stream", threads, own[ONE_STREAM].processor / own[SWEEP].processor, NAN, false);
    }
    finding found = NO_FINDING;
    found.rate = (double)from->bytes[ROWS];
    print_job(table, what, &jobs[TWO_PASSES], found);
    const double own = jobs[SWEEP].processor;
    print_ratio(table, what, "gemv twice / f64", threads, jobs[TWO_PASSES].processor / own, 2.5, false);
    print_ratio(table, what, "f64 / f32", threads, own / jobs[JOBS_OF_LAYOUT * FLOATS + SWEEP].processor, 1.7, false);
    print_ratio(table, what, "by columns / f64", threads, jobs[JOBS_OF_LAYOUT * COLUMNS + SWEEP].processor / own, 1.15, true);
}

static void bench_threads(results *table, const char *what, int threads, const matrices *from, const erm_problem *problem,
                          const double *w, double *g)
{
    timed jobs[JOBS];
    reading reads[LAYOUTS];
    sweeping sweeps[LAYOUTS];
    double ulps[LAYOUTS];
    for (int l = 0; l < LAYOUTS; l++) {
        erm_problem now = *problem;
        now.X = &from->X[l].base;
        char name[40];
        snprintf(name, sizeof name, "sweep %s", layout_names[l]);
        reads[l] = (reading){.bytes = from->values[l], .size = from->bytes[l], .threads = threads};
        sweeping_open(&sweeps[l], &now, threads, w, g);
        jobs[JOBS_OF_LAYOUT * l + ONE_STREAM] = job_of("read, one stream", threads, read_one_stream, &reads[l]);
        jobs[JOBS_OF_LAYOUT * l + EIGHT_STREAMS] = job_of("read, eight streams", threads, read_eight_streams, &reads[l]);
        jobs[JOBS_OF_LAYOUT * l + SWEEP] = job_of(name, threads, run_sweep, &sweeps[l]);
    }
    two_passes blas = {.of = &sweeps[ROWS], .threads = threads, .z = take(problem->X->rows, sizeof(double), true)};
    blas.g = take(problem->X->cols, sizeof(double), true);
    jobs[TWO_PASSES] = job_of("gemv twice and libm", threads, run_two_passes, &blas);
    measure(table, TWO_PASSES, jobs);
    measure(table, 1, &jobs[TWO_PASSES]);
    nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL); /* until BLAS's threads no longer wait busily */
    for (int l = 0; l < LAYOUTS; l++) {
        run_sweep(&sweeps[l]);                                 /* they share g */
        ulps[l] = threads == 1 ? sweep_ulps(&sweeps[l]) : NAN; /* the same bits for every number */
        sweeping_close(&sweeps[l]);
    }
    report(table, what, threads, from, jobs, ulps);
    free(blas.z);
    free(blas.g);
}

static void bench_shape(results *table, int64_t n, int64_t d)
{
    matrices from = matrices_new(n, d);
    double *const w = take_uniform(d, 3, true), *const g = take(d, sizeof *g, true), *const y = take_labels(n, 1, 4);
    for (int64_t j = 0; j < d; j++) w[j] *= 12 / sqrt((double)d); /* margins of about 1 */
    const erm_problem problem = {.X = &from.X[ROWS].base, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l2(1)};
    char what[80];
    snprintf(what, sizeof what, "logistic %lldx%lld", (long long)n, (long long)d);
    for (int threads = 1; threads <= 2; threads++) bench_threads(table, what, threads, &from, &problem, w, g);
    matrices_free(&from);
    free(w);
    free(g);
    free(y);
}

void bench_dense(results *table)
{
    const int64_t shapes[][2] = {{200000, 200}, {200000, 104}, {20000, 1000}, {2000, 20000}};
    for (int s = 0; s < 4; s++) bench_shape(table, shapes[s][0] / (table->quick ? 20 : 1), shapes[s][1]);
}
