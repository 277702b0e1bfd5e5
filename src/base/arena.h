/* Memory for one job: take everything, ask once whether it worked, free once. */
#ifndef ERM_ARENA_H
#define ERM_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one call took. */
typedef struct erm__memory {
    unsigned char *at;
    int64_t count;
    size_t size;
    bool scratch;
} erm__memory;

/* Starts as {0}. */
typedef struct erm__arena {
    struct erm__chunk *last;
    char *next;    /* in the slab that chunks are cut from */
    size_t room;   /* left there, in bytes */
    int64_t bytes; /* allocated so far, with what each take costs besides */
    bool failed;   /* some take failed; stays true */
    /* NULL, or what was taken of another arena, in order, and an end that is {0}: the same calls get the same memory again,
     * zeroed; some may be left out. Borrowed. */
    const erm__memory *again;
} erm__arena;

/* count * size zeroed bytes, 64-byte aligned; NULL, and `failed`, when memory runs out or the product overflows. A count of
 * 0 is fine. */
void *erm__arena_take(erm__arena *arena, int64_t count, size_t size);
double *erm__arena_doubles(erm__arena *arena, int64_t count);
/* The same, marked as memory in which nothing outlives a step: its size may depend on the number of threads. */
double *erm__arena_scratch(erm__arena *arena, int64_t count);

/* Hands over what was taken from `other`, which is empty then, to be freed with `arena`; `failed` if either was. */
void erm__arena_join(erm__arena *arena, erm__arena *other);

/* Describes `chunk`, arena->last or what a call before returned, and returns the one that was taken before it; NULL: none. */
struct erm__chunk *erm__arena_look(struct erm__chunk *chunk, erm__memory *taken);

/* Frees everything taken; the arena can be used again. */
void erm__arena_free(erm__arena *arena);

#endif
