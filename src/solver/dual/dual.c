/* Stochastic dual coordinate ascent, for regularizers that are strongly convex.
 *
 * With l* the conjugate of the loss, the dual of F is the maximum over a of
 *     D(a) = -(1/S) sum_i s_i (l*(a_i, y_i) - a_i o_i) - R*(u),   u = -X's a / S,
 * and W(a) = grad R*(u). Along one a_i it is bounded below by  s_i/S (a z_i - l*(a) - q_i/2 (a - a_i)^2)  and a constant, z_i the
 * margin at W(a), q_i = s_i/S x_i'P x_i, P = R''^-1 (exactly so where R is quadratic), whose maximum is found in closed form
 * or, for the logistic loss, by Newton's method (Hsieh, Chang, Lin, Keerthi and Sundararajan 2008; Yu, Huang and Lin 2011; Ho and
 * Lin 2012; Shalev-Shwartz and Zhang 2013, and 2014 for R that is not quadratic). Rows are taken in random order; those whose
 * a_i are at a bound and show no sign of leaving it rest until the others have got much nearer (Hsieh et al., section 3.2).
 * dual_leap.c makes steps along the last displacements together, dual_common.c, for smooth losses, along
 * what all rows have in common.
 *
 * An intercept b asks that sum s_i a_i = 0. It is held near its last value by (b - anchor)^2 / (2 loose), which makes it one
 * more column, and each step moves the anchor to b: the proximal point method (Rockafellar 1976), which is the method of
 * multipliers on the dual. The certificate projects a onto the constraint.
 *
 * A loss that is smooth gains from epoch to epoch at a rate, which tells when to ask for a certificate; after one, as for other
 * losses, the gap is taken to fall as what is left does.
 *
 * Cost of a step: up to 8 passes over X, and 1; memory: 18 n + O(d) doubles, and X again where it is stored by columns. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "problem/sweep.h"
#include "solver/dual/dual.h"

/* What is read from one place: 10 KiB of sparse rows; where X is in memory and in no cache, 40 KiB, as each place is some pages
 * and some runs of lines that nothing has announced. */
enum { BLOCK_VALUES = 640, MOST_BLOCK = 8, LARGE = 4, LARGE_VALUES = 1 << 21 };

/* Of a step: the most it costs, in passes over X; what an epoch counts for at least; the part of the violation that is left; of
 * tol, what an epoch gains in the end, or the gap is to be; how far the violation falls at least before another certificate. */
static const double WORK = 8, LEAST_WORK = 0.02, ENOUGH = 0.1, SURELY = 0.75, LEAST_FALL = 0.5;
static const double AWAY = 2; /* a row rests whose margin would have to move by so many times what margins do in an epoch */
/* Leaps pay when an epoch keeps SETTLED of the rows active, and gains CREEP of what the one before did. */
static const double SETTLED = 0.9, CREEP = 0.4;

static void take_displacement(erm__displacement *out, erm_run *run)
{
    out->a = erm_run_take(run, run->problem->X->rows);
    out->w = erm_run_take(run, run->size);
}

static void take(erm__dual *self, erm_run *run, bool leaps)
{
    const int64_t n = run->problem->X->rows, d = run->d, k = run->k;
    const erm_regularizer *R = &run->problem->regularizer;
    self->a = erm_run_take(run, n * k);
    self->dual = erm_run_take(run, n * k);
    self->q = erm_run_take(run, n);
    self->order = erm_run_take_bytes(run, n, sizeof(int64_t));
    self->turn = erm_run_take_bytes(run, n, sizeof(int64_t));
    self->block_order = erm_run_take_bytes(run, n, sizeof(int64_t));
    const int64_t times = run->problem->X->nnz > LARGE_VALUES ? LARGE : 1, most = times * MOST_BLOCK;
    const int64_t fitting = times * BLOCK_VALUES / (run->problem->X->nnz / n + 1);
    self->block = fitting < 1 ? 1 : fitting > most ? most : fitting;
    self->inverse = erm_run_take(run, d * k);
    if (R->ops->hessian && R->ops->grad) {
        self->target = erm_run_take(run, d * k);
        self->second = erm_run_take(run, d * k);
    } else {
        self->u = erm_run_take(run, d * k);
        self->drift = erm_run_take(run, d * k);
    }
    self->gradient = erm_run_take(run, run->size);
    self->given = erm_run_take(run, run->size);
    self->anchor = erm_run_take(run, k);
    self->held.c = erm_run_take(run, k);
    self->held.last_anchor = erm_run_take(run, k);
    self->held.last_c = erm_run_take(run, k);
    self->cross = erm_run_take(run, run->centre ? n : 0);
    self->z = erm_run_take(run, k);
    self->next = erm_run_take(run, k);
    self->row = erm_run_take(run, k > 1 ? d : 0);
    if (leaps) erm__dual_take_common(self, run);
    self->can_leap = leaps && self->target && k == 1 && run->problem->loss.ops->dual_form;
    for (int slot = 0; self->can_leap && slot < ERM_DUAL_LEAPS; slot++) take_displacement(&self->past[slot], run);
    if (!self->can_leap) return;
    take_displacement(&self->before, run);
    take_displacement(&self->leap, run);
    self->low = erm_run_take(run, n);
    self->high = erm_run_take(run, n);
    self->bend = erm_run_take(run, n);
    self->base = erm_run_take(run, n);
    self->member = erm_run_take_bytes(run, n, sizeof(int64_t));
}

static void fill_dual(erm__dual *self, const erm_run *run)
{
    for (int64_t i = 0; i < run->problem->X->rows; i++)
        for (int64_t e = i * run->k; e < (i + 1) * run->k; e++) self->dual[e] = erm__dual_weight(run, i) * self->a[e];
}

/* W and b from `gradient`. */
static void follow_gradient(erm__dual *self, erm_run *run)
{
    const int64_t size = run->d * run->k;
    for (int64_t j = 0; j < size; j++) {
        if (self->u)
            self->u[j] = -self->gradient[j];
        else
            run->w[j] = self->target[j] - self->inverse[j] * self->gradient[j];
    }
    if (self->u) erm__dual_map(self, run, (erm_row){.count = run->d});
    for (int64_t c = size; c < run->size; c++) run->w[c] = self->anchor[c - size] - self->loose * self->gradient[c];
}

/* W and b from a. A pass over X. */
static void recompute(erm__dual *self, erm_run *run)
{
    fill_dual(self, run);
    erm__sweep_transpose(run->workspace, run->centre, self->dual, self->gradient);
    run->passes++;
    follow_gradient(self, run);
}

/* The same for a = 0. */
static void clear(erm__dual *self, erm_run *run)
{
    memset(self->a, 0, (size_t)(run->problem->X->rows * run->k) * sizeof(double));
    fill_dual(self, run);
    memset(self->gradient, 0, (size_t)run->size * sizeof(double));
    follow_gradient(self, run);
}

static double objective(erm_run *run)
{
    return erm_run_loss(run, (erm_rows){.count = run->problem->X->rows}, run->w) + erm_run_penalty(run, run->w);
}

/* a = l'(z) at w, in the domain of l* also after the division by s. */
static void take_slopes(erm__dual *self, erm_run *run, const double *w)
{
    const double inside = run->problem->weight ? 1 - DBL_EPSILON : 1;
    const erm__sweep sweep = {.rows = {.count = run->problem->X->rows}, .w = w, .centre = run->centre, .derivative = self->dual};
    erm__sweep_run(run->workspace, &sweep);
    run->passes++;
    for (int64_t e = 0; e < sweep.rows.count * run->k; e++) {
        const double s = erm__dual_weight(run, e / run->k);
        self->a[e] = s > 0 ? inside * (self->dual[e] / s) : 0;
    }
}

/* a = 0, or l' at the given w where that is the better start: after a change of lambda, say. Whether that w is 0. */
static bool begin(erm__dual *self, erm_run *run)
{
    const int64_t size = run->d * run->k;
    bool given = false;
    for (int64_t j = 0; j < run->size; j++) given |= run->w[j] != 0;
    for (int64_t c = size; c < run->size; c++) self->anchor[c - size] = run->w[c];
    memcpy(self->given, run->w, (size_t)run->size * sizeof(double));
    clear(self, run);
    if (!given) return true;
    const double at_zero = objective(run);
    take_slopes(self, run, self->given);
    recompute(self, run);
    if (!(objective(run) < at_zero)) clear(self, run);
    return false;
}

/* The derivatives at W give a bound of their own, which needs no W that is exactly that of a. */
static bool is_lazy(const erm_run *run) { return run->problem->loss.ops->differentiable && !run->problem->intercept; }

static erm_status start(void *state, erm_run *run)
{
    erm__dual *self = state;
    const erm_dual_params params = run->params ? *(const erm_dual_params *)run->params : (erm_dual_params){0};
    self->shrinks = !params.no_shrinking;
    erm_run_parameters(run, 2, (const double[]){params.no_shrinking, params.no_leaps});
    take(self, run, !params.no_leaps);
    const erm_status status = erm__dual_open_rows(self, run);
    if (status || !erm_run_ok(run)) return status ? status : ERM_ENOMEM;
    erm__dual_set_metric(self, run);
    erm__dual_measure_rows(self, run);
    if (self->u) erm_run_prox(run, DBL_MIN, NULL, run->w, run->w); /* into the set, where there is one */
    erm__dual_open_common(self, run, begin(self, run));
    run->dual = self->dual;
    if (!run->problem->intercept && !is_lazy(run)) run->dual_product = self->gradient;
    self->unrest = self->left = self->left_at_gap = self->gap = INFINITY;
    return ERM_OK;
}

static void activate_all(erm__dual *self, const erm_run *run)
{
    self->active = 0;
    for (int64_t i = 0; i < run->problem->X->rows; i++)
        if (erm__dual_weight(run, i) > 0) self->order[self->active++] = i;
}

/* As many times as what is left must fall for the gap, which falls with it, to be surely within tol; 0
 * where that is not known. */
static double fall_needed(const erm__dual *self, const erm_run *run)
{
    return self->left_at_gap < INFINITY && run->gap < INFINITY ? fmin(SURELY * run->tol / run->gap, LEAST_FALL) : 0;
}

/* Of a smooth loss, whether a certificate will do. What is left is what all further epochs gain if each gains as many times less
 * as the last did: the duality gap is at most 1 + C q times what an epoch gains, C the curvature of the loss (Shalev-Shwartz and
 * Zhang 2013, lemma 1), on average and for rows alike; where that was not enough, what is left must fall as much
 * as the gap has to. */
static bool is_done(const erm__dual *self, const erm_run *run)
{
    const double needed = fall_needed(self, run);
    return needed > 0 ? self->left <= needed * self->left_at_gap : self->left * self->multiple < SURELY * run->tol * self->gains;
}

/* Epochs over what remains active, from all rows until the violation has fallen to a part of theirs, or WORK is done. */
static void ascend(erm__dual *self, erm_run *run)
{
    const double n = (double)run->problem->X->rows, last = self->unrest;
    const bool smooth = !run->problem->loss.ops->dual_form; /* without bounds to find, epoch gains after epoch by a rate */
    double idle = last, work = 0;
    if (run->gap != self->gap) self->left_at_gap = self->left;
    self->gap = run->gap;
    activate_all(self, run);
    for (int epoch = 0; work < WORK && self->active > 0; epoch++) {
        const int64_t before = self->active;
        if (self->can_leap && (epoch == 0 || 2 * before < self->members)) erm__dual_regroup(self, run);
        const double gain = self->gain;
        const double typical = erm__dual_epoch(self, run, self->shrinks ? AWAY * idle : INFINITY);
        work += fmax((double)before / n, LEAST_WORK);
        if (epoch == 0) self->unrest = typical;
        erm__dual_correct(self, run);
        self->left = !smooth ? typical : self->gain < gain ? self->gain * self->gain / (gain - self->gain) : INFINITY;
        run->unfinished = smooth && !is_done(self, run);
        if (smooth ? !run->unfinished : typical <= fmax(ENOUGH * self->unrest, fall_needed(self, run) * self->left_at_gap)) break;
        if (self->can_leap && self->unrest < last && self->gain > CREEP * gain &&
            (double)self->active >= SETTLED * (double)before)
            erm__dual_leap(self, run);
        idle = typical;
    }
}

static void ascend_outputs(erm__dual *self, erm_run *run)
{
    activate_all(self, run);
    for (int epoch = 0; epoch < WORK; epoch++) erm__dual_epoch_outputs(self, run);
}

static erm_status step(void *state, erm_run *run)
{
    erm__dual *self = state;
    if (self->stale) recompute(self, run);
    erm__dual_mark(self, run);
    if (run->k > 1)
        ascend_outputs(self, run);
    else
        ascend(self, run);
    self->stale = is_lazy(run);
    if (self->stale)
        fill_dual(self, run);
    else
        recompute(self, run); /* the updates' rounding errors are gone */
    erm__dual_move_anchor(self, run);
    return ERM_OK;
}

static const erm_solver_ops ops = {
    .name = "dual",
    .state_size = sizeof(erm__dual),
    .needs = ERM_NEEDS_DUAL_STEP | ERM_NEEDS_STRONG_CONVEXITY | ERM_TOUCHES_SINGLE_ROWS | ERM_CAN_RESUME,
    .start = start,
    .step = step,
};

erm_solver erm_solver_dual(const erm_dual_params *params) { return (erm_solver){.ops = &ops, .params = params}; }
