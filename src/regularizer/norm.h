/* Euclidean norms that neither overflow nor underflow on the way. */
#ifndef ERM_NORM_H
#define ERM_NORM_H

#include <math.h>
#include <stdint.h>

/* The norm top * ratio: top is the largest absolute value, ratio >= 1 (0 where top is 0). */
typedef struct erm__norm {
    double top, ratio;
} erm__norm;

/* The larger of `top` and the absolute values of v. */
static inline double erm__largest(int64_t n, const double *v, double top)
{
    for (int64_t i = 0; i < n; i++)
        if (!(fabs(v[i]) <= top)) top = fabs(v[i]);
    return top;
}

/* sum (v / top)^2 */
static inline double erm__scaled_squares(int64_t n, const double *v, double top)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += (v[i] / top) * (v[i] / top);
    return sum;
}

static inline erm__norm erm__norm_of(int64_t n, const double *v)
{
    const double top = erm__largest(n, v, 0);
    return (erm__norm){top, top == 0 ? 0 : sqrt(erm__scaled_squares(n, v, top))};
}

static inline double erm__norm_value(erm__norm norm) { return norm.top * norm.ratio; }

/* max(0, 1 - threshold / norm): what block soft-thresholding multiplies by. */
static inline double erm__norm_shrink(erm__norm norm, double threshold)
{
    if (threshold == 0) return 1;
    const double left = 1 - threshold / norm.top / norm.ratio; /* NaN where the norm is 0 and the threshold infinite */
    return left > 0 || isnan(norm.top) ? left : 0;
}

#endif
