/* Primal-dual interior point for losses of straight lines and a quadratic penalty: of two, l_i = max(low_i r_i, high_i r_i) with
 * r_i = z_i - at_i, or of three (epsilon-insensitive), which are the sum of two such kinks, one above and one below.
 *
 * With r = p - q, p, q >= 0, the loss is high p - low q, and the multipliers a of r = z - at lie between low and high. The
 * optimality conditions
 *     lambda R'(w) + X's a / S = 0,   z - at = p - q,   p (high - a) = 0,   q (a - low) = 0
 * are followed with mu instead of 0 in the last two as mu falls: Mehrotra's predictor and corrector (1992, SIAM J. Optim.
 * 2), as used for support vector machines by Ferris and Munson (2002, SIAM J. Optim. 13). Eliminating all that belongs to a
 * sample leaves one system of d + 1 unknowns,
 *     (lambda R'' + (1/S) X'diag(s / D) X) dw = ...,   D_i = p_i / (high_i - a_i) + q_i / (a_i - low_i),
 * factored once a step. A sample with two kinks has two multipliers, whose sum is that of its margin, and the s / D of both
 * add up. The multipliers are feasible for the dual problem and give the certificate. */
#include <math.h>
#include <string.h>

#include "base/chol.h"
#include "problem/gram.h"
#include "problem/sweep.h"
#include "solver/run.h"

static const double TO_THE_BOUNDARY = 0.995;
enum { MOST_DAMPINGS = 12 };

typedef struct interior {
    int64_t n, kinks; /* kinks: n, or 2 n; kink e is of sample e or e - n */
    /* kinks each */
    double *low, *high, *at;
    double *r, *a, *p, *q; /* r = z - at */
    double *da, *dp, *dq;  /* a step */
    double *mismatch, *h;  /* e of the system; s / D */
    /* n each */
    double *dz, *sum, *dual; /* a step of the margins; what the kinks of a sample add up to; s a */
    double *g, *rhs;         /* size */
    double *factor, *memory; /* m x m; for the Gram matrix */
    bool g_known;            /* g at w and a; else it costs a pass */
} interior;

static int64_t sample_of(const interior *self, int64_t e) { return e < self->n ? e : e - self->n; }

static double weight_of(const interior *self, const erm_run *run, int64_t e)
{
    return run->problem->weight ? run->problem->weight[sample_of(self, e)] : 1;
}

/* out (n) = what the kinks' x add up to for each sample */
static void add_kinks(const interior *self, const double *x, double *out)
{
    memcpy(out, x, (size_t)self->n * sizeof(double));
    for (int64_t e = self->n; e < self->kinks; e++) out[e - self->n] += x[e];
}

static erm_dual_form form_of(const erm_run *run, int64_t i)
{
    erm_dual_form form;
    run->problem->loss.ops->dual_form(&run->problem->loss, run->problem->y[i], &form);
    return form;
}

static void take(interior *self, erm_run *run)
{
    const int64_t n = run->problem->X->rows, m = run->size;
    self->n = n;
    self->kinks = form_of(run, 0).flat > 0 ? 2 * n : n;
    double **const of_kinks[] = {&self->low, &self->high, &self->at, &self->r,  &self->a,        &self->p,
                                 &self->q,   &self->da,   &self->dp, &self->dq, &self->mismatch, &self->h};
    for (size_t i = 0; i < sizeof of_kinks / sizeof *of_kinks; i++) *of_kinks[i] = erm_run_take(run, self->kinks);
    self->dz = erm_run_take(run, n);
    self->sum = erm_run_take(run, n);
    self->dual = erm_run_take(run, n);
    self->g = erm_run_take(run, m);
    self->rhs = erm_run_take(run, m);
    self->factor = erm_run_take(run, m * m);
    self->memory = erm__run_scratch(run, erm__gram_memory(run->workspace));
}

/* Where kink e is and between which slopes: both kinks of three lines have the flat line on one side. */
static void set_kink(interior *self, const erm_run *run, int64_t e)
{
    const erm_dual_form form = form_of(run, sample_of(self, e));
    const bool one = self->kinks == self->n, upper = e < self->n;
    self->low[e] = one || !upper ? form.low : 0;
    self->high[e] = one || upper ? form.high : 0;
    self->at[e] = form.at + (one ? 0 : upper ? form.flat : -form.flat);
}

static void fill_dual(interior *self, const erm_run *run)
{
    add_kinks(self, self->a, self->dual);
    for (int64_t i = 0; i < self->n; i++) self->dual[i] *= weight_of(self, run, i);
}

/* a in the middle, p and q well inside, r = p - q. */
static erm_status start(void *state, erm_run *run)
{
    interior *self = state;
    take(self, run);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    erm__sweep_margins(run->workspace, run->centre, run->w, true, self->dz);
    run->passes++;
    double size = 0;
    for (int64_t e = 0; e < self->kinks; e++) {
        set_kink(self, run, e);
        self->r[e] = self->dz[sample_of(self, e)] - self->at[e];
        size += fabs(self->r[e]) / (double)self->kinks;
    }
    const double room = fmax(size, 1e-3);
    for (int64_t e = 0; e < self->kinks; e++) {
        self->a[e] = (self->low[e] + self->high[e]) / 2;
        self->p[e] = fmax(self->r[e], 0) + room;
        self->q[e] = fmax(-self->r[e], 0) + room;
    }
    fill_dual(self, run);
    run->dual = self->dual;
    return ERM_OK;
}

/* Factors lambda R'' + (1/S) X'diag(s / D) X, with a little more on the diagonal where that is singular. */
static bool factor(interior *self, erm_run *run)
{
    const erm_regularizer *R = &run->problem->regularizer;
    const int64_t m = run->size;
    for (int64_t e = 0; e < self->kinks; e++)
        self->h[e] =
            weight_of(self, run, e) / (self->p[e] / (self->high[e] - self->a[e]) + self->q[e] / (self->a[e] - self->low[e]));
    add_kinks(self, self->h, self->sum);
    double damping = 0;
    for (int trial = 0; trial<MOST_DAMPINGS; trial++, damping = damping> 0 ? 10 * damping : 1e-14) {
        erm__gram(run->workspace, run->centre, self->sum, self->memory, self->factor);
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

/* rhs = dw, and dz, da, dp, dq, from what p and q should change by if a stood still (given in dp, dq). */
static void solve(interior *self, erm_run *run)
{
    erm__workspace *ws = run->workspace;
    for (int64_t i = 0; i < self->kinks; i++) {
        self->mismatch[i] = self->r[i] - (self->p[i] - self->q[i]) - self->dp[i] + self->dq[i];
        self->da[i] = self->h[i] * self->mismatch[i];
    }
    add_kinks(self, self->da, self->sum);
    erm__sweep_transpose(ws, run->centre, self->sum, self->rhs);
    for (int64_t j = 0; j < run->size; j++) self->rhs[j] = -self->g[j] - self->rhs[j];
    erm__cholesky_solve(run->size, 1, self->factor, self->rhs);
    erm__sweep_margins(ws, run->centre, self->rhs, false, self->dz);
    run->passes += 2;
    for (int64_t i = 0; i < self->kinks; i++) {
        const double s = weight_of(self, run, i);
        self->da[i] = s > 0 ? self->h[i] / s * (self->dz[sample_of(self, i)] + self->mismatch[i]) : 0;
        self->dp[i] += self->p[i] / (self->high[i] - self->a[i]) * self->da[i];
        self->dq[i] -= self->q[i] / (self->a[i] - self->low[i]) * self->da[i];
    }
}

/* The largest t <= 1 for which x + t dx >= 0. */
static double room_for(double x, double dx, double t) { return dx < 0 ? fmin(t, -x / dx) : t; }

static double longest_step(const interior *self, const erm_run *run)
{
    double t = 1;
    for (int64_t i = 0; i < self->kinks; i++) {
        if (weight_of(self, run, i) == 0) continue;
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
    double sum = 0, count = 0;
    for (int64_t i = 0; i < self->kinks; i++) {
        if (weight_of(self, run, i) == 0) continue;
        const double a = self->a[i] + t * self->da[i];
        sum += (self->p[i] + t * self->dp[i]) * (self->high[i] - a) + (self->q[i] + t * self->dq[i]) * (a - self->low[i]);
        count += 2;
    }
    return sum / count;
}

/* What the predictor left undone of p (high - a) = q (a - low) = mu, for the corrector. */
static void aim(interior *self, double mu)
{
    for (int64_t i = 0; i < self->kinks; i++) {
        const double above = self->high[i] - self->a[i], below = self->a[i] - self->low[i];
        self->dp[i] = (mu + self->dp[i] * self->da[i]) / above - self->p[i];
        self->dq[i] = (mu - self->dq[i] * self->da[i]) / below - self->q[i];
    }
}

static void advance(interior *self, erm_run *run, double t)
{
    for (int64_t j = 0; j < run->size; j++) run->w[j] += t * self->rhs[j];
    for (int64_t i = 0; i < self->kinks; i++) {
        self->r[i] += t * self->dz[sample_of(self, i)];
        if (weight_of(self, run, i) == 0) continue;
        self->a[i] += t * self->da[i];
        self->p[i] += t * self->dp[i];
        self->q[i] += t * self->dq[i];
    }
    fill_dual(self, run);
}

static void find_gradient(interior *self, erm_run *run)
{
    if (self->g_known) return;
    erm__sweep_transpose(run->workspace, run->centre, self->dual, self->g);
    erm_run_penalty_gradient(run, run->w, self->g);
    run->passes++;
}

/* A certificate costs half as much as a step: not before the products leave a gap as small as is asked for. */
static bool is_unfinished(const interior *self, erm_run *run)
{
    double gap = 0, loss = 0;
    for (int64_t i = 0; i < self->kinks; i++) {
        const double s = weight_of(self, run, i), high = self->high[i], low = self->low[i];
        gap += s * (self->p[i] * (high - self->a[i]) + self->q[i] * (self->a[i] - low));
        loss += s * (high * fmax(self->r[i], 0) + low * fmin(self->r[i], 0));
    }
    const double S = run->workspace->total_weight;
    return gap / S > run->tol * fabs(loss / S + erm_run_penalty(run, run->w));
}

static erm_status step(void *state, erm_run *run)
{
    interior *self = state;
    find_gradient(self, run);
    self->g_known = run->unfinished = false;
    if (!factor(self, run)) return ERM_OK; /* rounding level: standing still, which erm_solve sees */
    memset(self->da, 0, (size_t)self->kinks * sizeof(double));
    const double mu = complementarity(self, run, 0);
    for (int64_t i = 0; i < self->kinks; i++) {
        self->dp[i] = -self->p[i];
        self->dq[i] = -self->q[i];
    }
    solve(self, run);
    const double predicted = complementarity(self, run, longest_step(self, run));
    const double ratio = predicted / mu;
    aim(self, mu * ratio * ratio * ratio);
    solve(self, run);
    double norm = 0;
    for (int64_t j = 0; j < run->size; j++) norm += fabs(self->rhs[j]);
    if (!isfinite(norm)) return ERM_OK;
    const double t = fmin(1, TO_THE_BOUNDARY * longest_step(self, run));
    advance(self, run, t);
    for (int64_t j = 0; j < run->size; j++) self->g[j] *= 1 - t; /* which is linear in w and a */
    run->unfinished = self->g_known = is_unfinished(self, run);
    return ERM_OK;
}

static const erm_solver_ops ops = {
    .name = "interior",
    .state_size = sizeof(interior),
    .needs = ERM_NEEDS_KINK | ERM_NEEDS_DIFFERENTIABLE_REGULARIZER | ERM_NEEDS_DIAGONAL_HESSIAN | ERM_NEEDS_ONE_OUTPUT |
             ERM_CAN_RESUME,
    .start = start,
    .step = step,
};

erm_solver erm_solver_interior(const void *params) { return (erm_solver){.ops = &ops, .params = params}; }
