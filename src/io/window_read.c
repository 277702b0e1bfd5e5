/* How rows come into the windows, for calls from several threads: a window that holds the rows already is shared; else the one
 * that was used longest ago is filled. What is read is checked, so that no file can lead astray, even one that changes meanwhile.
 * Single rows that are asked for in no order are read by themselves. */
#include <inttypes.h>
#include <string.h>

#include "base/detail.h"
#include "io/window_state.h"

enum { GROUP = 8 }; /* rows that a product takes together: a call that is cut between groups has the bits of one that is not */

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- from the file --------------------------------------------------------------------------------------------------- */

/* The first failure is remembered. */
static bool fails(erm__windows *self, const char *said)
{
    pthread_mutex_lock(&self->lock);
    if (self->status == ERM_OK) self->status = erm__fail(self->detail, ERM_EIO, "%s", said);
    pthread_mutex_unlock(&self->lock);
    return false;
}

/* Values first .. first + count - 1 of a part, each of `size` bytes. */
static bool read_part(erm__windows *self, erm__part part, int64_t first, int64_t count, int64_t size, void *to)
{
    char said[ERM_DETAIL_SIZE] = "";
    const char *bytes;
    const int64_t offset = self->binary.part[part].offset + first * size;
    const erm_status status = erm__bytes_at(&self->from, offset, count * size, to, &bytes, said);
    return status == ERM_OK || fails(self, said);
}

/* Rows begin .. begin + count - 1. */
static bool read_rows(erm__windows *self, int64_t begin, int64_t count, void *values, int32_t *index)
{
    const int64_t first = erm__window_begin(self, begin), total = erm__window_begin(self, begin + count) - first;
    if (total == 0) return true;
    if (!read_part(self, ERM_PART_VALUES, first, total, self->binary.value_size, values)) return false;
    if (!self->start) return true;
    if (!read_part(self, ERM_PART_INDEX, first, total, 4, index)) return false;
    if (erm__index_ok(self->start, self->binary.rows, self->binary.cols, index, first, total)) return true;
    char said[ERM_DETAIL_SIZE];
    erm__fail(said, ERM_EIO, "%s: has changed since it was opened: the columns of rows %" PRId64 " to %" PRId64 " are wrong",
              self->from.name, begin + 1, begin + count);
    return fails(self, said);
}

/* Fills the window with the rows, runs of rows that follow one another at once. */
static bool fill(erm__windows *self, erm_rows rows, erm__window *window)
{
    int64_t at = 0;
    for (int64_t t = 0, run; t < rows.count; t += run) {
        const int64_t begin = erm_row_number(rows, t);
        for (run = 1; t + run < rows.count && erm_row_number(rows, t + run) == begin + run;) run++;
        if (!read_rows(self, begin, run, (char *)window->values + at * self->binary.value_size,
                       self->start ? window->index + at : NULL))
            return false;
        const int64_t first = erm__window_begin(self, begin);
        for (int64_t i = 0; self->start && i < run; i++) window->start[t + i] = at + self->start[begin + i] - first;
        at += erm__window_begin(self, begin + run) - first;
    }
    if (self->start) window->start[rows.count] = at;
    return true;
}

/* The rows that will be asked for next. */
static void announce(const erm__windows *self, int64_t begin)
{
    const int64_t first = erm__window_begin(self, begin), left = self->binary.nnz - first, count = smaller(left, 2 * self->room);
    const int64_t size = self->binary.value_size;
    if (count == 0) return;
    erm__input_will_need(self->from.input, self->binary.part[ERM_PART_VALUES].offset + first * size, count * size);
    if (self->start) erm__input_will_need(self->from.input, self->binary.part[ERM_PART_INDEX].offset + first * 4, count * 4);
}

/* ---- windows --------------------------------------------------------------------------------------------------------- */

int64_t erm__window_fits(const erm__windows *self, erm_rows rows, int64_t t)
{
    const int64_t left = rows.count - t, most = smaller(self->most, left);
    int64_t values = 0, count = self->start ? 0 : most;
    for (; count < most; count++) {
        const int64_t i = erm_row_number(rows, t + count);
        values += self->start[i + 1] - self->start[i];
        if (values > self->room) break;
    }
    return count == left || count < GROUP ? count : count - count % GROUP;
}

/* The window that holds these rows; with the lock. */
static erm__window *find(erm__windows *self, int64_t begin, int64_t count)
{
    for (int64_t w = 0; w < self->count; w++) {
        const erm__window *window = &self->window[w];
        if (window->first <= begin && begin + count <= window->first + window->rows) return &self->window[w];
    }
    return NULL;
}

/* The window that was used longest ago, of those that nobody holds; with the lock. */
static erm__window *oldest(erm__windows *self)
{
    erm__window *found = NULL;
    for (int64_t w = 0; w < self->count; w++)
        if (self->window[w].held == 0 && (!found || self->window[w].used < found->used)) found = &self->window[w];
    return found;
}

erm__window *erm__window_take(erm__windows *self, erm_rows rows)
{
    erm__window *window = NULL;
    bool there = false;
    pthread_mutex_lock(&self->lock);
    while (!window) {
        window = rows.list ? NULL : find(self, rows.begin, rows.count);
        there = window;
        if (!there) window = oldest(self);
        if (!window) pthread_cond_wait(&self->released, &self->lock);
    }
    window->held++;
    window->used = ++self->time;
    if (!there) window->rows = 0;
    pthread_mutex_unlock(&self->lock);
    if (there) return window;
    if (!rows.list) { /* as many as there is room for */
        const erm_rows rest = {.begin = rows.begin, .count = self->binary.rows - rows.begin};
        const int64_t fit = erm__window_fits(self, rest, 0); /* may be cut between groups where the call ends within one */
        if (fit > rows.count) rows.count = fit;
        announce(self, rows.begin + rows.count);
    }
    const bool good = fill(self, rows, window);
    if (good && !rows.list) {
        pthread_mutex_lock(&self->lock);
        window->first = rows.begin;
        window->rows = rows.count;
        pthread_mutex_unlock(&self->lock);
    }
    if (!good) erm__window_release(self, window);
    return good ? window : NULL;
}

void erm__window_release(erm__windows *self, erm__window *window)
{
    pthread_mutex_lock(&self->lock);
    if (--window->held == 0) pthread_cond_signal(&self->released);
    pthread_mutex_unlock(&self->lock);
}

/* ---- single rows ----------------------------------------------------------------------------------------------------- */

/* Whether rows are asked for one after the other: the one before this was, not long ago; else this one is remembered. */
static bool is_next(erm__windows *self, int64_t i)
{
    bool next = false;
    pthread_mutex_lock(&self->lock);
    next = find(self, i, 1);
    for (int r = 0; r < ERM_WINDOW_RECENT; r++) next = next || self->recent[r] == i - 1;
    if (!next) next = i > 0 && find(self, i - 1, 1);
    if (!next) self->recent[++self->time % ERM_WINDOW_RECENT] = i;
    pthread_mutex_unlock(&self->lock);
    return next;
}

static void copy_values(const erm__windows *self, const void *values, int64_t first, int64_t count, double *to)
{
    if (!self->matrix.single) {
        if (count > 0) memcpy(to, (const double *)values + first, (size_t)count * sizeof *to);
        return;
    }
    for (int64_t p = 0; p < count; p++) to[p] = (double)((const float *)values)[first + p];
}

static bool row_of_window(erm__windows *self, int64_t i, int64_t count, int32_t *index, double *value)
{
    erm__window *const window = erm__window_take(self, (erm_rows){.begin = i, .count = 1});
    if (!window) return false;
    const int64_t t = i - window->first, first = self->start ? window->start[t] : t * self->binary.cols;
    copy_values(self, window->values, first, count, value);
    if (self->start && count > 0) memcpy(index, window->index + first, (size_t)count * sizeof *index);
    erm__window_release(self, window);
    return true;
}

/* The rows' floats are read into the upper half of where the doubles go: none is overwritten before it is used. */
bool erm__window_row(erm__windows *self, int64_t i, int64_t *count, int32_t *index, double *value)
{
    *count = erm__window_begin(self, i + 1) - erm__window_begin(self, i);
    if (is_next(self, i)) return row_of_window(self, i, *count, index, value);
    char *const bytes = (char *)value + (self->matrix.single ? 4 * *count : 0);
    if (!read_rows(self, i, 1, bytes, index)) return false;
    for (int64_t p = 0; self->matrix.single && p < *count; p++) {
        float single;
        memcpy(&single, bytes + 4 * p, sizeof single);
        value[p] = (double)single;
    }
    return true;
}
