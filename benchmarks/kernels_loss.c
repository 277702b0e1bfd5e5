/* The bodies of losses, which are SIMD, against loops over libm's exp and log; everything in the first-level cache. */
#include <math.h>
#include <stdlib.h>

#include "kernels.h"

enum { SAMPLES = 1000, OUTPUTS = 10, AGAIN = 200 };

typedef struct body {
    erm_loss loss;
    int64_t k;
    double *z, *y, *d; /* SAMPLES k, SAMPLES, SAMPLES k */
} body;

static void run_ours(void *context)
{
    const body *const job = context;
    double sum = 0;
    for (int r = 0; r < AGAIN; r++) sum += job->loss.ops->eval(&job->loss, SAMPLES, job->k, job->z, job->y, NULL, job->d, NULL);
    use(sum);
}

/* ---- the same by libm ----------------------------------------------------------------------------------------------------- */

static double logistic(double z, double y, double *d)
{
    const double m = y * z, e = exp(-fabs(m));
    *d = -y * (m > 0 ? e : 1) / (1 + e);
    return log1p(e) + (m > 0 ? 0 : -m);
}

static double poisson(double z, double y, double *d)
{
    const double e = exp(z);
    *d = e - y;
    return e - y * z;
}

static double gamma_loss(double z, double y, double *d)
{
    const double e = y * exp(-z);
    *d = 1 - e;
    return e + z;
}

static double tweedie(double z, double y, double *d)
{
    const double a = exp(0.5 * z), b = y * exp(-0.5 * z);
    *d = a - b;
    return 2 * a + 2 * b;
}

static double cross_entropy(const double *z, double y, double *d)
{
    double most = z[0], sum = 0;
    for (int c = 1; c < OUTPUTS; c++) most = z[c] > most ? z[c] : most;
    for (int c = 0; c < OUTPUTS; c++) sum += d[c] = exp(z[c] - most);
    for (int c = 0; c < OUTPUTS; c++) d[c] /= sum;
    d[(int)y] -= 1;
    return log(sum) + most - z[(int)y];
}

#define BY_LIBM(name)                                                                                                            \
    static void run_##name(void *context)                                                                                        \
    {                                                                                                                            \
        const body *const job = context;                                                                                         \
        double sum = 0;                                                                                                          \
        for (int r = 0; r < AGAIN; r++)                                                                                          \
            for (int t = 0; t < SAMPLES; t++) sum += name(job->z[t], job->y[t], &job->d[t]);                                     \
        use(sum);                                                                                                                \
    }
BY_LIBM(logistic)
BY_LIBM(poisson)
BY_LIBM(gamma_loss)
BY_LIBM(tweedie)

static void run_cross_entropy(void *context)
{
    const body *const job = context;
    double sum = 0;
    for (int r = 0; r < AGAIN; r++)
        for (int t = 0; t < SAMPLES; t++) sum += cross_entropy(job->z + t * OUTPUTS, job->y[t], job->d + t * OUTPUTS);
    use(sum);
}

/* ---- errors ---------------------------------------------------------------------------------------------------------------- */

/* Derivatives in long double; size = the sum of their absolute terms. */
static long double exact_derivative(int which, long double z, long double y, long double *size)
{
    const long double e = which == 3 ? expl(0.5L * z) : which == 2 ? y * expl(-z) : expl(which == 0 ? -y * z : z);
    const long double other = which == 3 ? y * expl(-0.5L * z) : which == 2 ? 1 : y;
    if (which == 0) return -y * (*size = e / (1 + e));
    *size = e + other;
    return which == 2 ? other - e : e - other;
}

static double softmax_ulps(const body *job)
{
    double worst = 0;
    for (int t = 0; t < SAMPLES; t++) {
        const double *const z = job->z + t * OUTPUTS;
        long double sum = 0;
        for (int c = 0; c < OUTPUTS; c++) sum += expl((long double)z[c] - z[0]);
        for (int c = 0; c < OUTPUTS; c++) {
            const long double p = expl((long double)z[c] - z[0]) / sum, at_label = c == (int)job->y[t];
            worst = fmax(worst, ulps_of(job->d[t * OUTPUTS + c], p - at_label, p + at_label));
        }
    }
    return worst;
}

static double derivative_ulps(const body *job, int which)
{
    double worst = 0;
    for (int t = 0; t < SAMPLES; t++) {
        long double size;
        const long double want = exact_derivative(which, (long double)job->z[t], (long double)job->y[t], &size);
        worst = fmax(worst, ulps_of(job->d[t], want, size));
    }
    return worst;
}

static void bench_body(results *table, int which, const char *what, erm_loss loss, void (*by_libm)(void *))
{
    body job = {.loss = loss, .k = which == 4 ? OUTPUTS : 1};
    job.z = take_uniform(SAMPLES * job.k, 8, true);
    job.d = take(SAMPLES * job.k, sizeof(double), true);
    job.y = take_labels(SAMPLES, which == 4 ? OUTPUTS : 1, 9);
    for (int64_t t = 0; t < SAMPLES * job.k; t++) job.z[t] *= 12;
    for (int64_t t = 0; t < SAMPLES; t++) job.y[t] = which == 0 || which == 4 ? job.y[t] : job.y[t] + 2;
    timed jobs[] = {job_of("libm, scalar", 1, by_libm, &job), job_of("body", 1, run_ours, &job)};
    measure(table, 2, jobs);
    run_ours(&job);
    finding found = NO_FINDING;
    found.rate = (double)(AGAIN * SAMPLES * job.k);
    print_job(table, what, &jobs[0], found);
    found.ulps = which == 4 ? softmax_ulps(&job) : derivative_ulps(&job, which);
    print_job(table, what, &jobs[1], found);
    print_ratio(table, what, "libm / body", 1, jobs[0].processor / jobs[1].processor, 5, false);
    free(job.z);
    free(job.d);
    free(job.y);
}

void bench_losses(results *table)
{
    bench_body(table, 0, "loss logistic", erm_loss_logistic(), run_logistic);
    bench_body(table, 1, "loss poisson", erm_loss_poisson(), run_poisson);
    bench_body(table, 2, "loss gamma", erm_loss_gamma(), run_gamma_loss);
    bench_body(table, 3, "loss tweedie 1.5", erm_loss_tweedie(1.5), run_tweedie);
    bench_body(table, 4, "loss cross-entropy, 10", erm_loss_cross_entropy(), run_cross_entropy);
}
