/* Files that a test makes in its working directory. */
#include "temporary.h"

#include <stdio.h>

#include "check.h"

void temporary_write(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (!file || (size > 0 && fwrite(bytes, 1, size, file) != size) || fclose(file) != 0) fail_case("%s cannot be written", path);
}
