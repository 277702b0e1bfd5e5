/* Output files that appear whole or not at all: a temporary file beside them, renamed at the end. */
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

/* Opens the temporary file of out->path; 0, or what errno says. */
static int open_temporary(output *out)
{
    const size_t size = strlen(out->path) + 32;
    out->temporary = malloc(size);
    if (!out->temporary) return ENOMEM;
    snprintf(out->temporary, size, "%s.%ld.tmp", out->path, (long)getpid());
    const int descriptor = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (descriptor >= 0) out->file = fdopen(descriptor, "w");
    if (out->file) return 0;
    const int error = errno;
    if (descriptor >= 0) {
        close(descriptor);
        unlink(out->temporary);
    }
    free(out->temporary);
    out->temporary = NULL;
    return error;
}

bool output_open(const char *path, output *out)
{
    struct stat status;
    *out = (output){.path = path};
    if (!path) {
        out->file = stdout;
        return true;
    }
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) return fails(path, EISDIR);
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) { /* a device or pipe is written to, never replaced */
        out->file = fopen(path, "w");
        return out->file ? true : fails(path, errno);
    }
    const int error = open_temporary(out);
    return error ? fails(path, error) : true;
}

bool output_commit(output *out)
{
    int error = ferror(out->file) ? EIO : 0;
    if (fflush(out->file) && !error) error = errno;
    if (out->path && fclose(out->file) && !error) error = errno;
    if (out->temporary && !error && rename(out->temporary, out->path)) error = errno;
    if (out->temporary && error) unlink(out->temporary);
    free(out->temporary);
    const char *path = out->path;
    *out = (output){0};
    return error ? fails(path, error) : true;
}

void output_abandon(output *out)
{
    if (out->path && out->file) fclose(out->file);
    if (out->temporary) unlink(out->temporary);
    free(out->temporary);
    *out = (output){0};
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

bool same_file(const char *a, const char *b)
{
    struct stat first, second;
    return a && b && stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino && S_ISREG(first.st_mode);
}
