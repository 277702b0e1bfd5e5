/* Allocation that fails on request: the linker (--wrap) sends every call below here first. */
#include "alloc.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

static int64_t countdown = -1; /* below 0: no failure is asked for */
static bool failed;

void alloc_fail_after(int64_t passed)
{
    countdown = passed;
    failed = false;
}

bool alloc_stop_failing(void)
{
    countdown = -1;
    return failed;
}

static bool fails(void)
{
    if (countdown < 0 || countdown-- > 0) return false;
    failed = true;
    errno = ENOMEM;
    return true;
}

#define WRAP(result, name, parameters, arguments) \
    result __real_##name parameters;              \
    result __wrap_##name parameters;              \
    result __wrap_##name parameters { return fails() ? NULL : __real_##name arguments; }

WRAP(void *, malloc, (size_t size), (size))
WRAP(void *, calloc, (size_t count, size_t size), (count, size))
WRAP(void *, realloc, (void *old, size_t size), (old, size))
WRAP(void *, aligned_alloc, (size_t alignment, size_t size), (alignment, size))
WRAP(char *, strdup, (const char *text), (text))
WRAP(char *, realpath, (const char *path, char *resolved), (path, resolved))
WRAP(FILE *, fopen, (const char *path, const char *mode), (path, mode))
WRAP(FILE *, fdopen, (int descriptor, const char *mode), (descriptor, mode))
