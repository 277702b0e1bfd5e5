/* Reads a whole file into memory. */
#ifndef ERM_WHOLE_FILE_H
#define ERM_WHOLE_FILE_H

#include <stddef.h>

#include "ermopt/status.h"

/* Allocates *text (free it) with the bytes of a file, or of standard input for "-", decompressed. Stops early, with success,
 * after the first piece if they do not begin with `magic`, so that a large file of another kind, or an endless device, is
 * not read. ERM_OK; ERM_EIO (cannot be opened or read, a directory), ERM_EDATA, ERM_EUNSUPPORTED, ERM_ENOMEM: then *text is
 * NULL. */
erm_status erm__read_whole(const char *path, const char *magic, char **text, size_t *size, char *detail);

#endif
