/* Making a dual point feasible, or tight, where scaling does neither: entries of U that must be 0, or have one sign, or are
 * known where R is linear around w (the support of a lasso, the inside of a box): U_e = R'(w)_e there at the optimum.
 *
 * Let V be the entries that are not as they should be, r the slopes of R. For a differentiable loss the margins are refitted
 * in those directions by Newton's method,
 *     lambda = argmin (1/S) sum_i s_i l(z_i + x_i'V lambda) + r'V lambda,   a_i = l'(z_i + x_i'V lambda),
 * the optimality conditions of which are V'(X's a / S + r) = 0, while a stays in the domain of l* (Boyd and Vandenberghe
 * 2004, algorithm 9.5). The last digits, and a given dual point, are put right by scaling each row by its own tau_i near 1,
 * the least change in sum_i ||A_i|| (tau_i - 1)^2 that satisfies the conditions. What is violated after that joins V. For
 * the lasso this does at once what extrapolating residuals tends to (Massias, Vaiter, Gramfort and Salmon 2020, "Dual
 * extrapolation for sparse generalized linear models"): both solve the linear equations that hold on the support. */
#include "problem/mend.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "problem/margins.h"
#include "problem/sweep.h"

/* What is known of an entry of U = -X'A / S. */
enum { NOT_ABOVE = 1, NOT_BELOW = 2, HELD = 4, LINEAR = 8 };

enum { MOST_FITS = 30, MOST_SCALINGS = 12, MOST_HALVINGS = 20, PATIENCE = 3 };

static const double LEAST_TAU = 0.25, MOST_TAU = 4;

ERM_KERNEL static double sum_of_squares(int64_t n, const double *x)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t i = 0; i < n; i++) sum += x[i] * x[i];
    return sum;
}

double erm__dual_size(const erm__workspace *ws, const double *A)
{
    if (!ws->problem->weight) return sqrt(sum_of_squares(ws->n * ws->k, A) / ws->total_weight);
    double squares = 0;
    for (int64_t i = 0; i < ws->n; i++) {
        const double s = ws->problem->weight[i];
        for (int64_t c = i * ws->k; c < (i + 1) * ws->k && s > 0; c++)
            squares += A[c] / s * (A[c] / ws->total_weight); /* A^2 may overflow where the weights are large, or vanish */
    }
    return sqrt(squares);
}

double erm__dual_rounding(const erm__workspace *ws, const double *A) { return 64 * DBL_EPSILON * erm__dual_size(ws, A); }

/* Marks the entries that R lets go as far as they like to one side: its prox with a huge step leaves them where they are. */
static void probe(erm__mend *self, erm_shape shape, double far, unsigned char mark)
{
    const erm_regularizer *R = &self->ws->problem->regularizer;
    const int64_t entries = self->ws->d * self->ws->k;
    for (int64_t e = 0; e < entries; e++) self->direction[e] = far;
    R->ops->prox(R, shape, 1e300, NULL, self->direction, self->direction);
    for (int64_t e = 0; e < entries; e++)
        if (self->direction[e] == far) self->state[e] |= mark;
}

/* How many entries may have to be held; the intercept's are among them if any other is, and those of several outputs. */
static int64_t count_entries(erm__mend *self)
{
    const erm__workspace *ws = self->ws;
    int64_t count = 0;
    for (int64_t e = 0; e < ws->d * ws->k; e++) count += self->state[e] != 0 || self->piecewise;
    if (count == 0 && !(ws->problem->intercept && ws->k > 1)) return 0;
    for (int64_t e = ws->d * ws->k; e < ws->size; e++, count++) self->state[e] = NOT_ABOVE | NOT_BELOW;
    return count < ERM_MEND_MOST ? count : ERM_MEND_MOST;
}

erm_status erm__mend_open(erm__mend *self, erm__workspace *ws, erm_shape shape, const double *rms)
{
    const erm_problem *problem = ws->problem;
    erm__arena *const arena = &ws->arena;
    *self = (erm__mend){.ws = ws, .rms = rms};
    const erm_regularizer *R = &problem->regularizer;
    if (!problem->loss.ops->conjugate || !R->ops->conjugate) return ERM_OK;
    self->piecewise = R->ops->separable && !(R->ops->modulus && R->ops->modulus(R, ws->d) > 0);
    self->state = erm__arena_take(arena, ws->size, 1);
    self->direction = erm__arena_doubles(arena, ws->size);
    if (arena->failed) return ERM_ENOMEM;
    probe(self, shape, 1e100, NOT_ABOVE);
    probe(self, shape, -1e100, NOT_BELOW);
    const int64_t m = count_entries(self), k = ws->k, outputs = ws->n * k;
    if (m == 0) return ERM_OK;
    self->most = m;
    self->entry = erm__arena_take(arena, m, sizeof *self->entry);
    self->system = erm__arena_doubles(arena, m * m);
    self->answer = erm__arena_doubles(arena, m);
    self->place = erm__arena_take(arena, ws->size + m, sizeof *self->place);
    self->table = erm__arena_doubles(arena, erm__mend_table(ws, m));
    self->slope = erm__arena_doubles(arena, ws->size);
    self->trial = erm__arena_doubles(arena, self->piecewise ? ws->d * k : 0);
    self->margin = erm__arena_doubles(arena, outputs);
    self->change = erm__arena_doubles(arena, outputs);
    self->h = erm__arena_doubles(arena, outputs);
    self->ratio = erm__arena_doubles(arena, ws->n);
    for (int64_t e = 0; self->place && e < ws->size; e++) self->place[e] = -1;
    return arena->failed ? ERM_ENOMEM : ERM_OK;
}

/* out = the slopes of R near V: (V - prox(V)) / step, which is a subgradient at prox(V). */
static void slopes(erm__mend *self, erm_shape shape, double step, const double *metric, const double *V, double *out)
{
    const erm_regularizer *R = &self->ws->problem->regularizer;
    R->ops->prox(R, shape, step, metric, V, out);
    for (int64_t e = 0; e < shape.d * shape.k; e++) out[e] = (V[e] - out[e]) / (step * metric[e / shape.k]);
}

static bool alike(double a, double b) { return fabs(a - b) <= 1e-6 * (fabs(a) + fabs(b)); }

void erm__mend_aim(erm__mend *self, erm_shape shape, const double *w, const double *metric)
{
    const double near = 0x1p-10, step = 0x1p-13; /* relative to w; to a step of proximal gradient, roughly */
    const int64_t entries = shape.d * shape.k;
    double *const V = self->trial, *const slope = self->slope, *const other = self->direction;
    if (!self->piecewise || !erm__mend_applies(self)) return;
    for (int64_t e = 0; e < entries; e++) {
        self->state[e] &= (unsigned char)~LINEAR;
        slope[e] = 0;
    }
    if (!w) return;
    for (int64_t e = 0; e < entries; e++) V[e] = (1 + near) * w[e];
    slopes(self, shape, step, metric, V, slope);
    for (int64_t e = 0; e < entries; e++) V[e] = (1 - near) * w[e];
    slopes(self, shape, step, metric, V, other);
    for (int64_t e = 0; e < entries; e++) {
        const bool linear = V[e] != 0 && alike(slope[e], other[e]);
        self->state[e] |= linear ? LINEAR : 0;
        if (!linear) slope[e] = 0;
        V[e] = 2 * step * metric[e / shape.k] * slope[e]; /* where the difference loses no digits */
    }
    slopes(self, shape, step, metric, V, other);
    for (int64_t e = 0; e < entries; e++)
        if (alike(slope[e], other[e])) slope[e] = other[e];
}

static void forget(erm__mend *self)
{
    for (int64_t e = 0; e < self->count; e++) self->state[self->entry[e]] &= (unsigned char)~HELD;
    self->count = 0;
}

/* Holds the entries that are violated. Returns the largest violation in units of rounding, 0 if none counts, INFINITY if
 * they are too many. */
static double violation(erm__mend *self, const double *A, const double *u)
{
    const erm__workspace *ws = self->ws;
    const double rounding = erm__dual_rounding(ws, A);
    double worst = 0;
    for (int64_t e = 0; e < ws->size; e++) {
        const unsigned char state = self->state[e];
        const bool aimed = state & (HELD | LINEAR);
        const bool forbidden = aimed || (u[e] < 0 && (state & NOT_ABOVE)) || (u[e] > 0 && (state & NOT_BELOW));
        const double limit = rounding * (e / ws->k < ws->d ? self->rms[e / ws->k] : 1), miss = fabs(u[e] + self->slope[e]);
        if (!forbidden || miss <= limit) continue;
        worst = fmax(worst, miss / fmax(limit, DBL_MIN));
        if (state & HELD) continue;
        if (self->count == self->most) return INFINITY;
        self->entry[self->count++] = e;
        self->state[e] |= HELD;
    }
    return worst;
}

/* change = X V answer, for answer = G^-1 V'(u + r) */
static bool find_change(erm__mend *self, erm__mend_weight weight, const double *A, const double *u)
{
    for (int64_t e = 0; e < self->count; e++) self->answer[e] = u[self->entry[e]] + self->slope[self->entry[e]];
    if (!erm__mend_solve(self, weight, A)) return false;
    memset(self->direction, 0, (size_t)self->ws->size * sizeof *self->direction);
    for (int64_t e = 0; e < self->count; e++) self->direction[self->entry[e]] = self->answer[e];
    erm__sweep_margins(self->ws, NULL, self->direction, false, self->change);
    return true;
}

/* How far to go along the change; 0 if the loss and the linear part, which falls by t fall, do not decrease. */
static double step_length(const erm__mend *self, double value, double slope, double fall)
{
    const double rounding = 8 * DBL_EPSILON * (fabs(value) + fabs(fall));
    double t = 1;
    for (int halving = 0; halving < MOST_HALVINGS; halving++, t /= 2) {
        const double now = erm__margins_loss(self->ws, self->margin, self->change, -t);
        if (now - t * fall <= value - 1e-4 * t * slope + rounding) return t;
    }
    return 0;
}

static bool newton_step(erm__mend *self, double value, const double *A, const double *u)
{
    if (!find_change(self, ERM_MEND_BY_CURVATURE, A, u)) return false;
    double slope = 0, fall = 0;
    for (int64_t e = 0; e < self->count; e++) {
        fall += self->slope[self->entry[e]] * self->answer[e];
        slope += u[self->entry[e]] * self->answer[e];
    }
    slope += fall;
    const double t = slope > 0 ? step_length(self, value, slope, fall) : 0;
    for (int64_t i = 0; i < self->ws->n * self->ws->k; i++) self->margin[i] -= t * self->change[i];
    return t > 0;
}

/* Whether the violations fall: rounds that do not halve the least one so far are counted, and new entries forgiven. */
typedef struct progress {
    double least;
    int64_t held;
    int idle;
} progress;

static bool goes_on(progress *so_far, double worst, int64_t held)
{
    if (worst <= so_far->least / 2 || held > so_far->held)
        so_far->idle = 0;
    else
        so_far->idle++;
    so_far->least = held > so_far->held ? worst : fmin(so_far->least, worst);
    so_far->held = held;
    return so_far->idle < PATIENCE;
}

bool erm__mend_fit(erm__mend *self, const double *margin, double *A, double *u, double *top)
{
    const double small = 1e8; /* in units of rounding: what remains is a matter of digits */
    erm__workspace *ws = self->ws;
    forget(self);
    memcpy(self->margin, margin, (size_t)(ws->n * ws->k) * sizeof *margin);
    *top = 1;
    double worst = INFINITY;
    progress so_far = {.least = INFINITY};
    for (int round = 0; round < MOST_FITS; round++) {
        const double value = erm__margins_derivatives(ws, self->margin, A, self->h);
        erm__sweep_transpose(ws, NULL, A, u);
        worst = violation(self, A, u);
        self->work += 3 * (double)(ws->problem->X->nnz * ws->k);
        if (worst == 0) return true;
        if (!(worst < INFINITY) || !goes_on(&so_far, worst, self->count)) break; /* or margins have no more digits to give */
        if (!newton_step(self, value, A, u)) break;
    }
    return worst < small && erm__mend_scale(self, A, u, top);
}

static double scale_rows(erm__mend *self, double *A)
{
    const int64_t k = self->ws->k;
    double top = 1;
    for (int64_t i = 0; i < self->ws->n; i++) {
        double squares = 0, along = 0;
        for (int64_t c = i * k; c < (i + 1) * k; c++) {
            squares += A[c] * A[c];
            along += A[c] * self->change[c];
        }
        if (!(squares > 0)) continue;
        const double tau = fmin(fmax(1 - along / sqrt(squares), LEAST_TAU), MOST_TAU);
        for (int64_t c = i * k; c < (i + 1) * k; c++) A[c] *= tau;
        self->ratio[i] *= tau;
        top = fmax(top, self->ratio[i]);
    }
    return top;
}

bool erm__mend_scale(erm__mend *self, double *A, double *u, double *top)
{
    erm__workspace *ws = self->ws;
    forget(self);
    *top = 1;
    progress so_far = {.least = INFINITY};
    for (int64_t i = 0; i < ws->n; i++) self->ratio[i] = 1;
    for (int round = 0; round < MOST_SCALINGS; round++) {
        erm__sweep_transpose(ws, NULL, A, u);
        const double worst = violation(self, A, u);
        if (worst == 0) return true;
        self->work += 3 * (double)(ws->problem->X->nnz * ws->k);
        if (!(worst < INFINITY) || !goes_on(&so_far, worst, self->count)) return false;
        if (!find_change(self, ERM_MEND_BY_SIZE, A, u)) return false;
        *top = scale_rows(self, A);
    }
    return false;
}
