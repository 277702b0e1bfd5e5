/* Coordinate descent for several outputs: the model of the loss around a point, along one feature at a time. */
#include <string.h>

#include "problem/walk.h"
#include "solver/descent/cd_many.h"

static const double CANCELLED = 1e-14; /* what rounding may leave of the square of a column that is constant */

int64_t erm__many_size(const erm__many *self, int64_t unit)
{
    if (self->pieces != ERM_PIECES_GROUPS || unit == self->units) return 1;
    return self->groups.start[unit + 1] - self->groups.start[unit];
}

int64_t erm__many_member(const erm__many *self, int64_t unit, int64_t p)
{
    if (unit == self->units) return self->d;
    return self->pieces == ERM_PIECES_GROUPS ? self->groups.member[self->groups.start[unit] + p] : unit;
}

bool erm__many_is_centred(const erm__many *self, int64_t j)
{
    return self->centre && j < self->d && 2 * erm__column_count(self->X, j) > self->n;
}

/* Where dense, or nearly, all rows, less the mean; else what is stored. */
static erm__many_column read_column(const erm__many *self, int64_t j)
{
    const erm__columns *const X = self->X;
    if (j == self->d) return (erm__many_column){.count = self->n, .x = self->ones};
    const bool centred = erm__many_is_centred(self, j);
    const double centre = centred ? self->centre[j] : 0;
    if (X->stride) {
        X->ops->read(X, erm__column_begin(X, j), self->n, 1, self->x);
        for (int64_t i = 0; centred && i < self->n; i++) self->x[i] -= centre;
        return (erm__many_column){.count = self->n, .x = self->x};
    }
    const int64_t begin = X->start[j], count = X->start[j + 1] - begin;
    double *const stored = centred ? self->weighted : self->x;
    X->ops->read(X, begin, count, 1, stored);
    if (!centred) return (erm__many_column){.count = count, .index = X->index + begin, .x = stored};
    for (int64_t i = 0; i < self->n; i++) self->x[i] = -centre;
    for (int64_t t = 0; t < count; t++) self->x[X->index[begin + t]] += stored[t];
    return (erm__many_column){.count = self->n, .x = self->x};
}

/* The same, which stays in self->x for the next question about it. */
static erm__many_column column_of(erm__many *self, int64_t j)
{
    if (self->present != j) self->column = read_column(self, j);
    self->present = j;
    return self->column;
}

/* The same times s, where H does not hold it. */
static erm__many_column weigh(const erm__many *self, erm__many_column column)
{
    if (!self->rows.s || self->rows.bend == ERM_BEND_DIAGONAL) return column;
    for (int64_t t = 0; t < column.count; t++) self->weighted[t] = column.x[t] * self->rows.s[column.index ? column.index[t] : t];
    column.x = self->weighted;
    return column;
}

/* Rows of P from z: flat holds them without the zeros that fill lanes. */
static double bend_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    const erm__many *const self = data;
    const erm_loss *const loss = &ws->problem->loss;
    const int64_t n = block->rows.count, k = self->k, pitch = self->rows.pitch;
    const double *const z = self->z + block->first * k;
    double *const to = self->rows.P + block->first * pitch;
    if (self->rows.bend == ERM_BEND_SOFTMAX)
        loss->ops->mean(loss, n, k, z, block->d);
    else
        loss->ops->eval(loss, n, k, z, block->y, block->s, NULL, block->d);
    for (int64_t i = 0; i < n; i++) {
        const double least = self->rows.bend == ERM_BEND_DIAGONAL ? self->rows.damping * (block->s ? block->s[i] : 1) : 0;
        for (int64_t c = 0; c < k; c++) to[i * pitch + c] = block->d[i * k + c] + least;
    }
    return 0;
}

void erm__many_begin(erm__many *self, erm_run *run)
{
    const erm__many_rows *const rows = &self->rows;
    self->by_matrix = false;
    self->present = -1;
    memset(rows->U, 0, (size_t)(self->n * rows->pitch) * sizeof(double));
    memset(self->lanes, 0, (size_t)rows->pitch * sizeof(double));
    if (rows->bend == ERM_BEND_CONSTANT) return;
    erm__walk(run->workspace, (erm_rows){.count = self->n}, bend_block, self, 0, NULL);
    erm__many_sure(rows);
    erm__many_means(rows);
}

static void open_feature(erm__many *self, int64_t j, double times)
{
    double *const M = self->M + erm__many_at(self, j);
    const erm__many_column column = column_of(self, j);
    const bool constant = j < self->d && self->centre &&
                          self->mean_square[j] <= CANCELLED * self->centre[j] * self->centre[j]; /* but for rounding */
    erm__many_bound(&self->rows, weigh(self, column), column.x, self->lanes);
    for (int64_t c = 0; c < self->k; c++) M[c] = constant ? 0 : times * self->lanes[c] / self->total_weight;
}

void erm__many_open(erm__many *self)
{
    for (int64_t t = 0; t < self->count; t++) {
        const int64_t size = erm__many_size(self, self->list[t]);
        for (int64_t p = 0; p < size; p++) open_feature(self, erm__many_member(self, self->list[t], p), (double)size);
    }
}

double erm__many_gradient(const erm__many *self, int64_t j, int64_t c)
{
    const double g = self->g[erm__many_at(self, j) + c];
    const bool moved = self->centre && j < self->d && !erm__many_is_centred(self, j);
    return moved ? g + self->centre[j] * self->g[erm__many_at(self, self->d) + c] : g;
}

void erm__many_slope(erm__many *self, int64_t j, int64_t count, const int32_t *entry, double *slope)
{
    if (self->by_matrix) {
        erm__many_matrix_slope(self, j, count, entry, slope);
        return;
    }
    const erm__many_column column = weigh(self, column_of(self, j));
    if (entry)
        erm__many_dot_some(&self->rows, column, count, entry, self->lanes);
    else
        erm__many_dot(&self->rows, column, self->lanes);
    for (int64_t e = 0; e < count; e++)
        slope[e] = erm__many_gradient(self, j, entry ? entry[e] : e) + self->lanes[e] / self->total_weight;
}

void erm__many_move(erm__many *self, int64_t j, int64_t count, const int32_t *entry, const double *change)
{
    double *const w = self->w + erm__many_at(self, j);
    for (int64_t e = 0; e < count; e++) w[entry ? entry[e] : e] += change[e];
    if (self->centre && j < self->d && !erm__many_is_centred(self, j)) {
        double *const b = self->w + erm__many_at(self, self->d);
        for (int64_t e = 0; e < count; e++) b[entry ? entry[e] : e] += self->centre[j] * change[e];
    }
    if (self->by_matrix) {
        erm__many_matrix_move(self, j, count, entry, change);
        return;
    }
    const erm__many_column column = column_of(self, j);
    if (entry) {
        erm__many_add_some(&self->rows, column, count, entry, change);
        return;
    }
    memset(self->lanes, 0, (size_t)self->rows.pitch * sizeof(double));
    memcpy(self->lanes, change, (size_t)self->k * sizeof(double));
    erm__many_add(&self->rows, column, self->lanes);
}

/* <G, D> + (1/2S) sum u'H u */
double erm__many_value(const erm__many *self)
{
    double linear = 0;
    if (self->by_matrix) return erm__many_matrix_value(self);
    for (int64_t t = 0; t < self->count; t++)
        for (int64_t p = 0; p < erm__many_size(self, self->list[t]); p++) {
            const int64_t at = erm__many_at(self, erm__many_member(self, self->list[t], p));
            for (int64_t i = at; i < at + self->k; i++) linear += self->g[i] * (self->w[i] - self->from[i]);
        }
    return linear + erm__many_energy(&self->rows) / (2 * self->total_weight);
}

void erm__many_shift(erm__many *self, double *shift)
{
    const int64_t k = self->k, b = erm__many_at(self, self->d);
    for (int64_t c = 0; c < k; c++) shift[c] = self->intercept ? self->w[b + c] - self->from[b + c] : 0;
    for (int64_t t = 0; self->centre && t < self->count; t++)
        for (int64_t p = 0; p < erm__many_size(self, self->list[t]); p++) {
            const int64_t j = erm__many_member(self, self->list[t], p), at = erm__many_at(self, j);
            if (j == self->d || erm__many_is_centred(self, j)) continue;
            for (int64_t c = 0; c < k; c++) shift[c] -= self->centre[j] * (self->w[at + c] - self->from[at + c]);
        }
}

void erm__many_refresh(erm__many *self)
{
    const int64_t pitch = self->rows.pitch, k = self->k;
    if (self->by_matrix) {
        erm__many_matrix_refresh(self);
        return;
    }
    memset(self->rows.U, 0, (size_t)(self->n * pitch) * sizeof(double));
    if (self->rows.mean) memset(self->rows.mean, 0, (size_t)self->n * sizeof(double));
    for (int64_t t = 0; t < self->count; t++)
        for (int64_t p = 0; p < erm__many_size(self, self->list[t]); p++) {
            const int64_t j = erm__many_member(self, self->list[t], p), at = erm__many_at(self, j);
            bool moved = false;
            memset(self->lanes, 0, (size_t)pitch * sizeof(double));
            for (int64_t c = 0; c < k && j < self->d; c++) {
                self->lanes[c] = self->w[at + c] - self->from[at + c];
                moved |= self->lanes[c] != 0;
            }
            if (moved) erm__many_add(&self->rows, column_of(self, j), self->lanes);
        }
    if (!self->intercept) return;
    memset(self->lanes, 0, (size_t)pitch * sizeof(double));
    erm__many_shift(self, self->lanes);
    erm__many_add(&self->rows, column_of(self, self->d), self->lanes);
}

void erm__many_keep(erm__many *self, bool back)
{
    const erm__many_rows *const rows = &self->rows;
    const size_t bytes = (size_t)self->n * sizeof(double);
    if (self->by_matrix) {
        erm__many_matrix_keep(self, back);
        return;
    }
    memcpy(back ? rows->U : self->other, back ? self->other : rows->U, bytes * (size_t)rows->pitch);
    if (rows->mean) memcpy(back ? rows->mean : self->other_mean, back ? self->other_mean : rows->mean, bytes);
}
