/* Newton's method: w += t p with (H + lambda R'') p = -g, H = (1/S) X'diag(s l''(z))X, and a line search on the margins.
 *
 * Boyd and Vandenberghe (2004), "Convex Optimization", algorithm 9.5, with Armijo's condition. z = X w + b + o and u = X p
 * are kept, so that a trial of the line search costs O(n); a step reads X three times: for g, for H and for u. For losses
 * whose second derivative jumps (squared hinge, Huber) this is the semismooth Newton method of Qi and Sun (1993). The factor
 * is used again while l'' does not change: then the second step of a least-squares fit is one of iterative refinement. Where
 * no step along p brings F down (a loss that is flat here), the system is damped as by Levenberg (1944). For fewer rows than
 * columns the equations are solved by way of the rows' n x n matrix: newton_rows.c.
 *
 * Least squares on many dense data: H is summed in floats, and each step is one of refinement, whose gradient the certificate
 * brings (Higham 2002, "Accuracy and Stability of Numerical Algorithms", section 12.1); the gradient is exact, so that only the
 * number of steps depends on H. Where columns are too nearly dependent for floats, or a step gains too little,
 * H is summed in doubles. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/chol.h"
#include "problem/gram.h"
#include "problem/margins.h"
#include "problem/squared_loss.h"
#include "problem/sweep.h"
#include "solver/newton/newton_rows.h"

static const double ARMIJO = 1e-4, SHRINK = 0.5, LEAST_DAMPING = 1e-6, MOST_DAMPING = 1e5, LEAST_GAIN = 0.1;
enum {
    MANY_VALUES = 1 << 20 /* of X: no cache holds more */,
    MOST_TRIALS = 50 /* the equations of the rows are not damped */,
    MOST_DAMPINGS = 12
};

typedef struct newton {
    double *z, *u;              /* n: margins, and their change along p */
    double *d, *h, *factored_h; /* n: derivatives; those of the factor */
    double *g, *p, *trial;      /* size */
    double *gram, *factor;      /* m x m */
    double *memory;             /* for the Gram matrix */
    double *unit;               /* d: 1 / the columns' sizes, while H is summed in floats; else NULL */
    double promised;            /* g'p of the last step by that H; 0: none */
    bool moved;                 /* by such a step: z are not the margins */
    double damping;             /* of the loss's largest curvature, on the diagonal */
    bool factored;
    bool rows; /* the equations are solved by way of the n x n matrix of the rows */
    erm__rows_form form;
} newton;

static erm_status take_gram(newton *self, erm_run *run)
{
    erm__workspace *ws = run->workspace;
    const int64_t m = erm__gram_order(ws);
    self->gram = erm_run_take(run, m * m);
    self->factor = erm_run_take(run, m * m);
    self->memory = erm__run_scratch(run, erm__gram_memory(ws));
    return erm_run_ok(run) ? ERM_OK : ERM_ENOMEM;
}

static erm_status take_unit(newton *self, erm_run *run)
{
    const erm_problem *problem = run->problem;
    const bool many = problem->X->nnz >= MANY_VALUES && erm__gram_is_dense(run->workspace) && run->metric;
    if (!many || !erm__is_squared(&problem->loss)) return ERM_OK;
    self->unit = erm_run_take(run, run->d);
    for (int64_t j = 0; self->unit && j < run->d; j++) self->unit[j] = sqrt(run->metric[j]);
    run->begins_with_gradient = true;
    return self->unit ? ERM_OK : ERM_ENOMEM;
}

static erm_status start(void *state, erm_run *run)
{
    newton *self = state;
    erm__workspace *ws = run->workspace;
    const int64_t n = ws->n;
    self->z = erm_run_take(run, n);
    self->u = erm_run_take(run, n);
    self->d = erm_run_take(run, n);
    self->h = erm_run_take(run, n);
    self->factored_h = erm_run_take(run, n);
    self->g = erm_run_take(run, run->size);
    self->p = erm_run_take(run, run->size);
    self->trial = erm_run_take(run, run->size);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    self->rows = erm__rows_form_suits(run, self->p);
    erm_status status = self->rows ? erm__rows_form_open(&self->form, run) : take_gram(self, run);
    if (!status && !self->rows) status = take_unit(self, run);
    if (status) return status;
    if (erm__run_known(run, self->z, self->g)) return ERM_OK;
    erm__sweep_margins(ws, run->centre, run->w, true, self->z);
    run->passes++;
    return ERM_OK;
}

/* gram = H + lambda R'' */
static void fill(newton *self, erm_run *run)
{
    erm__workspace *ws = run->workspace;
    const erm_regularizer *R = &run->problem->regularizer;
    const int64_t m = erm__gram_order(ws);
    const double each = ws->total_weight / (double)ws->n;
    if (self->unit)
        erm__gram_rough(ws, run->centre, self->unit, erm__all_rows(ws), run->problem->weight, each, self->memory, self->gram);
    else
        erm__gram(ws, run->centre, self->h, self->memory, self->gram);
    run->passes++;
    memset(self->p, 0, (size_t)run->size * sizeof(double));
    R->ops->hessian(R, run->shape, run->w, self->p);
    for (int64_t j = 0; j < m; j++) self->gram[j * m + j] += self->p[j];
}

/* Factors gram + damping C, with a trifle more where that is singular. C is the diagonal that the Hessian can have at most:
 * curvature times the columns' mean squares; the step then is near that of gradient descent, however flat the loss is here. */
static bool factor(newton *self, const erm_run *run)
{
    const int64_t m = erm__gram_order(run->workspace);
    const double bound = run->problem->loss.ops->curvature(&run->problem->loss, 1), curvature = isfinite(bound) ? bound : 1;
    double trifle = 0;
    for (int trial = 0; trial<MOST_DAMPINGS; trial++, trifle = trifle> 0 ? 10 * trifle : 1e-14) {
        memcpy(self->factor, self->gram, (size_t)(m * m) * sizeof(double));
        for (int64_t j = 0; j < m; j++) {
            double *const diagonal = self->factor + j * m + j;
            *diagonal += (self->damping + trifle) * curvature / run->metric[j] + trifle * *diagonal;
        }
        if (erm__cholesky(m, self->factor, run->workspace->threads)) return true;
    }
    return false;
}

static void fill_if_changed(newton *self, erm_run *run)
{
    const size_t bytes = (size_t)run->workspace->n * sizeof(double);
    if (self->factored && !memcmp(self->h, self->factored_h, bytes)) return;
    memcpy(self->factored_h, self->h, bytes);
    if (self->rows) {
        self->factored = erm__rows_form_factor(&self->form, run, self->h);
        return;
    }
    fill(self, run);
    self->factored = factor(self, run);
    if (!self->unit) return;
    const int64_t m = erm__gram_order(run->workspace);
    for (int64_t j = 0; j < m; j++) self->trial[j] = self->gram[j * m + j];
    if (self->factored && erm__gram_is_certain(m, self->factor, self->trial)) return;
    self->unit = NULL;
    fill(self, run);
    self->factored = factor(self, run);
}

/* p = -(H + lambda R'')^-1 g; returns g'p */
static double direction(newton *self, erm_run *run)
{
    if (self->rows) {
        erm__rows_form_solve(&self->form, run, self->g, self->p);
    } else {
        for (int64_t j = 0; j < run->size; j++) self->p[j] = -self->g[j];
        erm__cholesky_solve(run->size, 1, self->factor, self->p);
    }
    double slope = 0;
    for (int64_t j = 0; j < run->size; j++) slope += self->p[j] * self->g[j];
    return slope;
}

/* The step length that brings F down enough; 0 if none of a few does. */
static double line_search(newton *self, erm_run *run, double value, double slope)
{
    const double rounding = 8 * DBL_EPSILON * fabs(value);
    double t = 1;
    for (int trial = 0; trial < MOST_TRIALS; trial++, t *= SHRINK) {
        for (int64_t j = 0; j < run->size; j++) self->trial[j] = run->w[j] + t * self->p[j];
        const double now = erm__margins_loss(run->workspace, self->z, self->u, t) + erm_run_penalty(run, self->trial);
        if (now <= value + ARMIJO * t * slope + rounding) return t;
    }
    return 0;
}

/* A step by an H in floats, whose X p is not needed: F is quadratic. False if it promises too little less than the one before. */
static bool refine(newton *self, erm_run *run)
{
    if (!self->unit || !self->factored) return false;
    const double slope = direction(self, run);
    if (!(slope < 0) || (self->promised < 0 && slope < LEAST_GAIN * self->promised)) {
        self->unit = NULL;
        self->factored = false;
        fill_if_changed(self, run);
        return false;
    }
    for (int64_t j = 0; j < run->size; j++) run->w[j] += self->p[j];
    self->promised = slope;
    self->moved = true;
    return true;
}

static bool try_step(newton *self, erm_run *run, double value)
{
    if (!self->factored) return false;
    const double slope = direction(self, run);
    if (!(slope < 0)) return false;
    erm__sweep_margins(run->workspace, run->centre, self->p, false, self->u);
    run->passes++;
    const double t = line_search(self, run, value, slope);
    if (t == 0) return false;
    for (int64_t j = 0; j < run->size; j++) run->w[j] += t * self->p[j];
    for (int64_t i = 0; i < run->workspace->n; i++) self->z[i] += t * self->u[i];
    return true;
}

static erm_status step(void *state, erm_run *run)
{
    newton *self = state;
    const bool known = erm__run_known(run, self->z, self->g);
    if (!known && self->moved) {
        erm__sweep_margins(run->workspace, run->centre, run->w, true, self->z);
        run->passes++;
    }
    self->moved = false;
    const double loss = erm__margins_derivatives(run->workspace, self->z, self->d, self->h);
    const double value = loss + erm_run_penalty(run, run->w);
    if (!known) {
        erm__sweep_transpose(run->workspace, run->centre, self->d, self->g);
        run->passes++;
    }
    erm_run_penalty_gradient(run, run->w, self->g);
    fill_if_changed(self, run);
    if (refine(self, run)) return ERM_OK;
    if (self->rows) { /* R'' > 0 makes the equations regular, whatever the loss does */
        try_step(self, run, value);
        return ERM_OK;
    }
    for (; self->damping<MOST_DAMPING; self->damping = self->damping> 0 ? 100 * self->damping : LEAST_DAMPING) {
        if (self->damping > 0) self->factored = factor(self, run);
        if (!try_step(self, run, value)) continue;
        if (self->damping > 0) self->factored = false; /* without it next time, or with less */
        self->damping = self->damping > LEAST_DAMPING ? self->damping / 100 : 0;
        return ERM_OK;
    }
    self->damping = 0; /* no step brings F down: rounding level, which erm_solve sees as standing still */
    return ERM_OK;
}

static const erm_solver_ops ops = {
    .name = "newton",
    .state_size = sizeof(newton),
    .needs = ERM_NEEDS_DIFFERENTIABLE_LOSS | ERM_NEEDS_DIFFERENTIABLE_REGULARIZER | ERM_NEEDS_DIAGONAL_HESSIAN |
             ERM_NEEDS_ONE_OUTPUT | ERM_CAN_RESUME,
    .start = start,
    .step = step,
};

erm_solver erm_solver_newton(const void *params) { return (erm_solver){.ops = &ops, .params = params}; }
