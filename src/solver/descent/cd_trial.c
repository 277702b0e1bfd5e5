/* The full step of a round, tried while the picked columns are read once: margins, F, and the derivatives and products that the
 * next round starts from. */
#include "solver/descent/cd_state.h"

typedef struct sums {
    erm__descent *self;
    const erm_problem *problem;
    double loss[ERM_PICKED_LANES], slope[ERM_PICKED_LANES]; /* sums of s l after the step, of s l' u before it */
} sums;

static void try_block(void *data, int64_t lane, int64_t begin, int64_t end)
{
    sums *const to = data;
    const erm_problem *const problem = to->problem;
    const erm_loss *const loss = &problem->loss;
    double *const next = to->self->dual, *const d = to->self->d, *const h = to->self->h;
    const double *const s = problem->weight, *const u = to->self->u, *const z = to->self->z;
    double slope = 0;
    for (int64_t i = begin; i < end; i++) {
        slope += d[i] * u[i];
        next[i] = z[i] + u[i];
    }
    to->slope[lane] += slope;
    to->loss[lane] +=
        loss->ops->eval(loss, end - begin, 1, next + begin, problem->y + begin, s ? s + begin : NULL, d + begin, h + begin);
}

erm__descent_trial erm__descent_try(erm__descent *self, erm_run *run, int64_t count, bool products)
{
    sums to = {.self = self, .problem = run->problem};
    const erm__cd *const model = &self->model;
    const erm__picked_walk walk = {.count = erm__descent_changes(self, count, run->w),
                                   .list = self->moved,
                                   .a = self->pull,
                                   .constant = model->intercept ? model->shift : 0,
                                   .u = self->u,
                                   .then = try_block,
                                   .data = &to,
                                   .d = products ? self->d : NULL};
    self->products = erm__picked_do(self->gram.picked, &walk, run->workspace->threads);
    erm__descent_trial trial = {0};
    for (int lane = 0; lane < ERM_PICKED_LANES; lane++) {
        trial.loss += to.loss[lane];
        trial.slope += to.slope[lane];
    }
    trial.loss /= run->workspace->total_weight;
    trial.slope /= run->workspace->total_weight;
    return trial;
}
