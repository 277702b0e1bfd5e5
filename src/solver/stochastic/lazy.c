/* Columns that are brought up to date just in time, for steps by sparse rows: in O(values of the row).
 *
 * Langford, Li and Zhang (2009), "Sparse online learning via truncated gradient", JMLR 10; Duchi and Singer (2009), "Efficient
 * online and batch learning using forward backward splitting", JMLR 10, section 5. A row's own part of a step is subtracted at
 * once; the rest of that step is one more step that its columns are behind. */
#include "solver/stochastic/lazy.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "solver/run.h"

enum { STEP, REACHED, HEAD }; /* of a cell; then W_j and its other k numbers */

/* A value that is brought up to date costs as much as this many entries of a plain step over W. */
static const double LAZY_COST = 8;

static bool all_entries(const erm_run *run)
{
    const erm_regularizer *R = &run->problem->regularizer;
    erm_entry entry;
    for (int64_t e = 0; e < run->d * run->k; e++)
        if (!R->ops->entry(R, e / run->k, e, &entry)) return false;
    return true;
}

bool erm__lazy_fits(const erm_run *run, double rows)
{
    const erm_matrix *X = run->problem->X;
    const erm_regularizer_ops *R = run->problem->regularizer.ops;
    const double row = (double)X->nnz / (double)X->rows;
    return X->ops->sparse && X->ops->row && run->d > 0 && LAZY_COST * rows * row <= (double)run->d && R->separable &&
           R->advance && R->entry && all_entries(run);
}

erm_row erm__lazy_row(const erm_run *run, erm__reader reader, int64_t i)
{
    const erm_matrix *X = run->problem->X;
    erm_row row = X->ops->row(X, i, reader.index, reader.value);
    if (row.index) return row;
    for (int64_t j = 0; j < row.count; j++) reader.index[j] = (int32_t)j;
    row.index = reader.index;
    return row;
}

static double *scratch(erm_run *run) { return erm__run_scratch(run, run->d * run->k + ERM_PATHS_FILL); }

void erm__lazy_take(erm__lazy *self, erm_run *run, bool summed)
{
    const int64_t entries = run->d * run->k;
    *self = (erm__lazy){.d = run->d, .k = run->k, .stride = HEAD + 2 * run->k, .summed = summed};
    self->cell = erm__run_scratch(run, run->d * self->stride);
    self->w = scratch(run);
    self->step = scratch(run);
    self->count = scratch(run);
    self->drift = scratch(run);
    self->end = scratch(run);
    self->sum = scratch(run);
    self->odd = scratch(run);
    for (int r = 0; r <= ERM_LAZY_AHEAD; r++) self->reader[r] = erm__reader_take(run);
    const bool alike = erm__common_penalty(run, &self->common) && self->common.pull == 0;
    if (alike && self->common.low == -INFINITY && self->common.high == INFINITY) return;
    self->penalty = erm_run_take_bytes(run, entries, sizeof *self->penalty);
    self->own = (void *)erm__run_scratch(run, entries * (int64_t)(sizeof *self->own / sizeof(double)));
}

void erm__lazy_open(erm__lazy *self, const erm_run *run, const double *metric)
{
    const erm_regularizer *R = &run->problem->regularizer;
    self->metric = metric;
    for (int64_t e = 0; self->penalty && e < self->d * self->k; e++) R->ops->entry(R, e / self->k, e, &self->penalty[e]);
}

void erm__lazy_load(erm__lazy *self, double step, double pull, const double *w, const double *drift)
{
    const int64_t k = self->k;
    self->pull = pull;
    for (int64_t j = 0; j < self->d; j++) {
        double *const cell = self->cell + j * self->stride;
        cell[STEP] = step * self->metric[j * k];
        cell[REACHED] = 0;
        for (int64_t c = 0; c < k; c++) {
            cell[HEAD + c] = w[j * k + c];
            cell[HEAD + k + c] = drift ? drift[j * k + c] : 0;
        }
    }
}

/* Asks for the cache lines of a row. */
static void fetch_row(erm_row row)
{
    const int64_t line = 64;
    const char *const value = (const char *)row.value, *const index = (const char *)row.index;
    for (int64_t at = 0; at < row.count * (int64_t)sizeof *row.value; at += line) __builtin_prefetch(value + at);
    for (int64_t at = 0; at < row.count * (int64_t)sizeof *row.index; at += line) __builtin_prefetch(index + at);
}

static void fetch_cells(const erm__lazy *self, erm_row row)
{
    for (int64_t p = 0; p < row.count; p++) __builtin_prefetch(self->cell + row.index[p] * self->stride, 1);
}

/* Reads row t, where there is one. */
static void read_ahead(erm__lazy *self, const erm_run *run, int64_t t)
{
    if (t >= self->rows) return;
    const int64_t place = t % (ERM_LAZY_AHEAD + 1);
    self->row[place] = erm__lazy_row(run, self->reader[place], self->list[t]);
    fetch_row(self->row[place]);
}

void erm__lazy_queue(erm__lazy *self, const erm_run *run, const int64_t *list, int64_t rows)
{
    self->list = list;
    self->rows = rows;
    for (int64_t t = 0; t < ERM_LAZY_AHEAD; t++) read_ahead(self, run, t);
}

erm_row erm__lazy_next(erm__lazy *self, const erm_run *run, int64_t t)
{
    read_ahead(self, run, t + ERM_LAZY_AHEAD);
    if (t + 1 < self->rows) fetch_cells(self, self->row[(t + 1) % (ERM_LAZY_AHEAD + 1)]);
    return self->row[t % (ERM_LAZY_AHEAD + 1)];
}

static inline int64_t column(const int32_t *index, int64_t first, int64_t p) { return index ? index[p] : first + p; }

/* The cells of columns index[0 .. n - 1], or of n columns from `first`, next to one another. */
ERM_INLINE void gather(erm__lazy *self, int64_t n, const int32_t *index, int64_t first, double now, int64_t k)
{
    double *restrict w = self->w, *restrict step = self->step, *restrict count = self->count, *restrict drift = self->drift;
    const double *const cells = self->cell;
    for (int64_t p = 0; p < n; p++) {
        const double *const cell = cells + column(index, first, p) * (HEAD + 2 * k);
        for (int64_t c = 0; c < k; c++) {
            step[p * k + c] = cell[STEP];
            count[p * k + c] = now - cell[REACHED];
            w[p * k + c] = cell[HEAD + c];
            drift[p * k + c] = cell[HEAD + k + c];
        }
    }
}

static void advance(erm__lazy *self, int64_t n, const int32_t *index, int64_t first)
{
    const int64_t k = self->k;
    for (int64_t e = n * k; e % ERM_PATHS_FILL != 0; e++) self->w[e] = self->step[e] = self->count[e] = 0;
    for (int64_t p = 0; self->penalty && p < n; p++)
        memcpy(self->own + p * k, self->penalty + column(index, first, p) * k, (size_t)k * sizeof *self->own);
    erm__paths_run(&(erm__paths){.n = n * k,
                                 .w = self->w,
                                 .step = self->step,
                                 .count = self->count,
                                 .drift = self->summed ? NULL : self->drift,
                                 .penalty = self->penalty ? self->own : &self->common,
                                 .alike = !self->penalty,
                                 .pull = self->pull,
                                 .end = self->end,
                                 .sum = self->sum,
                                 .odd = self->odd});
}

static void gather_any(erm__lazy *self, int64_t n, const int32_t *index, int64_t first, int64_t now)
{
    if (self->k == 1)
        gather(self, n, index, first, (double)now, 1);
    else
        gather(self, n, index, first, (double)now, self->k);
}

ERM_KERNEL static double dot(int64_t n, const double *x, const double *y)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t p = 0; p < n; p++) sum += x[p] * y[p];
    return sum;
}

void erm__lazy_bring(erm__lazy *self, erm_row row, int64_t now, double *z)
{
    const int64_t k = self->k;
    gather_any(self, row.count, row.index, 0, now);
    advance(self, row.count, row.index, 0);
    if (k == 1) z[0] += dot(row.count, row.value, self->end);
    for (int64_t p = 0; k > 1 && p < row.count; p++)
        for (int64_t c = 0; c < k; c++) z[c] += row.value[p] * self->end[p * k + c];
}

ERM_INLINE void put(erm__lazy *self, erm_row row, double now, const double *change, const double *more, int64_t k)
{
    const double *const restrict end = self->end, *const restrict sum = self->sum;
    for (int64_t p = 0; p < row.count; p++) {
        double *const cell = self->cell + row.index[p] * (HEAD + 2 * k);
        const double move = self->step[p * k] * row.value[p];
        cell[REACHED] = now;
        for (int64_t c = 0; c < k; c++) {
            cell[HEAD + c] = end[p * k + c] - (change ? move * change[c] : 0);
            if (self->summed) cell[HEAD + k + c] += sum[p * k + c];
            if (more) cell[HEAD + k + c] += row.value[p] * more[c];
        }
    }
}

void erm__lazy_put(erm__lazy *self, erm_row row, int64_t now, const double *change, const double *more)
{
    if (self->k == 1)
        put(self, row, (double)now, change, more, 1);
    else
        put(self, row, (double)now, change, more, self->k);
}

void erm__lazy_subtract(erm__lazy *self, erm_row row, const double *change)
{
    const int64_t k = self->k;
    for (int64_t p = 0; p < row.count; p++) {
        double *const cell = self->cell + row.index[p] * self->stride;
        const double move = cell[STEP] * row.value[p];
        for (int64_t c = 0; c < k; c++) cell[HEAD + c] -= move * change[c];
    }
}

void erm__lazy_settle(erm__lazy *self, int64_t now, double step)
{
    enum { SOME = 128 }; /* columns, whose buffers stay in the first cache */
    const int64_t k = self->k;
    for (int64_t first = 0; first < self->d; first += SOME) {
        const int64_t n = self->d - first < SOME ? self->d - first : SOME;
        gather_any(self, n, NULL, first, now);
        advance(self, n, NULL, first);
        for (int64_t p = 0; p < n; p++) {
            double *const cell = self->cell + (first + p) * self->stride;
            cell[STEP] = step * self->metric[(first + p) * k];
            cell[REACHED] = 0;
            memcpy(cell + HEAD, self->end + p * k, (size_t)k * sizeof(double));
            for (int64_t c = 0; self->summed && c < k; c++) cell[HEAD + k + c] += self->sum[p * k + c];
        }
    }
}

void erm__lazy_unload(erm__lazy *self, double *w, double *last)
{
    const int64_t k = self->k;
    for (int64_t j = 0; j < self->d; j++) {
        double *const cell = self->cell + j * self->stride;
        for (int64_t c = 0; c < k; c++) {
            if (w) w[j * k + c] = cell[HEAD + c];
            if (last) last[j * k + c] = cell[HEAD + k + c];
            if (self->summed) cell[HEAD + k + c] = 0;
        }
    }
}
