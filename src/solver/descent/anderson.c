/* Anderson extrapolation of the iterates x_0 ... x_K of a method that is nearly linear: with U = (x_1 - x_0, ..., x_K -
 * x_{K-1}) the point is sum_k c_k x_k, c = v / sum(v) with (U'U) v = 1, which minimises ||U c|| over sum(c) = 1.
 *
 * Anderson (1965), "Iterative procedures for nonlinear integral equations"; for coordinate descent: Bertrand and Massias
 * (2021), "Anderson acceleration of coordinate descent". */
#include "solver/descent/anderson.h"

#include <math.h>
#include <string.h>

#include "base/small_chol.h"

enum { K = ERM_ANDERSON };

void erm__anderson_reset(erm__anderson *self, int64_t length)
{
    self->length = length;
    self->count = 0;
}

double *erm__anderson_x(erm__anderson *self) { return self->x + self->count * self->room; }

double *erm__anderson_y(erm__anderson *self) { return self->y + self->count * self->y_length; }

void erm__anderson_push(erm__anderson *self) { self->count++; }

/* A = U'U */
static void products(const erm__anderson *self, double A[K * K])
{
    memset(A, 0, sizeof(double[K * K]));
    for (int64_t j = 0; j < self->length; j++) {
        double u[K];
        for (int k = 0; k < K; k++) u[k] = self->x[(k + 1) * self->room + j] - self->x[k * self->room + j];
        for (int k = 0; k < K; k++)
            for (int l = 0; l <= k; l++) A[k * K + l] += self->scale[j] * (u[k] * u[l]);
    }
}

/* v = A^-1 1, with a trifle on the diagonal; false where that is not positive definite. */
static bool solve_ones(double A[K * K], double v[K])
{
    double trace = 0;
    for (int k = 0; k < K; k++) trace += A[k * K + k];
    for (int k = 0; k < K; k++) {
        A[k * K + k] += 1e-15 * trace;
        v[k] = 1;
    }
    if (!erm__small_cholesky(K, A)) return false;
    erm__small_forward(K, A, v);
    erm__small_backward(K, A, v);
    return true;
}

/* out = sum_k c_k (point k + 1), written so that an entry that is the same in all points stays so to the last bit. */
static void combine(const double c[K], int64_t length, int64_t room, const double *points, double *out)
{
    const double *const last = points + K * room;
    for (int64_t j = 0; j < length; j++) {
        double sum = 0;
        for (int k = 0; k < K - 1; k++) sum += c[k] * (points[(k + 1) * room + j] - last[j]);
        out[j] = last[j] + sum;
    }
}

bool erm__anderson_extrapolate(const erm__anderson *self, double *x, double *y)
{
    double A[K * K], c[K], total = 0;
    products(self, A);
    if (!solve_ones(A, c)) return false;
    for (int k = 0; k < K; k++) total += c[k];
    if (!isfinite(total) || total == 0) return false;
    for (int k = 0; k < K; k++) c[k] /= total;
    combine(c, self->length, self->room, self->x, x);
    combine(c, self->y_length, self->y_length, self->y, y);
    return true;
}
