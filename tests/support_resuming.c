/* Runs that are cut off after each epoch. */
#include "resuming.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"

static const double EVERY_EPOCH = 1e-12; /* seconds: less than any takes */

resuming resuming_new(int64_t most)
{
    resuming self = {.directory = files_new_fast_directory(), .most = most};
    files_path(&self.directory, "checkpoint", self.path);
    return self;
}

static void forget(resuming *self)
{
    for (int64_t f = 0; f < self->count; f++) free(self->file[f].bytes);
    self->count = 0;
}

void resuming_free(resuming *self)
{
    forget(self);
    free(self->file);
    files_remove_directory(&self->directory);
}

/* What was written after the epoch before this one: the monitor is called before its own is. */
static void keep(resuming *self, int64_t epoch)
{
    struct stat about;
    if (stat(self->path, &about) != 0) return;
    if (self->count == self->most) {
        free(self->file[0].bytes);
        memmove(self->file, self->file + 1, (size_t)--self->count * sizeof *self->file);
    }
    if (self->count == self->room) {
        self->room = 2 * self->room + 8;
        self->file = realloc(self->file, (size_t)self->room * sizeof *self->file);
        assert_non_null(self->file);
    }
    struct resuming_file *const file = &self->file[self->count++];
    file->bytes = files_read(self->path, &file->size);
    file->epoch = epoch;
}

static bool record(const erm_progress *now, void *data)
{
    if (now->epoch > 1) keep(data, now->epoch - 1);
    return true;
}

erm_status resuming_record(resuming *self, const erm_problem *problem, erm_options options, double *w, erm_result *result)
{
    forget(self);
    remove(self->path);
    options.checkpoint = self->path;
    options.checkpoint_seconds = EVERY_EPOCH;
    options.monitor = record;
    options.monitor_data = self;
    const erm_status status = erm_solve(problem, &options, w, result);
    if (status == ERM_OK) assert_int_equal(result->resumed, 0);
    if (status == ERM_OK && result->stop != ERM_STOP_DIVERGED) keep(self, result->epochs);
    return status;
}

erm_status resuming_from(resuming *self, int64_t file, const erm_problem *problem, erm_options options, double *w,
                         erm_result *result)
{
    /* so that memory lies elsewhere than it did, as it would in another process */
    void *const small = malloc(200), *const middle = malloc(5000), *const large = malloc((size_t)1 << 17);
    files_write(self->path, self->file[file].bytes, self->file[file].size);
    options.checkpoint = self->path;
    const erm_status status = erm_solve(problem, &options, w, result);
    free(small);
    free(middle);
    free(large);
    return status;
}

bool resuming_same(int64_t size, const double *w, const erm_result *a, const double *v, const erm_result *b)
{
    const erm_certificate *p = &a->certificate, *q = &b->certificate;
    const double one[] = {p->primal, p->dual, p->gap, p->kkt, a->passes},
                 other[] = {q->primal, q->dual, q->gap, q->kkt, b->passes};
    return memcmp(w, v, (size_t)size * sizeof *w) == 0 && memcmp(one, other, sizeof one) == 0 && p->kind == q->kind &&
           a->epochs == b->epochs && a->stop == b->stop && strcmp(a->detail, b->detail) == 0;
}
