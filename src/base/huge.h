/* Memory for large arrays. */
#ifndef ERM_HUGE_H
#define ERM_HUGE_H

#include <stddef.h>

/* malloc, to be freed with free; where the array is large, the system is asked to give it in large pages, as handing out
 * thousands of small ones takes longer than filling them. */
void *erm__huge_alloc(size_t size);

/* The advice alone, for a block from anywhere; a failure is no harm. */
void erm__huge_advise(void *block, size_t size);

#endif
