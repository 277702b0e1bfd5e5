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

/* What is mapped beyond the large pages goes back. */
void *erm__huge_map(size_t *size)
{
    if (*size > SIZE_MAX - 2 * HUGE_PAGE) return NULL;
    const size_t whole = (*size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE, room = whole + HUGE_PAGE;
    char *const map = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) return NULL;
    const size_t before = (HUGE_PAGE - (uintptr_t)map % HUGE_PAGE) % HUGE_PAGE;
    if (before > 0) (void)munmap(map, before);
    if (HUGE_PAGE > before) (void)munmap(map + before + whole, HUGE_PAGE - before);
    (void)madvise(map + before, whole, MADV_HUGEPAGE);
    *size = whole;
    return map + before;
}

void erm__huge_unmap(void *block, size_t size) { (void)munmap(block, size); }
#else
void erm__huge_advise(void *block, size_t size) { (void)block, (void)size; }
void *erm__huge_map(size_t *size) { return (void)size, NULL; }
void erm__huge_unmap(void *block, size_t size) { (void)block, (void)size; }
#endif

void *erm__huge_alloc(size_t size)
{
    void *block = malloc(size);
    if (block) erm__huge_advise(block, size);
    return block;
}
