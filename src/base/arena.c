/* Memory for one job: a list of chunks that are freed together.
 *
 * Once a megabyte or two are taken, further chunks are cut from slabs of large pages: page by page of 4 KiB, the first touch of
 * memory takes longer than many a pass over it. */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/huge.h"

enum { ALIGNMENT = 64 };

#if defined(__SANITIZE_ADDRESS__) /* which looks at what lies between blocks */
#define APART
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define APART
#endif
#endif

#ifdef APART
static const int64_t SLABS_FROM = INT64_MAX;
#else
static const int64_t SLABS_FROM = 1 << 21; /* bytes taken: a page that is hardly used is then no more than what is used */
#endif
static const size_t SLAB = 1 << 24; /* bytes, at least; what is not used of it costs addresses only */

typedef struct erm__chunk {
    struct erm__chunk *previous;
    void *block;   /* of which it is the first, or NULL */
    size_t mapped; /* bytes of it, where it is a slab */
    int64_t count;
    size_t size;
    bool scratch;
} erm__chunk;

static double physical_memory(void)
{
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (double)pages * (double)size : (double)PTRDIFF_MAX;
}

/* A head for so many bytes. */
static erm__chunk *cut(erm__arena *arena, size_t size)
{
    erm__chunk head = {0};
    if (size > arena->room && arena->bytes >= SLABS_FROM) {
        head.mapped = size > SLAB ? size : SLAB;
        head.block = erm__huge_map(&head.mapped);
        if (head.block) {
            arena->next = head.block;
            arena->room = head.mapped;
        }
    }
    erm__chunk *chunk = (void *)arena->next;
    if (size <= arena->room) {
        arena->next += size;
        arena->room -= size;
    } else {
        char *const block = calloc(1, ALIGNMENT + size); /* of large blocks, what is never used is never made */
        if (!block) return NULL;
        erm__huge_advise(block, ALIGNMENT + size);
        head = (erm__chunk){.block = block};
        chunk = (void *)(block + (ALIGNMENT - (uintptr_t)block % ALIGNMENT));
    }
    *chunk = head;
    return chunk;
}

static void *take_again(erm__arena *arena, int64_t count, size_t size)
{
    const erm__memory *next = arena->again;
    while (next->at && (next->count != count || next->size != size)) next++;
    arena->again = next->at ? next + 1 : next;
    arena->failed |= !next->at;
    if (next->at) memset(next->at, 0, (size_t)count * size);
    return next->at;
}

void *erm__arena_take(erm__arena *arena, int64_t count, size_t size)
{
    if (arena->again) return take_again(arena, count, size);
    const size_t most = (size_t)PTRDIFF_MAX - 4 * ALIGNMENT;
    if (count < 0 || (size > 0 && (uint64_t)count > most / size)) {
        arena->failed = true;
        return NULL;
    }
    if ((double)arena->bytes + (double)count * (double)size >
        physical_memory()) { /* or the system might end the process instead */
        arena->failed = true;
        return NULL;
    }
    const size_t payload = ((size_t)count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    erm__chunk *const chunk = cut(arena, ALIGNMENT + payload); /* the head takes 64 bytes, too */
    if (!chunk) {
        arena->failed = true;
        return NULL;
    }
    chunk->previous = arena->last;
    chunk->count = count;
    chunk->size = size;
    arena->last = chunk;
    arena->bytes += (int64_t)(2 * ALIGNMENT + payload);
    return (char *)chunk + ALIGNMENT;
}

double *erm__arena_doubles(erm__arena *arena, int64_t count) { return erm__arena_take(arena, count, sizeof(double)); }

double *erm__arena_scratch(erm__arena *arena, int64_t count)
{
    double *const memory = erm__arena_doubles(arena, count);
    if (memory && !arena->again) arena->last->scratch = true;
    return memory;
}

void erm__arena_join(erm__arena *arena, erm__arena *other)
{
    erm__chunk **end = &other->last;
    while (*end) end = &(*end)->previous;
    *end = arena->last;
    const bool mine = arena->room >= other->room;
    *arena = (erm__arena){.last = other->last,
                          .next = mine ? arena->next : other->next,
                          .room = mine ? arena->room : other->room,
                          .bytes = arena->bytes + other->bytes,
                          .failed = arena->failed || other->failed};
    *other = (erm__arena){0};
}

erm__chunk *erm__arena_look(erm__chunk *chunk, erm__memory *taken)
{
    *taken = (erm__memory){
        .at = (unsigned char *)chunk + ALIGNMENT, .count = chunk->count, .size = chunk->size, .scratch = chunk->scratch};
    return chunk->previous;
}

void erm__arena_free(erm__arena *arena)
{
    for (erm__chunk *chunk = arena->last; chunk;) {
        erm__chunk *const previous = chunk->previous; /* the first of a slab comes after all others of it */
        if (chunk->mapped)
            erm__huge_unmap(chunk->block, chunk->mapped);
        else
            free(chunk->block);
        chunk = previous;
    }
    *arena = (erm__arena){0};
}
