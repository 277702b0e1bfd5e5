/* Coordinate descent for several outputs: passes over the working set, mostly over what is not 0, with Anderson extrapolation.
 *
 * As cd_solve.c; but U is made anew at an extrapolated point, as copies of n k doubles would be too many. */
#include <math.h>
#include <string.h>

#include "solver/descent/cd_many.h"

enum {
    MOST_PASSES = 200,
    FEW = 4 /* a part of the outputs: so many more values a time takes a loop over all of them */
};
static const double LEAST_PASSES = 5, MATRIX_SHARE = 0.4; /* of passes over a matrix, which go further */

/* The outputs of an active unit: all of a row or group, of single entries those that are not held. */
static const int32_t *entries_of(erm__many *self, int64_t unit, int64_t *count)
{
    *count = self->k;
    if (self->pieces != ERM_PIECES_ENTRIES || unit == self->units) return NULL;
    *count = erm__many_entries(self, unit, self->entry);
    if (*count == 0 || FEW * *count < self->k) return self->entry;
    *count = self->k;
    return NULL;
}

static bool is_active(erm__many *self, int64_t unit)
{
    int64_t count;
    if (unit == self->units) return true;
    if (self->pieces == ERM_PIECES_ENTRIES) return entries_of(self, unit, &count), count > 0;
    for (int64_t p = 0; p < erm__many_size(self, unit); p++) {
        const double *const w = self->w + erm__many_at(self, erm__many_member(self, unit, p));
        for (int64_t c = 0; c < self->k; c++)
            if (w[c] != 0) return true;
    }
    return false;
}

static double pass_over(erm__many *self, int64_t count, const int32_t *list, bool whole)
{
    double largest = 0;
    for (int64_t t = 0; t < count; t++) {
        int64_t outputs = self->k;
        if (self->by_matrix && self->pieces == ERM_PIECES_ENTRIES) { /* each output for itself costs no more */
            for (int32_t c = 0; c < self->k; c++)
                if (erm__many_matrix_has(self, erm__many_member(self, list[t], 0), c))
                    largest = fmax(largest, erm__many_step(self, list[t], 1, &c));
            continue;
        }
        const int32_t *const entry = whole ? NULL : entries_of(self, list[t], &outputs);
        if (outputs > 0) largest = fmax(largest, erm__many_step(self, list[t], outputs, entry));
    }
    return largest;
}

/* All values of the listed units between `array` (as W) and x. Returns how many. */
static int64_t gather(const erm__many *self, int64_t count, const int32_t *list, const double *array, double *x)
{
    int64_t m = 0;
    for (int64_t t = 0; t < count; t++)
        for (int64_t p = 0; p < erm__many_size(self, list[t]); p++) {
            memcpy(x + m, array + erm__many_at(self, erm__many_member(self, list[t], p)), (size_t)self->k * sizeof *x);
            m += self->k;
        }
    return m;
}

static void scatter(const erm__many *self, int64_t count, const int32_t *list, const double *x)
{
    for (int64_t t = 0; t < count; t++)
        for (int64_t p = 0; p < erm__many_size(self, list[t]); p++, x += self->k)
            memcpy(self->w + erm__many_at(self, erm__many_member(self, list[t], p)), x, (size_t)self->k * sizeof *x);
}

static double objective(const erm__many *self)
{
    return erm__many_value(self) + self->R->ops->value(self->R, self->shape, self->w);
}

static void keep_point(erm__many *self, int64_t count)
{
    gather(self, count, self->active, self->w, erm__anderson_x(&self->anderson));
    erm__anderson_push(&self->anderson);
}

/* Goes to the extrapolated point if that is lower. The points kept start anew. */
static void extrapolate(erm__many *self, int64_t count)
{
    erm__anderson *const anderson = &self->anderson;
    if (erm__anderson_extrapolate(anderson, self->point, NULL)) {
        const double before = objective(self);
        double *const now = anderson->x; /* no longer needed */
        gather(self, count, self->active, self->w, now);
        scatter(self, count, self->active, self->point);
        erm__many_keep(self, false);
        erm__many_refresh(self);
        if (!(objective(self) < before)) {
            scatter(self, count, self->active, now);
            erm__many_keep(self, true);
        }
    }
    erm__anderson_reset(anderson, anderson->length);
    keep_point(self, count);
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
static int solve_active(erm__many *self, erm_rng *rng, int64_t count, double tol, int most)
{
    erm__anderson *const anderson = self->params.no_anderson ? NULL : &self->anderson;
    if (anderson) {
        erm__anderson_reset(anderson, gather(self, count, self->active, self->M, anderson->scale));
        keep_point(self, count);
    }
    for (int pass = 1; pass <= most; pass++) {
        if (!anderson) shuffle(rng, count, self->active);
        if (pass_over(self, count, self->active, false) <= tol) return pass;
        if (!anderson) continue;
        keep_point(self, count);
        if (erm__anderson_full(anderson)) extrapolate(self, count);
    }
    return most;
}

double erm__many_solve(erm__many *self, erm_run *run, double tol, double ratio)
{
    erm_rng *const rng = self->params.random_order ? &run->rng : NULL;
    double first = 0, work = 0;
    for (int passes = 0; passes < MOST_PASSES;) {
        shuffle(rng, self->count, self->list);
        const double change = pass_over(self, self->count, self->list, true);
        work += (double)self->count;
        if (passes++ == 0) {
            first = change;
            tol = fmax(tol, ratio * first);
        }
        if (change <= tol) break;
        int64_t active = 0;
        for (int64_t t = 0; t < self->count; t++)
            if (is_active(self, self->list[t])) self->active[active++] = self->list[t];
        const int done = active > 0 ? solve_active(self, rng, active, tol, MOST_PASSES - passes) : 0;
        work += (double)done * (double)active;
        passes += done;
    }
    const double passes_of_set = work / (double)(self->count > 0 ? self->count : 1);
    self->passes = fmax(LEAST_PASSES, (self->by_matrix ? MATRIX_SHARE : 1) * passes_of_set);
    run->passes += (self->by_matrix ? (double)self->count : 2 * work) / (double)(self->units > 0 ? self->units : 1);
    return first;
}
