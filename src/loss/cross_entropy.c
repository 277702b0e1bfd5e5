/* Multinomial logistic loss l = log sum_c exp(z_c) - z_y, the cross-entropy of softmax (Theil 1969; Bridle 1990). With p =
 * softmax(z) and e_y the unit vector of the label: gradient p - e_y, Hessian diag(p) - p p', whose largest eigenvalue is at
 * most 1/2 (Boehning 1992). With q = a + e_y in the simplex: l* = sum_c q_c log q_c. */
#include <math.h>
#include <stddef.h>

#include "base/simd.h"
#include "base/vmath.h"
#include "loss/blocks.h"
#include "loss/softmax.h"

/* D = s (p - e_label) from E; may be in place */
ERM_KERNEL static void write_gradients(const erm__softmax *rows, int64_t count, int64_t k, const double *Y, const double *weight,
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
ERM_KERNEL static void write_variances(const erm__softmax *rows, int64_t count, int64_t k, const double *weight, const double *E,
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

/* In several lanes: many equal terms, as at W = 0, would round to one side. */
ERM_KERNEL static double add_up(int64_t count, const double *x)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < count; t++) sum += x[t];
    return sum;
}

/* eval of at most ERM_SOFTMAX_ROWS rows. E is scratch (with room to spare, or it is H, or it is D, which is written last). */
static double eval_rows(int64_t count, int64_t k, const double *Z, const double *Y, const double *weight, double *E, bool spare,
                        double *D, double *H)
{
    erm__softmax rows;
    erm__softmax_take(&rows, count, k, Z, E, spare);
    for (int64_t t = 0; t < count; t++)
        rows.log_sum[t] = (weight ? weight[t] : 1) * (rows.log_sum[t] + (rows.max[t] - Z[t * k + (int64_t)Y[t]]));
    if (H) write_variances(&rows, count, k, weight, E, H);
    if (D) write_gradients(&rows, count, k, Y, weight, E, D);
    return add_up(count, rows.log_sum);
}

/* l of one row that is too long for the scratch, where no output can hold it. */
static double eval_long_row(int64_t k, const double *z, int64_t label, double *scratch)
{
    erm__softmax rows;
    erm__softmax_take_long(&rows, k, z, scratch);
    return rows.log_sum[0] + (rows.max[0] - z[label]);
}

static double eval(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight, double *D,
                   double *H)
{
    (void)self;
    double scratch[ERM_SOFTMAX_TILE + ERM_SOFTMAX_LANES], sum = 0;
    const int64_t step = erm__softmax_count(k);
    for (int64_t t = 0; t < n; t += step) {
        const int64_t count = n - t < step ? n - t : step;
        double *const d = D ? D + t * k : NULL, *const h = H ? H + t * k : NULL;
        double *const e = k <= ERM_SOFTMAX_TILE ? scratch : d ? d : h;
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
    erm__softmax rows;
    const int64_t step = erm__softmax_count(k);
    for (int64_t t = 0; t < n; t += step) {
        const int64_t count = n - t < step ? n - t : step;
        double *const p = mean + t * k;
        erm__softmax_take(&rows, count, k, Z + t * k, p, false);
        for (int64_t i = 0; i < count; i++)
            for (int64_t c = 0; c < k; c++) p[i * k + c] *= rows.inverse[i];
    }
}

/* out += s (diag(p) - p p') of row 0, in the `count` columns from `from` on, whose e_c are given. */
ERM_KERNEL static void add_hessian(const erm__softmax *rows, int64_t k, double s, const double *z, int64_t from, int64_t count,
                                   const double *e, double *out)
{
    const double inverse = rows->inverse[0];
    for (int64_t i = 0; i < k; i++) {
        double *const restrict out_i = out + i * k + from;
        const bool has_diagonal = i >= from && i < from + count;
        const double e_i = has_diagonal ? e[i - from] : erm__exp_of_negative(z[i] - rows->max[0]), p_i = inverse * e_i;
        const double diagonal = has_diagonal ? out_i[i - from] : 0;
        ERM_SIMD
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
    erm__softmax rows;
    double e[ERM_SOFTMAX_TILE];
    for (int64_t t = 0; t < n; t++) {
        const double *const z = Z + t * k;
        erm__softmax_take_long(&rows, k, z, e);
        for (int64_t from = 0; from < k; from += ERM_SOFTMAX_TILE) {
            const int64_t count = k - from < ERM_SOFTMAX_TILE ? k - from : ERM_SOFTMAX_TILE;
            double below = 0, ones = 0; /* known already */
            erm__softmax_exp(count, erm__softmax_room(count), z + from, rows.max[0], e, &below, &ones);
            add_hessian(&rows, k, weight ? weight[t] : 1, z, from, count, e, out);
        }
    }
}

/* out = s p (u - p'u) from out = E */
ERM_KERNEL static void bend_rows(const erm__softmax *rows, int64_t count, int64_t k, const double *weight, const double *U,
                                 double *out)
{
    for (int64_t t = 0; t < count; t++) {
        const double *const u = U + t * k;
        const double s = weight ? weight[t] : 1;
        double *const p = out + t * k;
        double mean = 0;
        for (int64_t c = 0; c < k; c++) mean += p[c] * u[c];
        mean *= rows->inverse[t];
        ERM_SIMD
        for (int64_t c = 0; c < k; c++) p[c] = s * (rows->inverse[t] * p[c]) * (u[c] - mean);
    }
}

static void hessian_mul(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight,
                        const double *U, double *out)
{
    (void)self;
    (void)Y;
    erm__softmax rows;
    const int64_t step = erm__softmax_count(k);
    for (int64_t t = 0; t < n; t += step) {
        const int64_t count = n - t < step ? n - t : step;
        erm__softmax_take(&rows, count, k, Z + t * k, out + t * k, false);
        bend_rows(&rows, count, k, weight ? weight + t : NULL, U + t * k, out + t * k);
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
    .hessian_mul = hessian_mul,
};

erm_loss erm_loss_cross_entropy(void) { return (erm_loss){.ops = &ops}; }
