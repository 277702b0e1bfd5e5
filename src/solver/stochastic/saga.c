/* SAGA: SVRG with a snapshot for each row, namely W when the row was drawn last.
 *
 * Defazio, Bach and Lacoste-Julien (2014), "SAGA: a fast incremental gradient method with support for non-strongly convex
 * composite objectives", NIPS:
 *     w = prox_{t M}(w - t M (g + (d_i(w) - d_i) x_i / (n p_i))),   then   g += (d_i(w) - d_i) x_i / S,   d_i = d_i(w)
 * with g = (1/S) sum_i d_i x_i. Since the loss is one of margins, the table of gradients is k derivatives d_i a row. Rows are
 * drawn as SVRG does (svrg_draw.c). Where no row touches it, a column of g stands still, so the columns are updated just in
 * time as those of SVRG are.
 *
 * All else is SVRG's frame (svrg.c): after `inner` passes the whole table is made anew at W, which costs a pass, tells F, and
 * with it whether the step is good, and takes out of g what rounding has left there.
 *
 * Memory: n (k + 2) + O(d k) doubles. */
#include "solver/stochastic/svrg.h"

static erm_status start(void *state, erm_run *run)
{
    const erm_saga_params params = run->params ? *(const erm_saga_params *)run->params : (erm_saga_params){0};
    const erm__svrg_plan plan = {
        .step = params.step, .batch = params.batch, .inner = params.inner == 0 ? 4 : params.inner, .table = true};
    return erm__svrg_start(state, run, &plan);
}

static const erm_solver_ops ops = {
    .name = "saga",
    .state_size = sizeof(erm__svrg),
    .needs = ERM_NEEDS_DIFFERENTIABLE_LOSS | ERM_NEEDS_BOUNDED_CURVATURE | ERM_TOUCHES_SINGLE_ROWS | ERM_CAN_RESUME,
    .start = start,
    .step = erm__svrg_step,
};

erm_solver erm_solver_saga(const erm_saga_params *params) { return (erm_solver){.ops = &ops, .params = params}; }
