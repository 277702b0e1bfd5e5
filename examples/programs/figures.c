/* Numbers: as text, in tables, and the time. */
#include "figures.h"

#include <stdlib.h>
#include <time.h>

#include "ermopt/number_text.h"

const char *number_text(double value, char text[NUMBER_SIZE])
{
    erm_number_format(value, text);
    return text;
}

double *new_table(int64_t rows, int64_t width)
{
    if (width > 0 && rows > INT64_MAX / 8 / width) return NULL;
    const int64_t count = rows * width;
    return malloc((size_t)(count > 0 ? count : 1) * sizeof(double));
}

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
