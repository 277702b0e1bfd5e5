/* Files that a test makes in its working directory. */
#ifndef TEMPORARY_H
#define TEMPORARY_H

#include <stddef.h>

/* Writes `size` bytes to the file `path`, replacing it; fails the test if that does not work. */
void temporary_write(const char *path, const void *bytes, size_t size);

#endif
