/* Dual coordinate ascent's correction of what all rows have in common, for losses whose conjugate is smooth inside its domain.
 *
 * Steps along single variables all go after the part of W that many rows share, and each epoch leaves it too large or too small.
 * So after an epoch the dual is maximised over three directions together: along the epoch's displacement (Narkiss and Zibulevsky
 * 2005, "Sequential subspace optimization") and along l' at the start for the rows with y > 0 and for the others, a coarse level
 * as multigrid methods have it (Brandt 1977). With S times the dual's slope and curvature along a move c of a,
 * with which W moves by v,
 *     sum_i s_i c_i (o_i - l*'(a_i)) - S W'R''v,   sum_i s_i l*''(a_i) c_i^2 + S v'R''v,
 * that is one step of Newton's method in three dimensions, for the price of three reads of W and a logarithm a row. */
#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "base/small_chol.h"
#include "problem/sweep.h"
#include "solver/dual/dual.h"

enum { MOST = 3, SHORTER = 6 /* times that a move is shortened */ };

/* What a correction costs for each entry of W and each row, in values of X that an epoch reads; the part of an
 * epoch that it may take. */
static const double COST_OF_W = 2, COST_OF_A = 8, SHARE = 0.5;
static const double LEVEL = 0.1; /* slope at the end of a move, relative to that at its begin, that is as good as 0 */

/* The dual along the directions: displacement, rows with y > 0, others. */
typedef struct model {
    int count;
    double slope[MOST], along[MOST]; /* along: the part of the slope that W has, W'R''v */
    double square[MOST * MOST];      /* v'R''v */
    double curvature[MOST * MOST];   /* S times the dual's */
} model;

/* sums += W'Mv for the three directions, then their products with the first; M = diag(m), or 1. */
ERM_INLINE void add_products(bool classes, bool scaled, int64_t n, const erm__dual_common *self, const double *w, const double *m,
                             double *sums)
{
    const double *const before = self->w, *const p = self->class_w[0], *const q = self->class_w[1];
    double w0 = 0, w1 = 0, w2 = 0, s00 = 0, s01 = 0, s02 = 0;
#pragma omp simd reduction(+ : w0, w1, w2, s00, s01, s02)
    for (int64_t j = 0; j < n; j++) {
        const double v = w[j] - before[j], mw = scaled ? m[j] * w[j] : w[j], mv = scaled ? m[j] * v : v;
        w0 += mw * v;
        s00 += mv * v;
        w1 += classes ? mw * p[j] : 0;
        w2 += classes ? mw * q[j] : 0;
        s01 += classes ? mv * p[j] : 0;
        s02 += classes ? mv * q[j] : 0;
    }
    const double all[] = {w0, w1, w2, s00, s01, s02};
    for (int k = 0; k < 2 * MOST; k++) sums[k] += all[k];
}

ERM_KERNEL static void products_of_w(const erm__dual_common *self, int64_t n, const double *w, const double *m, double *sums)
{
    if (self->directions == 1 && m)
        add_products(false, true, n, self, w, m, sums);
    else if (self->directions == 1)
        add_products(false, false, n, self, w, NULL, sums);
    else if (m)
        add_products(true, true, n, self, w, m, sums);
    else
        add_products(true, false, n, self, w, NULL, sums);
}

/* x'R''y, with the quadratic that holds b. */
static double product(const erm__dual *self, const erm_run *run, const double *x, const double *y)
{
    const double sum =
        self->alike > 0 ? erm__dual_dot(run->d, x, y) / self->alike : erm__dual_dot_scaled(run->d, x, y, self->second);
    return run->problem->intercept ? sum + x[run->d] * y[run->d] / self->loose : sum;
}

static void model_of_w(const erm__dual *self, const erm_run *run, model *out)
{
    const erm__dual_common *common = &self->common;
    double sums[2 * MOST] = {0};
    products_of_w(common, run->d, run->w, self->alike > 0 ? NULL : self->second, sums);
    for (int k = 0; k < 2 * MOST && self->alike > 0; k++) sums[k] /= self->alike;
    if (run->problem->intercept) {
        const double b = run->w[run->d], move[MOST] = {b - common->w[run->d], out->count > 1 ? common->class_w[0][run->d] : 0,
                                                       out->count > 1 ? common->class_w[1][run->d] : 0};
        for (int k = 0; k < MOST; k++) {
            sums[k] += b * move[k] / self->loose;
            sums[MOST + k] += move[0] * move[k] / self->loose;
        }
    }
    for (int k = 0; k < out->count; k++) {
        out->along[k] = sums[k];
        out->square[k] = out->square[k * out->count] = sums[MOST + k];
        for (int l = 1; k > 0 && l < out->count; l++) out->square[k * out->count + l] = common->class_square[k + l - 2];
    }
}

static erm__dual_point point_of(const erm__dual *self, const erm_run *run)
{
    const erm__dual_common *common = &self->common;
    return (erm__dual_point){.y = run->problem->y,
                             .a = self->a,
                             .before = common->a,
                             .pull = common->pull,
                             .slope = common->slope,
                             .bend = common->bend,
                             .weight = run->problem->weight,
                             .offset = run->problem->offset,
                             .n = run->problem->X->rows};
}

/* The slopes and the curvature of l* are those at a. Returns twice what the epoch gained in l*, as its curvature has it. */
static double add_rows(const erm__dual *self, const erm_run *run, model *out)
{
    const double S = run->workspace->total_weight;
    const erm__dual_point here = point_of(self, run);
    double sums[3 * MOST], *const slope = sums, *const bend = sums + MOST, *const square = bend + MOST;
    erm__dual_sum_rows(&here, sums);
    for (int k = 0; k < out->count; k++) {
        out->slope[k] = slope[k] - S * out->along[k];
        for (int l = 0; l < out->count; l++) out->curvature[k * out->count + l] = S * out->square[k * out->count + l];
    }
    for (int k = 0; k < out->count; k++) {
        out->curvature[k * out->count + k] += square[k];
        if (k > 0) out->curvature[k] += bend[k];
        if (k > 0) out->curvature[k * out->count] += bend[k];
    }
    return bend[0];
}

static void find_slopes(erm__dual *self, const erm_run *run, const double *a)
{
    const erm_loss *loss = &run->problem->loss;
    loss->ops->conjugate_slopes(loss, run->problem->X->rows, a, run->problem->y, self->common.slope, self->common.bend);
}

/* S times the dual's slope along the move x, t times of it away; NaN where that is outside the domain of l*.
 * `to` is then that a. */
static double slope_after(erm__dual *self, const erm_run *run, const model *at, const double *x, double t)
{
    const erm__dual_common *common = &self->common;
    const double S = run->workspace->total_weight;
    const erm__dual_point here = point_of(self, run);
    double along = 0, square = 0;
    erm__dual_move_rows(&here, x, t, common->move, common->to);
    find_slopes(self, run, common->to);
    for (int k = 0; k < at->count; k++) {
        along += at->along[k] * x[k];
        for (int l = 0; l < at->count; l++) square += x[k] * at->square[k * at->count + l] * x[l];
    }
    return erm__dual_slope_of_rows(&here, common->move) - S * (along + t * square);
}

/* The part of the move x after which the dual no longer rises: 0 where none was found. */
static double length_of(erm__dual *self, const erm_run *run, const model *at, const double *x)
{
    double first = 0, t = 1;
    for (int k = 0; k < at->count; k++) first += at->slope[k] * x[k];
    if (!(first > 0)) return 0;
    for (int shorter = 0; shorter < SHORTER; shorter++) {
        const double last = slope_after(self, run, at, x, t);
        if (last >= -LEVEL * first) return t;
        if (isnan(last)) self->common.directions = 1; /* some a are so near their bounds that a class cannot move together */
        t *= isnan(last) ? 0.5 : fmax(first / (first - last), 0.1);
    }
    return 0;
}

ERM_KERNEL static void move_w(const erm__dual *self, bool classes, int64_t n, const double *x, double *w)
{
    double *const before = self->common.w;
    const double *const p = self->common.class_w[0], *const q = self->common.class_w[1], x0 = x[0], x1 = x[1], x2 = x[2];
    ERM_SIMD
    for (int64_t j = 0; j < n; j++) before[j] = w[j] += x0 * (w[j] - before[j]) + (classes ? x1 * p[j] + x2 * q[j] : 0);
}

/* One step of Newton's method, or as much of it as leaves all of a inside its domain; false: none. */
static bool correct(erm__dual *self, erm_run *run, const model *at)
{
    double x[MOST] = {0}, L[MOST * MOST];
    for (int k = 0; k < at->count; k++) x[k] = at->slope[k];
    memcpy(L, at->curvature, sizeof L);
    if (!erm__small_cholesky(at->count, L)) return false;
    erm__small_forward(at->count, L, x);
    erm__small_backward(at->count, L, x);
    const double t = length_of(self, run, at, x);
    if (!(t > 0)) return false;
    for (int k = 0; k < MOST; k++) x[k] *= t;
    memcpy(self->a, self->common.to, (size_t)run->problem->X->rows * sizeof(double));
    memcpy(self->common.a, self->a, (size_t)run->problem->X->rows * sizeof(double));
    move_w(self, at->count > 1, run->size, x, run->w);
    return true;
}

void erm__dual_mark(erm__dual *self, const erm_run *run)
{
    if (self->common.directions == 0) return;
    memcpy(self->common.a, self->a, (size_t)run->problem->X->rows * sizeof(double));
    memcpy(self->common.w, run->w, (size_t)run->size * sizeof(double));
}

void erm__dual_correct(erm__dual *self, erm_run *run)
{
    if (self->common.directions == 0) return;
    model at = {.count = self->common.directions};
    model_of_w(self, run, &at);
    find_slopes(self, run, self->a);
    const double bent = add_rows(self, run, &at);
    if (isfinite(bent)) self->gain += 0.5 * bent; /* not where some a is at a bound but for rounding */
    if (!correct(self, run, &at)) erm__dual_mark(self, run);
}

void erm__dual_take_common(erm__dual *self, erm_run *run)
{
    erm__dual_common *common = &self->common;
    const int64_t n = run->problem->X->rows;
    const double values = (double)run->problem->X->nnz + ERM_DUAL_ROW_COST * (double)n;
    if (!run->problem->loss.ops->conjugate_slopes || !self->target || run->k > 1) return;
    if (COST_OF_W * (double)run->size + COST_OF_A * (double)n > SHARE * values) return;
    common->directions = 1;
    double **const rows[] = {&common->a, &common->pull, &common->slope, &common->bend, &common->move, &common->to};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) *rows[k] = erm_run_take(run, n);
    common->w = erm_run_take(run, run->size);
    for (int k = 0; k < 2; k++) common->class_w[k] = erm_run_take(run, run->size);
}

/* v = X's a / S for the a of a class that are `pull`. A pass over their rows. */
static void sum_class(erm__dual *self, erm_run *run, bool positive, double *v)
{
    double *const A = self->common.to, count = 0;
    for (int64_t i = 0; i < run->problem->X->rows; i++) {
        const bool counts = (run->problem->y[i] > 0) == positive;
        A[i] = counts ? erm__dual_weight(run, i) * self->common.pull[i] : 0;
        count += counts;
    }
    erm__sweep_transpose(run->workspace, run->centre, A, v);
    run->passes += count / (double)run->problem->X->rows;
}

/* Of the two classes the one with fewer rows is summed; the other is what is missing to `both`, where that is known. */
static void sum_classes(erm__dual *self, erm_run *run, const double *both, double *const *v)
{
    int64_t positive = 0;
    for (int64_t i = 0; i < run->problem->X->rows; i++) positive += run->problem->y[i] > 0;
    const int few = 2 * positive > run->problem->X->rows;
    sum_class(self, run, few == 0, v[few]);
    if (!both) sum_class(self, run, few == 1, v[1 - few]);
    for (int64_t j = 0; both && j < run->size; j++) v[1 - few][j] = both[j] - v[few][j];
}

void erm__dual_open_common(erm__dual *self, erm_run *run, bool at_zero)
{
    erm__dual_common *common = &self->common;
    const erm_problem *problem = run->problem;
    if (common->directions == 0) return;
    erm__dual_mark(self, run);
    if (!problem->loss.ops->classifies) return;
    if (problem->offset) memcpy(common->to, problem->offset, (size_t)problem->X->rows * sizeof(double));
    problem->loss.ops->eval(&problem->loss, problem->X->rows, 1, common->to, problem->y, NULL, common->pull, NULL);
    double *const *const v = common->class_w;
    sum_classes(self, run, at_zero ? run->gradient : NULL, v);
    for (int k = 0; k < 2; k++) {
        for (int64_t j = 0; j < run->d; j++) v[k][j] *= -self->inverse[j];
        if (problem->intercept) v[k][run->d] *= -self->loose;
    }
    for (int k = 0; k < 3; k++) common->class_square[k] = product(self, run, v[k / 2], v[(k + 1) / 2]);
    common->directions = MOST;
}
