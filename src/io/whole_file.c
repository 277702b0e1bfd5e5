/* Reads a whole file into memory, in pieces that double, so that pipes work too. */
#include "io/whole_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"

enum { FIRST_PIECE = 1 << 16 };

static erm_status cannot_read(char *detail, const char *path, int error)
{
    char reason[128];
    if (strerror_r(error, reason, sizeof reason) != 0) snprintf(reason, sizeof reason, "error %d", error);
    return erm__fail(detail, error == ENOMEM ? ERM_ENOMEM : ERM_EIO, "cannot read %s: %s", path, reason);
}

/* 0, or an errno. *text stays the caller's to free in either case. */
static int read_stream(FILE *stream, const char *magic, char **text, size_t *size)
{
    const size_t prefix = strlen(magic);
    for (size_t capacity = FIRST_PIECE;; capacity *= 2) {
        char *larger = capacity <= PTRDIFF_MAX ? realloc(*text, capacity) : NULL;
        if (!larger) return ENOMEM;
        *text = larger;
        errno = 0;
        *size += fread(*text + *size, 1, capacity - 1 - *size, stream);
        (*text)[*size] = '\0';
        if (ferror(stream)) return errno != 0 ? errno : EIO;
        const bool other = *size < prefix || memcmp(*text, magic, prefix) != 0;
        if (other || *size < capacity - 1) return 0;
    }
}

erm_status erm__read_whole(const char *path, const char *magic, char **text, size_t *size, char *detail)
{
    *text = NULL;
    *size = 0;
    FILE *stream = fopen(path, "rb");
    if (!stream) return cannot_read(detail, path, errno);
    const int error = read_stream(stream, magic, text, size);
    (void)fclose(stream);
    if (error == 0) return ERM_OK;
    free(*text);
    *text = NULL;
    return cannot_read(detail, path, error);
}
