/* Makes one allocation fail, to see that the code under test notices and cleans up. Counts what the library and the tests call themselves:
 * malloc, calloc, realloc, aligned_alloc, strdup, and the C library's fopen, fdopen and realpath, which allocate inside. */
#ifndef ALLOC_H
#define ALLOC_H

#include <stdbool.h>
#include <stdint.h>

/* The allocation that comes after `passed` others fails, once. */
void alloc_fail_after(int64_t passed);
/* No more failures. True if the failure that was asked for happened. */
bool alloc_stop_failing(void);

#endif
