/* Proximal method of multipliers, for losses with kinks and any convex penalty or set.
 *
 * The dual variables a_i, which at the optimum are s_i l'(z_i), follow the proximal point method (Rockafellar 1976, "Augmented
 * Lagrangians and applications of the proximal point algorithm in convex programming"): from anchors b, a step of width v
 * maximises the dual less v/2 (a_i - b_i)^2, which for w is the problem with the Moreau envelope of the
 * loss in place of the loss,
 *     minimise over w:  (1/S) sum_i s_i env_v l(z_i + v b_i) + R(w),      a_i = env_v' (z_i + v b_i).
 * That is smooth, with the same matrix and penalty: another solver does it, roughly (set_newton.c, cd or prox); then the anchors
 * become a and v falls. The gap of w and a is what the inner problem lacks and what the rows lack, (1/S) sum_i s_i
 * (l(z_i) + l*(a_i) - a_i'z_i); an inner problem is solved until it lacks a part of what the rows do.
 *
 * Memory: 6 n k doubles and what the inner solver and its certificate take. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "loss/envelope.h"
#include "problem/intercept.h"
#include "problem/sweep.h"
#include "solver/nested.h"
#include "solver/newton/set_newton.h"
#include "solver/suits.h"

static const double SHRINK = 2;          /* of the width, */
static const double WIDEN = 16;          /* where a, which is r / width, has no more digits, though the rows lack nothing */
static const double FIRST_WIDTH = 3;     /* of that at which a mean residual moves a from the middle to a bound */
static const double LEAST_WIDTH = 1e-12; /* of the first */
static const double ROUGHLY = 0.1;       /* of what the rows lack may be left of an inner problem */
static const double SHARE = 0.25;        /* of that, and of tol, is what the inner solver aims at */
enum { MOST_DESCENTS = 12, MOST_GRADIENTS = 40, GRADIENTS_A_STEP = 25 };

typedef struct multipliers {
    erm__nested *inner;
    erm__envelope *envelope;
    double *a, *anchor, *dual; /* n k: of a row; s a */
    double *z;                 /* n k */
    double least_width;
    int steps_a_step, most_steps; /* of the inner solver in one of ours, and of ours for one width */
    int steps;                    /* since the anchors moved */
    bool moved;                   /* the anchors, since the inner solver was started */
    bool by_gradients;            /* the inner solver: */
    erm_prox_params gradients;    /* with a step that is safe, once backtracking is lost in the rounding of F */
    double *scratch;              /* 2 size */
} multipliers;

static double weight_of(const erm_run *run, int64_t i) { return run->problem->weight ? run->problem->weight[i] : 1; }

/* The offset of the inner problem: the rows' own and v b. */
static void move_offset(multipliers *self, const erm_run *run)
{
    double *const offset = (double *)(uintptr_t)self->inner->problem.offset;
    const double *const o = run->problem->offset;
    for (int64_t i = 0; i < run->workspace->n * run->k; i++) offset[i] = (o ? o[i] : 0) + self->envelope->width * self->anchor[i];
}

/* One output: the anchors in the middle, and a width that leaves few rows standing still; else 0, and the mean loss. */
static void set_anchors(multipliers *self, const erm_run *run)
{
    const erm_loss *const loss = &run->problem->loss;
    const int64_t n = run->workspace->n;
    double size = 0, range = 0;
    for (int64_t i = 0; run->k == 1 && loss->ops->dual_form && i < n; i++) {
        erm_dual_form form;
        loss->ops->dual_form(loss, run->problem->y[i], &form);
        if (!isfinite(form.high - form.low)) continue;
        self->anchor[i] = (form.low + form.high) / 2;
        size += fabs(self->z[i] - form.at);
        range += form.high - form.low;
    }
    if (range == 0) {
        size = loss->ops->eval(loss, n, run->k, self->z, run->problem->y, run->problem->weight, NULL, NULL);
        range = run->workspace->total_weight;
    }
    self->envelope->width = FIRST_WIDTH * (size > 0 ? size / range : 1);
    self->least_width = LEAST_WIDTH * self->envelope->width;
    move_offset(self, run);
}

static erm_status open_inner(multipliers *self, erm_run *run)
{
    erm__nested *const inner = self->inner;
    const erm_problem *const problem = &inner->problem;
    const erm_solver newton = erm__solver_set_newton(), descent = erm_solver_cd(NULL),
                     gradient = erm_solver_prox(&self->gradients);
    const bool by_newton = erm__suits(problem, newton, NULL) == ERM_OK && erm__set_newton_suits(problem);
    const bool knows_bends = run->k == 1 || problem->loss.ops->hessian; /* else descent has but the diagonal */
    const bool by_descent = !by_newton && knows_bends && !problem->X->out_of_core && erm__suits(problem, descent, NULL) == ERM_OK;
    erm_status status = by_newton ? erm__nested_open(inner, run, newton) : ERM_EUNSUPPORTED;
    if (by_descent) status = erm__nested_open(inner, run, descent);
    if (status == ERM_EUNSUPPORTED) status = erm__nested_open(inner, run, gradient);
    self->by_gradients = inner->solver.ops == gradient.ops;
    self->steps_a_step = self->by_gradients ? GRADIENTS_A_STEP : 1;
    self->most_steps = self->by_gradients ? MOST_GRADIENTS : MOST_DESCENTS;
    return status ? status : erm__nested_start(inner, run);
}

static erm_status start(void *state, erm_run *run)
{
    multipliers *self = state;
    const int64_t size = run->workspace->n * run->k;
    self->inner = erm_run_take_bytes(run, 1, sizeof *self->inner);
    self->envelope = erm_run_take_bytes(run, 1, sizeof *self->envelope);
    double *const offset = erm_run_take(run, size);
    self->scratch = erm_run_take(run, 2 * run->size);
    double **const vectors[] = {&self->a, &self->anchor, &self->dual, &self->z};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) *vectors[i] = erm_run_take(run, size);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    self->envelope->loss = run->problem->loss;
    self->inner->problem = *run->problem;
    self->inner->problem.loss = erm__loss_envelope(self->envelope, run->k);
    self->inner->problem.offset = offset;
    erm__sweep_margins(run->workspace, run->centre, run->w, true, self->z);
    run->passes++;
    set_anchors(self, run);
    run->dual = self->dual;
    return open_inner(self, run);
}

/* The intercept is where the dual variables add up to 0 but for rounding, which columns with large means make much of: they are
 * taken where it is exactly so. */
static void balance(multipliers *self, const erm_run *run)
{
    erm__nested *const inner = self->inner;
    if (run->k > 1 || !run->problem->intercept || erm__intercept_is_balanced(&inner->ws, self->dual)) return;
    if (erm__intercept_fit(&inner->ws, inner->certifier.margin, 0, inner->certifier.fit, self->dual)) return;
    for (int64_t i = 0; i < run->workspace->n; i++) self->dual[i] = weight_of(run, i) * self->a[i];
}

/* a and the dual variables at the inner problem's margins; returns what the rows lack. */
static double look_at_rows(multipliers *self, const erm_run *run, double *loss)
{
    const erm_problem *const problem = run->problem, *const inner = &self->inner->problem;
    const int64_t n = run->workspace->n, k = run->k;
    const double *const margin = self->inner->certifier.margin;
    inner->loss.ops->eval(&inner->loss, n, k, margin, problem->y, NULL, self->a, NULL);
    double product = 0;
    for (int64_t i = 0; i < n * k; i++) {
        self->z[i] = margin[i] - self->envelope->width * self->anchor[i];
        self->dual[i] = weight_of(run, i / k) * self->a[i];
        product += self->dual[i] * self->z[i];
    }
    balance(self, run);
    const erm_loss *const own = &problem->loss;
    *loss = own->ops->eval(own, n, k, self->z, problem->y, problem->weight, NULL, NULL);
    const double gap = *loss + own->ops->conjugate(own, n, k, self->a, problem->y, problem->weight) - product;
    *loss /= run->workspace->total_weight;
    return fmax(gap, 0) / run->workspace->total_weight;
}

/* The anchors become a, and the width `factor` times what it was. */
static void advance(multipliers *self, const erm_run *run, bool solved, double factor)
{
    memcpy(self->anchor, self->a, (size_t)(run->workspace->n * run->k) * sizeof(double));
    self->envelope->width = fmax(self->least_width, factor * self->envelope->width);
    self->gradients.step =
        self->by_gradients && !solved ? 1 / erm_run_smoothness(&self->inner->run, self->inner->run.metric, self->scratch) : 0;
    move_offset(self, run);
    self->moved = true;
    self->steps = 0;
}

static erm_status step(void *state, erm_run *run)
{
    multipliers *self = state;
    erm__nested *const inner = self->inner;
    erm__nested_resume(inner);
    erm_status status = self->moved ? erm__nested_start(inner, run) : ERM_OK;
    self->moved = false;
    for (int i = 0; !status && i < self->steps_a_step; i++) status = erm__nested_step(inner, run);
    if (status) return status;
    self->steps++;
    const erm_certificate now = erm__nested_certify(inner);
    double loss;
    const double rows = look_at_rows(self, run, &loss), F = fabs(loss + erm_run_penalty(run, run->w));
    const double lacks = now.kind == ERM_CERTIFICATE_GAP ? now.gap : now.kkt * fabs(now.primal), wanted = run->tol * F;
    const bool solved = lacks <= ROUGHLY * rows, far = rows > wanted / 2;
    run->unfinished = rows + lacks > wanted;
    inner->run.tol = SHARE * fmax(run->tol, ROUGHLY * rows / fmax(F, DBL_MIN));
    const bool enough = self->steps >= self->most_steps;
    if (enough) run->unfinished = false;
    if (far && (solved || enough)) advance(self, run, solved, solved ? 1 / SHRINK : 1);
    if (!far && enough) advance(self, run, false, WIDEN);
    return ERM_OK;
}

static const erm_solver_ops ops = {
    .name = "multipliers",
    .state_size = sizeof(multipliers),
    .needs = ERM_NEEDS_ENVELOPE | ERM_NEEDS_CONVEX_REGULARIZER | ERM_CAN_RESUME,
    .start = start,
    .step = step,
};

erm_solver erm_solver_multipliers(const void *params) { return (erm_solver){.ops = &ops, .params = params}; }
