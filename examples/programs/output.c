/* Output files that appear whole or not at all: a temporary file beside them, renamed at the end. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"

static bool fails(const char *path, int error)
{
    complain(EXIT_OTHER, "cannot write %s: %s", path ? path : "standard output", strerror(error));
    return false;
}

/* Opens a temporary file beside out->target; 0, or what errno says. */
static int open_temporary(output *out)
{
    const size_t size = strlen(out->target) + 32;
    out->temporary = malloc(size);
    if (!out->temporary) return ENOMEM;
    snprintf(out->temporary, size, "%s.%ld.tmp", out->target, (long)getpid());
    unlink(out->temporary); /* of a dead program that had the same number */
    const int descriptor = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (descriptor >= 0) out->file = fdopen(descriptor, "w");
    if (out->file) return 0;
    const int error = errno;
    if (descriptor >= 0) {
        close(descriptor);
        unlink(out->temporary);
    }
    return error;
}

static void release(output *out)
{
    free(out->target);
    free(out->temporary);
    *out = (output){0};
}

bool output_open(const char *path, output *out)
{
    struct stat status;
    *out = (output){.path = path};
    if (!path) {
        out->file = stdout;
        return true;
    }
    const bool exists = stat(path, &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) return fails(path, EISDIR);
    if (exists && !S_ISREG(status.st_mode)) { /* a device or pipe is written to, never replaced */
        out->file = fopen(path, "w");
        return out->file ? true : fails(path, errno);
    }
    out->target = exists ? realpath(path, NULL) : strdup(path); /* a link stays one */
    const int error = out->target ? open_temporary(out) : errno;
    if (error) release(out);
    return error ? fails(path, error) : true;
}

bool output_commit(output *out)
{
    int error = ferror(out->file) ? EIO : 0;
    if (fflush(out->file) && !error) error = errno;
    if (out->path && fclose(out->file) && !error) error = errno;
    if (out->temporary && !error && rename(out->temporary, out->target)) error = errno;
    if (out->temporary && error) unlink(out->temporary);
    const char *path = out->path;
    release(out);
    return error ? fails(path, error) : true;
}

void output_abandon(output *out)
{
    if (out->path && out->file) fclose(out->file);
    if (out->temporary) unlink(out->temporary);
    release(out);
}

bool output_possible(const char *path)
{
    output out;
    struct stat status;
    if (!path) return true;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return true;
    if (!output_open(path, &out)) return false;
    output_abandon(&out);
    return true;
}

bool can_be_read_twice(const char *path)
{
    struct stat status;
    return strcmp(path, "-") != 0 && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

bool same_file(const char *a, const char *b)
{
    struct stat first, second;
    if (a && b && strcmp(a, b) == 0 && strcmp(a, "-") != 0) return true;
    return a && b && stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino && S_ISREG(first.st_mode);
}
