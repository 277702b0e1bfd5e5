/* Multinomial logistic loss l = log sum_c exp(z_c) - z_y, the cross-entropy of softmax (Theil 1969; Bridle 1990).
 * With p = softmax(z) and e_y the unit vector of the label: gradient p - e_y, Hessian diag(p) - p p', whose largest eigenvalue is at most
 * 1/2 (Boehning 1992). With q = a + e_y in the simplex: l* = sum_c q_c log q_c. */
#include <math.h>
#include <stddef.h>

#include "base/simd.h"
#include "base/vmath.h"
#include "ermopt/loss.h"

/* The rounding that a point on the border of the conjugate's domain may carry. */
#define DOMAIN_SLACK 1e-12

enum { TILE = 2048, ROWS = 256 }; /* doubles of scratch, and the rows that are at most taken together */

/* What is known of some rows. p_c = e_c / (1 + rest), e_c = exp(z_c - max), where rest sums over all outputs but `top`, the largest:
 * neither log(1 + rest) nor 1 - p_top loses digits when one output dominates. */
typedef struct softmax_rows {
    int64_t top[ROWS];
    double max[ROWS], rest[ROWS];
    double inverse[ROWS]; /* 1 / (1 + rest) */
    double log_sum[ROWS]; /* log(1 + rest) */
} softmax_rows;

/* Exponents of row t; that of e_top is -inf, so that rest becomes a plain sum. */
static void shift_row(softmax_rows *rows, int64_t t, int64_t k, const double *z, double *restrict e)
{
    double max = z[0];
    for (int64_t c = 1; c < k; c++) max = z[c] > max ? z[c] : max;
    int64_t top = 0;
    for (int64_t c = 0; c < k; c++) {
        top = z[c] == max ? c : top;
        e[c] = z[c] - max;
    }
    e[top] = -INFINITY;
    rows->top[t] = top;
    rows->max[t] = max;
}

ERM_KERNEL static void exp_all(int64_t count, double *e)
{
    ERM_SIMD
    for (int64_t i = 0; i < count; i++) e[i] = erm__exp_of_negative(e[i]);
}

ERM_KERNEL static void finish_rows(softmax_rows *rows, int64_t count)
{
    ERM_SIMD
    for (int64_t t = 0; t < count; t++) {
        rows->inverse[t] = 1 / (1 + rows->rest[t]);
        rows->log_sum[t] = erm__log1p(rows->rest[t]);
    }
}

/* Fills rows and e (count x k, with e_top = 0). */
static void take_rows(softmax_rows *rows, int64_t count, int64_t k, const double *Z, double *restrict e)
{
    for (int64_t t = 0; t < count; t++) shift_row(rows, t, k, Z + t * k, e + t * k);
    exp_all(count * k, e);
    for (int64_t t = 0; t < count; t++) {
        double rest = 0;
        for (int64_t c = 0; c < k; c++) rest += e[t * k + c];
        rows->rest[t] = rest;
    }
    finish_rows(rows, count);
}

/* p = s softmax(z) of row t, from e; may be in place */
static void scale_row(const softmax_rows *rows, int64_t t, int64_t k, double s, const double *e, double *p)
{
    const double factor = s * rows->inverse[t];
    for (int64_t c = 0; c < k; c++) p[c] = factor * e[c];
    p[rows->top[t]] = factor;
}

/* h = s p (1 - p) of row t, from e; may be in place */
static void variance_row(const softmax_rows *rows, int64_t t, int64_t k, double s, const double *e, double *h)
{
    const double inverse = rows->inverse[t];
    for (int64_t c = 0; c < k; c++) {
        const double p = inverse * e[c];
        h[c] = s * (p * (1 - p));
    }
    h[rows->top[t]] = s * (rows->rest[t] * inverse * inverse);
}

/* eval of at most ROWS rows, with e as scratch, which may be H, or D if H is not wanted or is written first. */
static double eval_rows(int64_t count, int64_t k, const double *Z, const double *Y, const double *weight, double *e, double *D,
                        double *H)
{
    softmax_rows rows;
    take_rows(&rows, count, k, Z, e);
    double sum = 0;
    for (int64_t t = 0; t < count; t++) {
        const double s = weight ? weight[t] : 1;
        const int64_t label = (int64_t)Y[t];
        sum += s * (rows.log_sum[t] + (rows.max[t] - Z[t * k + label]));
        if (H) variance_row(&rows, t, k, s, e + t * k, H + t * k);
        if (!D) continue;
        double *const d = D + t * k;
        scale_row(&rows, t, k, s, e + t * k, d);
        d[label] = label == rows.top[t] ? -s * (rows.rest[t] * rows.inverse[t]) : d[label] - s;
    }
    return sum;
}

ERM_KERNEL static double sum_exp(int64_t count, const double *z, double max)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t c = 0; c < count; c++) sum += erm__exp_of_negative(z[c] - max);
    return sum;
}

/* One row, as rows->...[0], without memory for e. */
static void take_long_row(softmax_rows *rows, int64_t k, const double *z)
{
    int64_t top = 0;
    for (int64_t c = 1; c < k; c++) top = z[c] > z[top] ? c : top;
    rows->top[0] = top;
    rows->max[0] = z[top];
    rows->rest[0] = sum_exp(top, z, z[top]) + sum_exp(k - top - 1, z + top + 1, z[top]);
    finish_rows(rows, 1);
}

/* eval of one row that is too long for the scratch, where no output can hold it. */
static double eval_long_row(int64_t k, const double *z, int64_t label)
{
    softmax_rows rows;
    take_long_row(&rows, k, z);
    return rows.log_sum[0] + (rows.max[0] - z[label]);
}

static int64_t rows_at_once(int64_t k)
{
    const int64_t fit = TILE / k;
    return fit > ROWS ? ROWS : fit > 1 ? fit : 1;
}

static double eval(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight, double *D,
                   double *H)
{
    (void)self;
    double scratch[TILE], sum = 0;
    const int64_t step = rows_at_once(k);
    for (int64_t t = 0; t < n; t += step) {
        const int64_t count = n - t < step ? n - t : step;
        double *const d = D ? D + t * k : NULL, *const h = H ? H + t * k : NULL;
        double *const e = k <= TILE ? scratch : d ? d : h;
        const double *const s = weight ? weight + t : NULL;
        if (e)
            sum += eval_rows(count, k, Z + t * k, Y + t, s, e, d, h);
        else
            sum += (s ? *s : 1) * eval_long_row(k, Z + t * k, (int64_t)Y[t]);
    }
    return sum;
}

static double curvature(const erm_loss *self, int64_t k)
{
    (void)self;
    (void)k;
    return 0.5;
}

static bool label_ok(const erm_loss *self, int64_t k, double y)
{
    (void)self;
    return y >= 0 && y < (double)k && y == floor(y);
}

/* q = a + e_y carries rounding errors: it is taken to be in the simplex if it is so within DOMAIN_SLACK. */
static double conjugate_row(int64_t k, const double *a, int64_t label)
{
    double value = 0, sum = 0, least = 0;
    for (int64_t c = 0; c < k; c++) {
        const double q = a[c] + (c == label ? 1 : 0);
        value += erm__xlogx(q > 0 ? q : 0);
        sum += q;
        least = q < least ? q : least;
    }
    return least >= -DOMAIN_SLACK && fabs(sum - 1) <= DOMAIN_SLACK ? value : INFINITY;
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
        take_rows(&rows, count, k, Z + t * k, p);
        for (int64_t i = 0; i < count; i++) scale_row(&rows, i, k, 1, p + i * k, p + i * k);
    }
}

/* out += s (diag(p) - p p') of row 0 in columns from .. from + count - 1, of which p are the probabilities. */
static void add_hessian(const softmax_rows *rows, int64_t k, double s, const double *z, int64_t from, int64_t count,
                        const double *p, double *out)
{
    for (int64_t i = 0; i < k; i++) {
        double *const out_i = out + i * k + from;
        const bool has_diagonal = i >= from && i < from + count;
        const double diagonal = has_diagonal ? out_i[i - from] : 0;
        const double p_i = rows->inverse[0] * erm__exp_of_negative(z[i] - rows->max[0]);
        for (int64_t j = 0; j < count; j++) out_i[j] -= s * (p_i * p[j]);
        /* 1 - p keeps its digits where p is close to 1 */
        const double without_i = i == rows->top[0] ? rows->rest[0] * rows->inverse[0] : 1 - p_i;
        if (has_diagonal) out_i[i - from] = diagonal + s * (p_i * without_i);
    }
}

static void hessian(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight,
                    double *out)
{
    (void)self;
    (void)Y;
    softmax_rows rows;
    double p[TILE];
    for (int64_t t = 0; t < n; t++) {
        const double *const z = Z + t * k;
        take_long_row(&rows, k, z);
        for (int64_t from = 0; from < k; from += TILE) {
            const int64_t count = k - from < TILE ? k - from : TILE;
            for (int64_t j = 0; j < count; j++) p[j] = rows.inverse[0] * erm__exp_of_negative(z[from + j] - rows.max[0]);
            add_hessian(&rows, k, weight ? weight[t] : 1, z, from, count, p, out);
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
    .label_ok = label_ok,
    .conjugate = conjugate,
    .mean = mean,
    .hessian = hessian,
};

erm_loss erm_loss_cross_entropy(void) { return (erm_loss){.ops = &ops}; }
