/* Arrays that grow by doubling. */
#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 16 };

/* The pointer is copied as bytes: *array is not a void *, and may not be read as one. */
static bool resize(void *array, size_t bytes)
{
    void *old;
    memcpy(&old, array, sizeof old);
    void *resized = realloc(old, bytes);
    if (resized) memcpy(array, &resized, sizeof resized);
    return resized;
}

bool erm__grow(void *array, int64_t *capacity, int64_t needed, size_t size)
{
    if (needed <= *capacity) return true;
    const int64_t most = PTRDIFF_MAX / (int64_t)size;
    if (needed > most) return false;
    int64_t wanted = *capacity > most / 2 ? most : 2 * *capacity;
    if (wanted < needed) wanted = needed;
    if (wanted < SMALLEST && SMALLEST <= most) wanted = SMALLEST;
    if (!resize(array, (size_t)wanted * size)) return false;
    *capacity = wanted;
    return true;
}

void erm__shrink(void *array, int64_t count, size_t size) { (void)!resize(array, (size_t)(count > 0 ? count : 1) * size); }
