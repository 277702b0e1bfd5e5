/* L1-penalised logistic regression on compressed sparse rows of floats: it finds the few features that matter. */
#include <stdio.h>

#include "ermopt.h"

enum { N = 2000, D = 200, PER_ROW = 10, STRIDE = D / PER_ROW };

static int64_t start[N + 1];
static int32_t column[N * PER_ROW];
static float value[N * PER_ROW];
static double y[N];

/* Rows with PER_ROW values in rising columns; features 0, 20, 40 decide the label. */
static void make_data(void)
{
    erm_rng rng = erm_rng_seed(1);
    for (int i = 0; i < N; i++) {
        double z = 0;
        for (int p = 0; p < PER_ROW; p++) {
            const int at = i * PER_ROW + p,
                      other = (int)erm_rng_below(&rng, 2 * STRIDE); /* half of the time the first of its range */
            column[at] = p * STRIDE + (other < STRIDE ? other : 0);
            value[at] = (float)erm_rng_normal(&rng);
            if (column[at] == 0 || column[at] == 20 || column[at] == 40) z += 3 * value[at];
        }
        y[i] = z > erm_rng_normal(&rng) ? 1 : -1;
        start[i + 1] = (i + 1) * PER_ROW;
    }
}

int main(void)
{
    make_data();
    const erm_csr X = erm_csr_f32(N, D, start, column, value);
    const erm_problem problem = {
        .X = &X.base, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l1(0.02), .intercept = true};
    double w[D + 1] = {0};
    erm_result result;
    if (erm_solve(&problem, NULL, w, &result) != ERM_OK) {
        fprintf(stderr, "%s\n", result.detail);
        return 1;
    }
    printf("%s by %s, gap %.1e; features that matter:", erm_stop_text(result.stop), result.solver, result.certificate.gap);
    for (int j = 0; j < D; j++)
        if (w[j] > 0 || w[j] < 0) printf(" %d (%.3f)", j, w[j]);
    printf("\n");
    const bool found = result.nonzeros == 3 && w[0] > 0 && w[20] > 0 && w[40] > 0;
    return found && result.stop == ERM_STOP_CONVERGED ? 0 : 1;
}
