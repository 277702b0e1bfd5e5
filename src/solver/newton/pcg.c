/* Preconditioned conjugate gradients for Newton's equations (Hestenes and Stiefel 1952), stopped where a truncated Newton
 * method may stop: Dembo, Eisenstat, Steihaug (1982), "Inexact Newton methods", SIAM J. Numer. Anal. 19. */
#include "solver/newton/pcg.h"

#include <float.h>
#include <math.h>
#include <string.h>

static double dot(int64_t n, const double *a, const double *b)
{
    double sum = 0;
    for (int64_t j = 0; j < n; j++) sum += a[j] * b[j];
    return sum;
}

/* y += t x */
static void add(int64_t n, double t, const double *x, double *y)
{
    for (int64_t j = 0; j < n; j++) y[j] += t * x[j];
}

/* q = (H + diag(penalty)) s, v = X s */
static void multiply(const erm__pcg *self, erm_run *run)
{
    if (self->single)
        erm__single_curvature(self->single, self->middle, self->s, self->v, self->q);
    else
        erm__sweep_curvature(run->workspace, run->centre, self->middle, self->s, self->v, self->q);
    for (int64_t j = 0; j < run->size; j++) self->q[j] += self->penalty[j] * self->s[j];
    run->passes++;
}

/* One step; false where H has no curvature along s. Then the first s itself is the answer: steepest descent in M. */
static bool advance(erm__pcg *self, erm_run *run, double rho, bool first)
{
    const int64_t size = run->size, count = run->workspace->n * run->k;
    multiply(self, run);
    const double curvature = dot(size, self->s, self->q);
    const bool curved = curvature > DBL_EPSILON * DBL_EPSILON * rho && isfinite(curvature);
    if (!curved && !first) return false;
    const double t = curved ? rho / curvature : 1;
    add(size, t, self->s, self->p);
    add(count, t, self->v, self->u);
    if (curved) add(size, -t, self->q, self->r);
    self->value -= t * rho / 2;
    return curved;
}

/* The duality gap at w + p of a quadratic loss whose penalty is the L2 norm of `penalty`, F* + F** of its gradient -r: sum
 * r^2 / 2 R''. What is not penalised is in the way of it, but for the intercept, whose second derivative is 1. */
static double gap_of(const erm__pcg *self, const erm_run *run)
{
    double sum = 0;
    for (int64_t j = 0; j < run->size; j++) sum += self->r[j] * self->r[j] / (j < run->d * run->k ? self->penalty[j] : 1);
    return sum / 2;
}

int64_t erm__pcg_solve(erm__pcg *self, erm_run *run, double forcing, int64_t most, bool go_on)
{
    const int64_t size = run->size;
    const size_t bytes = (size_t)size * sizeof(double);
    memset(self->p, 0, bytes);
    memset(self->u, 0, (size_t)(run->workspace->n * run->k) * sizeof(double));
    for (int64_t j = 0; j < size; j++) self->r[j] = -self->g[j];
    erm__precondition_apply(self->M, run, self->r, self->y);
    if (!go_on) memcpy(self->s, self->y, bytes); /* else it is the next direction already */
    double rho = dot(size, self->r, self->y);
    const double target = forcing * forcing * rho;
    int64_t products = 0;
    self->enough = false;
    while (products < most && rho > target && !self->enough) {
        const bool curved = advance(self, run, rho, products == 0 && !go_on);
        products++;
        if (!curved) break;
        erm__precondition_apply(self->M, run, self->r, self->y);
        const double next = dot(size, self->r, self->y);
        for (int64_t j = 0; j < size; j++) self->s[j] = self->y[j] + next / rho * self->s[j];
        rho = next;
        self->enough = self->gap > 0 && gap_of(self, run) <= self->gap * fabs(self->value);
    }
    return products;
}
