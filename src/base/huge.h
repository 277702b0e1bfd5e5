/* Memory for large arrays. */
#ifndef ERM_HUGE_H
#define ERM_HUGE_H

#include <stddef.h>

/* malloc, to be freed with free; where the array is large, the system is asked to give it in large pages, as handing out
 * thousands of small ones takes longer than filling them. */
void *erm__huge_alloc(size_t size);

/* The advice alone, for a block from anywhere; a failure is no harm. */
void erm__huge_advise(void *block, size_t size);

/* Zeroed bytes in large pages, as many as asked for, rounded up to whole ones: *size is how many, 64-byte aligned. What is never
 * used is never made. NULL where the system has no such pages, or no memory. */
void *erm__huge_map(size_t *size);
void erm__huge_unmap(void *block, size_t size);

#endif
