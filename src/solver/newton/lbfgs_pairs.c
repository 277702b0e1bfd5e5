/* The limited memory of quasi-Newton methods. The inverse Hessian is never formed: Nocedal (1980), "Updating quasi-Newton
 * matrices with limited storage", Math. Comp. 35 (the two loops). The first approximation is scale M with scale = s'y / y'M y
 * of the last pair: Liu and Nocedal (1989), "On the limited memory BFGS method for large scale optimization", Math. Programming
 * 45, where M is the unit matrix. Here it is the inverse of the largest diagonal that the Hessian can have, of the loss and the
 * penalty, so that columns may have any scales and rare ones do not hold up the others. */
#include "solver/newton/lbfgs_pairs.h"

#include <float.h>
#include <math.h>

static double dot(int64_t n, const double *a, const double *b)
{
    double sum = 0;
    for (int64_t j = 0; j < n; j++) sum += a[j] * b[j];
    return sum;
}

void erm__pairs_take(erm__pairs *self, erm_run *run, int64_t most)
{
    erm_run_parameters(run, 1, &(const double){(double)most});
    const int64_t doubles = most <= INT64_MAX / (run->size + 1) ? most * run->size : INT64_MAX;
    self->most = most;
    self->s = erm_run_take(run, doubles);
    self->y = erm_run_take(run, doubles);
    self->rho = erm_run_take(run, most);
    self->alpha = erm_run_take(run, most);
    self->first = erm_run_take(run, run->size);
}

void erm__pairs_open(erm__pairs *self, const erm_run *run, const double *penalty)
{
    const double bound = run->problem->loss.ops->curvature(&run->problem->loss, run->k);
    const double curvature = isfinite(bound) && bound > 0 ? bound : 1;
    for (int64_t j = 0; j < run->size; j++)
        self->first[j] = 1 / (curvature / (run->metric ? run->metric[j / run->k] : 1) + penalty[j]);
    erm__pairs_clear(self);
}

void erm__pairs_clear(erm__pairs *self)
{
    self->count = self->next = 0;
    self->scale = 1;
}

void erm__pairs_add(erm__pairs *self, const erm_run *run, double t, const double *p, const double *now, const double *before)
{
    double *const s = self->s + self->next * run->size, *const y = self->y + self->next * run->size;
    double sy = 0, ss = 0, yy = 0; /* lengths in the metric */
    for (int64_t j = 0; j < run->size; j++) {
        s[j] = t * p[j];
        y[j] = now[j] - before[j];
        sy += s[j] * y[j];
        ss += s[j] * s[j] / self->first[j];
        yy += y[j] * y[j] * self->first[j];
    }
    if (!(sy > DBL_EPSILON * sqrt(ss) * sqrt(yy)) || !isfinite(yy / sy)) return;
    self->rho[self->next] = 1 / sy;
    self->scale = sy / yy;
    self->next = (self->next + 1) % self->most;
    if (self->count < self->most) self->count++;
}

void erm__pairs_drop(erm__pairs *self, const erm_run *run)
{
    self->scale = 1;
    if (self->count == 0) return;
    self->count--;
    self->next = (self->next + self->most - 1) % self->most;
    if (self->count == 0) return;
    const int64_t newest = (self->next + self->most - 1) % self->most;
    const double *const y = self->y + newest * run->size;
    double yy = 0;
    for (int64_t j = 0; j < run->size; j++) yy += y[j] * y[j] * self->first[j];
    self->scale = 1 / (self->rho[newest] * yy);
}

double erm__pairs_direction(const erm__pairs *self, const erm_run *run, const double *g, double *p)
{
    const int64_t size = run->size;
    for (int64_t j = 0; j < size; j++) p[j] = -g[j];
    for (int64_t t = 1; t <= self->count; t++) {
        const int64_t i = (self->next - t + self->most) % self->most;
        self->alpha[i] = self->rho[i] * dot(size, self->s + i * size, p);
        for (int64_t j = 0; j < size; j++) p[j] -= self->alpha[i] * self->y[i * size + j];
    }
    for (int64_t j = 0; j < size; j++) p[j] *= self->scale * self->first[j];
    for (int64_t t = self->count; t >= 1; t--) {
        const int64_t i = (self->next - t + self->most) % self->most;
        const double share = self->alpha[i] - self->rho[i] * dot(size, self->y + i * size, p);
        for (int64_t j = 0; j < size; j++) p[j] += share * self->s[i * size + j];
    }
    return dot(size, g, p);
}
