/* Sorting one sparse row or column by its indices: heapsort, which needs no memory and has no bad case. */
#include <string.h>

#include "matrix/scan.h"

typedef struct line {
    int32_t *index;
    char *values;
    size_t size;
} line;

static void swap(const line *x, int64_t a, int64_t b)
{
    const int32_t index = x->index[a];
    x->index[a] = x->index[b];
    x->index[b] = index;
    char value[sizeof(double)], *const of_a = x->values + (size_t)a * x->size, *const of_b = x->values + (size_t)b * x->size;
    memcpy(value, of_a, x->size);
    memcpy(of_a, of_b, x->size);
    memcpy(of_b, value, x->size);
}

/* Makes the tree below `top` a heap: no entry above its parent. */
static void sift(const line *x, int64_t top, int64_t count)
{
    for (int64_t child = 2 * top + 1; child < count; top = child, child = 2 * top + 1) {
        if (child + 1 < count && x->index[child + 1] > x->index[child]) child++;
        if (x->index[child] <= x->index[top]) return;
        swap(x, child, top);
    }
}

static bool rises(int64_t count, const int32_t *index)
{
    for (int64_t p = 1; p < count; p++)
        if (index[p] <= index[p - 1]) return false;
    return true;
}

void erm__sort_line(int64_t count, int32_t *index, void *values, size_t size)
{
    if (rises(count, index)) return;
    const line x = {.index = index, .values = values, .size = size};
    for (int64_t top = count / 2; top > 0; top--) sift(&x, top - 1, count);
    for (int64_t last = count - 1; last > 0; last--) {
        swap(&x, 0, last);
        sift(&x, 0, last);
    }
}
