/* The wrapped allocation functions. They are safe to call from several threads. */
#include "failing_alloc.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>

#include "check.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);
char *__real_strdup(const char *text);
char *__real_realpath(const char *path, char *resolved);
FILE *__real_fdopen(int descriptor, const char *mode);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *block);
char *__wrap_strdup(const char *text);
char *__wrap_realpath(const char *path, char *resolved);
FILE *__wrap_fdopen(int descriptor, const char *mode);
void *__wrap_erm__huge_map(size_t *size);

static atomic_llong live, calls, failing_call;
static atomic_llong bytes, base, peak;
static atomic_bool failed;

static bool fails(void)
{
    const long long which = atomic_load(&failing_call);
    if (which == 0 || atomic_fetch_add(&calls, 1) + 1 != which) return false;
    atomic_store(&failed, true);
    errno = ENOMEM;
    return true;
}

static void add_bytes(const void *block, long long sign)
{
    const long long now = sign * (long long)malloc_usable_size((void *)(uintptr_t)block);
    const long long sum = atomic_fetch_add(&bytes, now) + now;
    long long most = atomic_load(&peak);
    while (sum > most && !atomic_compare_exchange_weak(&peak, &most, sum)) continue;
}

static void *counted(void *block)
{
    if (!block) return NULL;
    atomic_fetch_add(&live, 1);
    add_bytes(block, 1);
    return block;
}

void *__wrap_malloc(size_t size) { return fails() ? NULL : counted(__real_malloc(size)); }

void *__wrap_calloc(size_t count, size_t size) { return fails() ? NULL : counted(__real_calloc(count, size)); }

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : counted(__real_aligned_alloc(alignment, size));
}

void *__wrap_realloc(void *block, size_t size)
{
    if (fails()) return NULL;
    if (block) add_bytes(block, -1);
    void *moved = __real_realloc(block, size);
    if (!block) return counted(moved);
    add_bytes(moved ? moved : block, 1);
    return moved;
}

void __wrap_free(void *block)
{
    if (block) {
        atomic_fetch_sub(&live, 1);
        add_bytes(block, -1);
    }
    __real_free(block);
}

char *__wrap_strdup(const char *text) { return fails() ? NULL : counted(__real_strdup(text)); }

/* For resolved == NULL, when the result is allocated. */
char *__wrap_realpath(const char *path, char *resolved) { return fails() ? NULL : counted(__real_realpath(path, resolved)); }

/* fclose frees what this allocates, inside the C library. */
/* Large pages are not to be had, so that each block of an arena is one that can fail and is counted. */
void *__wrap_erm__huge_map(size_t *size)
{
    (void)size;
    return NULL;
}

FILE *__wrap_fdopen(int descriptor, const char *mode) { return fails() ? NULL : __real_fdopen(descriptor, mode); }

void failing_alloc_start(int64_t k)
{
    atomic_store(&failed, false);
    atomic_store(&calls, 0);
    atomic_store(&failing_call, k);
}

bool failing_alloc_stop(void)
{
    atomic_store(&failing_call, 0);
    return atomic_load(&failed);
}

int64_t failing_alloc_live(void) { return atomic_load(&live); }

void failing_alloc_measure(void)
{
    atomic_store(&base, atomic_load(&bytes));
    atomic_store(&peak, atomic_load(&bytes));
}

int64_t failing_alloc_peak(void) { return atomic_load(&peak) - atomic_load(&base); }

int64_t failing_alloc_each(bool (*attempt)(void *context), void *context, bool must_fail)
{
    const int64_t before = failing_alloc_live();
    for (int64_t k = 1;; k++) {
        failing_alloc_start(k);
        const bool succeeded = attempt(context);
        const bool some_failed = failing_alloc_stop();
        if (failing_alloc_live() != before)
            fail_case("allocation %lld failed: %lld blocks stay behind", (long long)k,
                      (long long)(failing_alloc_live() - before));
        if (!some_failed && !succeeded) fail_case("no allocation failed, and yet the call did");
        if (!some_failed) return k - 1;
        if (must_fail && succeeded) fail_case("allocation %lld failed, and yet the call succeeded", (long long)k);
    }
}
