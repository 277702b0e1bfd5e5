/* Multinomial logistic loss l = log sum_c exp(z_c) - z_y, the cross-entropy of softmax (Theil 1969; Bridle 1990).
 * With p = softmax(z) and e_y the unit vector of the label: gradient p - e_y, Hessian diag(p) - p p', whose largest eigenvalue is at most
 * 1/2 (Boehning 1992). With q = a + e_y in the simplex: l* = sum_c q_c log q_c. */
#include <math.h>

#include "base/simd.h"
#include "base/vmath.h"
#include "loss/blocks.h"

/* One sample's softmax: p_c = exp(z_c - max) / (1 + rest), where rest sums over all outputs but `top`, the largest. So neither
 * log(1 + rest) nor 1 - p_top loses digits when one output dominates. */
typedef struct softmax_row {
    int64_t top;
    double max, rest;
} softmax_row;

ERM_KERNEL static double sum_exp(int64_t count, const double *z, double max)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t c = 0; c < count; c++) sum += erm__exp(z[c] - max);
    return sum;
}

static softmax_row row_of(int64_t k, const double *z)
{
    softmax_row row = {.max = z[0]};
    for (int64_t c = 1; c < k; c++) {
        if (z[c] > row.max) row.top = c;
        row.max = z[row.top];
    }
    row.rest = sum_exp(row.top, z, row.max) + sum_exp(k - row.top - 1, z + row.top + 1, row.max);
    return row;
}

/* p = scale softmax(z) */
ERM_KERNEL static void softmax(const softmax_row *row, int64_t k, const double *z, double scale, double *restrict p)
{
    const double max = row->max, factor = scale / (1 + row->rest);
    ERM_SIMD
    for (int64_t c = 0; c < k; c++) p[c] = factor * erm__exp(z[c] - max);
}

/* h = s p (1 - p) in place of p */
static void variances(const softmax_row *row, int64_t k, double s, double *p)
{
    ERM_SIMD
    for (int64_t c = 0; c < k; c++) p[c] = s * (p[c] * (1 - p[c]));
    p[row->top] = s * (row->rest / ((1 + row->rest) * (1 + row->rest)));
}

static double eval(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight, double *D,
                   double *H)
{
    (void)self;
    double sum = 0;
    for (int64_t t = 0; t < n; t++) {
        const double *const z = Z + t * k;
        const double s = weight ? weight[t] : 1;
        const int64_t label = (int64_t)Y[t];
        const softmax_row row = row_of(k, z);
        sum += s * (erm__log1p(row.rest) + (row.max - z[label]));
        if (D) {
            softmax(&row, k, z, s, D + t * k);
            D[t * k + label] = label == row.top ? -s * (row.rest / (1 + row.rest)) : D[t * k + label] - s;
        }
        if (H) {
            softmax(&row, k, z, 1, H + t * k);
            variances(&row, k, s, H + t * k);
        }
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

/* q = a + e_y carries rounding errors: it is taken to be in the simplex if it is so within ERM_DOMAIN_SLACK. */
static double conjugate_row(int64_t k, const double *a, int64_t label)
{
    double value = 0, sum = 0, least = 0;
    for (int64_t c = 0; c < k; c++) {
        const double q = a[c] + (c == label ? 1 : 0);
        value += erm__xlogx(q > 0 ? q : 0);
        sum += q;
        least = q < least ? q : least;
    }
    return least >= -ERM_DOMAIN_SLACK && fabs(sum - 1) <= ERM_DOMAIN_SLACK ? value : INFINITY;
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
    for (int64_t t = 0; t < n; t++) {
        const softmax_row row = row_of(k, Z + t * k);
        softmax(&row, k, Z + t * k, 1, mean + t * k);
    }
}

/* out += s (diag(p) - p p'); the diagonal as p (1 - p), which keeps its digits where p is close to 1. */
static void hessian(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight,
                    double *out)
{
    (void)self;
    (void)Y;
    for (int64_t t = 0; t < n; t++) {
        const double *const z = Z + t * k;
        const softmax_row row = row_of(k, z);
        const double s = weight ? weight[t] : 1, norm = 1 / (1 + row.rest);
        for (int64_t i = 0; i < k; i++) {
            const double p = norm * erm__exp(z[i] - row.max), without = i == row.top ? row.rest * norm : 1 - p;
            for (int64_t j = 0; j < i; j++) {
                const double product = s * p * (norm * erm__exp(z[j] - row.max));
                out[i * k + j] -= product;
                out[j * k + i] -= product;
            }
            out[i * k + i] += s * p * without;
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
