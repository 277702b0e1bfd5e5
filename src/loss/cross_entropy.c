/* Multinomial logistic loss l = log sum_c exp(z_c) - z_y, the cross-entropy of softmax (Theil 1969; Bridle 1990). With p =
 * softmax(z) and e_y the unit vector of the label: gradient p - e_y, Hessian diag(p) - p p', whose largest eigenvalue is at
 * most 1/2 (Boehning 1992). With q = a + e_y in the simplex: l* = sum_c q_c log q_c. */
#include <math.h>
#include <stddef.h>

#include "base/simd.h"
#include "base/vmath.h"
#include "loss/blocks.h"

enum {
    TILE = 2048, /* doubles of scratch, of which rows are taken together that fit, */
    ROWS = 256,  /* and at most so many */
    MANY = 32,   /* from so many rows on, SIMD lanes are rows, else outputs */
    LANES = 8
};

/* What is known of some rows. p_c = e_c / (1 + rest) with e_c = exp(z_c - max) and 1 + rest their sum. `rest` is summed
 * without the 1 of the largest, so that neither log(1 + rest) nor 1 - p loses digits when one output dominates. */
typedef struct softmax_rows {
    double max[ROWS], rest[ROWS];
    double inverse[ROWS]; /* 1 / (1 + rest) */
    double log_sum[ROWS]; /* log(1 + rest) */
} softmax_rows;

/* Lane by lane, as compilers will not reorder a maximum that could meet a NaN. A NaN may be passed over; exp then meets it. */
ERM_KERNEL static double row_max(int64_t k, const double *z)
{
    double lanes[LANES], max = z[0];
    for (int64_t i = 0; i < LANES; i++) lanes[i] = max;
    int64_t c = 0;
    for (; c + LANES <= k; c += LANES)
        for (int64_t i = 0; i < LANES; i++) lanes[i] = erm__choose(z[c + i] > lanes[i], z[c + i], lanes[i]);
    for (; c < k; c++) max = z[c] > max ? z[c] : max;
    for (int64_t i = 0; i < LANES; i++) max = lanes[i] > max ? lanes[i] : max;
    return max;
}

/* e_c = exp(z_c - max) for c < k. Adds up those below 1 in *below, and counts the others, which are 1, in *ones. e has room
 * for `room` values; what lies behind the first k is set to 0, so that there is no remainder loop. */
ERM_KERNEL static void exp_row(int64_t k, int64_t room, const double *restrict z, double max, double *restrict e, double *below,
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

static int64_t whole_lanes(int64_t k) { return (k + LANES - 1) / LANES * LANES; }

/* The same for many rows, one SIMD lane a row. */
ERM_KERNEL static void exp_columns(int64_t count, int64_t k, const double *restrict Z, double *restrict max,
                                   double *restrict rest, double *restrict E)
{
    double below[ROWS], ones[ROWS];
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

ERM_KERNEL static void finish_rows(softmax_rows *rows, int64_t count)
{
    ERM_SIMD
    for (int64_t t = 0; t < count; t++) {
        rows->inverse[t] = 1 / (1 + rows->rest[t]);
        rows->log_sum[t] = erm__log1p(rows->rest[t]);
    }
}

/* Fills rows and E (count x k). E has room for LANES - 1 values more if `spare`. */
static void take_rows(softmax_rows *rows, int64_t count, int64_t k, const double *Z, double *E, bool spare)
{
    if (count >= MANY) {
        exp_columns(count, k, Z, rows->max, rows->rest, E);
    } else {
        for (int64_t t = 0; t < count; t++) { /* in order: what lies behind a row is the next row */
            double below = 0, ones = 0;
            rows->max[t] = row_max(k, Z + t * k);
            exp_row(k, spare ? whole_lanes(k) : k, Z + t * k, rows->max[t], E + t * k, &below, &ones);
            rows->rest[t] = below + (ones - 1);
        }
    }
    finish_rows(rows, count);
}

/* Fills rows for one row of any length; scratch holds TILE doubles. */
static void take_long_row(softmax_rows *rows, int64_t k, const double *z, double *scratch)
{
    double below = 0, ones = 0;
    rows->max[0] = row_max(k, z);
    for (int64_t from = 0; from < k; from += TILE) {
        const int64_t count = k - from < TILE ? k - from : TILE;
        exp_row(count, whole_lanes(count), z + from, rows->max[0], scratch, &below, &ones);
    }
    rows->rest[0] = below + (ones - 1);
    finish_rows(rows, 1);
}

static int64_t rows_at_once(int64_t k)
{
    const int64_t fit = TILE / k;
    return fit > ROWS ? ROWS : fit > 1 ? fit : 1;
}

/* D = s (p - e_label) from E; may be in place */
ERM_KERNEL static void write_gradients(const softmax_rows *rows, int64_t count, int64_t k, const double *Y, const double *weight,
                                       const double *E, double *D)
{
    for (int64_t t = 0; t < count; t++) {
        const double *const e = E + t * k, s = weight ? weight[t] : 1, factor = s * rows->inverse[t];
        double *const d = D + t * k;
        const int64_t label = (int64_t)Y[t];
        const double at_label = erm__choose(e[label] == 1, -factor * rows->rest[t], factor * e[label] - s);
        ERM_SIMD
        for (int64_t c = 0; c < k; c++) d[c] = factor * e[c];
        d[label] = at_label;
    }
}

/* H = s p (1 - p) from E; may be in place */
ERM_KERNEL static void write_variances(const softmax_rows *rows, int64_t count, int64_t k, const double *weight, const double *E,
                                       double *H)
{
    for (int64_t t = 0; t < count; t++) {
        const double *const e = E + t * k, s = weight ? weight[t] : 1, inverse = rows->inverse[t];
        double *const h = H + t * k;
        const double other = rows->rest[t] * inverse;
        ERM_SIMD
        for (int64_t c = 0; c < k; c++) {
            const double p = inverse * e[c];
            h[c] = s * (p * erm__choose(e[c] == 1, other, 1 - p));
        }
    }
}

/* eval of at most ROWS rows. E is scratch (with room to spare, or it is H, or it is D, which is written last). */
static double eval_rows(int64_t count, int64_t k, const double *Z, const double *Y, const double *weight, double *E, bool spare,
                        double *D, double *H)
{
    softmax_rows rows;
    take_rows(&rows, count, k, Z, E, spare);
    double sum = 0;
    for (int64_t t = 0; t < count; t++)
        sum += (weight ? weight[t] : 1) * (rows.log_sum[t] + (rows.max[t] - Z[t * k + (int64_t)Y[t]]));
    if (H) write_variances(&rows, count, k, weight, E, H);
    if (D) write_gradients(&rows, count, k, Y, weight, E, D);
    return sum;
}

/* l of one row that is too long for the scratch, where no output can hold it. */
static double eval_long_row(int64_t k, const double *z, int64_t label, double *scratch)
{
    softmax_rows rows;
    take_long_row(&rows, k, z, scratch);
    return rows.log_sum[0] + (rows.max[0] - z[label]);
}

static double eval(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight, double *D,
                   double *H)
{
    (void)self;
    double scratch[TILE + LANES], sum = 0;
    const int64_t step = rows_at_once(k);
    for (int64_t t = 0; t < n; t += step) {
        const int64_t count = n - t < step ? n - t : step;
        double *const d = D ? D + t * k : NULL, *const h = H ? H + t * k : NULL;
        double *const e = k <= TILE ? scratch : d ? d : h;
        const double *const s = weight ? weight + t : NULL;
        if (e)
            sum += eval_rows(count, k, Z + t * k, Y + t, s, e, e == scratch, d, h);
        else
            sum += (s ? *s : 1) * eval_long_row(k, Z + t * k, (int64_t)Y[t], scratch);
    }
    return sum;
}

static double curvature(const erm_loss *self, int64_t k)
{
    (void)self;
    (void)k;
    return 0.5;
}

ERM_KERNEL static double conjugate_row(int64_t k, const double *a, int64_t label)
{
    double value = erm__xlogx_of_rest(-a[label] < 1 ? -a[label] : 1);
    ERM_SIMD_SUM(value)
    for (int64_t c = 0; c < k; c++) value += erm__xlogx(erm__choose((a[c] > 0) & (c != label), a[c], 0));
    return erm__in_simplex(k, a, label) ? value : INFINITY;
}

static double conjugate(const erm_loss *self, int64_t n, int64_t k, const double *A, const double *Y, const double *weight)
{
    (void)self;
    double sum = 0;
    for (int64_t t = 0; t < n; t++) {
        const double s = weight ? weight[t] : 1;
        if (s > 0) sum += s * conjugate_row(k, A + t * k, (int64_t)Y[t]);
    }
    return sum;
}

/* P(y = c) */
static void mean(const erm_loss *self, int64_t n, int64_t k, const double *Z, double *mean)
{
    (void)self;
    softmax_rows rows;
    const int64_t step = rows_at_once(k);
    for (int64_t t = 0; t < n; t += step) {
        const int64_t count = n - t < step ? n - t : step;
        double *const p = mean + t * k;
        take_rows(&rows, count, k, Z + t * k, p, false);
        for (int64_t i = 0; i < count; i++)
            for (int64_t c = 0; c < k; c++) p[i * k + c] *= rows.inverse[i];
    }
}

/* out += s (diag(p) - p p') of row 0, in the `count` columns from `from` on, whose e_c are given. */
static void add_hessian(const softmax_rows *rows, int64_t k, double s, const double *z, int64_t from, int64_t count,
                        const double *e, double *out)
{
    const double inverse = rows->inverse[0];
    for (int64_t i = 0; i < k; i++) {
        double *const out_i = out + i * k + from;
        const double e_i = erm__exp_of_negative(z[i] - rows->max[0]), p_i = inverse * e_i;
        const bool has_diagonal = i >= from && i < from + count;
        const double diagonal = has_diagonal ? out_i[i - from] : 0;
        for (int64_t j = 0; j < count; j++) out_i[j] -= s * (p_i * (inverse * e[j]));
        /* 1 - p where it keeps its digits */
        if (has_diagonal) out_i[i - from] = diagonal + s * (p_i * (e_i == 1 ? rows->rest[0] * inverse : 1 - p_i));
    }
}

static void hessian(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight,
                    double *out)
{
    (void)self;
    (void)Y;
    softmax_rows rows;
    double e[TILE];
    for (int64_t t = 0; t < n; t++) {
        const double *const z = Z + t * k;
        take_long_row(&rows, k, z, e);
        for (int64_t from = 0; from < k; from += TILE) {
            const int64_t count = k - from < TILE ? k - from : TILE;
            double below = 0, ones = 0; /* known already */
            exp_row(count, whole_lanes(count), z + from, rows.max[0], e, &below, &ones);
            add_hessian(&rows, k, weight ? weight[t] : 1, z, from, count, e, out);
        }
    }
}

static const erm_loss_ops ops = {
    .name = "cross-entropy",
    .labels = "a class number 0, 1, ..., k - 1",
    .min_outputs = 2,
    .max_outputs = INT64_MAX,
    .differentiable = true,
    .classifies = true,
    .eval = eval,
    .curvature = curvature,
    .label_ok = erm__label_is_class,
    .conjugate = conjugate,
    .mean = mean,
    .hessian = hessian,
};

erm_loss erm_loss_cross_entropy(void) { return (erm_loss){.ops = &ops}; }
