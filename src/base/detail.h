/* Writes the sentence that goes with a failure. */
#ifndef ERM_DETAIL_H
#define ERM_DETAIL_H

#include "ermopt/status.h"

/* Formats into detail (ERM_DETAIL_SIZE bytes, or NULL: nothing is written) and returns status, so that failing is one line:
 *     return erm__fail(detail, ERM_EDATA, "y[%lld] is not finite", (long long)i); */
erm_status erm__fail(char *detail, erm_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
