/* Coordinate descent on the Gram matrix, with Newton steps on the support.
 *
 *     w_j <- prox_{R_j / G_jj}(w_j - g_j / G_jj),     g += (change of w_j) G_j
 *
 * Friedman, Hastie and Tibshirani (2010), "Regularization paths for generalized linear models via coordinate descent",
 * section 2.2 (covariance updates). A prox over all variables finds those that would move; sweeps over these alone find the
 * support; Newton's method on the piece of R that w lies on then gives many digits at once. The gap needs no residuals:
 *     P - D(t) = (1 - t)^2 f(w) + R(w) + R*(-t g) + t g'w
 * for the dual point t (z - y). */
#include "solver/path/quadratic.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"

enum { SWEEPS = 4, MOST_ROUNDS = 500 };

bool erm__quadratic_suits(const erm_regularizer *R)
{
    const bool groups = R->ops == erm_group_lasso(0, NULL).ops || R->ops == erm_sparse_group_lasso(0, 0, NULL).ops;
    return groups || (R->ops->separable && R->ops->advance);
}

static bool has_groups(const erm_regularizer *R) { return !R->ops->separable; }

bool erm__quadratic_open(erm__quadratic *self, erm__arena *arena, int64_t room, const erm_regularizer *R, int threads)
{
    *self = (erm__quadratic){.room = room, .threads = threads};
    self->G = erm__arena_doubles(arena, room * room);
    self->factor = erm__arena_doubles(arena, room * room);
    double **const vectors[] = {&self->w,     &self->g,    &self->metric, &self->point,
                                &self->trial, &self->step, &self->curve,  &self->ahead};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) *vectors[i] = erm__arena_doubles(arena, room);
    self->active = erm__arena_take(arena, room, sizeof(int32_t));
    self->support = erm__arena_take(arena, room, sizeof(int32_t));
    self->factored_support = erm__arena_take(arena, room, sizeof(int32_t));
    self->place = erm__arena_take(arena, room, sizeof(int32_t));
    self->stays = erm__arena_take(arena, room, sizeof(bool));
    self->sides = erm__arena_doubles(arena, room * (1 + ERM_QUADRATIC_GONE));
    self->scratch = erm__arena_doubles(arena, R->ops->scratch ? R->ops->scratch(R, room, 1) : 0);
    if (has_groups(R)) {
        const erm_groups *const groups = R->data;
        self->start = erm__arena_take(arena, groups->count + 1, sizeof(int32_t));
        self->member = erm__arena_take(arena, room, sizeof(int32_t));
        self->zeros = erm__arena_take(arena, room, sizeof(int32_t));
        self->lipschitz = erm__arena_doubles(arena, groups->count);
        self->local = erm__arena_doubles(arena, 6 * room + 3);
    }
    return !arena->failed;
}

void erm__quadratic_changed(erm__quadratic *self, int64_t m, erm_regularizer R)
{
    self->m = m;
    self->R = R;
    self->shape = (erm_shape){.d = m, .k = 1, .scratch = self->scratch};
    for (int64_t j = 0; j < m; j++) {
        const double diagonal = self->G[j * self->room + j];
        self->metric[j] = diagonal > 0 ? 1 / diagonal : 1;
    }
    if (self->start) erm__blocks_list(self);
}

ERM_KERNEL static void add_scaled(int64_t n, double factor, const double *x, double *y)
{
    for (int64_t i = 0; i < n; i++) y[i] += factor * x[i];
}

void erm__quadratic_move(erm__quadratic *self, int64_t j, double delta)
{
    const double *const row = self->G + j * self->room;
    self->f += delta * (self->g[j] + 0.5 * delta * row[j]);
    self->work += (double)self->m;
    add_scaled(self->m, delta, row, self->g);
}

/* One coordinate; returns the share of f that it gained. */
static double descend(erm__quadratic *self, int32_t j)
{
    const double before = self->w[j];
    self->R.ops->advance(&self->R, self->shape, 1, &j, NULL, 1, 0, self->metric, self->g, self->w);
    const double delta = self->w[j] - before;
    if (delta == 0) return 0;
    erm__quadratic_move(self, j, delta);
    return delta * delta / self->metric[j];
}

/* A step that suits all variables at once; only what is 0 and stays 0 is read from its prox. */
static double common_step(const erm__quadratic *self)
{
    double least = INFINITY;
    for (int64_t j = 0; j < self->m; j++) least = fmin(least, self->metric[j]);
    return least < INFINITY ? least : 1;
}

/* point = prox(w - step g); returns the sum of G_jj (point_j - w_j)^2. */
static double look_ahead(erm__quadratic *self)
{
    const bool separable = self->R.ops->separable;
    const double step = separable ? 1 : common_step(self);
    for (int64_t j = 0; j < self->m; j++) self->point[j] = self->w[j] - step * (separable ? self->metric[j] : 1) * self->g[j];
    self->R.ops->prox(&self->R, self->shape, step, separable ? self->metric : NULL, self->point, self->point);
    double energy = 0;
    for (int64_t j = 0; j < self->m; j++) {
        const double move = self->point[j] - self->w[j];
        energy += move * move / self->metric[j];
    }
    return energy;
}

/* The variables, or groups, that are not 0 or would move. */
static int64_t list_active(erm__quadratic *self)
{
    int64_t count = 0;
    if (!self->start) {
        for (int32_t j = 0; j < self->m; j++)
            if (self->w[j] != 0 || self->point[j] != self->w[j]) self->active[count++] = j;
        return count;
    }
    const erm_groups *const groups = self->R.data;
    for (int32_t b = 0; b < groups->count; b++) {
        bool moves = false;
        for (int32_t p = self->start[b]; p < self->start[b + 1]; p++)
            moves |= self->w[self->member[p]] != 0 || self->point[self->member[p]] != 0;
        if (moves) self->active[count++] = b;
    }
    return count;
}

/* Sweeps until one gains little against the first. */
static bool sweep(erm__quadratic *self, int64_t count)
{
    double first = 0;
    bool moved = false;
    for (int round = 0; round < SWEEPS; round++) {
        double gained = 0;
        for (int64_t t = 0; t < count; t++)
            gained += self->start ? erm__blocks_descend(self, self->active[t]) : descend(self, self->active[t]);
        if (round == 0) first = gained;
        moved |= gained > 0;
        if (gained <= 1e-3 * first) break;
    }
    return moved;
}

/* The dual point -t g with what rounding leaves of free variables' gradients taken as 0; returns P - D. */
static double duality_gap(erm__quadratic *self, double penalty)
{
    const erm_regularizer *const R = &self->R;
    double *const u = self->trial, rounding = 1e-9 * sqrt(2 * fmax(self->f, 0));
    double product = 0;
    for (int64_t j = 0; j < self->m; j++) {
        const bool none = R->factor && R->factor[j] == 0 && fabs(self->g[j]) <= rounding / sqrt(self->metric[j]);
        u[j] = none ? 0 : -self->g[j];
        product += self->g[j] * self->w[j];
    }
    const double t = R->ops->dual_scale ? R->ops->dual_scale(R, self->shape, u) : 1;
    for (int64_t j = 0; j < self->m; j++) u[j] *= t;
    const double gap = (1 - t) * (1 - t) * self->f + penalty + R->ops->conjugate(R, self->shape, u) + t * product;
    return isnan(gap) ? INFINITY : fmax(gap, 0);
}

static double residual(erm__quadratic *self, double energy)
{
    const double penalty = self->R.ops->value(&self->R, self->shape, self->w);
    const double P = fmax(fabs(self->f + penalty), 1e-300);
    return self->R.ops->conjugate ? duality_gap(self, penalty) / P : sqrt(energy / P);
}

double erm__quadratic_solve(erm__quadratic *self, double tol)
{
    erm__quadratic_newton(self,
                          false); /* from the last lambda's optimum the one on the same support, if its factor is still there */
    double left = INFINITY;
    for (int round = 0; round < MOST_ROUNDS; round++) {
        const double energy = look_ahead(self);
        left = residual(self, energy);
        if (left <= tol) return left;
        const int64_t count = list_active(self);
        const bool swept = sweep(self, count);
        const bool stepped = erm__quadratic_newton(self, !swept);
        if (!swept && !stepped) break;
    }
    return left;
}
