/* Comparisons of doubles for the tests. */
#include "check.h"

#include <stdio.h>

static double scale_of(double a, double b) { return fmax(1, fmax(fabs(a), fabs(b))); }

void check_near(double a, double b, double tolerance, const char *what, const char *file, int line)
{
    if (a == b || fabs(a - b) <= tolerance * scale_of(a, b)) return;
    check_fail(file, line, "%s: %.17g and %.17g differ by %.3g", what, a, b, fabs(a - b));
}

void check_at_most(double a, double b, double tolerance, const char *what, const char *file, int line)
{
    if (a <= b || a <= b + tolerance * scale_of(a, b)) return;
    check_fail(file, line, "%s: %.17g exceeds %.17g by %.3g", what, a, b, a - b);
}

void check_fail(const char *file, int line, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    print_error("%s\n", text);
    _fail(file, line);
}
