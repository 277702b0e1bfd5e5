/* Checkpoints: read, compared, written. */
#include "solver/checkpoint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/detail.h"
#include "base/hash.h"

static const char MAGIC[8] = "ERMCKPT1";
static const double DEFAULT_EVERY = 60;

/* Then come `size` doubles, the image and the hash of all before it. */
typedef struct head {
    char magic[sizeof MAGIC];
    erm__fingerprint print;
    int64_t size;
} head;

static int64_t image_at(const erm__checkpoint *self) { return (int64_t)(sizeof(head) + (size_t)self->size * sizeof(double)); }

/* What was written in a head that is known to be whole. */
static head head_of(const erm__checkpoint *self)
{
    head read;
    memcpy(&read, self->file, sizeof read);
    return read;
}

static erm_status cannot_read(const erm__checkpoint *self, char *detail)
{
    char reason[128];
    const int error = errno;
    if (strerror_r(error, reason, sizeof reason) != 0) snprintf(reason, sizeof reason, "error %d", error);
    return erm__fail(detail, ERM_EIO, "%s: cannot be read: %s", self->path, reason);
}

/* All of the file in memory; `file` stays NULL if there is none. */
static erm_status read_file(erm__checkpoint *self, char *detail)
{
    errno = 0;
    FILE *const stream = fopen(self->path, "rb");
    if (!stream) return errno == ENOENT ? ERM_OK : cannot_read(self, detail);
    struct stat about;
    if (fstat(fileno(stream), &about) != 0 || !S_ISREG(about.st_mode)) {
        fclose(stream);
        return erm__fail(detail, ERM_EIO, "%s is not a file that a checkpoint can be read from", self->path);
    }
    self->length = (int64_t)about.st_size;
    self->file = malloc((size_t)self->length + 1);
    const bool whole = self->file && fread(self->file, 1, (size_t)self->length, stream) == (size_t)self->length;
    const erm_status status = whole ? ERM_OK : self->file ? cannot_read(self, detail) : ERM_ENOMEM;
    fclose(stream);
    return status;
}

static erm_status check_file(const erm__checkpoint *self, char *detail)
{
    uint64_t hash;
    if (self->length < (int64_t)sizeof MAGIC || memcmp(self->file, MAGIC, sizeof MAGIC) != 0)
        return erm__fail(detail, ERM_EDATA, "%s is not a checkpoint; name another file, or remove it", self->path);
    const size_t content = (size_t)self->length - sizeof hash;
    bool whole = self->length >= (int64_t)(sizeof(head) + sizeof hash);
    if (whole) memcpy(&hash, self->file + content, sizeof hash);
    whole = whole && erm__hash_of(self->file, content) == hash;
    if (whole) return ERM_OK;
    return erm__fail(detail, ERM_EDATA, "%s is a damaged checkpoint; remove it to start anew", self->path);
}

/* A path that cannot be written is better found before the work than after it. */
static erm_status try_to_write(const erm__checkpoint *self, char *detail)
{
    erm__atomic_file file;
    const erm_status status = erm__atomic_open(&file, self->path, detail);
    if (!status) erm__atomic_abandon(&file);
    return status;
}

erm_status erm__checkpoint_open(erm__checkpoint *self, const erm_options *options, const erm_solver_ops *solver, int64_t size,
                                const double *w, char *detail)
{
    *self = (erm__checkpoint){.path = options->checkpoint, .size = size, .begin = w, .written = erm__seconds()};
    self->every = options->checkpoint_seconds > 0 ? options->checkpoint_seconds : DEFAULT_EVERY;
    if (!self->path) return ERM_OK;
    if (!(solver->needs & ERM_CAN_RESUME))
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s cannot go on from a checkpoint; run it without one, or use %s",
                         solver->name, strcmp(solver->name, "hogwild") == 0 ? "sgd" : "another solver");
    erm_status status = try_to_write(self, detail);
    if (!status) status = read_file(self, detail);
    if (!status && self->file) status = check_file(self, detail);
    if (status || !self->file) return status;
    if (head_of(self).size == size && self->length >= image_at(self)) self->begin = (const double *)(self->file + sizeof(head));
    return ERM_OK;
}

static erm_status refuse(const erm__checkpoint *self, const char *other, char *detail)
{
    return erm__fail(detail, ERM_EINVAL,
                     "%s was written with another %s; give the same as then to go on, or remove it to start anew", self->path,
                     other);
}

erm_status erm__checkpoint_match(erm__checkpoint *self, erm__certifier *certifier, const erm_run *run, const erm_options *options,
                                 const erm_solver_ops *solver, char *detail)
{
    if (!self->path) return ERM_OK;
    erm__fingerprint_take(certifier, run, solver, options->seed, &self->print);
    if (!self->file) return ERM_OK;
    const head read = head_of(self);
    const char *const other = erm__fingerprint_difference(&read.print, &self->print, ERM_MARK_PARAMETERS);
    return other ? refuse(self, other, detail) : ERM_OK;
}

erm_status erm__checkpoint_settle(erm__checkpoint *self, const erm_run *run, char *detail)
{
    if (!self->path) return ERM_OK;
    self->print.mark[ERM_MARK_PARAMETERS] = run->parameter_hash;
    const erm_status status = erm__image_settle(&self->image);
    if (status || !self->file) return status;
    const head read = head_of(self);
    const char *const other = erm__fingerprint_difference(&read.print, &self->print, ERM_MARKS);
    if (other) return refuse(self, other, detail);
    const int64_t at = image_at(self), length = self->length - at - (int64_t)sizeof(uint64_t);
    if (!erm__image_restore(&self->image, self->file + at, length))
        return erm__fail(detail, ERM_EINVAL,
                         "%s was written on a processor that rounds differently or by another build of the library, so that the "
                         "run cannot go on to the same bits; go on there, or remove it to start anew",
                         self->path);
    return ERM_OK;
}

/* A file, and the hash of what went into it. */
typedef struct output {
    erm__atomic_file file;
    erm__hash hash;
} output;

static void put(void *context, const void *bytes, size_t count)
{
    output *const to = context;
    if (count == 0) return;
    erm__hash_add(&to->hash, bytes, count);
    erm__atomic_write(&to->file, bytes, count);
}

erm_status erm__checkpoint_write(erm__checkpoint *self, bool now, char *detail)
{
    if (!self->path || (!now && erm__seconds() - self->written < self->every)) return ERM_OK;
    output to = {.hash = erm__hash_begin()};
    erm_status status = erm__atomic_open(&to.file, self->path, detail);
    if (status) return status;
    head next = {.print = self->print, .size = self->size};
    memcpy(next.magic, MAGIC, sizeof MAGIC);
    put(&to, &next, sizeof next);
    put(&to, self->begin, (size_t)self->size * sizeof(double));
    erm__image_store(&self->image, put, &to);
    const uint64_t hash = erm__hash_end(&to.hash);
    put(&to, &hash, sizeof hash);
    status = erm__atomic_commit(&to.file, detail);
    self->written = erm__seconds();
    return status;
}

void erm__checkpoint_close(erm__checkpoint *self)
{
    erm__image_free(&self->image);
    free(self->file);
    *self = (erm__checkpoint){0};
}
