/* Single rows for dual coordinate ascent, and products with them: they are fetched from memory before they are needed. */
#include <string.h>

#include "base/simd.h"
#include "solver/dual/dual_step.h"

enum { LINE = 64, FETCH_MOST = 2048 /* bytes of a row that are fetched ahead; the processor sees by itself what follows */ };
static const double FAR = 0x1p60; /* steps so long that a prox forgets where it started */

/* Moves what a copy owns into the workspace's memory. */
static void *adopt(erm_run *run, const void *from, int64_t count, size_t size)
{
    void *const to = erm_run_take_bytes(run, count, size);
    if (to && count > 0) memcpy(to, from, (size_t)count * size);
    return to;
}

/* X itself where single rows of it can be read, or a copy. */
static erm_status find_rows(erm__dual *self, erm_run *run)
{
    const erm_matrix *X = run->problem->X;
    self->X = X;
    if (X->ops->row && !X->ops->by_columns) return ERM_OK;
    erm_matrix_copy copy;
    const erm_copy_options options = {.threads = run->workspace->threads};
    const erm_status status = (X->ops->sparse ? erm_csr_from : erm_dense_from)(X, &options, &copy, NULL);
    if (status) return status;
    if (X->ops->sparse) {
        const erm_csr *from = &copy.matrix.csr;
        const int64_t nnz = from->start[X->rows];
        self->copy.csr =
            erm_csr_f64(X->rows, X->cols, adopt(run, from->start, X->rows + 1, sizeof(int64_t)),
                        adopt(run, from->index, nnz, sizeof(int32_t)), adopt(run, from->values, nnz, sizeof(double)));
        self->X = &self->copy.csr.base;
    } else {
        const erm_dense *from = &copy.matrix.dense;
        const double *values = adopt(run, from->values, X->rows * from->stride, sizeof(double));
        self->copy.dense = erm_dense_f64(X->rows, X->cols, values, from->stride);
        self->X = &self->copy.dense.base;
    }
    erm_matrix_copy_free(&copy);
    return erm_run_ok(run) ? ERM_OK : ERM_ENOMEM;
}

/* Rows that are stored as they are wanted need no buffers. */
static void take_readers(erm__dual *self, erm_run *run)
{
    const erm_matrix_ops *const ops = self->X->ops;
    if (ops == erm_csr_f64(0, 0, NULL, NULL, NULL).base.ops || ops == erm_dense_f64(0, 0, NULL, 0).base.ops) return;
    for (int slot = 0; slot <= ERM_DUAL_AHEAD; slot++) self->reader[slot] = erm__reader_take(run);
}

erm_status erm__dual_open_rows(erm__dual *self, erm_run *run)
{
    const erm_status status = find_rows(self, run);
    if (status) return status;
    take_readers(self, run);
    const bool plain = self->target && run->k == 1 && !run->centre;
    if (plain && self->X->ops == erm_csr_f64(0, 0, NULL, NULL, NULL).base.ops) self->compressed = (const erm_csr *)self->X;
    return ERM_OK;
}

static void fetch(const void *from, int64_t bytes)
{
    for (int64_t at = 0; at < bytes && at < FETCH_MOST; at += LINE) __builtin_prefetch((const char *)from + at);
}

erm_row erm__dual_row(const erm__dual *self, int64_t i, int64_t turn)
{
    const erm__reader *reader = &self->reader[turn % (ERM_DUAL_AHEAD + 1)];
    const erm_row row = self->X->ops->row(self->X, i, reader->index, reader->value);
    if (row.value != reader->value) fetch(row.value, row.count * (int64_t)sizeof(double));
    if (row.index && row.index != reader->index) fetch(row.index, row.count * (int64_t)sizeof(int32_t));
    __builtin_prefetch(&self->a[i]);
    __builtin_prefetch(&self->q[i]);
    return row;
}

/* As dual_compressed.c has them. */
ERM_KERNEL static double sparse_dot(erm_row row, const double *w)
{
    return erm__dual_sparse_dot(row.count, row.value, row.index, w);
}

ERM_KERNEL static void sparse_add(erm_row row, double t, double *w)
{
    erm__dual_sparse_add(row.count, t, row.value, row.index, w);
}

ERM_KERNEL static void sparse_add_scaled(erm_row row, double t, const double *metric, double *w)
{
    erm__dual_sparse_add_scaled(row.count, t, row.value, row.index, metric, w);
}

ERM_KERNEL double erm__dual_dot(int64_t n, const double *x, const double *y)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t j = 0; j < n; j++) sum += x[j] * y[j];
    return sum;
}

ERM_KERNEL double erm__dual_dot_scaled(int64_t n, const double *x, const double *y, const double *m)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t j = 0; j < n; j++) sum += m[j] * x[j] * y[j];
    return sum;
}

ERM_KERNEL void erm__dual_add(int64_t n, double t, const double *x, double *y)
{
    ERM_SIMD
    for (int64_t j = 0; j < n; j++) y[j] += t * x[j];
}

ERM_KERNEL void erm__dual_add_scaled(int64_t n, double t, const double *m, const double *x, double *y)
{
    ERM_SIMD
    for (int64_t j = 0; j < n; j++) y[j] += t * m[j] * x[j];
}

double erm__dual_margin(const erm__dual *self, const erm_run *run, erm_row row)
{
    const double z = row.index ? sparse_dot(row, run->w) : erm__dual_dot(row.count, row.value, run->w);
    return run->problem->intercept ? z + run->w[run->d] - self->shift : z;
}

void erm__dual_find_shift(erm__dual *self, const erm_run *run)
{
    self->shift = run->centre ? erm__dual_dot(run->d, run->centre, run->w) : 0;
}

/* A prox-gradient step of R(W) - u'W that is so long that it ends at the minimum. */
void erm__dual_map(const erm__dual *self, erm_run *run, erm_row row)
{
    const erm_regularizer *R = &run->problem->regularizer;
    for (int64_t p = 0; p < row.count; p++) {
        const int64_t j = row.index ? row.index[p] : p;
        for (int64_t e = j * run->k; e < (j + 1) * run->k; e++) self->drift[e] = -self->u[e];
    }
    if (row.count == 0) return; /* without columns there is no inverse[0] */
    R->ops->advance(R, run->shape, row.count, row.index, NULL, FAR * self->inverse[0], 0, NULL, self->drift, run->w);
}

static void follow_in_u(erm__dual *self, erm_run *run, erm_row row, double t)
{
    for (int64_t p = 0; p < row.count; p++) self->u[row.index ? row.index[p] : p] += t * row.value[p];
    if (run->centre) {
        erm__dual_add(run->d, -t, run->centre, self->u);
        row = (erm_row){.count = run->d};
    }
    erm__dual_map(self, run, row);
    erm__dual_find_shift(self, run);
}

ERM_KERNEL void erm__dual_follow(erm__dual *self, erm_run *run, int64_t i, erm_row row, double change, double *w)
{
    const double t = -change * erm__dual_weight(run, i) / run->workspace->total_weight;
    if (run->problem->intercept) w[run->d] += t * self->loose;
    if (self->u) {
        follow_in_u(self, run, row, t);
        return;
    }
    if (row.index && self->alike > 0)
        sparse_add(row, t * self->alike, w);
    else if (row.index)
        sparse_add_scaled(row, t, self->inverse, w);
    else
        erm__dual_add_scaled(row.count, t, self->inverse, row.value, w);
    if (!run->centre) return;
    erm__dual_add_scaled(run->d, -t, self->inverse, run->centre, w);
    if (w == run->w) self->shift += t * (self->cross[i] - self->centre_square);
}
