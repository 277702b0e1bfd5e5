/* Columns of a dense X stored by rows, copied when they are first wanted: of a wide X few ever are. */
#include <stdlib.h>
#include <string.h>

#include "base/huge.h"
#include "solver/columns/columns.h"

enum {
    TALL = 8,    /* rows whose values of a column are written together: a cache line of doubles */
    A_LINE = 16, /* columns that it costs as much to copy one of as to read all of them in order */
    CHUNK = 256, /* columns that a thread copies at a time */
    LEAST = 512  /* columns, from which on the first working set of cd is a small part of them */
};

bool erm__columns_suit_wanting(const erm_matrix *X)
{
    const bool by_rows = X->ops == erm_dense_f64(0, 0, NULL, 0).base.ops || X->ops == erm_dense_f32(0, 0, NULL, 0).base.ops;
    return by_rows && X->cols > LEAST;
}

/* The memory for all columns is only addresses until it is written, from its beginning on. */
erm_status erm__columns_open_wanted(erm__columns *self, const erm_matrix *X, size_t value_size)
{
    const size_t n = (size_t)X->rows, d = (size_t)X->cols;
    if (d > SIZE_MAX / value_size / n) return ERM_ENOMEM;
    self->reserved = (int64_t)(n * d * value_size + d * sizeof *self->place);
    self->copy.values = erm__huge_alloc(n * d * value_size);
    self->place = malloc(d * sizeof *self->place);
    self->by_rows = (const erm_dense *)X;
    self->values = self->copy.values;
    self->value_size = value_size;
    if (!self->copy.values || !self->place) {
        erm__columns_close(self);
        return ERM_ENOMEM;
    }
    for (size_t j = 0; j < d; j++) self->place[j] = -1;
    return ERM_OK;
}

static inline void copy_some(const erm__columns *self, size_t size, int64_t count, const int32_t *list)
{
    const char *const from = self->by_rows->values;
    char *const to = self->copy.values;
    const size_t row = (size_t)self->by_rows->stride * size, column = (size_t)self->n * size;
    for (int64_t i = 0; i < self->n; i += TALL) {
        const int64_t rows = self->n - i < TALL ? self->n - i : TALL;
        for (int64_t t = 0; t < count; t++) {
            const char *const x = from + (size_t)i * row + (size_t)list[t] * size;
            char *const out = to + (size_t)self->place[list[t]] * column + (size_t)i * size;
            for (int64_t r = 0; r < rows; r++) memcpy(out + (size_t)r * size, x + (size_t)r * row, size);
        }
    }
}

static void copy_part(const erm__columns *self, int64_t count, const int32_t *list)
{
    if (self->value_size == sizeof(double))
        copy_some(self, sizeof(double), count, list);
    else
        copy_some(self, sizeof(float), count, list);
}

void erm__columns_want(erm__columns *self, int64_t count, const int32_t *list, int threads, int32_t *scratch)
{
    if (self->partly) erm__columns_want_picked(self, count, list, threads);
    if (!self->by_rows) return;
    int64_t absent = 0;
    for (int64_t t = 0; t < count; t++) {
        if (self->place[list[t]] >= 0) continue;
        self->place[list[t]] = self->count++;
        scratch[absent++] = list[t];
    }
    self->copy.bytes = self->count * self->n * (int64_t)self->value_size;
    const int team = absent > CHUNK ? threads : 1;
#pragma omp parallel for schedule(static, 1) num_threads(team) if (team > 1)
    for (int64_t t = 0; t < absent; t += CHUNK) copy_part(self, absent - t < CHUNK ? absent - t : CHUNK, scratch + t);
}

bool erm__columns_are_dear(const erm__columns *self, int64_t count, const int32_t *list)
{
    if (self->picked.X && !self->picked.by_columns) return erm__columns_are_dear_picked(self, count, list);
    int64_t absent = 0;
    for (int64_t t = 0; self->by_rows && t < count; t++) absent += self->place[list[t]] < 0;
    return absent * A_LINE > self->d;
}
