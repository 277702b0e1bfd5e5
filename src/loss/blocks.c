/* What the losses share: cutting calls into blocks for those with one output; labels, domains and means that several have. */
#include "loss/blocks.h"

#include <math.h>
#include <stddef.h>

#include "base/simd.h"
#include "base/vmath.h"

enum { BLOCK = 256 };

#define ONES_4  1, 1, 1, 1
#define ONES_16 ONES_4, ONES_4, ONES_4, ONES_4
#define ONES_64 ONES_16, ONES_16, ONES_16, ONES_16
static const double ones[BLOCK] = {ONES_64, ONES_64, ONES_64, ONES_64};

double erm__eval_blocks(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight,
                        double *D, double *H)
{
    (void)k;
    erm__eval_block *const eval = ((const erm__block_ops *)self->ops)->eval;
    double unused_d[BLOCK], unused_h[BLOCK];
    double sum = 0;
    for (int64_t t = 0; t < n; t += BLOCK) {
        const int64_t count = n - t < BLOCK ? n - t : BLOCK;
        const double *const s = weight ? weight + t : ones;
        sum += eval(self->param, count, Z + t, Y + t, s, D ? D + t : unused_d, H ? H + t : unused_h);
    }
    return sum;
}

double erm__conjugate_blocks(const erm_loss *self, int64_t n, int64_t k, const double *A, const double *Y, const double *weight)
{
    (void)k;
    erm__conjugate_block *const conjugate = ((const erm__block_ops *)self->ops)->conjugate;
    double sum = 0;
    for (int64_t t = 0; t < n; t += BLOCK) {
        const int64_t count = n - t < BLOCK ? n - t : BLOCK;
        sum += conjugate(self->param, count, A + t, Y + t, weight ? weight + t : ones);
    }
    return sum;
}

double erm__curvature_one(const erm_loss *self, int64_t k)
{
    (void)self;
    (void)k;
    return 1;
}

double erm__curvature_none(const erm_loss *self, int64_t k)
{
    (void)self;
    (void)k;
    return INFINITY;
}

bool erm__label_is_sign(const erm_loss *self, int64_t k, double y)
{
    (void)self;
    (void)k;
    return y == -1 || y == 1;
}

bool erm__label_is_class(const erm_loss *self, int64_t k, double y)
{
    (void)self;
    return y >= 0 && y < (double)k && y == floor(y);
}

bool erm__in_simplex(int64_t k, const double *a, int64_t label)
{
    const double slack = 1e-12;
    double sum = 0, least = 0;
    for (int64_t c = 0; c < k; c++) {
        const double q = a[c] + (c == label ? 1 : 0);
        sum += q;
        least = q < least ? q : least;
    }
    return least >= -slack && fabs(sum - 1) <= slack;
}

ERM_KERNEL void erm__mean_exp(const erm_loss *self, int64_t n, int64_t k, const double *Z, double *mean)
{
    (void)self;
    const int64_t count = n * k;
    ERM_SIMD
    for (int64_t i = 0; i < count; i++) mean[i] = erm__exp(Z[i]);
}
