/* Certificates of squares with an intercept on large data that are nearly fitted: their bound is one, also where the
 * intercept is almost the best, and where it is not looked for to the last digit. */
#include "check.h"

#include "ermopt/rng.h"
#include "ermopt/solve.h"
#include "problem/certifier.h"

enum { N = 30000, D = 40 }; /* over 2^20 values */

typedef struct fixture {
    double *x, y[N], w[D + 1], F;
    erm_dense X;
    erm_problem problem;
} fixture;

/* Noise that grows with the prediction, so that a shift of the residuals has to do with X; and a column of
 * zeros, to be off in. */
static void fill(fixture *self)
{
    erm_rng rng = erm_rng_seed(1);
    double truth[D];
    for (int j = 0; j < D; j++) truth[j] = erm_rng_normal(&rng) / sqrt(D);
    for (int i = 0; i < N; i++) {
        double z = 0;
        for (int j = 0; j < D - 1; j++) {
            self->x[i * D + j] = erm_rng_normal(&rng);
            z += truth[j] * self->x[i * D + j];
        }
        self->y[i] = 3 + z + 1e-4 * exp(z) * erm_rng_normal(&rng);
    }
    self->X = erm_dense_f64(N, D, self->x, D);
    self->problem = (erm_problem){
        .X = &self->X.base, .y = self->y, .loss = erm_loss_squared(), .regularizer = erm_l2(1e-9), .intercept = true};
}

static double mean_residual(const fixture *self)
{
    double sum = 0;
    for (int i = 0; i < N; i++) {
        double z = self->w[D];
        for (int j = 0; j < D; j++) z += self->w[j] * self->x[i * D + j];
        sum += fabs(z - self->y[i]) / N;
    }
    return sum;
}

/* At points that are off by `off` in the column of zeros and a little in the intercept. */
static void hold_below_the_optimum(const fixture *self, double tol, double residual)
{
    erm__workspace ws;
    erm__certifier certifier;
    assert_int_equal(erm__workspace_open(&ws, &self->problem, 1), ERM_OK);
    assert_int_equal(erm__certifier_open(&certifier, &ws), ERM_OK);
    erm__certifier_aim(&certifier, tol, 0);
    for (double off = 1e-6; off < 1e3; off *= 2) {
        double v[D + 1];
        memcpy(v, self->w, sizeof v);
        v[D - 1] += off;
        v[D] += 0.9e-3 * tol * residual;
        const erm_certificate now = erm__certifier_run(&certifier, v, NULL);
        if (now.dual > self->F * (1 + 1e-9))
            fail_case("tol %g, off by %g: a bound of %.15g, the optimum is %.15g", tol, off, now.dual, self->F);
    }
    erm__workspace_close(&ws);
}

static void no_bound_is_above_the_optimum(void **state)
{
    (void)state;
    static fixture self;
    self.x = calloc((size_t)N * D, sizeof *self.x);
    assert_non_null(self.x);
    fill(&self);
    erm_result result;
    const erm_options options = {.tol = 1e-10, .solver = erm_solver_direct(NULL)};
    assert_int_equal(erm_solve(&self.problem, &options, self.w, &result), ERM_OK);
    if (result.stop != ERM_STOP_CONVERGED) fail_case("%s", result.detail);
    self.F = result.certificate.primal;
    const double residual = mean_residual(&self);
    for (double tol = 1e-3; tol > 1e-6; tol /= 10) hold_below_the_optimum(&self, tol, residual);
    free(self.x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_bound_is_above_the_optimum)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
