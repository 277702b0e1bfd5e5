/* The inner parts of dual coordinate ascent's loops: a step along one dual variable, products with one sparse row. */
#ifndef ERM_DUAL_STEP_H
#define ERM_DUAL_STEP_H

#include <math.h>

#include "base/simd.h"
#include "solver/dual/dual.h"

/* The violation of row i's optimality is how far its margin is from the subdifferential of l* at a_i; its slack, where that is 0,
 * is how far the margin can move before the variable does. */
typedef struct erm__stance {
    double violation, slack;
} erm__stance;

ERM_INLINE double erm__positive(double x) { return x > 0 ? x : 0; }

ERM_INLINE erm__stance erm__stance_of(const erm_dual_form *form, double z, double a)
{
    const double pull = z - form->at - form->curve * a;
    if (a == 0 && form->flat > 0) {
        const double slack = form->flat - fabs(pull);
        return (erm__stance){.violation = erm__positive(-slack), .slack = erm__positive(slack)};
    }
    const double up = a > 0 ? pull - form->flat : pull + form->flat; /* flat is 0 where a is */
    if (a >= form->high) return (erm__stance){.violation = erm__positive(-up), .slack = erm__positive(up)};
    if (a <= form->low) return (erm__stance){.violation = erm__positive(up), .slack = erm__positive(-up)};
    return (erm__stance){.violation = fabs(up)};
}

/* The maximiser of  a'z - l*(a') - q/2 (a' - a)^2. */
ERM_INLINE double erm__best_dual(const erm_dual_form *form, double z, double q, double a)
{
    double pull = q * a + z - form->at;
    if (form->flat > 0) pull = pull > form->flat ? pull - form->flat : pull < -form->flat ? pull + form->flat : 0;
    const double best = pull / (form->curve + q);
    return best < form->low ? form->low : best > form->high ? form->high : best;
}

/* The root mean square of the violations that there are. A variable between its bounds had none after its last visit, so that is
 * how far margins move from one epoch to the next. */
typedef struct erm__unrest {
    double squares, count;
} erm__unrest;

ERM_INLINE void erm__unrest_add(erm__unrest *self, double violation)
{
    self->squares += violation * violation;
    self->count += violation > 0;
}

ERM_INLINE double erm__unrest_typical(const erm__unrest *self) { return self->count > 0 ? sqrt(self->squares / self->count) : 0; }

/* What row i, whose margin is z, says of a = a_i; and where a_i should go. */
ERM_INLINE erm__stance erm__dual_consider(const erm__dual *self, const erm_run *run, int64_t i, double z, double a, double *next)
{
    const erm_loss *loss = &run->problem->loss;
    const double q = self->q[i], *const y = run->problem->y + i;
    erm__stance found = {0};
    *next = a;
    if (loss->ops->dual_form) {
        erm_dual_form form;
        loss->ops->dual_form(loss, *y, &form);
        found = erm__stance_of(&form, z, a);
        if (found.violation > 0) *next = erm__best_dual(&form, z, q, a);
        return found;
    }
    if (loss->ops->dual_near)
        *next = loss->ops->dual_near(loss, *y, q, z, a);
    else
        loss->ops->dual_step(loss, 1, y, q, &z, next);
    found.violation = q * fabs(*next - a);
    return found;
}

/* Four sums, because one would wait for itself. */
ERM_INLINE double erm__dual_sparse_dot(int64_t n, const double *x, const int32_t *index, const double *w)
{
    double sum[4] = {0};
    int64_t p = 0;
    for (; p + 4 <= n; p += 4)
        for (int s = 0; s < 4; s++) sum[s] += x[p + s] * w[index[p + s]];
    for (; p < n; p++) sum[0] += x[p] * w[index[p]];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* Reads four entries of w before it writes them: the columns of a row differ. */
ERM_INLINE void erm__dual_sparse_add(int64_t n, double t, const double *x, const int32_t *index, double *w)
{
    int64_t p = 0;
    for (; p + 4 <= n; p += 4) {
        double sum[4];
        for (int s = 0; s < 4; s++) sum[s] = w[index[p + s]] + t * x[p + s];
        for (int s = 0; s < 4; s++) w[index[p + s]] = sum[s];
    }
    for (; p < n; p++) w[index[p]] += t * x[p];
}

ERM_INLINE void erm__dual_sparse_add_scaled(int64_t n, double t, const double *x, const int32_t *index, const double *metric,
                                            double *w)
{
    for (int64_t p = 0; p < n; p++) w[index[p]] += t * metric[index[p]] * x[p];
}

#endif
