/* What the programs say when something is wrong, and how they exit. */
#include "message.h"

#include <stdarg.h>
#include <stdio.h>

int complain(int exit_status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", program_name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return exit_status;
}

int exit_for(erm_status status)
{
    switch (status) {
    case ERM_OK: return EXIT_FINE;
    case ERM_EINVAL:
    case ERM_EUNSUPPORTED: return EXIT_USAGE;
    case ERM_EDATA:
    case ERM_EIO: return EXIT_DATA;
    case ERM_ENOMEM: return EXIT_OTHER;
    }
    return EXIT_OTHER;
}
