/* What is bound by arithmetic, against BLAS's dgemm: Gram matrices X'DX, and value and gradient of softmax regression. Flops are
 * n d (d + 1) for a symmetric sum, which is what its lower triangle takes, and 4 n d k for value and gradient. */
#include <math.h>
#include <stdlib.h>

#include "kernels.h"
#include "problem/gram.h"

enum { TASKS = 4, DGEMM, READ = DGEMM + 1 };

/* A Gram matrix where A is not NULL, else a sweep. */
typedef struct task {
    sweeping sweeping;
    const double *h;
    double *memory, *A;
} task;

static void run_gram(void *context)
{
    task *const job = context;
    erm__gram(&job->sweeping.ws, NULL, job->h, job->memory, job->A);
}

/* Some entries of A against sums in long double. */
static double gram_ulps(const task *job)
{
    const erm_matrix *X = job->sweeping.problem.X;
    const int64_t n = X->rows, m = X->cols;
    double *const buffer = take(m, sizeof *buffer, false), worst = 0;
    for (int64_t p = 0; p < m * m; p += m * m / 7) {
        long double sum = 0, size = 0;
        for (int64_t i = 0; i < n; i++) {
            const erm_row row = X->ops->row(X, i, NULL, buffer);
            const long double term = (long double)job->h[i] * (long double)row.value[p / m] * (long double)row.value[p % m];
            sum += term;
            size += fabsl(term);
        }
        worst = fmax(worst, ulps_of(job->A[p], sum / (long double)n, size / (long double)n));
    }
    free(buffer);
    return worst;
}

static void open_task(task *job, const erm_problem *problem, int threads, const double *h, const double *w, double *g)
{
    *job = (task){.h = h, .A = h ? take(problem->X->cols * problem->X->cols, sizeof(double), true) : NULL};
    sweeping_open(&job->sweeping, problem, threads, w, g);
    if (h) job->memory = take(erm__gram_memory(&job->sweeping.ws), sizeof(double), true);
}

static void close_task(task *job)
{
    sweeping_close(&job->sweeping);
    free(job->memory);
    free(job->A);
}

/* One problem with one thread and two. h: weights of a Gram matrix; NULL: value and gradient. */
static void bench_task(results *table, const factors *squares, const char *what, const erm_problem *problem, const double *h,
                       double flops)
{
    const int64_t d = problem->X->cols, k = problem->k ? problem->k : 1;
    double *const w = take_uniform(d * k, 6, true), *const g = take(d * k, sizeof *g, true);
    factors copy = *squares;
    task tasks[2];
    timed jobs[3];
    for (int64_t e = 0; e < d * k; e++) w[e] *= 12 / sqrt((double)d); /* margins of about 1 */
    for (int t = 0; t < 2; t++) {
        open_task(&tasks[t], problem, t + 1, h, w, g);
        if (h)
            jobs[t] = job_of("gram", t + 1, run_gram, &tasks[t]);
        else
            jobs[t] = job_of("sweep", t + 1, run_sweep, &tasks[t].sweeping);
    }
    jobs[2] = job_of("dgemm 1000^3", 1, multiply_squares, &copy);
    measure(table, 3, jobs);
    finding found = NO_FINDING;
    found.rate = dgemm_flops();
    print_job(table, what, &jobs[2], found);
    found.ulps = h ? gram_ulps(&tasks[1]) : sweep_ulps(&tasks[1].sweeping);
    found.rate = flops;
    for (int t = 0; t < 2; t++) {
        found.bound_processor = flops / dgemm_flops() * jobs[2].processor / (t + 1);
        found.bound = flops / dgemm_flops() * jobs[2].wall / (t + 1);
        found.bar = h ? (t == 0 ? 0.8 : NAN) : 0.7;
        print_job(table, what, &jobs[t], found);
        close_task(&tasks[t]);
    }
    if (h) print_ratio(table, what, "one thread / two", 2, jobs[0].processor / jobs[1].processor, 1.7, false);
    free(w);
    free(g);
}

static void bench_gram(results *table, const factors *squares, const char *what, const erm_matrix *X)
{
    const double n = (double)X->rows, d = (double)X->cols;
    double *const h = take_uniform(X->rows, 5, true);
    for (int64_t i = 0; i < X->rows; i++) h[i] = fabs(h[i]);
    const erm_problem problem = {.X = X, .y = h, .loss = erm_loss_squared(), .regularizer = erm_l2(1)};
    bench_task(table, squares, what, &problem, h, n * d * (d + 1));
    free(h);
}

static void bench_softmax(results *table, const factors *squares, const char *what, const erm_matrix *X, int64_t k)
{
    double *const y = take_labels(X->rows, k, 7);
    const erm_problem problem = {.X = X, .y = y, .loss = erm_loss_cross_entropy(), .regularizer = erm_l2(1), .k = k};
    bench_task(table, squares, what, &problem, NULL, 4 * (double)X->rows * (double)X->cols * (double)k);
    free(y);
}

void bench_level3(results *table, const factors *squares)
{
    const int64_t part = table->quick ? 20 : 1, n = 200000 / part, rows = 60000 / part;
    double *const x = take_uniform(60000 * 784 / part, 1, false);
    float *const floats = take(60000 * 784 / part, sizeof *floats, false);
    for (int64_t p = 0; p < 60000 * 784 / part; p++) floats[p] = (float)x[p];
    const erm_dense narrow = erm_dense_f64(n, 100, x, 100), wide = erm_dense_f64(n, 200, x, 200);
    const erm_dense single = erm_dense_f32(n, 200, floats, 200);
    const erm_dense digits = erm_dense_f64(rows, 784, x, 784), digits_f32 = erm_dense_f32(rows, 784, floats, 784);
    bench_gram(table, squares, "gram f64 n x 100", &narrow.base);
    bench_gram(table, squares, "gram f64 n x 200", &wide.base);
    bench_gram(table, squares, "gram f32 n x 200", &single.base);
    bench_softmax(table, squares, "softmax f64 n x 784, 10", &digits.base, 10);
    bench_softmax(table, squares, "softmax f32 n x 784, 10", &digits_f32.base, 10);
    free(x);
    free(floats);
}
