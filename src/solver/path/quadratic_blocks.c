/* Group lasso and sparse group lasso on the Gram matrix: one group at a time, by prox-gradient steps on its block.
 *
 * Qin, Scheinberg and Goldfarb (2013), "Efficient block-coordinate descent algorithms for the group lasso". On the support,
 * where R is smooth, its Hessian in a group is lambda_g (I / r - w w' / r^3), r = ||w_g||. */
#include <math.h>
#include <string.h>

#include "solver/path/quadratic.h"

void erm__blocks_list(erm__quadratic *self)
{
    const erm_groups *const groups = self->R.data;
    int32_t *const start = self->start;
    memset(start, 0, (size_t)(groups->count + 1) * sizeof *start);
    for (int64_t j = 0; j < self->m; j++) start[groups->group[j] + 1]++;
    for (int32_t b = 0; b < groups->count; b++) start[b + 1] += start[b];
    for (int32_t j = 0; j < self->m; j++) self->member[start[groups->group[j]]++] = j;
    for (int32_t b = groups->count; b > 0; b--) start[b] = start[b - 1];
    start[0] = 0;
    for (int32_t b = 0; b < groups->count; b++) { /* the largest sum of absolute values in a row bounds the eigenvalues */
        self->lipschitz[b] = 0;
        for (int32_t p = start[b]; p < start[b + 1]; p++) {
            double sum = 0;
            for (int32_t q = start[b]; q < start[b + 1]; q++)
                sum += fabs(self->G[self->member[p] * self->room + self->member[q]]);
            self->lipschitz[b] = fmax(self->lipschitz[b], sum);
        }
    }
}

static double weight_of(const erm_regularizer *R, int32_t b)
{
    const erm_groups *const groups = R->data;
    return groups->weight ? groups->weight[b] : 1;
}

/* One prox-gradient step on the group's own copies of w and g; returns its length in the metric of the group. */
static double local_step(const erm__quadratic *self, const erm_regularizer *R, int64_t size, const int32_t *member,
                         double lipschitz, double *w, double *g, double *next)
{
    for (int64_t p = 0; p < size; p++) next[p] = w[p] - g[p] / lipschitz;
    R->ops->prox(R, (erm_shape){.d = size, .k = 1, .scratch = self->local + 6 * self->room}, 1 / lipschitz, NULL, next, next);
    double length = 0;
    for (int64_t p = 0; p < size; p++) {
        const double delta = next[p] - w[p];
        if (delta == 0) continue;
        const double *const row = self->G + member[p] * self->room;
        for (int64_t q = 0; q < size; q++) g[q] += delta * row[member[q]];
        w[p] = next[p];
        length += lipschitz * delta * delta;
    }
    return length;
}

double erm__blocks_descend(erm__quadratic *self, int32_t b)
{
    enum { STEPS = 10 };
    const int32_t *const member = self->member + self->start[b];
    const int64_t size = self->start[b + 1] - self->start[b];
    const double lipschitz = self->lipschitz[b] > 0 ? self->lipschitz[b] : 1;
    double *const w = self->local, *const g = w + self->room, *const next = g + self->room, *const f = next + self->room;
    const double weight = weight_of(&self->R, b);
    const erm_groups one = {.count = 1, .group = self->zeros, .weight = &weight};
    erm_regularizer R = self->R;
    R.data = &one;
    R.factor = self->R.factor ? f : NULL;
    for (int64_t p = 0; p < size; p++) {
        w[p] = self->w[member[p]];
        g[p] = self->g[member[p]];
        if (R.factor) f[p] = self->R.factor[member[p]];
    }
    double first = 0;
    for (int i = 0; i < STEPS; i++) {
        const double length = local_step(self, &R, size, member, lipschitz, w, g, next);
        if (i == 0) first = length;
        if (length <= 1e-2 * first) break;
    }
    double gained = 0;
    for (int64_t p = 0; p < size; p++) {
        const double delta = w[p] - self->w[member[p]];
        if (delta == 0) continue;
        erm__quadratic_move(self, member[p], delta);
        self->w[member[p]] = w[p];
        gained += delta * delta / self->metric[member[p]];
    }
    return gained;
}

static double factor_of(const erm_regularizer *R, int32_t j) { return R->factor ? R->factor[j] : 1; }

/* Sum of the squares of the group's penalised entries. */
static double squares_of(const erm__quadratic *self, int32_t b)
{
    double sum = 0;
    for (int32_t p = self->start[b]; p < self->start[b + 1]; p++) {
        const int32_t j = self->member[p];
        if (factor_of(&self->R, j) != 0) sum += self->w[j] * self->w[j];
    }
    return sum;
}

/* The entries that are not 0, group by group; step = -gradient of f + R there. */
int64_t erm__blocks_support(erm__quadratic *self)
{
    const erm_regularizer *const R = &self->R;
    const erm_groups *const groups = R->data;
    int64_t count = 0;
    for (int32_t b = 0; b < groups->count; b++) {
        const double norm = sqrt(squares_of(self, b)), lambda = R->param[1] * weight_of(R, b);
        for (int32_t p = self->start[b]; p < self->start[b + 1]; p++) {
            const int32_t j = self->member[p];
            const double f = factor_of(R, j), w = self->w[j];
            if (w == 0 && (f != 0 && (norm == 0 || R->param[0] > 0))) continue;
            double gradient = self->g[j];
            if (f != 0) gradient += lambda * w / norm + (R->param[0] > 0 ? copysign(R->param[0] * f, w) : 0);
            self->step[count] = -gradient;
            self->support[count++] = j;
        }
    }
    return count;
}

void erm__blocks_hessian(const erm__quadratic *self, int64_t count, double *A)
{
    const erm_regularizer *const R = &self->R;
    const erm_groups *const groups = R->data;
    for (int64_t a = 0; a < count;) {
        const int32_t b = groups->group[self->support[a]];
        const double squares = squares_of(self, b), norm = sqrt(squares), lambda = R->param[1] * weight_of(R, b);
        int64_t end = a;
        while (end < count && groups->group[self->support[end]] == b) end++;
        for (int64_t i = a; i < end && norm > 0; i++) {
            const int32_t j = self->support[i];
            if (factor_of(R, j) == 0) continue;
            A[i * count + i] += lambda / norm;
            for (int64_t l = a; l <= i; l++)
                if (factor_of(R, self->support[l]) != 0)
                    A[i * count + l] -= lambda / norm * (self->w[j] / norm) * (self->w[self->support[l]] / norm);
        }
        a = end;
    }
}
