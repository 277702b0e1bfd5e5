/* How the model of a working set is minimised: on its columns, or on the matrix of a sample of its rows, which is kept as long as
 * that is enough.
 *
 * Costs are in steps of coordinate descent along one stored value of a column, the reading and the writing: some 4 ns. */
#include <math.h>
#include <string.h>

#include "matrix/scan.h"
#include "solver/descent/cd_state.h"

static const double PACKED_COST = 2, SUM_COST = 0.05, PASSES_SAVED = 10, READ_COST = 0.5, PAIR_COST = 0.3; /* measured */
static const double LEAST_ROWS = 4096;
enum { MOST_PASSES = 200 };

/* The columns of the working set, for the model's h. */
static void open_columns(erm__descent *self, const erm_run *run, int64_t count)
{
    if (!self->squared) {
        erm__cd_open(&self->model, count, self->list, run->workspace->threads);
        return;
    }
    int64_t fresh = 0;
    for (int64_t t = 0; t < count; t++) {
        if (self->opened[self->list[t]]) continue;
        self->opened[self->list[t]] = true;
        self->active[fresh++] = self->list[t];
    }
    erm__cd_open(&self->model, fresh, self->active, run->workspace->threads);
}

/* The same from the picked columns. */
static void open_picked(erm__descent *self, const erm_run *run, int64_t count)
{
    erm__cd *const model = &self->model;
    const double *const sums = erm__picked_sums(self->gram.picked, model->h, run->workspace->threads);
    for (int64_t t = 0; t < count; t++) {
        const double *const of = sums + 2 * (int64_t)self->gram.picked->slot[self->list[t]];
        erm__cd_open_known(model, self->list[t], of[0], of[1]);
    }
}

/* pull = the gradient of the loss part in the columns of the working set. */
static void take_slopes(erm__descent *self, const erm_run *run, int64_t count)
{
    const int threads = run->workspace->threads;
    const double *products = self->pull;
    if (self->by_rows && self->products)
        products = self->products;
    else if (self->by_rows && !self->fresh)
        products = erm__picked_products(self->gram.picked, self->d, threads);
    else if (!self->fresh)
        erm__columns_dots(self->model.X, count, self->list, self->d, threads, self->pull);
    for (int64_t t = 0; t < count; t++) {
        const int32_t j = self->list[t];
        self->pull[t] =
            self->fresh ? self->g[j] : products[self->by_rows ? self->gram.picked->slot[j] : t] / self->model.total_weight;
    }
}

int64_t erm__descent_members(const erm__descent *self, int64_t count, int32_t *columns)
{
    int64_t found = 0;
    for (int64_t t = 0; t < count; t++)
        for (int64_t p = 0; p < erm__descent_size(self, self->list[t]); p++)
            columns[found++] = (int32_t)erm__descent_member(self, self->list[t], p);
    return found;
}

/* Copies the columns of the working set that have not been. */
static void want_columns(erm__descent *self, const erm_run *run, int64_t count)
{
    if (!self->model.X->by_rows && !self->model.X->partly) return;
    const int64_t wanted = erm__descent_members(self, count, self->moved);
    erm__columns_want(run->columns, wanted, self->moved, run->workspace->threads, self->absent);
}

static double stored_of(const erm__descent *self, int64_t count)
{
    double stored = 0;
    if (self->by_rows) return (double)erm__picked_stored(self->gram.picked);
    for (int64_t t = 0; t < count; t++) stored += (double)erm__column_count(self->model.X, self->list[t]);
    return stored;
}

/* How many rows stand for all. Of picked columns at least so many that their pairs cost as much as a round does besides. */
static double rows_for(const erm__descent *self, int64_t count, double stored)
{
    const double n = (double)self->model.X->n, a_row = stored / n;
    double rows = fmax(LEAST_ROWS, self->sampling * (double)count);
    if (self->by_rows) rows = fmax(rows, self->sampling / ERM_FIRST_PICKED * n * 2 / fmax(a_row, 1));
    return self->squared ? n : fmin(n, rows);
}

double erm__descent_pairs_cost(const erm__descent *self, int64_t k, erm__picked_size size)
{
    const double share = rows_for(self, k, size.values) / (double)self->model.X->n;
    return READ_COST * size.values + PAIR_COST * share * size.pairs + SUM_COST * (double)k * (double)k;
}

/* Whether the matrix of the working set costs less than a few passes over its columns; and how it is summed at less cost. */
static bool pays_off(erm__descent *self, int64_t count)
{
    if (count == 0 || count > self->gram.room) return false; /* nor have groups a room */
    const double k = (double)count, stored = stored_of(self, count), rows = rows_for(self, count, stored);
    const double all = PACKED_COST * rows * k + SUM_COST * rows * k * k, pairs = stored * stored / (double)self->model.X->n / 2;
    const erm__picked_size size = {.values = stored, .pairs = pairs};
    return (self->by_rows ? erm__descent_pairs_cost(self, count, size) : all) < PASSES_SAVED * stored;
}

/* The same model by the matrix of its working set, from a sample of rows (all, where the loss itself is quadratic). */
static erm__cd *begin_gram(erm__descent *self, erm_run *run, int64_t count)
{
    erm__cd *const full = &self->model;
    self->again = erm__cd_gram_can_again(&self->gram, count, self->list);
    take_slopes(self, run, count);
    if (self->again) {
        erm__cd_gram_again(&self->gram, full, count, self->list, self->pull, self->from);
        return &self->gram.cd;
    }
    if (self->by_rows) open_picked(self, run, count);
    erm__row_sample_draw(&self->sample, (int64_t)rows_for(self, count, stored_of(self, count)), &run->rng);
    self->sampled = self->sample.stride > ERM_GRAM_ROWS;
    erm__cd_gram_begin(&self->gram, full, count, self->list, &self->sample, self->pull, self->from);
    return &self->gram.cd;
}

/* Minimises the model. */
erm__cd_done erm__descent_minimise(erm__descent *self, erm_run *run, int64_t count, double tol, double ratio)
{
    erm__cd *model = &self->model;
    erm__cd_begin(model, self->squared ? run->problem->weight : self->h, self->d);
    self->by_rows = self->gram.picked && count <= self->gram.room;
    if (self->by_rows && self->params.random_order) erm__sort_line(count, self->list, self->point_x, sizeof *self->point_x);
    if (self->by_rows)
        erm__picked_take(self->gram.picked, count, self->list, run->workspace->threads);
    else
        want_columns(self, run, count);
    const bool small = pays_off(self, count);
    if (small) {
        model = begin_gram(self, run, count);
    } else {
        self->sampled = self->again = self->gram.made = false;
        want_columns(self, run, count);
        memcpy(model->q, self->d, (size_t)model->X->n * sizeof(double));
        open_columns(self, run, count);
    }
    self->anderson.y_length = model->X->n + 1;
    const erm__cd_job job = {.count = count,
                             .list = self->list,
                             .active = self->active,
                             .tol = tol,
                             .ratio = ratio,
                             .most = MOST_PASSES,
                             .rng = self->params.random_order ? &run->rng : NULL,
                             .anderson = self->params.no_anderson ? NULL : &self->anderson,
                             .x = self->point_x,
                             .y = self->point_y};
    const erm__cd_done done = erm__cd_solve(model, &job);
    if (small) self->model.shift = erm__cd_gram_shift(&self->gram, self->model.shift);
    run->passes += small ? (double)count / (double)self->units : 2 * done.work / (double)(self->units > 0 ? self->units : 1);
    return done;
}
