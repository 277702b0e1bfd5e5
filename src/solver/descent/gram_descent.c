/* Lasso and its kin on the Gram matrix, refined against X.
 *
 * With A = (1/S) X'SX of the centred columns, f(w + p) = f(w) + g'p + p'A p / 2 exactly, so that f and its gradient at w say
 * all about the problem. A step computes them from X and solves the problem in A; what rounding in A left of the optimality
 * conditions is then in the next step's gradient: iterative refinement. Friedman, Hastie and Tibshirani (2010),
 * "Regularization paths for generalized linear models via coordinate descent", section 2.2. */
#include <string.h>

#include "problem/gram.h"
#include "problem/sweep.h"
#include "solver/path/quadratic.h"
#include "solver/run.h"

static const double FIRST_TOL = 1e-12, TOL = 1e-15; /* at rounding level its own loop ends */

typedef struct gram {
    erm__quadratic quadratic;
    double *g; /* size */
    bool solved;
} gram;

static erm_status start(void *state, erm_run *run)
{
    gram *self = state;
    erm__workspace *ws = run->workspace;
    const erm_regularizer *R = &run->problem->regularizer;
    self->g = erm_run_take(run, run->size);
    double *const memory = erm__run_scratch(run, erm__gram_memory(ws));
    if (!erm_run_ok(run) || !erm__quadratic_open(&self->quadratic, &ws->arena, erm__gram_order(ws), R, ws->threads))
        return ERM_ENOMEM;
    erm__gram(ws, run->centre, NULL, memory, self->quadratic.G);
    erm__quadratic_changed(&self->quadratic, run->d, *R);
    erm_run_prox(run, 1e-300, NULL, run->w, run->w); /* into the set, where there is one */
    run->passes++;
    return ERM_OK;
}

static erm_status step(void *state, erm_run *run)
{
    gram *self = state;
    erm__quadratic *const quadratic = &self->quadratic;
    const size_t bytes = (size_t)run->d * sizeof(double);
    quadratic->f = erm_run_gradient(run, erm__all_rows(run->workspace), run->w, self->g);
    if (run->size > run->d) { /* the centred columns know nothing of the intercept, and its curvature is 1 */
        const double slope = self->g[run->d];
        run->w[run->d] -= slope;
        quadratic->f -= slope * slope / 2;
    }
    memcpy(quadratic->w, run->w, bytes);
    memcpy(quadratic->g, self->g, bytes);
    erm__quadratic_solve(quadratic, self->solved ? TOL : FIRST_TOL);
    memcpy(run->w, quadratic->w, bytes);
    self->solved = true;
    return ERM_OK;
}

static const erm_solver_ops ops = {
    .name = "gram",
    .state_size = sizeof(gram),
    .needs = ERM_NEEDS_SQUARED_LOSS | ERM_NEEDS_ADVANCE_OR_GROUPS | ERM_NEEDS_ONE_OUTPUT | ERM_CAN_RESUME,
    .start = start,
    .step = step,
};

erm_solver erm_solver_gram(const void *params) { return (erm_solver){.ops = &ops, .params = params}; }
