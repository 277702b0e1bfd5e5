/* A solver of one's own: accelerated gradient (Nesterov 2004, scheme 2.2.11) for a smooth, strongly convex F. Time,
 * stopping and proof are erm_solve's. */
#include <math.h>
#include <stdio.h>

#include "ermopt.h"

typedef struct nesterov {
    double step, momentum;
    double *v, *g; /* the point with momentum, the gradient there */
} nesterov;

static erm_status nesterov_start(void *state, erm_run *run)
{
    nesterov *self = state;
    self->v = erm_run_take(run, run->size);
    self->g = erm_run_take(run, run->size);
    double *scratch = erm_run_take(run, 2 * run->size);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    const erm_regularizer *R = &run->problem->regularizer;
    const double mu = R->ops->modulus(R, run->d), L = erm_run_smoothness(run, NULL, scratch) + R->ops->curvature(R, run->d);
    self->step = 1 / L;
    self->momentum = (sqrt(L) - sqrt(mu)) / (sqrt(L) + sqrt(mu));
    for (int64_t j = 0; j < run->size; j++) self->v[j] = run->w[j];
    return ERM_OK;
}

static erm_status nesterov_step(void *state, erm_run *run)
{
    nesterov *self = state;
    erm_run_gradient(run, (erm_rows){.count = run->problem->X->rows}, self->v, self->g);
    erm_run_penalty_gradient(run, self->v, self->g);
    for (int64_t j = 0; j < run->size; j++) {
        const double old = run->w[j];
        run->w[j] = self->v[j] - self->step * self->g[j];
        self->v[j] = run->w[j] + self->momentum * (run->w[j] - old);
    }
    return ERM_OK;
}

/* What it needs of a problem: erm_solve refuses all others with a sentence. */
enum { NEEDS = ERM_NEEDS_DIFFERENTIABLE_LOSS | ERM_NEEDS_BOUNDED_CURVATURE | ERM_NEEDS_DIFFERENTIABLE_REGULARIZER };

static const erm_solver_ops nesterov_ops = {
    .name = "nesterov",
    .state_size = sizeof(nesterov),
    .needs = NEEDS,
    .start = nesterov_start,
    .step = nesterov_step,
};

int main(void)
{
    double x[300], y[100], own[3] = {0}, theirs[3] = {0};
    erm_rng rng = erm_rng_seed(7);
    for (int i = 0; i < 300; i++) x[i] = erm_rng_normal(&rng);
    for (int i = 0; i < 100; i++) y[i] = x[3 * i] - 2 * x[3 * i + 1] + erm_rng_normal(&rng) > 0 ? 1 : -1;
    const erm_dense X = erm_dense_f64(100, 3, x, 3);
    const erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l2(0.01)};
    const erm_options ours = {.solver = {.ops = &nesterov_ops}, .tol = 1e-12}, any = {.tol = 1e-12};
    erm_result result, reference;
    if (erm_solve(&problem, &ours, own, &result) || erm_solve(&problem, &any, theirs, &reference)) return 1;
    printf("%s: %s, %lld epochs, gap %.1e\n", result.solver, erm_stop_text(result.stop), (long long)result.epochs,
           result.certificate.gap);
    const double apart = fmax(fabs(own[0] - theirs[0]), fmax(fabs(own[1] - theirs[1]), fabs(own[2] - theirs[2])));
    return result.stop == ERM_STOP_CONVERGED && reference.stop == ERM_STOP_CONVERGED && apart < 1e-5 ? 0 : 1;
}
