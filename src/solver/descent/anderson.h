/* Anderson extrapolation: the combination of the last iterates whose differences cancel best. */
#ifndef ERM_ANDERSON_H
#define ERM_ANDERSON_H

#include <stdbool.h>
#include <stdint.h>

enum { ERM_ANDERSON = 5 }; /* differences that are combined; one point more is kept */

/* The last points: x (at most `room` values) is what is extrapolated and decides how; y (y_length values) follows x linearly
 * and is combined alike, such as residuals. */
typedef struct erm__anderson {
    int64_t room, y_length;
    int64_t length; /* of x now */
    int count;      /* points kept */
    double *x, *y;  /* (ERM_ANDERSON + 1) room, (ERM_ANDERSON + 1) y_length; the caller's memory, as is scale */
    double *scale;  /* room: the weights of the squares of x's entries, so that units do not matter */
} erm__anderson;

/* Forgets all points; those to come have `length` values of x. */
void erm__anderson_reset(erm__anderson *self, int64_t length);

/* Where the next point's x and y are to be written; then it counts. */
double *erm__anderson_x(erm__anderson *self);
double *erm__anderson_y(erm__anderson *self);
void erm__anderson_push(erm__anderson *self);

/* Whether there are enough points. */
static inline bool erm__anderson_full(const erm__anderson *self) { return self->count == ERM_ANDERSON + 1; }

/* x and y of the extrapolated point. False if the differences are dependent to rounding. */
bool erm__anderson_extrapolate(const erm__anderson *self, double *x, double *y);

#endif
