/* Replaces a file in one step: a temporary in the same directory, fsync, rename. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/detail.h"

enum { TEMPORARY_SIZE = 64, ATTEMPTS = 1000 };

static void release(erm__atomic_file *file)
{
    free(file->path);
    free(file->temporary);
    *file = (erm__atomic_file){0};
}

static erm_status cannot_write(char *detail, const char *path, int error)
{
    char reason[128];
    if (strerror_r(error, reason, sizeof reason) != 0) snprintf(reason, sizeof reason, "error %d", error);
    return erm__fail(detail, error == ENOMEM ? ERM_ENOMEM : ERM_EIO, "%s: cannot be written: %s", path, reason);
}

/* Where the directory part of path ends. */
static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* A new file in path's directory, under a name of its own so that a long name of path does not matter. mkstemp would give it
 * mode 0600, and the mode that the user's umask asks for cannot be read without changing it for other threads. -1 on failure. */
static int open_temporary(erm__atomic_file *file)
{
    const size_t directory = directory_length(file->path);
    file->temporary = malloc(directory + TEMPORARY_SIZE);
    if (!file->temporary) return -1;
    memcpy(file->temporary, file->path, directory);
    int descriptor = -1;
    for (int attempt = 0; attempt < ATTEMPTS && descriptor < 0; attempt++) {
        snprintf(file->temporary + directory, TEMPORARY_SIZE, ".ermopt-%ld-%d.tmp", (long)getpid(), attempt);
        descriptor = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor < 0 && errno != EEXIST) break;
    }
    return descriptor;
}

/* Makes a new directory entry survive a crash. Not every file system can; the bytes themselves are safe by then. */
static void sync_directory(char *path)
{
    const size_t length = directory_length(path);
    path[length] = '\0';
    const int descriptor = open(length > 0 ? path : ".", O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    (void)fsync(descriptor);
    (void)close(descriptor);
}

erm_status erm__atomic_open(erm__atomic_file *file, const char *path, char *detail)
{
    *file = (erm__atomic_file){0};
    struct stat old;
    const bool exists = stat(path, &old) == 0;
    if (exists && S_ISDIR(old.st_mode)) return cannot_write(detail, path, EISDIR);
    if (exists && access(path, W_OK) != 0) return cannot_write(detail, path, errno);
    const bool replace = !exists || S_ISREG(old.st_mode);
    file->path = exists && replace ? realpath(path, NULL) : strdup(path);
    if (!file->path) return cannot_write(detail, path, errno);
    const int descriptor = replace ? open_temporary(file) : open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) {
        const int error = errno;
        release(file);
        return cannot_write(detail, path, error);
    }
    if (exists && replace) (void)fchmod(descriptor, old.st_mode & 0777);
    file->stream = fdopen(descriptor, "wb");
    if (!file->stream) {
        const int error = errno;
        (void)close(descriptor);
        if (replace) (void)unlink(file->temporary);
        release(file);
        return cannot_write(detail, path, error);
    }
    return ERM_OK;
}

void erm__atomic_write(erm__atomic_file *file, const void *bytes, size_t count)
{
    if (file->error == 0 && fwrite(bytes, 1, count, file->stream) != count) file->error = errno != 0 ? errno : EIO;
}

void erm__atomic_rewind(erm__atomic_file *file)
{
    if (file->error == 0 && fseek(file->stream, 0, SEEK_SET) != 0) file->error = errno;
}

erm_status erm__atomic_commit(erm__atomic_file *file, char *detail)
{
    if (file->error == 0 && fflush(file->stream) != 0) file->error = errno;
    if (file->error == 0 && file->temporary && fsync(fileno(file->stream)) != 0) file->error = errno;
    if (fclose(file->stream) != 0 && file->error == 0) file->error = errno;
    if (file->error == 0 && file->temporary && rename(file->temporary, file->path) != 0) file->error = errno;
    if (file->error != 0) {
        const erm_status status = cannot_write(detail, file->path, file->error);
        if (file->temporary) (void)unlink(file->temporary);
        release(file);
        return status;
    }
    if (file->temporary) sync_directory(file->temporary);
    release(file);
    return ERM_OK;
}

void erm__atomic_abandon(erm__atomic_file *file)
{
    (void)fclose(file->stream);
    if (file->temporary) (void)unlink(file->temporary);
    release(file);
}
