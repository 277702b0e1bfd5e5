/* Numbers: as text, in tables, and the time. */
#include "figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

const char *number_text(double value, char text[NUMBER_SIZE])
{
    if (!isfinite(value)) {
        snprintf(text, NUMBER_SIZE, "%s", isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
        return text;
    }
    if (fabs(value) < 1e15 && fabs(value - floor(value)) <= 0) { /* 330, not 3.3e+02 */
        snprintf(text, NUMBER_SIZE, "%.0f", value);
        return text;
    }
    for (int digits = 1; digits <= 17; digits++) { /* 17 are always enough */
        snprintf(text, NUMBER_SIZE, "%.*g", digits, value);
        const double back = strtod(text, NULL);
        if (!(back < value) && !(back > value)) break;
    }
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
