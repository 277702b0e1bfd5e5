/* Columns of a sparse X stored by rows, copied when they are wanted: of many columns a fit works on few.
 *
 * Each copy begins with a pass over X that picks the wanted columns row by row. Once the copies have held as many values as half
 * of X they give way to one of all of X. */
#include <stdlib.h>
#include <string.h>

#include "base/huge.h"
#include "solver/columns/columns.h"

enum {
    DEAR = 2 /* a product with a stored value of a column, whose rows are all over the memory, costs as much as so many of rows */
};

static size_t size_of(const erm__columns *self) { return self->picked.single ? sizeof(float) : sizeof(double); }

static void use_columns(erm__columns *self, const erm_csc *X)
{
    self->values = X->values;
    self->index = X->index;
    self->start = X->start;
}

/* The memory for all of X is only addresses until it is written, from its beginning on. */
static bool open_copy(erm__columns *self, const erm_matrix *X)
{
    const size_t nnz = X->nnz > 0 ? (size_t)X->nnz : 1, d = (size_t)X->cols;
    self->partly = true;
    if (nnz > PTRDIFF_MAX / sizeof(double)) return false;
    self->reserved = (int64_t)(nnz * (sizeof *self->copy.index + size_of(self)) + (d + 2) * sizeof *self->copy.start +
                               d * sizeof *self->place);
    self->copy.start = erm__huge_alloc((d + 2) * sizeof *self->copy.start);
    self->copy.index = erm__huge_alloc(nnz * sizeof *self->copy.index);
    self->copy.values = erm__huge_alloc(nnz * size_of(self));
    self->place = malloc((d > 0 ? d : 1) * sizeof *self->place);
    if (!self->copy.start || !self->copy.index || !self->copy.values || !self->place) return false;
    for (size_t j = 0; j < d; j++) self->place[j] = -1;
    memset(self->copy.start, 0, (d + 2) * sizeof *self->copy.start);
    self->start = self->copy.start;
    self->index = self->copy.index;
    self->values = self->copy.values;
    return true;
}

erm_status erm__columns_open_picked(erm__columns *self, const erm_matrix *X)
{
    const bool picked = erm__picked_open(&self->picked, X);
    if (self->picked.by_columns) use_columns(self, (const erm_csc *)X);
    if (picked && (self->picked.by_columns || open_copy(self, X))) return ERM_OK;
    erm__columns_close(self);
    return ERM_ENOMEM;
}

static void write_columns(erm__columns *self, bool all, int threads)
{
    erm__picked_write_columns(&self->picked, all, threads, self->copy.start, self->copy.index, self->copy.values);
    for (int64_t j = 0; j < self->d; j++) self->place[j] = self->picked.slot[j];
    self->partly = !all;
    const int64_t bytes = self->copy.start[self->d] * (int64_t)(sizeof *self->copy.index + size_of(self));
    if (self->copy.bytes < bytes) self->copy.bytes = bytes;
}

void erm__columns_want_picked(erm__columns *self, int64_t count, const int32_t *list, int threads)
{
    bool here = true;
    for (int64_t t = 0; here && t < count; t++) here = self->place[list[t]] >= 0;
    if (here) return;
    erm__picked_take(&self->picked, count, list, threads);
    self->copied += (double)erm__picked_stored(&self->picked);
    write_columns(self, 2 * self->copied > (double)self->picked.X->nnz, threads);
}

void erm__columns_keep(const erm__columns *self, erm__columns_kept *kept)
{
    for (int64_t j = 0; self->by_rows && j < self->d; j++)
        if (self->place[j] >= 0) kept->list[self->place[j]] = (int32_t)j;
    if (self->by_rows) kept->count = self->count;
    if (!self->picked.X) return;
    kept->partly = self->partly;
    kept->written = 0;
    for (int64_t j = 0; self->partly && j < self->d; j++)
        if (self->place[j] >= 0) kept->place[kept->written++] = (int32_t)j;
    kept->copied = self->copied;
    kept->count = self->picked.count;
    memcpy(kept->list, self->picked.list, (size_t)self->picked.count * sizeof *kept->list);
}

void erm__columns_restore(erm__columns *self, const erm__columns_kept *kept, int threads, int32_t *scratch)
{
    if (self->by_rows && self->count < kept->count) erm__columns_want(self, kept->count, kept->list, threads, scratch);
    if (!self->picked.X) return;
    if (kept->written > 0 && self->picked.count == 0) {
        erm__picked_take(&self->picked, kept->written, kept->place, threads);
        write_columns(self, false, threads);
        erm__picked_forget(&self->picked);
    }
    if (kept->count > 0 && self->picked.count == 0) erm__picked_take(&self->picked, kept->count, kept->list, threads);
    if (kept->count > 0 && self->partly && !kept->partly) write_columns(self, true, threads);
    self->copied = kept->copied;
}

int64_t erm__columns_picked_bytes(const erm__columns *self)
{
    if (self->picked.by_columns) return 0; /* rather memory to work with */
    return self->picked.most * (int64_t)(sizeof *self->picked.index + size_of(self));
}

int64_t erm__columns_allocated_bytes(const erm__columns *self)
{
    return self->picked.bytes + (self->reserved > 0 ? self->reserved : self->copy.bytes);
}

bool erm__columns_are_dear_picked(const erm__columns *self, int64_t count, const int32_t *list)
{
    double stored = 0;
    if (self->partly) return true;
    for (int64_t t = 0; t < count; t++) stored += (double)(self->start[list[t] + 1] - self->start[list[t]]);
    return DEAR * stored > (double)self->picked.X->nnz;
}
