/* Windows on a file that is larger than the memory: a few buffers, each with some rows that follow one another. They are read,
 * not mapped: their memory is taken once and never grows, a read that fails is told and ends nothing, and what the system keeps
 * of the file is not this process's memory. */
#include "io/window.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/detail.h"
#include "io/window_state.h"

enum {
    MOST_WINDOWS = 16, /* as many as there are lanes (problem/workspace.c) */
    FEW_WINDOWS = 4,
    WINDOW_BYTES = 1 << 20, /* what a block of rows takes, and then stays in the second-level cache, several times over */
    ROOM_FOR_ROWS = 4,      /* of the longest: the smallest block */
    LINE = ERM_BINARY_ALIGNMENT
};

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

static int64_t whole_lines(int64_t bytes) { return (bytes + LINE - 1) / LINE * LINE; }

static int64_t start_bytes(const erm__windows *self)
{
    return self->start ? whole_lines((ERM_WINDOW_ROWS + 1) * (int64_t)sizeof(int64_t)) : 0;
}

static int64_t index_bytes(const erm__windows *self, int64_t values) { return self->start ? whole_lines(4 * values) : 0; }

static int64_t value_bytes(const erm__windows *self, int64_t values) { return whole_lines(self->binary.value_size * values); }

static int64_t window_bytes(const erm__windows *self, int64_t values)
{
    return start_bytes(self) + index_bytes(self, values) + value_bytes(self, values);
}

static int64_t longest_row(const erm__windows *self)
{
    int64_t longest = self->start ? 1 : larger(1, self->binary.cols);
    for (int64_t i = 0; self->start && i < self->binary.rows; i++) longest = larger(longest, self->start[i + 1] - self->start[i]);
    return longest;
}

/* A window takes a quarter of the memory or what is enough, and there are as many as fit. False if a row does not fit. */
static bool choose_sizes(erm__windows *self, int64_t resident_bytes, int64_t *needed)
{
    const int64_t longest = longest_row(self), each = self->binary.value_size + (self->start ? 4 : 0);
    *needed = window_bytes(self, longest);
    if (*needed > resident_bytes) return false;
    const int64_t enough = larger(WINDOW_BYTES, window_bytes(self, smaller(ROOM_FOR_ROWS, self->binary.rows) * longest));
    const int64_t bytes = smaller(enough, resident_bytes / FEW_WINDOWS);
    self->room = larger(longest, (bytes - start_bytes(self) - 2 * LINE) / each);
    self->count = larger(1, smaller(MOST_WINDOWS, resident_bytes / window_bytes(self, self->room)));
    self->most = self->start ? ERM_WINDOW_ROWS : self->room / larger(1, self->binary.cols);
    return true;
}

static void share_memory(erm__windows *self)
{
    char *next = self->memory;
    for (int64_t w = 0; w < self->count; w++) {
        erm__window *const window = &self->window[w];
        window->values = next;
        next += value_bytes(self, self->room);
        if (!self->start) continue;
        window->index = (int32_t *)(void *)next;
        next += index_bytes(self, self->room);
        window->start = (int64_t *)(void *)next;
        next += start_bytes(self);
    }
}

static bool take_memory(erm__windows *self)
{
    self->window = calloc((size_t)self->count, sizeof *self->window);
    self->memory = aligned_alloc(LINE, (size_t)(self->count * window_bytes(self, self->room)));
    if (!self->window || !self->memory) return false;
    share_memory(self);
    return true;
}

erm_status erm__windows_open(const erm__binary *binary, const erm__bytes *from, const int64_t *start, int64_t resident_bytes,
                             erm__windows **opened, char *detail)
{
    int64_t needed;
    erm__windows *const self = malloc(sizeof *self);
    if (!self) return erm__fail(detail, ERM_ENOMEM, "%s: no memory for its windows", from->name);
    *self = (erm__windows){.binary = *binary, .from = *from, .start = start};
    if (!choose_sizes(self, resident_bytes, &needed)) {
        free(self);
        return erm__fail(detail, ERM_EINVAL,
                         "%s: windows of %" PRId64 " bytes are too small for a row, which needs up to %" PRId64, from->name,
                         resident_bytes, needed);
    }
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->released, NULL);
    for (int r = 0; r < ERM_WINDOW_RECENT; r++) self->recent[r] = -2;
    self->matrix = (erm__window_matrix){.base = {.ops = binary->dense ? &erm__window_dense_ops : &erm__window_sparse_ops,
                                                 .rows = binary->rows,
                                                 .cols = binary->cols,
                                                 .nnz = binary->nnz,
                                                 .out_of_core = true},
                                        .windows = self,
                                        .dense = binary->dense,
                                        .single = binary->value_size == 4};
    if (!take_memory(self)) {
        erm__windows_close(self);
        return erm__fail(detail, ERM_ENOMEM, "%s: no memory for its windows", from->name);
    }
    *opened = self;
    return ERM_OK;
}

void erm__windows_close(erm__windows *self)
{
    if (!self) return;
    pthread_mutex_destroy(&self->lock);
    pthread_cond_destroy(&self->released);
    free(self->window);
    free(self->memory);
    free(self);
}

const erm_matrix *erm__windows_matrix(const erm__windows *self) { return &self->matrix.base; }

erm_status erm__windows_status(erm__windows *self, char *detail)
{
    pthread_mutex_lock(&self->lock);
    const erm_status status = self->status;
    if (status != ERM_OK) erm__fail(detail, status, "%s", self->detail);
    pthread_mutex_unlock(&self->lock);
    return status;
}
