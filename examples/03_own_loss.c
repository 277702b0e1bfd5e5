/* A loss of one's own: log cosh(z - y), a smooth cousin of |z - y| that outliers hardly move. */
#include <math.h>
#include <stdio.h>

#include "ermopt.h"

/* log cosh r = |r| + log(1 + exp(-2 |r|)) - log 2, which cannot overflow; its derivative is tanh r. */
static double log_cosh_eval(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight,
                            double *D, double *H)
{
    double sum = 0;
    (void)self, (void)k;
    for (int64_t i = 0; i < n; i++) {
        const double r = Z[i] - Y[i], s = weight ? weight[i] : 1, slope = tanh(r);
        sum += s * (fabs(r) + log1p(exp(-2 * fabs(r))) - log(2));
        if (D) D[i] = s * slope;
        if (H) H[i] = s * (1 - slope * slope);
    }
    return sum;
}

static double log_cosh_curvature(const erm_loss *self, int64_t k) { return (void)self, (void)k, 1; }

/* l*(a) = a y + ((1 + a) log(1 + a) + (1 - a) log(1 - a)) / 2 for |a| <= 1. With it the library can prove a gap. */
static double log_cosh_conjugate(const erm_loss *self, int64_t n, int64_t k, const double *A, const double *Y,
                                 const double *weight)
{
    double sum = 0;
    (void)self, (void)k;
    for (int64_t i = 0; i < n; i++) {
        const double a = A[i], up = 1 + a, down = 1 - a;
        if (up < 0 || down < 0) return INFINITY;
        const double entropy = (up > 0 ? up * log(up) : 0) + (down > 0 ? down * log(down) : 0);
        sum += (weight ? weight[i] : 1) * (a * Y[i] + entropy / 2);
    }
    return sum;
}

static const erm_loss_ops log_cosh = {.name = "log-cosh",
                                      .labels = "any finite number",
                                      .differentiable = true,
                                      .eval = log_cosh_eval,
                                      .curvature = log_cosh_curvature,
                                      .conjugate = log_cosh_conjugate};

int main(void)
{
    const double x[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, y[] = {1, 3, 5, 7, 9, 11, 13, 15, 17, 1000}; /* y = 2 x + 1, but for one */
    const erm_dense X = erm_dense_f64(10, 1, x, 1);
    const erm_problem problem = {
        .X = &X.base, .y = y, .loss = {.ops = &log_cosh}, .regularizer = erm_l2(1e-6), .intercept = true};
    double w[2] = {0};
    erm_result result;
    if (erm_solve(&problem, &(erm_options){.tol = 1e-9}, w, &result) != ERM_OK) return puts(result.detail), 1;
    printf("y = %.3f x + %.3f; %s, gap %.1e\n", w[0], w[1], erm_stop_text(result.stop), result.certificate.gap);
    const bool proven = result.stop == ERM_STOP_CONVERGED && result.certificate.kind == ERM_CERTIFICATE_GAP;
    return proven && fabs(w[0] - 2) < 0.3 && fabs(w[1] - 1) < 0.5 ? 0 : 1; /* least squares would say w[0] = 55 */
}
