/* Primal-dual interior point for losses of two lines, l_i = max(low_i r_i, high_i r_i) with r_i = z_i - at_i, and a
 * quadratic penalty.
 *
 * With r = p - q, p, q >= 0, the loss is high p - low q, and the multipliers a of r = z - at lie between low and high. The
 * optimality conditions
 *     lambda R'(w) + X's a / S = 0,   z - at = p - q,   p (high - a) = 0,   q (a - low) = 0
 * are followed with mu instead of 0 in the last two as mu falls: Mehrotra's predictor and corrector (1992, SIAM J. Optim.
 * 2), as used for support vector machines by Ferris and Munson (2002, SIAM J. Optim. 13). Eliminating all that belongs to a
 * sample leaves one system of d + 1 unknowns,
 *     (lambda R'' + (1/S) X'diag(s / D) X) dw = ...,   D_i = p_i / (high_i - a_i) + q_i / (a_i - low_i),
 * factored once a step. The multipliers are feasible for the dual problem and give the certificate. */
#include <math.h>
#include <string.h>

#include "base/chol.h"
#include "problem/gram.h"
#include "problem/sweep.h"
#include "solver/run.h"

static const double TO_THE_BOUNDARY = 0.995;
enum { MOST_DAMPINGS = 12 };

/* All arrays but the last four have n entries. */
typedef struct interior {
    double *low, *high, *at;
    double *r, *a, *p, *q;       /* r = z - at */
    double *dr, *da, *dp, *dq;   /* a step */
    double *mismatch, *h, *dual; /* e of the system; s / D; s a */
    double *g, *rhs;             /* size */
    double *factor, *memory;     /* m x m; for the Gram matrix */
} interior;

static double weight_of(const erm_run *run, int64_t i) { return run->problem->weight ? run->problem->weight[i] : 1; }

static void take(interior *self, erm_run *run)
{
    const int64_t n = run->problem->X->rows, m = run->size;
    double **const arrays[] = {&self->low, &self->high, &self->at, &self->r,  &self->a,        &self->p, &self->q,
                               &self->dr,  &self->da,   &self->dp, &self->dq, &self->mismatch, &self->h, &self->dual};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) *arrays[i] = erm_run_take(run, n);
    self->g = erm_run_take(run, m);
    self->rhs = erm_run_take(run, m);
    self->factor = erm_run_take(run, m * m);
    self->memory = erm_run_take(run, erm__gram_memory(run->workspace));
}

/* a in the middle, p and q well inside, r = p - q. */
static erm_status start(void *state, erm_run *run)
{
    interior *self = state;
    const erm_loss *loss = &run->problem->loss;
    const int64_t n = run->problem->X->rows;
    take(self, run);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    erm__sweep_margins(run->workspace, run->centre, run->w, true, self->r);
    run->passes++;
    double size = 0;
    for (int64_t i = 0; i < n; i++) {
        erm_dual_form form;
        loss->ops->dual_form(loss, run->problem->y[i], &form);
        self->low[i] = form.low;
        self->high[i] = form.high;
        self->at[i] = form.at;
        self->r[i] -= self->at[i];
        size += fabs(self->r[i]) / (double)n;
    }
    const double room = fmax(size, 1e-3);
    for (int64_t i = 0; i < n; i++) {
        self->a[i] = (self->low[i] + self->high[i]) / 2;
        self->p[i] = fmax(self->r[i], 0) + room;
        self->q[i] = fmax(-self->r[i], 0) + room;
        self->dual[i] = weight_of(run, i) * self->a[i];
    }
    run->dual = self->dual;
    return ERM_OK;
}

/* Factors lambda R'' + (1/S) X'diag(s / D) X, with a little more on the diagonal where that is singular. */
static bool factor(interior *self, erm_run *run)
{
    const erm_regularizer *R = &run->problem->regularizer;
    const int64_t n = run->problem->X->rows, m = run->size;
    for (int64_t i = 0; i < n; i++)
        self->h[i] = weight_of(run, i) / (self->p[i] / (self->high[i] - self->a[i]) + self->q[i] / (self->a[i] - self->low[i]));
    double damping = 0;
    for (int trial = 0; trial<MOST_DAMPINGS; trial++, damping = damping> 0 ? 10 * damping : 1e-14) {
        erm__gram(run->workspace, run->centre, self->h, self->memory, self->factor);
        run->passes++;
        memset(self->rhs, 0, (size_t)m * sizeof(double));
        R->ops->hessian(R, run->shape, run->w, self->rhs);
        for (int64_t j = 0; j < m; j++) {
            double *const diagonal = self->factor + j * m + j;
            *diagonal += self->rhs[j];
            *diagonal += damping * (*diagonal > 0 ? *diagonal : 1);
        }
        if (erm__cholesky(m, self->factor, run->workspace->threads)) return true;
    }
    return false;
}

/* rhs = dw, and dr, da, dp, dq, from what p and q should change by if a stood still (given in dp, dq). */
static void solve(interior *self, erm_run *run)
{
    erm__workspace *ws = run->workspace;
    for (int64_t i = 0; i < ws->n; i++) {
        self->mismatch[i] = self->r[i] - (self->p[i] - self->q[i]) - self->dp[i] + self->dq[i];
        self->da[i] = self->h[i] * self->mismatch[i];
    }
    erm__sweep_transpose(ws, run->centre, self->da, self->rhs);
    for (int64_t j = 0; j < run->size; j++) self->rhs[j] = -self->g[j] - self->rhs[j];
    erm__cholesky_solve(run->size, 1, self->factor, self->rhs);
    erm__sweep_margins(ws, run->centre, self->rhs, false, self->dr);
    run->passes += 2;
    for (int64_t i = 0; i < ws->n; i++) {
        const double s = weight_of(run, i);
        self->da[i] = s > 0 ? self->h[i] / s * (self->dr[i] + self->mismatch[i]) : 0;
        self->dp[i] += self->p[i] / (self->high[i] - self->a[i]) * self->da[i];
        self->dq[i] -= self->q[i] / (self->a[i] - self->low[i]) * self->da[i];
    }
}

/* The largest t <= 1 for which x + t dx >= 0. */
static double room_for(double x, double dx, double t) { return dx < 0 ? fmin(t, -x / dx) : t; }

static double longest_step(const interior *self, const erm_run *run)
{
    double t = 1;
    for (int64_t i = 0; i < run->problem->X->rows; i++) {
        if (weight_of(run, i) == 0) continue;
        t = room_for(self->p[i], self->dp[i], t);
        t = room_for(self->q[i], self->dq[i], t);
        t = room_for(self->high[i] - self->a[i], -self->da[i], t);
        t = room_for(self->a[i] - self->low[i], self->da[i], t);
    }
    return t;
}

/* The mean of p (high - a) and q (a - low) after a step t. */
static double complementarity(const interior *self, const erm_run *run, double t)
{
    const int64_t n = run->problem->X->rows;
    double sum = 0, count = 0;
    for (int64_t i = 0; i < n; i++) {
        if (weight_of(run, i) == 0) continue;
        const double a = self->a[i] + t * self->da[i];
        sum += (self->p[i] + t * self->dp[i]) * (self->high[i] - a) + (self->q[i] + t * self->dq[i]) * (a - self->low[i]);
        count += 2;
    }
    return sum / count;
}

/* What the predictor left undone of p (high - a) = q (a - low) = mu, for the corrector. */
static void aim(interior *self, int64_t n, double mu)
{
    for (int64_t i = 0; i < n; i++) {
        const double above = self->high[i] - self->a[i], below = self->a[i] - self->low[i];
        self->dp[i] = (mu + self->dp[i] * self->da[i]) / above - self->p[i];
        self->dq[i] = (mu - self->dq[i] * self->da[i]) / below - self->q[i];
    }
}

static void advance(interior *self, erm_run *run, double t)
{
    for (int64_t j = 0; j < run->size; j++) run->w[j] += t * self->rhs[j];
    for (int64_t i = 0; i < run->problem->X->rows; i++) {
        self->r[i] += t * self->dr[i];
        if (weight_of(run, i) == 0) continue;
        self->a[i] += t * self->da[i];
        self->p[i] += t * self->dp[i];
        self->q[i] += t * self->dq[i];
        self->dual[i] = weight_of(run, i) * self->a[i];
    }
}

static erm_status step(void *state, erm_run *run)
{
    interior *self = state;
    const int64_t n = run->problem->X->rows;
    erm__sweep_transpose(run->workspace, run->centre, self->dual, self->g);
    erm_run_penalty_gradient(run, run->w, self->g);
    run->passes++;
    if (!factor(self, run)) return ERM_OK; /* rounding level: standing still, which erm_solve sees */
    memset(self->da, 0, (size_t)n * sizeof(double));
    const double mu = complementarity(self, run, 0);
    for (int64_t i = 0; i < n; i++) {
        self->dp[i] = -self->p[i];
        self->dq[i] = -self->q[i];
    }
    solve(self, run);
    const double predicted = complementarity(self, run, longest_step(self, run));
    const double ratio = predicted / mu;
    aim(self, n, mu * ratio * ratio * ratio);
    solve(self, run);
    double norm = 0;
    for (int64_t j = 0; j < run->size; j++) norm += fabs(self->rhs[j]);
    if (isfinite(norm)) advance(self, run, fmin(1, TO_THE_BOUNDARY * longest_step(self, run)));
    return ERM_OK;
}

static const erm_solver_ops ops = {
    .name = "interior",
    .state_size = sizeof(interior),
    .needs = ERM_NEEDS_KINK | ERM_NEEDS_DIFFERENTIABLE_REGULARIZER | ERM_NEEDS_DIAGONAL_HESSIAN | ERM_NEEDS_ONE_OUTPUT,
    .start = start,
    .step = step,
};

erm_solver erm_solver_interior(const void *params) { return (erm_solver){.ops = &ops, .params = params}; }
