/* Boxes: low <= W_jc <= high, W >= 0, and the L-infinity ball. The set is about the features whose factor is not 0.
 *
 *     prox:      min(max(v, low), high)
 *     conjugate: sum max(low u, high u), with 0 inf = 0 (the support function)
 *
 * Rockafellar (1970), "Convex Analysis", section 13. */
#include "regularizer/directions.h"
#include "regularizer/parameter.h"
#include "regularizer/recursion.h"

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    const erm__bands bands = erm__bands_of(self, shape, false);
    const double low = self->param[0] - 1e-12 * fabs(self->param[0]), high = self->param[1] + 1e-12 * fabs(self->param[1]);
    for (int64_t j = 0; j < bands.count; j++) {
        const double *w = W + j * bands.width;
        for (int64_t i = 0; erm__band_factor(&bands, j) != 0 && i < bands.width; i++)
            if (!(w[i] >= low && w[i] <= high)) return INFINITY;
    }
    return 0;
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    (void)step;
    (void)metric;
    const erm__bands bands = erm__bands_of(self, shape, false);
    for (int64_t j = 0; j < bands.count; j++) {
        const bool bound = erm__band_factor(&bands, j) != 0;
        const double low = bound ? self->param[0] : -INFINITY, high = bound ? self->param[1] : INFINITY;
        const int64_t end = (j + 1) * bands.width;
        for (int64_t i = j * bands.width; i < end; i++) W[i] = erm__clip(V[i], low, high);
    }
}

/* sup of u w over low <= w <= high */
static double support(double u, double low, double high)
{
    if (u == 0) return 0;
    return u * (u > 0 ? high : low);
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    if (erm__free_conjugate(self, shape, U) != 0) return INFINITY;
    const erm__bands bands = erm__bands_of(self, shape, false);
    double sum = 0;
    for (int64_t j = 0; j < bands.count; j++) {
        const double *u = U + j * bands.width;
        for (int64_t i = 0; erm__band_factor(&bands, j) != 0 && i < bands.width; i++)
            sum += support(u[i], self->param[0], self->param[1]);
    }
    return sum;
}

/* 1 where no entry pulls towards an infinite side, else 0: scaling does not change the sign of an entry. */
static double dual_scale(const erm_regularizer *self, erm_shape shape, const double *U)
{
    if (erm__free_dual_scale(self, shape, U) == 0) return 0;
    const bool no_low = self->param[0] == -INFINITY, no_high = self->param[1] == INFINITY;
    const erm__bands bands = erm__bands_of(self, shape, false);
    for (int64_t j = 0; (no_low || no_high) && j < bands.count; j++) {
        const double *u = U + j * bands.width;
        for (int64_t i = 0; erm__band_factor(&bands, j) != 0 && i < bands.width; i++)
            if ((no_low && u[i] < 0) || (no_high && u[i] > 0)) return 0;
    }
    return 1;
}

static void advance(const erm_regularizer *self, erm_shape shape, int64_t n, const int32_t *index, const int64_t *count,
                    double step, double pull, const double *metric, const double *drift, double *W)
{
    const erm__recursion free = erm__recursion_of(0, 0, 0, pull);
    for (int64_t t = 0; t < n; t++) {
        const int64_t j = index ? index[t] : t, times = count ? count[t] : 1;
        if (times == 0) continue;
        const double step_j = step * (metric ? metric[j] : 1);
        const bool bound = !self->factor || self->factor[j] != 0;
        const double low = bound ? self->param[0] : -INFINITY, high = bound ? self->param[1] : INFINITY;
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++) {
            const double move = drift ? step_j * drift[i] : 0;
            W[i] = erm__recursion_clipped(&free, W[i], move, times, low, high);
        }
    }
}

static int64_t directions(const erm_regularizer *self, erm_shape shape, const double *W, int64_t *direction, double *along)
{
    erm__directions found = {0, direction, along};
    for (int64_t i = 0; i < shape.d * shape.k; i++) {
        const bool free = self->factor && self->factor[i / shape.k] == 0;
        erm__move_alone(&found, i, free || erm__strictly_inside(W[i], self->param[0], self->param[1]));
    }
    return found.count;
}

static bool entry(const erm_regularizer *self, int64_t j, int64_t at, erm_entry *entry)
{
    (void)at;
    const bool bound = !self->factor || self->factor[j] != 0;
    *entry = (erm_entry){0, 0, 0, bound ? self->param[0] : -INFINITY, bound ? self->param[1] : INFINITY};
    return true;
}

static erm_status check(const erm_regularizer *self, int64_t d, int64_t k, char *detail)
{
    (void)d;
    (void)k;
    return erm__check_bounds(self, -1, self->param[0], self->param[1], detail);
}

/* The three differ in their names, which users see, and in their bounds. */
#define OPS(called)                                                                                                              \
    {                                                                                                                            \
        .name = called, .separable = true, .value = value, .prox = prox, .conjugate = conjugate, .dual_scale = dual_scale,       \
        .advance = advance, .directions = directions, .entry = entry, .check = check,                                            \
    }

static const erm_regularizer_ops box_ops = OPS("box"), nonnegative_ops = OPS("nonnegative"), linf_ball_ops = OPS("linf-ball");

erm_regularizer erm_box(double low, double high) { return (erm_regularizer){.ops = &box_ops, .param = {low, high}}; }

erm_regularizer erm_nonnegative(void) { return (erm_regularizer){.ops = &nonnegative_ops, .param = {0, INFINITY}}; }
erm_regularizer erm_linf_ball(double radius) { return (erm_regularizer){.ops = &linf_ball_ops, .param = {-radius, radius}}; }
