/* Passes of coordinate descent over a list until they change no more than a tolerance, with Anderson extrapolation.
 *
 * A pass over the whole list finds the coordinates that are not 0, on which the next passes work alone, until they change
 * little; then the whole list is looked at again (Friedman, Hastie and Tibshirani 2010, section 2.6). Every five passes the
 * last six points are extrapolated, as in Bertrand and Massias (2021), algorithm 2; the point is taken if the objective is
 * lower there, which q tells without X, as it is linear in w. */
#include <math.h>
#include <string.h>

#include "solver/descent/cd.h"

static const double ACTIVE_TOL = 0.3; /* how much further the passes over the active part go */

static int64_t first_of(const erm__cd *self, int32_t unit) { return self->groups ? self->groups->start[unit] : 0; }

static int64_t size_of(const erm__cd *self, int32_t unit)
{
    return self->groups ? self->groups->start[unit + 1] - self->groups->start[unit] : 1;
}

static int64_t coordinate_of(const erm__cd *self, int32_t unit, int64_t p)
{
    return self->groups ? self->groups->member[p] : unit;
}

/* The coordinates of the list, out of `from` one after another. Returns how many. */
static int64_t gather(const erm__cd *self, int64_t count, const int32_t *list, const double *from, double *x)
{
    int64_t m = 0;
    for (int64_t t = 0; t < count; t++) {
        const int64_t first = first_of(self, list[t]), end = first + size_of(self, list[t]);
        for (int64_t p = first; p < end; p++) x[m++] = from[coordinate_of(self, list[t], p)];
    }
    return m;
}

static void scatter(erm__cd *self, int64_t count, const int32_t *list, const double *x)
{
    int64_t m = 0;
    for (int64_t t = 0; t < count; t++) {
        const int64_t first = first_of(self, list[t]), end = first + size_of(self, list[t]);
        for (int64_t p = first; p < end; p++) self->w[coordinate_of(self, list[t], p)] = x[m++];
    }
}

/* R, of the listed coordinates alone where that can be said. */
static double penalty(const erm__cd *self, int64_t count, const int32_t *list)
{
    double sum = 0;
    for (int64_t t = 0; self->groups && t < count; t++) sum += erm__cd_group_penalty(self, list[t]);
    if (self->groups) return sum;
    if (!self->entry) return self->R->ops->value(self->R, self->shape, self->w);
    for (int64_t t = 0; t < count; t++) {
        const erm_entry *const entry = &self->entry[list[t]];
        const double w = self->w[list[t]];
        if (!(w >= entry->low && w <= entry->high)) return INFINITY;
        sum += entry->l1 * fabs(w) + (0.5 * entry->l2 * w - entry->pull) * w;
    }
    return sum;
}

static double objective(const erm__cd *self, int64_t count, const int32_t *list)
{
    return erm__cd_value(self, self->q, self->shift) + penalty(self, count, list);
}

static void keep_point(const erm__cd *self, int64_t count, const int32_t *list, erm__anderson *anderson)
{
    const int64_t n = self->X->n;
    gather(self, count, list, self->w, erm__anderson_x(anderson));
    double *const y = erm__anderson_y(anderson);
    memcpy(y, self->q, (size_t)n * sizeof *y);
    y[n] = self->shift;
    erm__anderson_push(anderson);
}

/* Goes to the extrapolated point if that is lower. The points kept start anew. */
static void extrapolate(erm__cd *self, const erm__cd_job *job, int64_t count)
{
    erm__anderson *const anderson = job->anderson;
    const int64_t n = self->X->n;
    if (erm__anderson_extrapolate(anderson, job->x, job->y)) {
        const double before = objective(self, count, job->active);
        double *const now = anderson->x; /* no longer needed */
        gather(self, count, job->active, self->w, now);
        scatter(self, count, job->active, job->x);
        if (erm__cd_value(self, job->y, job->y[n]) + penalty(self, count, job->active) < before) {
            memcpy(self->q, job->y, (size_t)n * sizeof(double));
            self->shift = job->y[n];
        } else {
            scatter(self, count, job->active, now);
        }
    }
    erm__anderson_reset(anderson, anderson->length);
    keep_point(self, count, job->active, anderson);
}

static bool is_zero(const erm__cd *self, int32_t unit)
{
    const int64_t first = first_of(self, unit), end = first + size_of(self, unit);
    for (int64_t p = first; p < end; p++)
        if (self->w[coordinate_of(self, unit, p)] != 0) return false;
    return true;
}

static int64_t find_active(const erm__cd *self, const erm__cd_job *job)
{
    int64_t active = 0;
    for (int64_t t = 0; t < job->count; t++)
        if (!is_zero(self, job->list[t])) job->active[active++] = job->list[t];
    return active;
}

static void shuffle(erm_rng *rng, int64_t count, int32_t *list)
{
    for (int64_t t = count - 1; rng && t > 0; t--) {
        const int64_t other = (int64_t)erm_rng_below(rng, (uint64_t)t + 1);
        const int32_t kept = list[t];
        list[t] = list[other];
        list[other] = kept;
    }
}

/* Passes over the active part. Returns how many. */
static int solve_active(erm__cd *self, const erm__cd_job *job, int64_t active, double tol, int most)
{
    erm__anderson *const anderson = job->anderson;
    if (anderson) {
        erm__anderson_reset(anderson, gather(self, active, job->active, self->curvature, anderson->scale));
        keep_point(self, active, job->active, anderson);
    }
    for (int pass = 1; pass <= most; pass++) {
        if (!anderson) shuffle(job->rng, active, job->active);
        if (erm__cd_pass(self, active, job->active) <= tol) return pass;
        if (!anderson) continue;
        keep_point(self, active, job->active, anderson);
        if (erm__anderson_full(anderson)) extrapolate(self, job, active);
    }
    return most;
}

erm__cd_done erm__cd_solve(erm__cd *self, const erm__cd_job *job)
{
    erm__cd_done done = {0};
    double tol = 0;
    while (done.passes < job->most) {
        shuffle(job->rng, job->count, job->list);
        done.last = erm__cd_pass(self, job->count, job->list);
        done.work += (double)job->count;
        if (done.passes++ == 0) {
            done.first = done.last;
            tol = fmax(job->tol, job->ratio * done.first);
        }
        if (done.last <= tol) return done;
        const int64_t active = find_active(self, job);
        if (active == 0) continue;
        const int passes = solve_active(self, job, active, ACTIVE_TOL * tol, job->most - done.passes);
        done.work += (double)passes * (double)active;
        done.passes += passes;
    }
    return done;
}
