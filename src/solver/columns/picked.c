/* Some columns of a sparse X, row by row. */
#include "solver/columns/picked_ops.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/huge.h"
#include "base/simd.h"

enum {
    LEAST_LANE = 64,          /* rows */
    BLOCK_BYTES = 256 * 1024, /* of a block of rows, which stays in the second-level cache */
    LEAST_BLOCK = 64,         /* rows */
    MOST_BLOCK = 1024,        /* rows, whose vectors stay in the first-level cache */
    OWNED_TOGETHER = 16,      /* rows of G that go to one part */
    PARTS_A_THREAD = 4,       /* of G */
    WORTH_A_THREAD = 100000,  /* values: about 0.1 ms */
};

/* Of a column. */
typedef double two __attribute__((vector_size(16), aligned(8), may_alias));

#define VALUE      double
#define NAME(name) name##_f64
#include "solver/columns/picked.inc"
#undef VALUE
#undef NAME

#define VALUE      float
#define NAME(name) name##_f32
#include "solver/columns/picked.inc"
#undef VALUE
#undef NAME

const erm__picked_ops *erm__picked_ops_of(const erm__picked *self) { return self->single ? &done_f32 : &done_f64; }

static bool is_rows(const erm_matrix *X, bool single)
{
    return X->ops == (single ? erm_csr_f32(0, 0, NULL, NULL, NULL).base.ops : erm_csr_f64(0, 0, NULL, NULL, NULL).base.ops);
}

static bool is_columns(const erm_matrix *X, bool single)
{
    return X->ops == (single ? erm_csc_f32(0, 0, NULL, NULL, NULL).base.ops : erm_csc_f64(0, 0, NULL, NULL, NULL).base.ops);
}

bool erm__picked_suits(const erm_matrix *X)
{
    return is_rows(X, false) || is_rows(X, true) || is_columns(X, false) || is_columns(X, true);
}

static void *take(erm__picked *self, int64_t count, size_t size)
{
    if (count < 0 || (uint64_t)count >= PTRDIFF_MAX / size) return NULL;
    const size_t bytes = (size_t)(count > 0 ? count : 1) * size;
    self->bytes += (int64_t)bytes;
    return erm__huge_alloc(bytes);
}

bool erm__picked_open(erm__picked *self, const erm_matrix *X)
{
    const int64_t n = X->rows, d = X->cols;
    *self = (erm__picked){.X = X, .n = n, .d = d};
    self->single = is_rows(X, true) || is_columns(X, true);
    self->by_columns = is_columns(X, self->single);
    self->list = take(self, d, sizeof *self->list);
    self->slot = take(self, d, sizeof *self->slot);
    self->mask = take(self, d / 32 + 1, sizeof *self->mask);
    self->start = take(self, n + 2, sizeof *self->start);
    self->index = take(self, X->nnz, sizeof *self->index);
    self->values = take(self, X->nnz, erm__picked_ops_of(self)->size);
    self->sums = take(self, (int64_t)(ERM_PICKED_LANES + 1) * 2 * ERM_PICKED_MOST, sizeof(double));
    self->factor = take(self, ERM_PICKED_MOST, sizeof(double));
    if (!self->list || !self->slot || !self->mask || !self->start || !self->index || !self->values || !self->sums ||
        !self->factor)
        return false;
    for (int64_t j = 0; j < d; j++) self->slot[j] = -1;
    memset(self->mask, 0, (size_t)(d / 32 + 1) * sizeof *self->mask);
    memset(self->start, 0, (size_t)(n + 2) * sizeof *self->start); /* no column has a value so far */
    return true;
}

void erm__picked_close(erm__picked *self)
{
    void *const all[] = {self->list, self->slot, self->mask, self->start, self->index, self->values, self->sums, self->factor};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    *self = (erm__picked){0};
}

/* ---- picking --------------------------------------------------------------------------------------------------------- */

int erm__picked_team(double values, int threads)
{
    const double most = values / WORTH_A_THREAD;
    const int team = most < threads ? (int)most : threads;
    return team < 1 ? 1 : team < ERM_PICKED_THREADS ? team : ERM_PICKED_THREADS;
}

static int64_t count_rows(const erm__picked *self, int64_t begin, int64_t end)
{
    const erm_csr *const X = (const erm_csr *)self->X;
    int64_t count = 0;
    for (int64_t p = X->start[begin]; p < X->start[end]; p++) {
        const uint32_t j = (uint32_t)X->index[p];
        count += self->mask[j / 32] >> j % 32 & 1;
    }
    return count;
}

/* Each thread a part of the rows; what goes before it is counted first. */
static void pick_rows(erm__picked *self, int threads)
{
    const erm__picked_ops *const ops = erm__picked_ops_of(self);
    const int team = erm__picked_team((double)self->X->nnz, threads);
    int64_t at[ERM_PICKED_THREADS + 1] = {0};
    self->start[0] = 0;
    if (team == 1) {
        ops->keep_rows(self, 0, self->n, 0, self->X->nnz);
        return;
    }
#pragma omp parallel for schedule(static, 1) num_threads(team)
    for (int t = 0; t < team; t++) at[t + 1] = count_rows(self, t * self->n / team, (t + 1) * self->n / team);
    for (int t = 0; t < team; t++) at[t + 1] += at[t];
#pragma omp parallel for schedule(static, 1) num_threads(team)
    for (int t = 0; t < team; t++) ops->keep_rows(self, t * self->n / team, (t + 1) * self->n / team, at[t], at[t + 1]);
}

static void pick_columns(erm__picked *self)
{
    const erm_csc *const X = (const erm_csc *)self->X;
    memset(self->start, 0, (size_t)(self->n + 2) * sizeof *self->start);
    for (int64_t s = 0; s < self->count; s++)
        for (int64_t p = X->start[self->list[s]]; p < X->start[self->list[s] + 1]; p++) self->start[X->index[p] + 2]++;
    for (int64_t i = 0; i < self->n; i++) self->start[i + 1] += self->start[i];
    erm__picked_ops_of(self)->turn_columns(self);
}

void erm__picked_forget(erm__picked *self)
{
    for (int64_t s = 0; s < self->count; s++) {
        self->slot[self->list[s]] = -1;
        self->mask[self->list[s] / 32] = 0;
    }
    self->count = 0;
}

void erm__picked_take(erm__picked *self, int64_t count, const int32_t *list, int threads)
{
    bool here = self->count <= ERM_PICKED_MOST || self->count == count;
    for (int64_t t = 0; here && t < count; t++) here = self->slot[list[t]] >= 0;
    if (here) return;
    erm__picked_forget(self);
    for (int64_t t = 0; t < count; t++) {
        self->list[t] = list[t];
        self->slot[list[t]] = (int32_t)t;
        self->mask[list[t] / 32] |= 1U << list[t] % 32;
    }
    self->count = count;
    if (self->by_columns)
        pick_columns(self);
    else
        pick_rows(self, threads);
    if (self->most < erm__picked_stored(self)) self->most = erm__picked_stored(self);
}

/* ---- reading --------------------------------------------------------------------------------------------------------- */

typedef void (*add_lane)(const erm__picked *self, int64_t begin, int64_t end, const double *of_rows, double *out);

static int64_t lanes_of(const erm__picked *self)
{
    return self->n < (int64_t)ERM_PICKED_LANES * LEAST_LANE ? 1 : ERM_PICKED_LANES;
}

/* The lanes' sums, one after the other, and then their total, after them. Returns that. */
static double *add_lanes(const erm__picked *self, int64_t length)
{
    const int64_t lanes = lanes_of(self);
    double *const total = self->sums + lanes * length;
    memset(total, 0, (size_t)length * sizeof *total);
    for (int64_t lane = 0; lane < lanes; lane++)
        for (int64_t c = 0; c < length; c++) total[c] += self->sums[lane * length + c];
    return total;
}

typedef void (*add_lane)(const erm__picked *self, int64_t begin, int64_t end, const double *of_rows, double *out);

/* width: sums a column. */
static double *sum_up(const erm__picked *self, int width, add_lane add, const double *of_rows, int threads)
{
    const int64_t lanes = lanes_of(self), length = self->count * width, n = self->n;
    const int team = erm__picked_team((double)erm__picked_stored(self), threads);
#pragma omp parallel for schedule(dynamic, 1) num_threads(team) if (team > 1)
    for (int64_t lane = 0; lane < lanes; lane++) {
        double *const own = self->sums + lane * length;
        memset(own, 0, (size_t)length * sizeof *own);
        add(self, lane * n / lanes, (lane + 1) * n / lanes, of_rows, own);
    }
    return add_lanes(self, length);
}

const double *erm__picked_sums(const erm__picked *self, const double *h, int threads)
{
    return sum_up(self, 2, erm__picked_ops_of(self)->add_sums, h, threads);
}

const double *erm__picked_products(const erm__picked *self, const double *d, int threads)
{
    return sum_up(self, 1, erm__picked_ops_of(self)->add_products, d, threads);
}

static void set_factors(const erm__picked *self, int64_t count, const int32_t *list, const double *a)
{
    memset(self->factor, 0, (size_t)self->count * sizeof *self->factor);
    for (int64_t t = 0; t < count; t++) self->factor[self->slot[list[t]]] = a[t];
}

void erm__picked_margins(const erm__picked *self, int64_t count, const int32_t *list, const double *a, double constant,
                         int threads, double *u)
{
    const int team = erm__picked_team((double)erm__picked_stored(self), threads);
    set_factors(self, count, list, a);
#pragma omp parallel for schedule(static, 1) num_threads(team) if (team > 1)
    for (int t = 0; t < team; t++)
        erm__picked_ops_of(self)->margins(self, t * self->n / team, (t + 1) * self->n / team, constant, u);
}

static int64_t rows_of_a_block(const erm__picked *self)
{
    const size_t value = erm__picked_ops_of(self)->size + sizeof *self->index;
    const double rows = (double)BLOCK_BYTES / (double)value * (double)self->n / (double)(1 + erm__picked_stored(self));
    return rows < LEAST_BLOCK ? LEAST_BLOCK : rows > MOST_BLOCK ? MOST_BLOCK : (int64_t)rows;
}

const double *erm__picked_do(const erm__picked *self, const erm__picked_walk *walk, int threads)
{
    const int64_t lanes = lanes_of(self), rows = rows_of_a_block(self), n = self->n;
    const int team = erm__picked_team((double)erm__picked_stored(self), threads);
    set_factors(self, walk->count, walk->list, walk->a);
#pragma omp parallel for schedule(dynamic, 1) num_threads(team) if (team > 1)
    for (int64_t lane = 0; lane < lanes; lane++) {
        double *const own = self->sums + lane * self->count;
        const int64_t last = (lane + 1) * n / lanes;
        memset(own, 0, (size_t)self->count * sizeof *own);
        for (int64_t begin = lane * n / lanes; begin < last; begin += rows) {
            const int64_t end = begin + rows < last ? begin + rows : last;
            erm__picked_ops_of(self)->margins(self, begin, end, walk->constant, walk->u);
            walk->then(walk->data, lane, begin, end);
            if (walk->d) erm__picked_ops_of(self)->add_products(self, begin, end, walk->d, own);
        }
    }
    return walk->d ? add_lanes(self, self->count) : NULL;
}

static int64_t parts_for(int team)
{
    int64_t parts = 1;
    while (team > 1 && parts < (int64_t)PARTS_A_THREAD * team) parts *= 2;
    return parts;
}

void erm__picked_pairs(const erm__picked *self, erm__picked_rows rows, const double *h, const int32_t *place, int64_t m,
                       int threads, double *G)
{
    const double values = (double)erm__picked_stored(self), a_row = values / (double)self->n;
    const int team = erm__picked_team((double)(rows.count * rows.length) * a_row * a_row / 2, threads);
    const int64_t parts = parts_for(team);
#pragma omp parallel for schedule(dynamic, 1) num_threads(team) if (team > 1)
    for (int64_t part = 0; part < parts; part++) {
        const erm__pairs to = {.place = place, .m = m, .part = part, .parts = parts, .G = G};
        for (int64_t b = 0; b < rows.count; b++)
            for (int64_t i = rows.offset[b]; i < rows.offset[b] + rows.length && i < self->n; i++)
                erm__picked_ops_of(self)->add_pairs(self, i, h ? h[i] : 1, &to);
    }
}
