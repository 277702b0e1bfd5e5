/* Writes the sentence that goes with a failure. */
#include "base/detail.h"

#include <stdarg.h>
#include <stdio.h>

erm_status erm__fail(char *detail, erm_status status, const char *format, ...)
{
    if (detail) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(detail, ERM_DETAIL_SIZE, format, arguments);
        va_end(arguments);
    }
    return status;
}
