/* A progress line, and Ctrl-C that ends the fit but keeps what it has found. */
#include <signal.h>
#include <stdio.h>

#include "ermopt.h"

enum { N = 3000, D = 20, PRESS_AT = 5 };

static double x[N * D], y[N];
static volatile sig_atomic_t interrupted;

static void on_interrupt(int number) { interrupted = number; }

/* Called after every epoch. This example has no one to press Ctrl-C, so it does so itself after PRESS_AT epochs. */
static bool watch(const erm_progress *now, void *data)
{
    erm_monitor_print(now, data);
    if (now->epoch == PRESS_AT) raise(SIGINT);
    return !interrupted;
}

int main(void)
{
    erm_rng rng = erm_rng_seed(5);
    for (int i = 0; i < N * D; i++) x[i] = erm_rng_normal(&rng);
    for (int i = 0; i < N; i++) y[i] = x[i * D] + erm_rng_normal(&rng) > 0 ? 1 : -1;
    signal(SIGINT, on_interrupt);

    const erm_dense X = erm_dense_f64(N, D, x, D);
    const erm_problem problem = {
        .X = &X.base, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l2(1e-3), .intercept = true};
    const erm_options options = {
        .solver = erm_solver_sgd(NULL), .tol = 1e-12, .monitor = watch, .monitor_data = stderr}; /* SGD needs long for that */
    double w[D + 1] = {0};
    erm_result result;
    const erm_status status = erm_solve(&problem, &options, w, &result);
    printf("\n%s after %lld epochs: %s\nw[0] = %.3f, F(w) = %.6f, at most %.1e above the best\n", erm_stop_text(result.stop),
           (long long)result.epochs, result.detail, w[0], result.certificate.primal, result.certificate.gap);

    /* Cancelled is not an error, and w is the best point so far, with its own proof. */
    const bool cancelled = status == ERM_OK && result.stop == ERM_STOP_CANCELLED && result.epochs == PRESS_AT;
    return cancelled && w[0] > 0.5 && result.certificate.primal < 0.6 ? 0 : 1;
}
