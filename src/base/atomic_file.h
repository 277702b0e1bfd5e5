/* Replaces a file in one step: readers see the old bytes or all of the new ones, never a part. */
#ifndef ERM_ATOMIC_FILE_H
#define ERM_ATOMIC_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "ermopt/status.h"

typedef struct erm__atomic_file {
    FILE *stream;
    char *path;      /* what commit replaces, symbolic links resolved; owned */
    char *temporary; /* in the same directory; owned; NULL: path is a device or a pipe, and is written directly */
    int error;       /* errno of the first write that failed */
} erm__atomic_file;

/* Opens a temporary beside path. An existing file keeps its permissions, a symbolic link stays one; a directory and a file
 * that may not be written are refused. ERM_OK, ERM_EIO, ERM_ENOMEM; on failure nothing is left behind and no further call is
 * needed. */
erm_status erm__atomic_open(erm__atomic_file *file, const char *path, char *detail);

/* Appends. A failure is remembered and told by commit. */
void erm__atomic_write(erm__atomic_file *file, const void *bytes, size_t count);

/* What is appended next goes to the beginning of the file. Not possible in a pipe: commit tells. */
void erm__atomic_rewind(erm__atomic_file *file);

/* Puts everything on the disk, then renames. On failure the temporary is removed and path is as it was. ERM_OK, ERM_EIO. */
erm_status erm__atomic_commit(erm__atomic_file *file, char *detail);

/* Gives up: the temporary is removed, path is as it was. */
void erm__atomic_abandon(erm__atomic_file *file);

#endif
