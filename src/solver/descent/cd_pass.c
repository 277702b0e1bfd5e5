/* Coordinate descent: each coordinate in turn to the minimum of a quadratic and a separable penalty,
 *
 *     w_j <- argmin_v  L_j (v - w_j)^2 / 2 + g_j v + R_j(v),      g_j = (1/S) x_j'(q + shift h),  L_j = (1/S) sum h (x_j - m_j)^2
 *
 * Tseng (2001), "Convergence of a block coordinate descent method for nondifferentiable minimization"; Friedman, Hastie and
 * Tibshirani (2010), J. Stat. Soft. 33(1). With an intercept: g_j is the slope and L_j the curvature once the intercept has
 * been minimised out, as then sum (q + shift h) = 0. */
#include <math.h>

#include "solver/descent/cd.h"

static const double CANCELLED = 1e-14; /* what rounding may leave of the square of a column that is constant */

static double sum_of(int64_t n, const double *x)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += x[i];
    return sum;
}

void erm__cd_begin(erm__cd *self, const double *h, const double *d)
{
    const int64_t n = self->X->n;
    self->h = h;
    self->h_sum = h ? sum_of(n, h) : (double)n;
    self->shift = self->intercept ? -sum_of(n, d) / self->h_sum : 0;
}

static void set_column(erm__cd *self, int64_t j, double mean, double curvature)
{
    self->mean[j] = mean;
    self->curvature[j] = curvature > CANCELLED * mean * mean * self->h_sum / self->total_weight ? curvature : 0;
}

static void open_column(erm__cd *self, int64_t j)
{
    const erm__columns *X = self->X;
    double mean = 0;
    if (self->intercept) mean = X->ops->mean(X, j, self->h) / self->h_sum;
    set_column(self, j, mean, X->ops->spread(X, j, self->h, self->h_sum, mean) / self->total_weight);
}

void erm__cd_open_known(erm__cd *self, int64_t j, double sum, double square)
{
    const double mean = self->intercept ? sum / self->h_sum : 0;
    set_column(self, j, mean, (square - mean * sum) / self->total_weight);
}

void erm__cd_open(erm__cd *self, int64_t count, const int32_t *list, int threads)
{
    const int team = count > 16 ? threads : 1;
#pragma omp parallel for schedule(dynamic, 4) num_threads(team) if (team > 1)
    for (int64_t t = 0; t < count; t++) {
        if (self->groups) {
            for (int64_t p = self->groups->start[list[t]]; p < self->groups->start[list[t] + 1]; p++)
                open_column(self, self->groups->member[p]);
        } else {
            open_column(self, list[t]);
        }
    }
    for (int64_t t = 0; self->groups && t < count; t++) erm__cd_group_open(self, list[t]);
}

double erm__cd_slope(const erm__cd *self, int64_t j)
{
    const double product = erm__column_dot(self->X, j, self->q);
    return (self->intercept ? product + self->shift * (self->mean[j] * self->h_sum) : product) / self->total_weight;
}

static double soft(double v, double threshold) { return fabs(v) <= threshold ? 0 : v - copysign(threshold, v); }

static double clip(double v, double low, double high) { return v < low ? low : v > high ? high : v; }

/* Without curvature the slope is rounding, and the penalty alone decides; nothing does where there is none. */
static double minimiser_alone(const erm_entry *entry, double at)
{
    if (entry->l1 == 0 && entry->l2 == 0) return clip(at, entry->low, entry->high);
    const double open = soft(entry->pull, entry->l1);
    return clip(open == 0 ? 0 : open / entry->l2, entry->low, entry->high);
}

double erm__entry_minimiser(const erm_entry *entry, double at, double slope, double curvature)
{
    if (curvature == 0) return minimiser_alone(entry, at);
    return clip(soft(curvature * at - slope + entry->pull, entry->l1) / (curvature + entry->l2), entry->low, entry->high);
}

double erm__cd_minimiser(const erm__cd *self, int64_t j, double at, double slope, double curvature)
{
    if (self->entry) return erm__entry_minimiser(&self->entry[j], at, slope, curvature);
    const int32_t index = (int32_t)j;
    const double before = self->w[j];
    self->metric[j] = curvature > 0 ? 1 / curvature : 1;
    self->drift[j] = curvature > 0 ? slope : 0;
    self->w[j] = at;
    self->R->ops->advance(self->R, self->shape, 1, &index, NULL, 1, 0, self->metric, self->drift, self->w);
    const double minimiser = self->w[j];
    self->w[j] = before;
    return minimiser;
}

/* next: the coordinate that follows */
static double coordinate_step(erm__cd *self, int64_t j, int64_t next)
{
    const double before = self->w[j], curvature = self->curvature[j];
    const double after = erm__cd_minimiser(self, j, before, erm__cd_slope(self, j), curvature), change = after - before;
    if (change == 0) return 0;
    self->w[j] = after;
    erm__column_add(self->X, j, change, self->h, next, self->q);
    self->shift -= change * self->mean[j];
    return fabs(change) * sqrt(curvature);
}

double erm__cd_pass(erm__cd *self, int64_t count, const int32_t *list)
{
    double largest = 0;
    for (int64_t t = 0; t < count; t++) {
        const int32_t next = list[t + 1 < count ? t + 1 : t];
        largest = fmax(largest, self->groups ? erm__cd_group_step(self, list[t], next) : coordinate_step(self, list[t], next));
    }
    return largest;
}

double erm__cd_value(const erm__cd *self, const double *q, double shift)
{
    const int64_t n = self->X->n;
    const double *const h = self->h;
    double sum = 0;
    if (self->start) { /* start'p + p'G p / 2 with q = start + G p */
        for (int64_t c = 0; c < n; c++)
            sum += (self->w[self->features[c]] - self->origin[self->features[c]]) * (self->start[c] + q[c]) / 2;
        return sum;
    }
    for (int64_t i = 0; i < n; i++) {
        const double curvature = h ? h[i] : 1, slope = q[i] + shift * curvature;
        if (curvature > 0) sum += slope * slope / curvature;
    }
    return sum / (2 * self->total_weight);
}
