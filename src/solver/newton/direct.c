/* Least squares and ridge by Householder QR with column pivoting, and steps of refinement against X.
 *
 *     minimise || B w - c ||^2,   B = (sqrt(s_i / S) (x_i - centre, 1); sqrt(l2_j) e_j),
 *                                 c = (sqrt(s_i / S) (y_i - o_i); sqrt(l2_j) ...)
 *
 * with columns scaled to length 1. The first step solves for w from where the run stands; each later one corrects it by R^-1
 * R^-T (-g), with the gradient g of F computed from X: the corrected seminormal equations (Bjorck 1987, Linear Algebra Appl.
 * 88-89). A column whose part that is independent of the others is lost in rounding gets no weight, and the run is told the
 * rank.
 *
 * Memory: (n + d + 3) (d + 1) doubles, a copy of X. */
#include <math.h>
#include <string.h>

#include "base/qr.h"
#include "problem/margins.h"
#include "problem/sweep.h"
#include "solver/run.h"

typedef struct direct {
    erm__qr qr;
    double *g, *step, *scratch; /* size */
    double *c;                  /* rows of B */
    double *scale;              /* of the columns */
    double *z, *d, *penalty;    /* n, n, size */
    double left;                /* of the gradient, at run->w */
    bool solved, stale;         /* stale: g is that of a rejected point */
} direct;

static erm_status start(void *state, erm_run *run)
{
    direct *self = state;
    const int64_t n = run->problem->X->rows, m = run->size, rows = n + run->d, work = erm__qr_work(rows, m);
    if (work < 0) return ERM_EUNSUPPORTED;
    self->qr = (erm__qr){.rows = rows, .cols = m};
    self->qr.A = erm_run_take(run, rows * m);
    self->qr.tau = erm_run_take(run, m);
    self->qr.work = erm_run_take(run, work);
    self->qr.pivot = erm_run_take_bytes(run, m, sizeof(int32_t));
    self->g = erm_run_take(run, m);
    self->step = erm_run_take(run, m);
    self->scratch = erm_run_take(run, m);
    self->c = erm_run_take(run, rows);
    self->scale = erm_run_take(run, m);
    self->z = erm_run_take(run, n);
    self->d = erm_run_take(run, n);
    self->penalty = erm_run_take(run, m);
    return erm_run_ok(run) ? ERM_OK : ERM_ENOMEM;
}

static double weight_of(const erm_run *run, int64_t i)
{
    const double s = run->problem->weight ? run->problem->weight[i] : 1;
    return sqrt(s / run->workspace->total_weight);
}

/* Column j of B: X e_j, less its mean, times the roots of the weights. */
static void fill_column(direct *self, erm_run *run, int64_t j)
{
    double *const column = self->qr.A + j * self->qr.rows;
    memset(self->step, 0, (size_t)run->size * sizeof(double));
    self->step[j] = 1;
    erm__sweep_margins(run->workspace, run->centre, self->step, false, column);
    for (int64_t i = 0; i < run->workspace->n; i++) column[i] *= weight_of(run, i);
}

/* B with columns of length 1. */
static void fill(direct *self, erm_run *run)
{
    const erm_regularizer *R = &run->problem->regularizer;
    const int64_t n = run->workspace->n, rows = self->qr.rows;
    R->ops->hessian(R, run->shape, run->w, self->penalty);
    for (int64_t j = 0; j < run->size; j++) {
        double *const column = self->qr.A + j * rows;
        fill_column(self, run, j);
        if (j < run->d) column[n + j] = sqrt(self->penalty[j]);
        double squares = 0;
        for (int64_t i = 0; i < rows; i++) squares += column[i] * column[i];
        self->scale[j] = squares > 0 ? 1 / sqrt(squares) : 1;
        for (int64_t i = 0; i < rows; i++) column[i] *= self->scale[j];
    }
    run->passes += (double)run->size;
}

/* The gradient of F at w, with z and d; returns its largest entry, columns scaled. */
static double gradient(direct *self, erm_run *run, const double *w)
{
    erm__workspace *ws = run->workspace;
    erm__sweep_margins(ws, run->centre, w, true, self->z);
    erm__margins_derivatives(ws, self->z, self->d, NULL);
    erm__sweep_transpose(ws, run->centre, self->d, self->g);
    erm_run_penalty_gradient(run, w, self->g);
    run->passes += 2;
    double largest = 0;
    for (int64_t j = 0; j < run->size; j++) largest = fmax(largest, fabs(self->scale[j] * self->g[j]));
    return largest;
}

/* step = what to add to w, from the residuals of the n rows and the penalty's gradient. */
static void solve(direct *self, erm_run *run)
{
    const erm_regularizer *R = &run->problem->regularizer;
    const int64_t n = run->workspace->n;
    fill(self, run);
    erm__qr_factor(&self->qr);
    if (self->qr.rank < run->size) run->rank = self->qr.rank;
    memset(self->scratch, 0, (size_t)run->size * sizeof(double));
    R->ops->grad(R, run->shape, run->w, self->scratch);
    for (int64_t i = 0; i < n; i++) { /* d = s (z - y) */
        const double root = weight_of(run, i);
        self->c[i] = root > 0 ? -self->d[i] / (root * run->workspace->total_weight) : 0;
    }
    for (int64_t j = 0; j < run->d; j++) self->c[n + j] = self->penalty[j] > 0 ? -self->scratch[j] / sqrt(self->penalty[j]) : 0;
    erm__qr_solve(&self->qr, self->c, self->step);
}

/* Moves w by the step where that leaves less of the gradient. */
static bool move(direct *self, erm_run *run)
{
    for (int64_t j = 0; j < run->size; j++) self->scratch[j] = run->w[j] + self->scale[j] * self->step[j];
    const double left = gradient(self, run, self->scratch);
    if (self->solved && !(left < self->left)) return false;
    self->solved = true;
    self->left = left;
    memcpy(run->w, self->scratch, (size_t)run->size * sizeof(double));
    return true;
}

static bool refine(direct *self, erm_run *run)
{
    for (int64_t j = 0; j < run->size; j++) self->step[j] = -self->g[j] * self->scale[j];
    erm__qr_normal_solve(&self->qr, self->scratch, self->step);
    return move(self, run);
}

static erm_status step(void *state, erm_run *run)
{
    direct *self = state;
    if (self->solved && self->stale) gradient(self, run, run->w);
    if (!self->solved) {
        gradient(self, run, run->w);
        solve(self, run);
        move(self, run);
    }
    self->stale = !refine(self, run);
    return ERM_OK;
}

static const erm_solver_ops ops = {
    .name = "direct",
    .state_size = sizeof(direct),
    .needs = ERM_NEEDS_SQUARED_LOSS | ERM_NEEDS_DIFFERENTIABLE_REGULARIZER | ERM_NEEDS_DIAGONAL_HESSIAN | ERM_NEEDS_ONE_OUTPUT |
             ERM_CAN_RESUME,
    .start = start,
    .step = step,
};

erm_solver erm_solver_direct(const void *params) { return (erm_solver){.ops = &ops, .params = params}; }
