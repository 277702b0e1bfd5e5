/* Memory for one job: a list of chunks that are freed together. */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/huge.h"

enum { ALIGNMENT = 64 };

typedef struct erm__chunk {
    struct erm__chunk *previous;
    void *block; /* that it lies in */
    int64_t count;
    size_t size;
    bool scratch;
} erm__chunk;

static double physical_memory(void)
{
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (double)pages * (double)size : (double)PTRDIFF_MAX;
}

void *erm__arena_take(erm__arena *arena, int64_t count, size_t size)
{
    const size_t most = (size_t)PTRDIFF_MAX - 2 * ALIGNMENT;
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
    char *const block = calloc(1, 2 * ALIGNMENT + payload); /* of large blocks, what is never used is never made */
    if (!block) {
        arena->failed = true;
        return NULL;
    }
    erm__chunk *const chunk = (void *)(block + (ALIGNMENT - (uintptr_t)block % ALIGNMENT)); /* the head takes 64 bytes, too */
    erm__huge_advise(block, 2 * ALIGNMENT + payload);
    *chunk = (erm__chunk){.previous = arena->last, .block = block, .count = count, .size = size};
    arena->last = chunk;
    arena->bytes += (int64_t)(2 * ALIGNMENT + payload);
    return (char *)chunk + ALIGNMENT;
}

double *erm__arena_doubles(erm__arena *arena, int64_t count) { return erm__arena_take(arena, count, sizeof(double)); }

double *erm__arena_scratch(erm__arena *arena, int64_t count)
{
    double *const memory = erm__arena_doubles(arena, count);
    if (memory) arena->last->scratch = true;
    return memory;
}

void erm__arena_join(erm__arena *arena, erm__arena *other)
{
    erm__chunk **end = &other->last;
    while (*end) end = &(*end)->previous;
    *end = arena->last;
    *arena = (erm__arena){.last = other->last, .bytes = arena->bytes + other->bytes, .failed = arena->failed || other->failed};
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
        erm__chunk *previous = chunk->previous;
        free(chunk->block);
        chunk = previous;
    }
    *arena = (erm__arena){0};
}
