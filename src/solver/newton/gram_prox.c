/* Accelerated proximal gradient on a quadratic that is given by its matrix.
 *
 * Beck and Teboulle (2009), with the restart of O'Donoghue and Candes (2015), as prox.c; here the gradient is linear, so that a
 * step costs one product with the matrix, and tells whether it was short enough. */
#include "solver/newton/gram_prox.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"

enum { MOST_STEPS = 2000, MOST_TRIALS = 60 };
static const double SHRINK = 0.5, GROW = 1.1;

void erm__gram_prox_take(erm__gram_prox *self, erm_run *run)
{
    double **const vectors[] = {&self->w,          &self->slope, &self->old_w, &self->old_slope, &self->from,
                                &self->from_slope, &self->next,  &self->move,  &self->product};
    for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++) *vectors[v] = erm_run_take(run, run->size);
}

ERM_KERNEL static void multiply(int64_t d, const double *restrict G, const double *restrict x, double *restrict y)
{
    for (int64_t i = 0; i < d; i++) {
        double sum = 0;
        ERM_SIMD_SUM(sum)
        for (int64_t j = 0; j < d; j++) sum += G[i * d + j] * x[j];
        y[i] = sum;
    }
}

/* next, move = next - from, product = G move for a step t; whether it was short enough. */
static bool attempt(erm__gram_prox *self, erm_run *run, const double *G, double t, double *square)
{
    const int64_t d = run->d;
    double curvature = 0;
    for (int64_t j = 0; j < d; j++) self->move[j] = self->from[j] - t * self->from_slope[j];
    erm_run_prox(run, t, NULL, self->move, self->next);
    *square = 0;
    for (int64_t j = 0; j < d; j++) {
        self->move[j] = self->next[j] - self->from[j];
        *square += self->move[j] * self->move[j];
    }
    multiply(d, G, self->move, self->product);
    for (int64_t j = 0; j < d; j++) curvature += self->move[j] * self->product[j];
    return t * curvature <= *square;
}

/* Moves to next; whether the momentum points uphill there. */
static bool accept(erm__gram_prox *self, int64_t d)
{
    double uphill = 0;
    for (int64_t j = 0; j < d; j++) {
        uphill -= self->move[j] * (self->next[j] - self->w[j]);
        self->old_w[j] = self->w[j];
        self->old_slope[j] = self->slope[j];
        self->w[j] = self->next[j];
        self->slope[j] = self->from_slope[j] + self->product[j];
    }
    return uphill > 0;
}

void erm__gram_prox_solve(erm__gram_prox *self, erm_run *run, const double *G, double ratio)
{
    const int64_t d = run->d;
    double a = 1, t = 0, last = 0, first = 0;
    for (int64_t j = 0; j < d; j++) t = fmax(t, G[j * d + j]);
    last = t = t > 0 ? 1 / t : 1;
    memcpy(self->old_w, self->w, (size_t)d * sizeof(double));
    memcpy(self->old_slope, self->slope, (size_t)d * sizeof(double));
    for (int step = 0; step < MOST_STEPS; step++, t *= GROW) {
        double square = 0, momentum = 1;
        bool accepted = false;
        for (int trial = 0; !accepted && trial < MOST_TRIALS; trial++) {
            if (trial > 0) t *= SHRINK;
            momentum = (1 + sqrt(1 + 4 * last / t * a * a)) / 2;
            const double beta = (a - 1) / momentum;
            for (int64_t j = 0; j < d; j++) {
                self->from[j] = self->w[j] + beta * (self->w[j] - self->old_w[j]);
                self->from_slope[j] = self->slope[j] + beta * (self->slope[j] - self->old_slope[j]);
            }
            accepted = attempt(self, run, G, t, &square);
        }
        if (!accepted) return; /* rounding level */
        const bool restart = accept(self, d);
        a = restart ? 1 : momentum;
        last = t;
        if (step == 0) first = square / (t * t);
        if (square / (t * t) <= ratio * ratio * first) return;
    }
}
