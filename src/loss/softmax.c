/* Exponentials of rows of margins, less the largest of each row: what softmax and its derivatives are made of. */
#include "loss/softmax.h"

#include <math.h>

#include "base/simd.h"
#include "base/vmath.h"

enum { MANY = 32 /* from so many rows on, SIMD lanes are rows, else outputs */ };

/* Lane by lane, as compilers will not reorder a maximum that could meet a NaN. A NaN may be passed over; exp then meets it. */
ERM_KERNEL static double row_max(int64_t k, const double *z)
{
    double lanes[ERM_SOFTMAX_LANES], max = z[0];
    for (int64_t i = 0; i < ERM_SOFTMAX_LANES; i++) lanes[i] = max;
    int64_t c = 0;
    for (; c + ERM_SOFTMAX_LANES <= k; c += ERM_SOFTMAX_LANES)
        for (int64_t i = 0; i < ERM_SOFTMAX_LANES; i++) lanes[i] = erm__choose(z[c + i] > lanes[i], z[c + i], lanes[i]);
    for (; c < k; c++) max = z[c] > max ? z[c] : max;
    for (int64_t i = 0; i < ERM_SOFTMAX_LANES; i++) max = lanes[i] > max ? lanes[i] : max;
    return max;
}

ERM_KERNEL void erm__softmax_exp(int64_t k, int64_t room, const double *restrict z, double max, double *restrict e, double *below,
                                 double *ones)
{
    double sum = 0, count = 0;
    for (int64_t c = 0; c < k; c++) e[c] = z[c] - max;
    for (int64_t c = k; c < room; c++) e[c] = -INFINITY;
    ERM_PRAGMA(omp simd reduction(+ : sum, count))
    for (int64_t c = 0; c < room; c++) {
        e[c] = erm__exp_of_negative(e[c]);
        sum += erm__choose(e[c] == 1, 0, e[c]);
        count += erm__choose(e[c] == 1, 1, 0);
    }
    *below += sum;
    *ones += count;
}

/* The same for many rows, one SIMD lane a row. */
ERM_KERNEL static void exp_columns(int64_t count, int64_t k, const double *restrict Z, double *restrict max,
                                   double *restrict rest, double *restrict E)
{
    double below[ERM_SOFTMAX_ROWS], ones[ERM_SOFTMAX_ROWS];
    for (int64_t t = 0; t < count; t++) {
        max[t] = Z[t * k];
        below[t] = 0;
        ones[t] = 0;
    }
    for (int64_t c = 1; c < k; c++) {
        ERM_SIMD
        for (int64_t t = 0; t < count; t++) max[t] = erm__choose(Z[t * k + c] > max[t], Z[t * k + c], max[t]);
    }
    for (int64_t c = 0; c < k; c++) {
        ERM_SIMD
        for (int64_t t = 0; t < count; t++) {
            const double value = erm__exp_of_negative(Z[t * k + c] - max[t]);
            E[t * k + c] = value;
            below[t] += erm__choose(value == 1, 0, value);
            ones[t] += erm__choose(value == 1, 1, 0);
        }
    }
    for (int64_t t = 0; t < count; t++) rest[t] = below[t] + (ones[t] - 1);
}

ERM_KERNEL static void finish_rows(erm__softmax *rows, int64_t count)
{
    ERM_SIMD
    for (int64_t t = 0; t < count; t++) {
        rows->inverse[t] = 1 / (1 + rows->rest[t]);
        rows->log_sum[t] = erm__log1p(rows->rest[t]);
    }
}

void erm__softmax_take(erm__softmax *rows, int64_t count, int64_t k, const double *Z, double *E, bool spare)
{
    if (count >= MANY) {
        exp_columns(count, k, Z, rows->max, rows->rest, E);
    } else {
        for (int64_t t = 0; t < count; t++) { /* in order: what lies behind a row is the next row */
            double below = 0, ones = 0;
            rows->max[t] = row_max(k, Z + t * k);
            erm__softmax_exp(k, spare ? erm__softmax_room(k) : k, Z + t * k, rows->max[t], E + t * k, &below, &ones);
            rows->rest[t] = below + (ones - 1);
        }
    }
    finish_rows(rows, count);
}

void erm__softmax_take_long(erm__softmax *rows, int64_t k, const double *z, double *scratch)
{
    double below = 0, ones = 0;
    rows->max[0] = row_max(k, z);
    for (int64_t from = 0; from < k; from += ERM_SOFTMAX_TILE) {
        const int64_t count = k - from < ERM_SOFTMAX_TILE ? k - from : ERM_SOFTMAX_TILE;
        erm__softmax_exp(count, erm__softmax_room(count), z + from, rows->max[0], scratch, &below, &ones);
    }
    rows->rest[0] = below + (ones - 1);
    finish_rows(rows, 1);
}

int64_t erm__softmax_count(int64_t k)
{
    const int64_t fit = ERM_SOFTMAX_TILE / k;
    return fit > ERM_SOFTMAX_ROWS ? ERM_SOFTMAX_ROWS : fit > 1 ? fit : 1;
}
