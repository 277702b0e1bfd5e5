/* Ridge regression on arrays in memory, to a proven gap. */
#include <math.h>
#include <stdio.h>

#include "ermopt.h"

enum { N = 6, D = 2 };

int main(void)
{
    const double x[N][D] = {{0, 1}, {1, 0}, {2, 2}, {3, 1}, {4, 5}, {5, 3}};
    double y[N], w[D + 1] = {0}; /* the answer: D weights and the intercept; zeros are a fine start */
    for (int i = 0; i < N; i++) y[i] = 2 * x[i][0] - x[i][1] + 3;

    const erm_dense X = erm_dense_f64(N, D, &x[0][0], D); /* a view: nothing is copied */
    const erm_problem problem = {
        .X = &X.base, .y = y, .loss = erm_loss_squared(), .regularizer = erm_l2(1e-6), .intercept = true};
    erm_result result;
    if (erm_solve(&problem, &(erm_options){.tol = 1e-10}, w, &result) != ERM_OK) {
        fprintf(stderr, "%s\n", result.detail);
        return 1;
    }
    printf("y = %.5f x1 %+.5f x2 %+.5f\n", w[0], w[1], w[2]);
    printf("%s after %lld epochs of %s: primal %.12g, proven gap %.1e\n", erm_stop_text(result.stop), (long long)result.epochs,
           result.solver, result.certificate.primal, result.certificate.gap);

    /* The data are exact and the penalty is tiny, so the answer is 2, -1, 3 but for the penalty's pull. */
    const bool right = fabs(w[0] - 2) < 1e-4 && fabs(w[1] + 1) < 1e-4 && fabs(w[2] - 3) < 1e-4;
    return right && result.stop == ERM_STOP_CONVERGED ? 0 : 1;
}
