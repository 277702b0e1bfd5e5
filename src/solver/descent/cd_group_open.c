/* What block coordinate descent knows of a group's columns before it moves: their Gram matrix with its eigenvectors, or a bound
 * on its eigenvalues where the group is large. */
#include <math.h>
#include <string.h>

#include "base/small_eigen.h"
#include "solver/descent/cd.h"

enum { POWERS = 12 };
static const double SAFETY = 1.2;

/* The columns seen through a quadratic whose derivative is h X_g v. scratch is 0 before and after. */
static erm__cd probe_of(const erm__cd *self)
{
    erm__cd probe = *self;
    probe.q = self->scratch;
    probe.shift = 0;
    return probe;
}

static void add_to_probe(erm__cd *probe, int64_t j, double a)
{
    erm__column_add(probe->X, j, a, probe->h, j, probe->q);
    probe->shift -= a * probe->mean[j];
}

/* A, and its eigenvectors and eigenvalues, none below 0. */
static void open_gram(const erm__cd *self, int64_t m, const int32_t *member, double *A)
{
    double copy[ERM_WHOLE_GROUP * ERM_WHOLE_GROUP];
    erm__cd probe = probe_of(self);
    for (int64_t k = 0; k < m; k++) {
        add_to_probe(&probe, member[k], 1);
        for (int64_t j = k; j < m; j++) A[j * m + k] = A[k * m + j] = erm__cd_slope(&probe, member[j]);
        A[k * m + k] = self->curvature[member[k]];
        memset(probe.q, 0, (size_t)self->X->n * sizeof(double));
        probe.shift = 0;
    }
    memcpy(copy, A, (size_t)(m * m) * sizeof *A);
    erm__small_eigen(m, copy, A + m * m, A + 2 * m * m);
    for (int64_t k = 0; k < m; k++) A[2 * m * m + k] = fmax(0, A[2 * m * m + k]);
}

/* The largest eigenvalue of A by power iterations, a little raised. */
static double largest_curvature(const erm__cd *self, int64_t m, const int32_t *member, double *v)
{
    erm__cd probe = probe_of(self);
    double eigenvalue = 0;
    for (int64_t k = 0; k < m; k++) v[k] = 1 + 0.5 * sin((double)k);
    for (int round = 0; round < POWERS; round++) {
        double norm = 0;
        for (int64_t k = 0; k < m; k++) norm += v[k] * v[k];
        for (int64_t k = 0; k < m; k++) add_to_probe(&probe, member[k], norm > 0 ? v[k] / sqrt(norm) : 0);
        eigenvalue = 0;
        for (int64_t k = 0; k < m; k++) {
            const double before = norm > 0 ? v[k] / sqrt(norm) : 0;
            v[k] = erm__cd_slope(&probe, member[k]);
            eigenvalue += before * v[k];
        }
        memset(probe.q, 0, (size_t)self->X->n * sizeof(double));
        probe.shift = 0;
    }
    double least = 0; /* no eigenvalue of the whole is below the largest diagonal entry */
    for (int64_t k = 0; k < m; k++) least = fmax(least, self->curvature[member[k]]);
    return fmax(SAFETY * eigenvalue, least);
}

void erm__cd_group_open(erm__cd *self, int64_t g)
{
    const erm__groups_of *groups = self->groups;
    const int64_t m = groups->start[g + 1] - groups->start[g];
    const int32_t *const member = groups->member + groups->start[g];
    double trace = 0;
    for (int64_t k = 0; k < m; k++) trace += self->curvature[member[k]];
    groups->largest[g] = trace;
    if (m == 1) return;
    if (groups->gram_at[g] >= 0)
        open_gram(self, m, member, groups->gram + groups->gram_at[g]);
    else
        groups->largest[g] = largest_curvature(self, m, member, self->scratch + self->X->n);
}
