/* Compressed lines, which are rows or columns: the checks of starts and indices. */
#include "matrix/compressed.h"

#include "base/detail.h"
#include "base/simd.h"

erm_status erm__compressed_check_start(const erm__compressed *X, char *detail)
{
    const int64_t *const start = X->start;
    if (!start) return erm__fail(detail, ERM_EINVAL, "the %s starts of X are NULL", X->line);
    if (start[0] != 0) return erm__fail(detail, ERM_EDATA, "start[0] of X is %lld; expected 0", (long long)start[0]);
    for (int64_t l = 0; l < X->lines; l++)
        if (start[l + 1] < start[l])
            return erm__fail(detail, ERM_EDATA,
                             "start[%lld] = %lld of X is below start[%lld] = %lld; expected %s starts that never fall",
                             (long long)(l + 1), (long long)start[l + 1], (long long)l, (long long)start[l], X->line);
    if (start[X->lines] == 0 || (X->index && X->values)) return ERM_OK;
    if (X->index)
        return erm__fail(detail, ERM_EINVAL, "X has %lld stored values, but its values are NULL", (long long)start[X->lines]);
    return erm__fail(detail, ERM_EINVAL, "X has %lld stored values, but its %s indices are NULL", (long long)start[X->lines],
                     X->place);
}

/* Without a branch on the indices, as nearly all are good: rising, and places. */
ERM_KERNEL int64_t erm__compressed_bad_line(const erm__compressed *X)
{
    for (int64_t l = 0; l < X->lines; l++) {
        const int64_t begin = X->start[l], n = X->start[l + 1] - begin;
        const int32_t *const index = X->index + begin;
        int32_t falls = 0;
        for (int64_t p = 0; p + 1 < n; p++) falls |= index[p] >= index[p + 1];
        if (n > 0 && (falls || index[0] < 0 || index[n - 1] >= X->places)) return l;
    }
    return X->lines;
}

erm_status erm__compressed_say(const erm__compressed *X, int64_t line, char *detail)
{
    int64_t p = X->start[line], previous = -1;
    while (X->index[p] > previous && X->index[p] < X->places) previous = X->index[p++];
    const long long now = X->index[p], l = line, before = previous;
    if (now < 0 || now >= X->places)
        return erm__fail(detail, ERM_EDATA, "%s %lld of X has a value in %s %lld; expected 0 to %lld", X->line, l, X->place, now,
                         (long long)(X->places - 1));
    return erm__fail(detail, ERM_EDATA, "%s %lld of X has %s %lld after %s %lld; expected rising %ss", X->line, l, X->place, now,
                     X->place, before, X->place);
}
