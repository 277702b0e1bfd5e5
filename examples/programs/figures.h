/* Numbers: as text, in tables, and the time. */
#ifndef FIGURES_H
#define FIGURES_H

#include <stdint.h>

enum { NUMBER_SIZE = 32 };

/* The shortest decimal form that reads back as the same double, as %g writes it; "nan", "inf", "-inf". Returns text. */
const char *number_text(double value, char text[NUMBER_SIZE]);

/* Room for rows x width numbers, to be freed; NULL when memory runs out. */
double *new_table(int64_t rows, int64_t width);

/* Seconds since some moment in the past; never goes backwards. */
double seconds_now(void);

#endif
