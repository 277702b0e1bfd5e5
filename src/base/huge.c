/* Memory for large arrays. */
#if defined(__linux__)
#define _DEFAULT_SOURCE /* madvise */
#endif
#include "base/huge.h"

#include <stdint.h>
#include <stdlib.h>

#if defined(__linux__)
#include <sys/mman.h>

enum { HUGE_PAGE = 1 << 21 };

/* Whole large pages inside the block. */
void erm__huge_advise(void *block, size_t size)
{
    const uintptr_t begin = ((uintptr_t)block + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    const uintptr_t end = ((uintptr_t)block + size) / HUGE_PAGE * HUGE_PAGE;
    if (begin < end) (void)madvise((char *)block + (begin - (uintptr_t)block), end - begin, MADV_HUGEPAGE);
}
#else
void erm__huge_advise(void *block, size_t size) { (void)block, (void)size; }
#endif

void *erm__huge_alloc(size_t size)
{
    void *block = malloc(size);
    if (block) erm__huge_advise(block, size);
    return block;
}
