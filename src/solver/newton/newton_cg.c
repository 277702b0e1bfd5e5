/* Truncated Newton's method: w += t p with (H + R'') p = -g solved roughly by preconditioned conjugate gradients, and a line
 * search on the margins.
 *
 * H = (1/S) X' diag(s l''(z)) X, or with the loss's k x k Hessians between, is never formed: a product with it reads X once.
 * Lin, Weng, Keerthi (2008), "Trust region Newton method for large-scale logistic regression", J. Mach. Learn. Res. 9; Hsia,
 * Chiang, Lin (2018) for the line search and the preconditioner; how roughly: Eisenstat and Walker (1996), "Choosing the
 * forcing terms in an inexact Newton method", SIAM J. Sci. Comput. 17, choice 2, in the norm of the preconditioner. X p is
 * summed up during the iterations, so that a step reads X once for each of them and once for g. For losses whose second
 * derivative jumps (squared hinge, Huber) this is a semismooth Newton method: Qi and Sun (1993). Where no step along p
 * brings F down the system is damped as by Levenberg (1944).
 *
 * A quadratic F is one system, whose conjugate gradients end where its duality gap, which their residual tells, is small
 * enough. Without a sample of rows, products with dense doubles are made with a copy in floats (single.c), the gradient and
 * all certificates with X: a step is solved roughly anyway.
 *
 * Memory: 5 n k + 8 (d + 1) k doubles, and with the sample 10 rows a column and k (d + 1)^2 doubles, or
 * X in single precision (single.h). */
#include <float.h>
#include <math.h>
#include <string.h>

#include "problem/margins.h"
#include "problem/squared_loss.h"
#include "solver/newton/lbfgs_search.h"
#include "solver/newton/newton_sample.h"
#include "solver/newton/pcg.h"
#include "solver/newton/single.h"

enum { MOST_PRODUCTS = 250 /* a step */, MOST_OF_QUADRATIC = 50, MOST_SAMPLE_STEPS = 12 };
static const double SAMPLE_SHARE = 0.1, FIRST_FORCING = 0.3, LEAST_FORCING = 1e-3, QUADRATIC_FORCING = 1e-5, MOST_FORCING = 0.5,
                    SAFETY = 0.9, POWER = 2, WOLFE = 0.3, SURELY = 0.5 /* of tol */, LEAST_DAMPING = 1e-6, MOST_DAMPING = 1e3,
                    FAR = 2; /* a ratio of penalties, from which on M is made anew */

typedef struct newton_cg {
    double *z, *d, *h;        /* n k: margins and derivatives there */
    double *g, *penalty;      /* size: gradient of F, diagonal of R'' with the damping */
    double *trial, *gradient; /* size: of the line search */
    erm__precondition M;
    erm__pcg pcg;
    erm__single single;             /* the X that the products are made with, where many are likely */
    double norm, forcing, products; /* of g at the last step; the last step's; since M was made */
    double made_penalty;            /* sum of the penalty that is in M */
    double damping;                 /* of the loss's largest curvature, on the diagonal */
    bool made;
    bool quadratic;          /* the loss: all steps solve one system, in one run of conjugate gradients */
    bool goes_on;            /* that run */
    struct newton_cg *first; /* the problem of a sample, which the first step solves; NULL: none */
    erm__subproblem sample;  /* what `first` works on */
    bool unsure;             /* w is the sample's solution, and F is not known there */
    double start_value;      /* F at the start, which was 0 */
} newton_cg;

static void take_vectors(newton_cg *self, erm_run *run)
{
    const int64_t count = run->workspace->n * run->k, size = run->size;
    double **const rows[] = {&self->z, &self->d, &self->h, &self->pcg.u, &self->pcg.v};
    double **const columns[] = {&self->g,     &self->penalty, &self->trial, &self->gradient, &self->pcg.p,
                                &self->pcg.r, &self->pcg.y,   &self->pcg.s, &self->pcg.q};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) *rows[i] = erm_run_take(run, count);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) *columns[i] = erm_run_take(run, size);
}

static bool is_zero(const erm_run *run)
{
    for (int64_t j = 0; j < run->size; j++)
        if (run->w[j] != 0) return false;
    return true;
}

static erm_status open_vectors(newton_cg *self, erm_run *run)
{
    const erm_newton_cg_params *params = run->params;
    take_vectors(self, run);
    erm__precondition_open(&self->M, run, params ? params->preconditioner : ERM_NEWTON_CG_AUTO);
    self->pcg.M = &self->M;
    self->pcg.g = self->g;
    self->pcg.penalty = self->penalty;
    self->quadratic = erm__is_squares(&run->problem->loss);
    const bool exact = run->problem->loss.ops->hessian_mul;
    self->pcg.middle = (erm__middle){.z = exact ? self->z : NULL, .h = self->h};
    const bool few = self->M.blocks && run->k == 1;
    const erm_status status = few ? ERM_OK : erm__single_open(&self->single, run);
    self->pcg.single = self->single.made ? &self->single : NULL;
    return !status && erm_run_ok(run) ? ERM_OK : ERM_ENOMEM;
}

static erm_status open_sample(newton_cg *self, erm_run *run)
{
    const int64_t rows = erm__subproblem_rows(run);
    if (rows == 0 || !is_zero(run)) return ERM_OK;
    erm_status status = erm__subproblem_open(&self->sample, run, rows);
    newton_cg *const first = status ? NULL : erm_run_take_bytes(&self->sample.run, 1, sizeof *first);
    if (first) status = open_vectors(first, &self->sample.run);
    erm__subproblem_close(&self->sample, run);
    if (!first || status) return ERM_ENOMEM;
    if (self->sample.ws.total_weight > 0) self->first = first;
    return ERM_OK;
}

static void find_margins(newton_cg *self, erm_run *run)
{
    if (erm__run_known(run, self->z, self->g)) return;
    erm__sweep_margins(run->workspace, run->centre, run->w, true, self->z);
    run->passes++;
}

static erm_status start(void *state, erm_run *run)
{
    newton_cg *self = state;
    const erm_newton_cg_params *const params = run->params;
    erm_run_parameters(run, 1, &(const double){params ? params->preconditioner : ERM_NEWTON_CG_AUTO});
    erm_status status = open_vectors(self, run);
    if (!status) status = open_sample(self, run);
    if (status) return status;
    run->begins_with_gradient = erm__certificate_is_a_pass(run);
    find_margins(self, run);
    return ERM_OK;
}

/* The diagonal that is added to the Hessian of the loss. */
static void fill_penalty(newton_cg *self, const erm_run *run)
{
    const erm_regularizer *R = &run->problem->regularizer;
    const double bound = run->problem->loss.ops->curvature(&run->problem->loss, run->k), curvature = isfinite(bound) ? bound : 1;
    memset(self->penalty, 0, (size_t)run->size * sizeof(double));
    R->ops->hessian(R, run->shape, run->w, self->penalty);
    for (int64_t j = 0; j < run->size; j++) self->penalty[j] += self->damping * curvature / run->metric[j / run->k];
}

static double norm_of_gradient(const newton_cg *self, const erm_run *run)
{
    erm__precondition_apply(&self->M, run, self->g, self->pcg.y);
    double sum = 0;
    for (int64_t j = 0; j < run->size; j++) sum += self->g[j] * self->pcg.y[j];
    return sqrt(fmax(sum, 0));
}

static void choose_forcing(newton_cg *self, double norm)
{
    double forcing = self->norm > 0 ? SAFETY * pow(norm / self->norm, POWER) : FIRST_FORCING;
    const double before = SAFETY * pow(self->forcing, POWER);
    if (self->norm > 0 && before > 0.1) forcing = fmax(forcing, before);
    self->forcing = self->quadratic ? QUADRATIC_FORCING : fmin(fmax(forcing, LEAST_FORCING), MOST_FORCING);
    self->norm = norm;
}

static double sum_of_penalty(const newton_cg *self, const erm_run *run)
{
    double sum = 0;
    for (int64_t j = 0; j < run->size; j++) sum += self->penalty[j];
    return sum;
}

/* Makes M when as much was spent on products since the last time as that costs, or the system has changed. */
static void prepare(newton_cg *self, erm_run *run, bool changed)
{
    if (self->made && !changed && (self->quadratic || self->products < self->M.work)) return;
    erm__precondition_make(&self->M, run, self->h, self->penalty);
    self->made = true;
    self->made_penalty = sum_of_penalty(self, run);
    self->products = 0;
}

/* One step from where g, h and the value belong to; false if F does not come down. */
static bool try_step(newton_cg *self, erm_run *run, double value)
{
    const int64_t most = self->quadratic ? MOST_OF_QUADRATIC : MOST_PRODUCTS;
    self->pcg.value = value;
    self->pcg.gap = self->quadratic && self->damping == 0 ? SURELY * run->tol : 0;
    const int64_t products = erm__pcg_solve(&self->pcg, run, self->forcing, most, self->goes_on);
    self->products += (double)products;
    self->goes_on = false;
    run->unfinished = self->quadratic && products == most && !self->pcg.enough;
    double slope = 0;
    for (int64_t j = 0; j < run->size; j++) slope += self->g[j] * self->pcg.p[j];
    if (!(slope < 0)) return false;
    erm__ray ray = {
        .run = run, .z = self->z, .u = self->pcg.u, .p = self->pcg.p, .trial = self->trial, .gradient = self->gradient};
    const erm__line line = {.value = erm__ray_value, .context = &ray, .value0 = value, .slope0 = slope, .wolfe = WOLFE};
    const double t = erm__line_search(&line, 1);
    if (t == 0) return false;
    self->goes_on = self->quadratic && t == 1 && self->damping == 0;
    for (int64_t j = 0; j < run->size; j++) run->w[j] += t * self->pcg.p[j];
    for (int64_t i = 0; i < run->workspace->n * run->k; i++) self->z[i] += t * self->pcg.u[i];
    return true;
}

/* One step of Newton's; returns what the quadratic model promised of F at most, relative to F. */
static double newton_step(newton_cg *self, erm_run *run)
{
    erm__workspace *ws = run->workspace;
    bool known = erm__run_known(run, self->z, self->g);
    if (!known && self->single.made) { /* z has rounding errors of that precision */
        const erm__sweep sweep = {
            .rows = erm__all_rows(ws), .w = run->w, .centre = run->centre, .gradient = self->g, .margin = self->z};
        erm__sweep_run(ws, &sweep);
        run->passes++;
        known = true;
    }
    const double value = erm__margins_derivatives(ws, self->z, self->d, self->h) + erm_run_penalty(run, run->w);
    if (!known) {
        erm__sweep_transpose(ws, run->centre, self->d, self->g);
        run->passes++;
    }
    erm_run_penalty_gradient(run, run->w, self->g);
    fill_penalty(self, run);
    prepare(self, run, false);
    const double norm = norm_of_gradient(self, run), share = norm * norm / fabs(value);
    if (!(share > DBL_EPSILON * DBL_EPSILON)) return 0;
    choose_forcing(self, norm);
    bool moved = try_step(self, run, value);
    while (!moved && self->damping < MOST_DAMPING && share > 64 * DBL_EPSILON) {
        self->damping = self->damping > 0 ? 100 * self->damping : LEAST_DAMPING;
        fill_penalty(self, run);
        prepare(self, run, true);
        moved = try_step(self, run, value);
    }
    if (self->damping > 0) self->made = false; /* without it next time, or with less */
    self->damping = moved && self->damping > LEAST_DAMPING ? self->damping / 100 : 0;
    return moved ? share : 0;
}

/* Solves the sample's problem to within a part of what its minimum is likely to be off. */
static void solve_sample(newton_cg *self, erm_run *run)
{
    erm_run *const sample = &self->sample.run;
    const double off = (double)run->size / (double)(run->k * sample->workspace->n);
    self->start_value = erm__margins_loss(run->workspace, self->z, NULL, 0) + erm_run_penalty(run, run->w);
    find_margins(self->first, sample);
    for (int round = 0; round < MOST_SAMPLE_STEPS; round++)
        if (newton_step(self->first, sample) <= SAMPLE_SHARE * off) break;
    run->passes += sample->passes * (double)sample->workspace->n / (double)run->workspace->n;
    memcpy(run->w, sample->w, (size_t)run->size * sizeof(double));
    self->first = NULL;
    self->unsure = run->untried = true;
}

/* Back to the start if the sample's solution is worse. */
static void settle(newton_cg *self, erm_run *run)
{
    self->unsure = false;
    find_margins(self, run);
    const double value = erm__margins_loss(run->workspace, self->z, NULL, 0) + erm_run_penalty(run, run->w);
    if (value <= self->start_value) return;
    memset(run->w, 0, (size_t)run->size * sizeof(double));
    run->workspace->known_margin = NULL;
    find_margins(self, run);
}

static erm_status step(void *state, erm_run *run)
{
    newton_cg *self = state;
    if (self->first) {
        solve_sample(self, run);
        return ERM_OK;
    }
    if (self->unsure) settle(self, run);
    run->untried = false;
    newton_step(self, run);
    return ERM_OK;
}

static void changed(void *state, erm_run *run)
{
    newton_cg *self = state;
    fill_penalty(self, run);
    const double now = sum_of_penalty(self, run), made = self->made_penalty;
    if (now > FAR * made || made > FAR * now) self->made = false;
    self->goes_on = false;
    self->norm = 0;
    find_margins(self, run);
}

static const erm_solver_ops ops = {
    .name = "newton-cg",
    .state_size = sizeof(newton_cg),
    .needs = ERM_NEEDS_DIFFERENTIABLE_LOSS | ERM_NEEDS_DIFFERENTIABLE_REGULARIZER | ERM_NEEDS_DIAGONAL_HESSIAN | ERM_CAN_RESUME,
    .start = start,
    .step = step,
    .changed = changed,
};

erm_solver erm_solver_newton_cg(const erm_newton_cg_params *params) { return (erm_solver){.ops = &ops, .params = params}; }
