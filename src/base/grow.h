/* Arrays that grow by doubling. */
#ifndef ERM_GROW_H
#define ERM_GROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Makes room for `needed` entries of `size` bytes in *array, which may move; false, with *array as it was, if there is no memory
 * or the size overflows. *array is of type T *, its address is passed as void *. */
bool erm__grow(void *array, int64_t *capacity, int64_t needed, size_t size);

/* Gives back what is not used; keeps the larger array if that fails. `count` 0 leaves an array of one entry. */
void erm__shrink(void *array, int64_t count, size_t size);

#endif
