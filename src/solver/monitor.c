/* Ready-made monitors: the only place of the library that writes to a stream, the caller's. */
#include <stdio.h>

#include "ermopt/solve.h"

bool erm_monitor_print(const erm_progress *now, void *data)
{
    if (!now->fresh) return true;
    FILE *const stream = data;
    const bool gap = now->certificate.kind == ERM_CERTIFICATE_GAP;
    fprintf(stream, "\repoch %-7lld objective %-14.8g %s %-9.2e (tol %.0e)  %.1f s ", (long long)now->epoch,
            now->certificate.primal, gap ? "gap" : "kkt", now->relative_gap, now->tol, now->seconds);
    fflush(stream);
    return true;
}
