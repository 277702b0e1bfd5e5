/* A path of lasso fits from lambda_max down, each started where the one before ended. */
#include <math.h>
#include <stdio.h>

#include "ermopt.h"

enum { N = 200, D = 50, STEPS = 20 };

static double x[N * D], y[N];

/* Five of the features carry the target. Returns lambda_max = max_j |mean_i x_ij (y_i - mean y)|: from there
 * on all weights are 0. */
static double make_data(void)
{
    erm_rng rng = erm_rng_seed(3);
    double mean = 0, largest = 0;
    for (int i = 0; i < N * D; i++) x[i] = erm_rng_normal(&rng);
    for (int i = 0; i < N; i++) {
        y[i] = 10 + 0.5 * erm_rng_normal(&rng);
        for (int j = 0; j < 5; j++) y[i] += (j + 1) * x[i * D + j];
        mean += y[i] / N;
    }
    for (int j = 0; j < D; j++) {
        double sum = 0;
        for (int i = 0; i < N; i++) sum += x[i * D + j] * (y[i] - mean) / N;
        largest = fmax(largest, fabs(sum));
    }
    return largest;
}

int main(void)
{
    const double lambda_max = make_data();
    const erm_dense X = erm_dense_f64(N, D, x, D);
    double w[D + 1] = {0};
    const erm_options options = {.solver = erm_solver_prox(NULL)}; /* a method of steps, to which the start matters */
    double warm = 0, cold = 0;                                     /* passes over the data */
    for (int t = 0; t < STEPS; t++) {
        const double lambda = 1.0001 * lambda_max * pow(1e-3, t / (STEPS - 1.0));
        const erm_problem problem = {
            .X = &X.base, .y = y, .loss = erm_loss_squared(), .regularizer = erm_l1(lambda), .intercept = true};
        double fresh[D + 1] = {0};
        erm_result result, from_zero;
        if (erm_solve(&problem, &options, w, &result) != ERM_OK || erm_solve(&problem, &options, fresh, &from_zero) != ERM_OK)
            return 1;
        printf("lambda %8.4f: %2lld features, objective %8.4f, gap %.1e, %5.1f passes (from zero %5.1f)\n", lambda,
               (long long)result.nonzeros, result.certificate.primal, result.certificate.gap, result.passes, from_zero.passes);
        warm += result.passes;
        cold += from_zero.passes;
        if (result.stop != ERM_STOP_CONVERGED || (t == 0 && result.nonzeros > 0)) return 1;
    }
    printf("%.0f passes in all, %.0f without warm starts\n", warm, cold);
    return warm < cold && w[4] > 4.9 && w[4] < 5.1 ? 0 : 1;
}
