/* The intercept that fits given margins best.
 *
 * An unpenalised intercept asks of a dual point that sum_i s_i a_i = 0 for each output. With a_i = l'(z_i + delta) that is
 * the condition for delta to minimise sum_i s_i l(z_i + delta): a convex problem in k unknowns, solved by Newton's method on
 * the margins alone. For one output the last digits, and losses with kinks, are put right by shrinking the heavier of the
 * two signs towards 0, which stays inside the domain of the conjugate (as 0 does for a loss that is bounded below). */
#include "problem/intercept.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "base/small_chol.h"
#include "problem/walk.h"

enum { MOST_STEPS = 60 };

typedef struct tilt {
    const double *margin, *delta;
    double *A;
    bool curvature;
} tilt;

/* The sum of x, and that of its sizes. */
ERM_KERNEL static void add_up(int64_t n, const double *x, double *sum, double *size)
{
    double all = 0, absolute = 0;
#pragma omp simd reduction(+ : all, absolute)
    for (int64_t i = 0; i < n; i++) {
        all += x[i];
        absolute += fabs(x[i]);
    }
    *sum += all;
    *size += absolute;
}

/* Accumulates k sums of A, then the k x k Hessian. Returns the sum of |A|. */
static double tilt_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    const tilt *job = data;
    const erm_loss *loss = &ws->problem->loss;
    const int64_t n = block->rows.count, k = ws->k;
    const double *const margin = job->margin + block->first * k;
    double *const A = job->A + block->first * k, *const hessian = block->sum + k;
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < k; c++) block->z[i * k + c] = margin[i * k + c] + job->delta[c];
    const bool full = k > 1 && loss->ops->hessian;
    double *const h = job->curvature && !full ? block->d : NULL;
    loss->ops->eval(loss, n, k, block->z, block->y, block->s, A, h);
    double size = 0, unused = 0;
    if (k == 1) {
        add_up(n, A, block->sum, &size);
        if (h) add_up(n, h, hessian, &unused);
        return size;
    }
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < k; c++) {
            block->sum[c] += A[i * k + c];
            size += fabs(A[i * k + c]);
            if (h) hessian[c * k + c] += h[i * k + c];
        }
    if (job->curvature && full) loss->ops->hessian(loss, n, k, block->z, block->y, block->s, hessian);
    return size;
}

/* Solves H x = g in place by Cholesky, with a little added to the diagonal, since moving all outputs alike may change nothing. */
static bool solve_small(int64_t k, double *H, double *g)
{
    double largest = 0;
    for (int64_t c = 0; c < k; c++) largest = fmax(largest, H[c * k + c]);
    for (int64_t c = 0; c < k; c++) H[c * k + c] += k > 1 ? 1e-10 * largest : 0;
    if (!erm__small_cholesky(k, H)) return false;
    erm__small_forward(k, H, g);
    erm__small_backward(k, H, g);
    return true;
}

static double norm1(int64_t k, const double *x)
{
    double sum = 0;
    for (int64_t c = 0; c < k; c++) sum += fabs(x[c]);
    return sum;
}

/* One output: Newton's method kept between the two points that enclose the sign change of the slope; bisection where there
 * is no curvature. */
typedef struct bracket {
    double low, high; /* slope < 0 at low, > 0 at high */
} bracket;

static double next_in_bracket(bracket *around, double at, double slope, double curvature)
{
    if (slope < 0)
        around->low = at;
    else
        around->high = at;
    const double newton = at - slope / curvature;
    const bool enclosed = isfinite(around->low) && isfinite(around->high);
    if (curvature > 0 && isfinite(newton) && newton > around->low && newton < around->high) return newton;
    if (enclosed) return around->low + (around->high - around->low) / 2;
    return slope < 0 ? fmax(1, 2 * fabs(at)) : -fmax(1, 2 * fabs(at));
}

static void fit_one(erm__workspace *ws, tilt *job, double enough, double *delta)
{
    bracket around = {-INFINITY, INFINITY};
    double sum[2]; /* slope, curvature */
    for (int step = 0; step < MOST_STEPS; step++) {
        const double size = erm__walk(ws, (erm_rows){.count = ws->n}, tilt_block, job, 2, sum);
        if (!(fabs(sum[0]) > fmax(enough, 1e-15) * size)) return;
        const double next = next_in_bracket(&around, *delta, sum[0], sum[1]);
        if (next == *delta || fabs(next) > 1e8) return;
        *delta = next;
    }
}

/* Several outputs: Newton's method, halving steps that do not bring the sums nearer to 0. memory: as erm__intercept_fit. */
static bool fit_several(erm__workspace *ws, tilt *job, double *delta, double *memory)
{
    const int64_t k = ws->k;
    double *const sum = memory, *const system = sum + k; /* k, then k^2, as the walk gives them */
    double best = INFINITY, damping = 1;
    double *const step = system + k * k;
    for (int round = 0; round < MOST_STEPS; round++) {
        const double size = erm__walk(ws, (erm_rows){.count = ws->n}, tilt_block, job, k + k * k, sum);
        const double now = norm1(k, sum);
        if (now <= 1e-14 * size) return true;
        if (now < best) {
            best = now;
            damping = 1;
            memcpy(step, sum, (size_t)k * sizeof(double));
            if (!solve_small(k, system, step)) return false;
            for (int64_t c = 0; c < k; c++) delta[c] -= step[c];
        } else {
            damping /= 2;
            if (damping < 1e-3) return now <= 1e-12 * size;
            for (int64_t c = 0; c < k; c++) delta[c] += damping * step[c];
        }
    }
    return false;
}

ERM_KERNEL static void scale_signs(int64_t n, double positive, double negative, double *A)
{
    ERM_SIMD
    for (int64_t i = 0; i < n; i++) A[i] *= A[i] > 0 ? positive : negative;
}

void erm__intercept_balance(int64_t n, double *A)
{
    double up = 0, down = 0;
    for (int64_t i = 0; i < n; i++) {
        if (A[i] > 0)
            up += A[i];
        else
            down -= A[i];
    }
    scale_signs(n, up > down ? down / up : 1, down > up ? up / down : 1, A);
}

/* sum: the column sums, then what is left of them. moved[y k + c], c != y, what output c has on the rows labelled y, becomes the
 * part of it that goes to their label; or, below 0, the part of what their label has (in all: label[y]) that goes to output c. */
static void plan_moves(int64_t k, double *moved, double *sum, const double *label)
{
    for (int64_t y = 0; y < k; y++)
        for (int64_t c = 0; c < k; c++) {
            double *const there = &moved[y * k + c];
            const double move = c == y ? 0 : fmax(0, fmin(*there, fmin(sum[c], -sum[y])));
            sum[c] -= move;
            sum[y] += move;
            *there = *there > 0 ? move / *there : 0;
        }
    for (int64_t y = 0; y < k; y++) {
        double left = label[y];
        for (int64_t c = 0; c < k; c++) {
            const double move = c == y ? 0 : fmax(0, fmin(left, fmin(sum[y], -sum[c])));
            if (move == 0) continue;
            sum[y] -= move;
            sum[c] += move;
            left -= move;
            moved[y * k + c] = -move / label[y];
        }
    }
}

static void make_moves(int64_t k, const double *moved, int64_t y, double s, double *a)
{
    const double label = s + a[y];
    for (int64_t c = 0; c < k; c++) {
        const double part = c == y ? 0 : moved[y * k + c], move = part > 0 ? part * a[c] : part * label;
        a[c] -= move;
        a[y] += move;
    }
}

bool erm__intercept_balance_classes(const erm__workspace *ws, double *memory, double *A)
{
    const erm_problem *problem = ws->problem;
    const int64_t k = ws->k;
    double *const moved = memory, *const sum = memory + k * k, *const label = sum + k;
    memset(memory, 0, (size_t)(k * k + 2 * k) * sizeof(double));
    double size = 0;
    for (int64_t i = 0; i < ws->n; i++) {
        const int64_t y = (int64_t)problem->y[i];
        for (int64_t c = 0; c < k; c++) {
            moved[y * k + c] += A[i * k + c];
            sum[c] += A[i * k + c];
            size += fabs(A[i * k + c]);
        }
        label[y] += (problem->weight ? problem->weight[i] : 1) + A[i * k + y];
    }
    plan_moves(k, moved, sum, label);
    for (int64_t i = 0; i < ws->n; i++)
        make_moves(k, moved, (int64_t)problem->y[i], problem->weight ? problem->weight[i] : 1, A + i * k);
    return norm1(k, sum) <= 1e-14 * size;
}

bool erm__intercept_fit(erm__workspace *ws, const double *margin, double enough, double *memory, double *A)
{
    double *const delta = memory;
    memset(delta, 0, (size_t)ws->k * sizeof(double));
    tilt job = {.margin = margin, .delta = delta, .A = A, .curvature = true};
    if (ws->k > 1) return fit_several(ws, &job, delta, memory + ws->k);
    fit_one(ws, &job, enough, delta);
    erm__intercept_balance(ws->n, A);
    return true;
}

bool erm__intercept_is_balanced(const erm__workspace *ws, const double *A)
{
    for (int64_t c = 0; c < ws->k; c++) {
        double sum = 0, size = 0;
        if (ws->k == 1) add_up(ws->n, A, &sum, &size);
        for (int64_t i = c; i < ws->n * ws->k && ws->k > 1; i += ws->k) {
            sum += A[i];
            size += fabs(A[i]);
        }
        if (!(fabs(sum) <= 4 * DBL_EPSILON * size)) return false;
    }
    return true;
}
