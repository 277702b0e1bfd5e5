/* Columns of X: found in X, or made by one copy; and what is computed of them. */
#include "solver/columns/columns.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/simd.h"

enum {
    FOUR = 4,    /* columns that are read side by side */
    ROWS = 2048, /* whose part of r, 16 KiB, stays in the first-level cache while many columns are read */
    LINE = 64    /* bytes of a cache line */
};

#define VALUE      double
#define NAME(name) name##_f64
#define load_f64   erm__load_f64
#include "solver/columns/columns.inc"
#undef VALUE
#undef NAME
#undef load_f64

#define VALUE      float
#define NAME(name) name##_f32
#define load_f32   erm__load_f32
#include "solver/columns/columns.inc"
#undef VALUE
#undef NAME
#undef load_f32

enum {
    WORTH_A_THREAD = 250000, /* multiplications: about 0.1 ms, well above the cost of waking a thread */
    CHUNK = 64               /* columns that a thread takes at a time */
};

static bool is_single(const erm_matrix *X)
{
    return X->ops == erm_dense_f32(0, 0, NULL, 0).base.ops || X->ops == erm_dense_col_f32(0, 0, NULL, 0).base.ops ||
           X->ops == erm_csr_f32(0, 0, NULL, NULL, NULL).base.ops || X->ops == erm_csc_f32(0, 0, NULL, NULL, NULL).base.ops;
}

static void use_dense(erm__columns *self, const erm_dense *X, bool single)
{
    self->ops = single ? &dense_ops_f32 : &dense_ops_f64;
    self->values = X->values;
    self->stride = X->stride;
}

static void use_sparse(erm__columns *self, const erm_csc *X, bool single)
{
    self->ops = single ? &sparse_ops_f32 : &sparse_ops_f64;
    self->values = X->values;
    self->index = X->index;
    self->start = X->start;
}

/* A sparse matrix that cannot be scanned is one that was centred: none of its values is 0. */
static erm_status copy(erm__columns *self, const erm_matrix *X, bool single, int threads, char *detail)
{
    const erm_copy_options options = {.single = single, .threads = threads};
    const bool sparse = X->ops->sparse && X->ops->scan;
    const erm_status status =
        sparse ? erm_csc_from(X, &options, &self->copy, detail) : erm_dense_col_from(X, &options, &self->copy, detail);
    if (status) return status;
    if (!sparse) {
        use_dense(self, &self->copy.matrix.dense, single);
        return ERM_OK;
    }
    use_sparse(self, &self->copy.matrix.csc, single);
    if (erm__picked_open(&self->picked, &self->copy.matrix.base)) return ERM_OK;
    erm__columns_close(self);
    return ERM_ENOMEM;
}

/* X by rows is read by rows as far as that goes, and by columns where they are wanted. */
static erm_status open_sparse(erm__columns *self, const erm_matrix *X, bool single)
{
    self->ops = single ? &sparse_ops_f32 : &sparse_ops_f64;
    return erm__columns_open_picked(self, X);
}

static erm_status open_wanted(erm__columns *self, const erm_matrix *X, bool single)
{
    self->ops = single ? &dense_ops_f32 : &dense_ops_f64;
    self->stride = X->rows;
    return erm__columns_open_wanted(self, X, single ? sizeof(float) : sizeof(double));
}

erm_status erm__columns_open(erm__columns *self, const erm_matrix *X, int threads, char *detail)
{
    *self = (erm__columns){.n = X->rows, .d = X->cols};
    const bool single = is_single(X);
    if (erm__picked_suits(X)) return open_sparse(self, X, single);
    if (X->ops == erm_dense_col_f64(0, 0, NULL, 0).base.ops || X->ops == erm_dense_col_f32(0, 0, NULL, 0).base.ops)
        use_dense(self, (const erm_dense *)X, single);
    else if (erm__columns_suit_wanting(X))
        return open_wanted(self, X, single);
    else
        return copy(self, X, single, threads, detail);
    return ERM_OK;
}

void erm__columns_close(erm__columns *self)
{
    erm_matrix_copy_free(&self->copy);
    erm__picked_close(&self->picked);
    free(self->place);
    self->place = NULL;
}

void erm__columns_dots(const erm__columns *X, int64_t count, const int32_t *list, const double *r, int threads, double *out)
{
    const double stored = X->stride ? (double)X->n * (double)X->d : (double)X->start[X->d];
    const double most = stored / (double)(X->d ? X->d : 1) * (double)count / WORTH_A_THREAD;
    const int team = most < threads ? (most < 1 ? 1 : (int)most) : threads;
    if (count == 0) return; /* a loop of OpenMP must not have steps of 0: clang's divides by them */
    const int64_t chunk = team > 1 ? CHUNK : count;
#pragma omp parallel for schedule(dynamic, 1) num_threads(team) if (team > 1)
    for (int64_t t = 0; t < count; t += chunk) X->ops->dots(X, count - t < chunk ? count - t : chunk, list + t, r, out + t);
}
