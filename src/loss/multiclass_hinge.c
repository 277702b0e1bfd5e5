/* Multiclass hinge loss of Crammer and Singer (2001): l = max_c (z_c + [c != y]) - z_y.
 * A subgradient is e_c - e_y for a c that attains the maximum. With q = a + e_y in the simplex: l* = q_y - 1 = a_y. */
#include <math.h>

#include "loss/blocks.h"

/* The class that attains the maximum; the label itself if it is among them. A NaN wins, so that it is seen. */
static int64_t worst(int64_t k, const double *z, int64_t label)
{
    int64_t best = label;
    double most = z[label];
    for (int64_t c = 0; c < k; c++) {
        const double rival = c == label ? z[c] : z[c] + 1;
        if (!(rival > most || isnan(rival))) continue;
        best = c;
        most = rival;
    }
    return best;
}

static double eval(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight, double *D,
                   double *H)
{
    (void)self;
    double sum = 0;
    for (int64_t t = 0; t < n; t++) {
        const double *const z = Z + t * k;
        const double s = weight ? weight[t] : 1;
        const int64_t label = (int64_t)Y[t], rival = worst(k, z, label);
        sum += s * (rival == label ? z[label] - z[label] : 1 + (z[rival] - z[label]));
        for (int64_t c = 0; D && c < k; c++) D[t * k + c] = 0;
        for (int64_t c = 0; H && c < k; c++) H[t * k + c] = 0;
        if (!D || rival == label) continue;
        D[t * k + rival] = s;
        D[t * k + label] = -s;
    }
    return sum;
}

static double conjugate(const erm_loss *self, int64_t n, int64_t k, const double *A, const double *Y, const double *weight)
{
    (void)self;
    double sum = 0;
    for (int64_t t = 0; t < n; t++) {
        const double *const a = A + t * k, s = weight ? weight[t] : 1;
        const int64_t label = (int64_t)Y[t];
        if (s > 0) sum += s * (erm__in_simplex(k, a, label) ? a[label] : INFINITY);
    }
    return sum;
}

/* p = a + e_y becomes the projection of p + (z - e_y) / step onto the simplex: v = that less a constant, so that it is exact
 * where step is small, and p = max(v - t, 0) for a threshold t, the root of a convex falling function, which Newton's method
 * reaches after at most k steps (Michelot 1986). */
static void dual_step(const erm_loss *self, int64_t k, const double *y, double step, const double *z, double *a)
{
    (void)self;
    const int64_t label = (int64_t)*y;
    double top = z[label] - 1, sum = 0, threshold = 0, total = 0;
    for (int64_t c = 0; c < k; c++) top = c != label && z[c] > top ? z[c] : top;
    for (int64_t c = 0; c < k; c++) {
        const double mine = c == label ? 1 : 0;
        a[c] = fmax(a[c] + mine + (z[c] - mine - top) / step, -1); /* the largest is at least 0, so t is at least -1 */
        sum += a[c];
    }
    for (int64_t above = k, last = k + 1; above < last && above > 0;) {
        threshold = (sum - 1) / (double)above;
        last = above;
        sum = 0;
        above = 0;
        for (int64_t c = 0; c < k; c++) {
            if (!(a[c] > threshold)) continue;
            sum += a[c];
            above++;
        }
    }
    for (int64_t c = 0; c < k; c++) total += a[c] = a[c] > threshold ? a[c] - threshold : 0;
    for (int64_t c = 0; c < k; c++) a[c] = a[c] / total - (c == label ? 1 : 0);
}

static const erm_loss_ops ops = {
    .name = "multiclass-hinge",
    .labels = "a class number 0, 1, ..., k - 1",
    .min_outputs = 2,
    .max_outputs = INT64_MAX,
    .classifies = true,
    .eval = eval,
    .curvature = erm__curvature_none,
    .label_ok = erm__label_is_class,
    .conjugate = conjugate,
    .dual_step = dual_step,
};

erm_loss erm_loss_multiclass_hinge(void) { return (erm_loss){.ops = &ops}; }
