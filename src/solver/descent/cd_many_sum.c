/* Coordinate descent for several outputs: the matrix of a working set, summed from blocks of rows that
 * are gathered from its columns. */
#include <string.h>

#include "base/syrk.h"
#include "solver/descent/cd_many.h"

enum { PANELS_AT_ONCE = 6 };

static bool is_constant(const erm__many *self) { return self->rows.bend == ERM_BEND_CONSTANT; }

/* x = the values of rows [begin, begin + count) of the features, `length` apart, as the model sees the columns. */
static void gather_rows(erm__many *self, int64_t begin, int64_t count, int64_t length)
{
    erm__many_matrix *const to = &self->matrix;
    const erm__columns *const X = self->X;
    for (int64_t t = 0; t < to->f; t++) {
        const int64_t j = to->feature[t];
        double *const x = to->x + t;
        const double centre = erm__many_is_centred(self, j) ? self->centre[j] : 0;
        if (j == self->d) {
            for (int64_t i = 0; i < count; i++) x[i * length] = 1;
            continue;
        }
        if (X->stride) {
            X->ops->read(X, erm__column_begin(X, j) + begin, count, length, x);
            for (int64_t i = 0; centre != 0 && i < count; i++) x[i * length] -= centre;
            continue;
        }
        for (int64_t i = 0; i < count; i++) x[i * length] = -centre;
        for (int64_t *at = &to->cursor[t]; *at < X->start[j + 1] && X->index[*at] < begin + count; ++*at) {
            double value;
            X->ops->read(X, *at, 1, 1, &value);
            x[(X->index[*at] - begin) * length] += value;
        }
    }
}

/* A (order m, lower triangle) += sum weight row row' */
static void add_rows(const erm__many_matrix *to, int64_t m, int64_t count, const double *rows, int64_t length, int threads,
                     double *A)
{
    const double *row[ERM_SYRK_ROWS];
    const erm__packed packed = {.m = m, .left = to->packed, .right = to->packed};
    const int64_t panels = erm__panels(m);
    for (int64_t i = 0; i < count; i++) row[i] = rows + i * length;
    erm__syrk_pack(&packed, 0, count, m, row, NULL, to->weight);
    const int team = panels > PANELS_AT_ONCE ? threads : 1;
#pragma omp parallel for schedule(dynamic, 1) num_threads(team) if (team > 1)
    for (int64_t p = 0; p < panels; p += PANELS_AT_ONCE)
        erm__syrk_add(&packed, count, p, p + PANELS_AT_ONCE < panels ? p + PANELS_AT_ONCE : panels, NULL, 0, A);
}

/* The products of all classes, and the blocks on the diagonal. */
static void add_softmax(erm__many *self, int64_t begin, int64_t count, int64_t length, int threads)
{
    erm__many_matrix *const to = &self->matrix;
    const erm__many_rows *const rows = &self->rows;
    for (int64_t i = 0; i < count; i++) {
        const double *const p = rows->P + (begin + i) * rows->pitch, *const x = to->x + i * length;
        double *const out = to->rows + i * to->m;
        for (int64_t c = 0; c < self->k; c++)
            for (int64_t v = to->begin[c]; v < to->begin[c + 1]; v++) out[v] = p[c] * x[to->member[v]];
        to->weight[i] = rows->s ? rows->s[begin + i] : 1;
    }
    add_rows(to, to->m, count, to->rows, to->m, threads, to->A);
    for (int64_t c = 0; c < self->k; c++) {
        const int64_t f = to->begin[c + 1] - to->begin[c];
        const int32_t *const member = to->member + to->begin[c];
        for (int64_t i = 0; i < count; i++) {
            for (int64_t t = 0; t < f; t++) to->rows[i * f + t] = to->x[i * length + member[t]];
            to->weight[i] = (rows->s ? rows->s[begin + i] : 1) * (rows->P[(begin + i) * rows->pitch + c] + rows->damping);
        }
        if (f > 0) add_rows(to, f, count, to->rows, f, 1, to->blocks + to->block[c]);
    }
}

/* A = (blocks - A) / S, or A / S; both triangles. */
static void finish(erm__many *self)
{
    erm__many_matrix *const to = &self->matrix;
    const int64_t m = to->m;
    for (int64_t c = 0; c < self->k && !is_constant(self); c++) {
        const int64_t begin = to->begin[c], f = to->begin[c + 1] - begin;
        for (int64_t i = 0; i < f; i++)
            for (int64_t l = 0; l <= i; l++) to->A[(begin + i) * m + begin + l] -= to->blocks[to->block[c] + i * f + l];
    }
    const double scale = (is_constant(self) ? 1 : -1) / self->total_weight;
    for (int64_t i = 0; i < m; i++)
        for (int64_t l = 0; l <= i; l++) to->A[i * m + l] = to->A[l * m + i] = scale * to->A[i * m + l];
}

void erm__many_matrix_sum(erm__many *self, int threads)
{
    erm__many_matrix *const to = &self->matrix;
    const bool constant = is_constant(self);
    const int64_t length = (to->f + ERM_PANEL - 1) / ERM_PANEL * ERM_PANEL;
    memset(to->A, 0, (size_t)(to->m * to->m) * sizeof(double));
    if (!constant) memset(to->blocks, 0, (size_t)(to->m * to->f) * sizeof(double)); /* sum of squares of at most f */
    for (int64_t begin = 0; begin < self->n; begin += ERM_SYRK_ROWS) {
        const int64_t count = self->n - begin < ERM_SYRK_ROWS ? self->n - begin : ERM_SYRK_ROWS;
        gather_rows(self, begin, count, length);
        if (!constant) {
            add_softmax(self, begin, count, length, threads);
            continue;
        }
        for (int64_t i = 0; i < count; i++) to->weight[i] = self->rows.s ? self->rows.s[begin + i] : 1;
        add_rows(to, to->f, count, to->x, length, threads, to->A);
    }
    finish(self);
}
