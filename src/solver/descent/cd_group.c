/* Block coordinate descent: each group of coordinates in turn to the minimum of a quadratic and the group's penalty,
 *
 *     min_v  (v - v_0)'A(v - v_0)/2 + g'(v - v_0) + lambda ||v|| + sum_j l1_j |v_j|,      A = (1/S) X_g'H X_g
 *
 * With c = g - A v_0, v = 0 is best if ||soft(c, l1)|| <= lambda. Else, without l1, v = -(A + t I)^-1 c where t ||v|| = lambda:
 * the root of 1/||v(t)|| - t / lambda, concave in t, by Newton's method from the right, as in More and Sorensen (1983),
 * "Computing a trust region step", on the eigenvalues of A; compare Yang and Hastie (2024), "A fast and scalable pathwise-solver
 * for group lasso". With
 * l1: coordinate descent within the group on A (Friedman, Hastie and Tibshirani 2010, "A note on the group lasso and a sparse
 * group lasso"). Groups of more than ERM_WHOLE_GROUP columns take a step of proximal gradient instead. */
#include <math.h>
#include <string.h>

#include "solver/descent/cd.h"

enum { MOST_ROOT_STEPS = 50, MOST_INNER_PASSES = 100 };
static const double ROOT_TOL = 1e-14, INNER_TOL = 1e-8;

typedef struct block {
    int64_t m;
    const int32_t *member;
    double lambda;
    const double *l1, *A;   /* A NULL: not kept */
    const double *Q;        /* eigenvectors of A, a row each; then the eigenvalues */
    double *v, *c, *turned; /* m each */
} block;

static block block_of(const erm__cd *self, int64_t g)
{
    const erm__groups_of *groups = self->groups;
    double *const scratch = self->scratch + self->X->n;
    const int64_t widest = groups->widest;
    const int64_t m = groups->start[g + 1] - groups->start[g];
    const double *const A = groups->gram_at[g] < 0 ? NULL : groups->gram + groups->gram_at[g];
    return (block){.m = m,
                   .member = groups->member + groups->start[g],
                   .lambda = groups->lambda[g],
                   .l1 = groups->l1,
                   .A = A,
                   .Q = A ? A + m * m : NULL,
                   .v = scratch,
                   .c = scratch + widest,
                   .turned = scratch + 2 * widest};
}

static double soft(double v, double threshold) { return fabs(v) <= threshold ? 0 : v - copysign(threshold, v); }

static double norm_of(int64_t m, const double *x)
{
    double sum = 0;
    for (int64_t k = 0; k < m; k++) sum += x[k] * x[k];
    return sqrt(sum);
}

/* ||soft(c, l1)||, and whether there is an l1. */
static double pull_at_zero(const block *of, bool *plain)
{
    double sum = 0;
    *plain = true;
    for (int64_t k = 0; k < of->m; k++) {
        const double l1 = of->l1[of->member[k]], excess = soft(of->c[k], l1);
        sum += excess * excess;
        *plain &= l1 == 0;
    }
    return sqrt(sum);
}

/* ||v|| for v = -(A + t I)^-1 c, and v'(A + t I)^-1 v in *bend; turned: Q c. */
static double shifted_norm(const block *of, double t, double *bend)
{
    const double *const value = of->Q + of->m * of->m;
    double squares = 0;
    *bend = 0;
    for (int64_t k = 0; k < of->m; k++) {
        const double x = of->turned[k] / (value[k] + t);
        squares += x * x;
        *bend += x * x / (value[k] + t);
    }
    return sqrt(squares);
}

/* v = -(A + t I)^-1 c */
static void shifted(const block *of, double t)
{
    const int64_t m = of->m;
    memset(of->v, 0, (size_t)m * sizeof(double));
    for (int64_t k = 0; k < m; k++) {
        const double x = of->turned[k] / (of->Q[m * m + k] + t);
        for (int64_t l = 0; l < m; l++) of->v[l] -= x * of->Q[k * m + l];
    }
}

/* `size` is ||v|| before, `pull` is ||c|| > lambda, `trace` is A's. */
static void solve_plain(const block *of, double size, double pull, double trace)
{
    const int64_t m = of->m;
    const double right = of->lambda * trace / (pull - of->lambda);
    double t = of->lambda == 0 ? 1e-14 * trace : size > 0 ? fmin(of->lambda / size, right) : right;
    for (int64_t k = 0; k < m; k++) {
        of->turned[k] = 0;
        for (int64_t l = 0; l < m; l++) of->turned[k] += of->Q[k * m + l] * of->c[l];
    }
    for (int round = 0; of->lambda > 0 && round < MOST_ROOT_STEPS; round++) {
        double bend;
        const double norm = shifted_norm(of, t, &bend);
        const double value = 1 / norm - t / of->lambda, slope = bend / (norm * norm * norm) - 1 / of->lambda;
        if (!(fabs(value) > ROOT_TOL * (t / of->lambda))) break;
        const double next = slope < 0 ? t - value / slope : right;
        if (!(next > 0) || next == t) break;
        t = fmin(next, right);
    }
    shifted(of, t);
}

/* The x > 0 with a x + lambda x / sqrt(x^2 + r^2) = k, k > 0: Newton's method from the left of a concave function. */
static double root_beside(double a, double lambda, double r, double k)
{
    double x = 0;
    for (int round = 0; round < MOST_ROOT_STEPS; round++) {
        const double size = sqrt(x * x + r * r), slope = a + lambda * r * r / (size * size * size);
        const double next = x - (a * x + lambda * x / size - k) / slope;
        if (!(next > x) || !isfinite(next)) break;
        x = next;
    }
    return x;
}

/* Coordinate descent within the group from v, which is not 0. */
static void solve_sparse(const block *of)
{
    const int64_t m = of->m;
    for (int pass = 0; pass < MOST_INNER_PASSES; pass++) {
        double moved = 0;
        for (int64_t k = 0; k < m; k++) {
            double slope = of->c[k], rest = 0;
            for (int64_t l = 0; l < m; l++) {
                if (l == k) continue;
                slope += of->A[k * m + l] * of->v[l];
                rest += of->v[l] * of->v[l];
            }
            const double l1 = of->l1[of->member[k]], a = of->A[k * m + k], r = sqrt(rest);
            const double excess = fabs(slope) - l1 - (r > 0 ? 0 : of->lambda);
            double x = 0;
            if (excess > 0 && a > 0) x = r > 0 ? root_beside(a, of->lambda, r, excess) : excess / a;
            x = slope > 0 ? -x : x;
            moved = fmax(moved, fabs(x - of->v[k]));
            of->v[k] = x;
        }
        if (moved <= INNER_TOL * norm_of(m, of->v)) break;
    }
}

/* v = prox of the group's penalty after a gradient step from v; slopes in c. */
static void prox_step(const block *of, double curvature)
{
    for (int64_t k = 0; k < of->m; k++) of->v[k] = soft(of->v[k] - of->c[k] / curvature, of->l1[of->member[k]] / curvature);
    const double norm = norm_of(of->m, of->v), threshold = of->lambda / curvature;
    const double shrink = norm > threshold ? 1 - threshold / norm : 0;
    for (int64_t k = 0; k < of->m; k++) of->v[k] *= shrink;
}

/* From w and slopes in v and c to the block's minimum in v. */
static void minimise(const erm__groups_of *groups, int64_t g, const block *of)
{
    const int64_t m = of->m;
    const double trace = groups->largest[g], size = norm_of(m, of->v);
    if (trace <= 0) { /* no column varies: the penalty alone decides, where there is one */
        for (int64_t k = 0; k < m; k++) of->v[k] = of->lambda + of->l1[of->member[k]] > 0 ? 0 : of->v[k];
        return;
    }
    if (!of->A) {
        prox_step(of, trace);
        return;
    }
    for (int64_t k = 0; k < m; k++)
        for (int64_t l = 0; l < m; l++) of->c[k] -= of->A[k * m + l] * of->v[l];
    bool plain;
    const double pull = pull_at_zero(of, &plain);
    if (pull <= of->lambda) {
        memset(of->v, 0, (size_t)m * sizeof(double));
        return;
    }
    if (plain) {
        solve_plain(of, size, pull, trace);
        return;
    }
    if (size > 0) {
        solve_sparse(of);
        return;
    }
    memset(of->v, 0, (size_t)m * sizeof(double));
    prox_step(of, trace);
    solve_sparse(of);
}

/* c = the slopes of the group. */
static void slopes(const erm__cd *self, const block *of)
{
    const double level = self->intercept ? self->shift * self->h_sum : 0;
    self->X->ops->dots(self->X, of->m, of->member, self->q, of->c);
    for (int64_t k = 0; k < of->m; k++) of->c[k] = (of->c[k] + level * self->mean[of->member[k]]) / self->total_weight;
}

/* w = v; next: the group that follows. Returns |change| sqrt(curvature). */
static double move(erm__cd *self, const block *of, int64_t next)
{
    const erm__groups_of *const groups = self->groups;
    const int64_t first = groups->start[next], last = groups->start[next + 1] - 1;
    double moved = 0;
    for (int64_t k = 0; k < of->m; k++) {
        const int64_t j = of->member[k];
        const double change = of->v[k] - self->w[j];
        if (change == 0) continue;
        self->w[j] = of->v[k];
        erm__column_add(self->X, j, change, self->h, first > last ? j : groups->member[first + k < last ? first + k : last],
                        self->q);
        self->shift -= change * self->mean[j];
        moved += change * change * self->curvature[j];
    }
    return sqrt(moved);
}

double erm__cd_group_penalty(const erm__cd *self, int64_t g)
{
    const block of = block_of(self, g);
    double squares = 0, sum = 0;
    for (int64_t k = 0; k < of.m; k++) {
        const double w = self->w[of.member[k]];
        squares += w * w;
        sum += of.l1[of.member[k]] * fabs(w);
    }
    return of.lambda * sqrt(squares) + sum;
}

double erm__cd_group_step(erm__cd *self, int64_t g, int64_t next)
{
    const block of = block_of(self, g);
    for (int64_t k = 0; k < of.m; k++) of.v[k] = self->w[of.member[k]];
    slopes(self, &of);
    if (of.m == 1) {
        const double a = self->curvature[of.member[0]], threshold = of.lambda + of.l1[of.member[0]];
        of.v[0] = a > 0 ? soft(a * of.v[0] - of.c[0], threshold) / a : threshold > 0 ? 0 : of.v[0];
    } else {
        minimise(self->groups, g, &of);
    }
    return move(self, &of, next);
}
