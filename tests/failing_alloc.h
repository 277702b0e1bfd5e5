/* Memory that runs out when told to, and a count of what is not freed. For tests named test_*_allocation.c, which are linked
 * with malloc, calloc, realloc, aligned_alloc, free, strdup, realpath and fdopen wrapped (the shared libraries' own memory
 * is not counted), and without the slabs of large pages that arenas are cut from elsewhere. */
#ifndef FAILING_ALLOC_H
#define FAILING_ALLOC_H

#include <stdbool.h>
#include <stdint.h>

/* The k-th allocation from now on (1, 2, ...) fails, those after it do not; 0: none fails. */
void failing_alloc_start(int64_t k);
/* Nothing fails any more. True if something failed since the start. */
bool failing_alloc_stop(void);
/* Blocks allocated and not yet freed. */
int64_t failing_alloc_live(void);

/* Bytes allocated at one time, above those allocated when the measuring began: the most since then. Each block counts with all
 * that the allocator gave, which is a little more than was asked for. */
void failing_alloc_measure(void);
int64_t failing_alloc_peak(void);

/* Runs `attempt` with the first allocation failing, then the second, and so on until none fails. attempt returns true if the call
 * under test succeeded, and false if it failed as it should; it frees what it got. Fails the test if blocks stay behind, or if
 * the call succeeds though an allocation failed that `must_fail` says it cannot do without.
 * Returns how often something failed. */
int64_t failing_alloc_each(bool (*attempt)(void *context), void *context, bool must_fail);

#endif
