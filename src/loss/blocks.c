/* Cuts the samples of a call into blocks for the losses with one output. */
#include "loss/blocks.h"

#include <stddef.h>

enum { BLOCK = 256 };

#define ONES_4  1, 1, 1, 1
#define ONES_16 ONES_4, ONES_4, ONES_4, ONES_4
#define ONES_64 ONES_16, ONES_16, ONES_16, ONES_16
static const double ones[BLOCK] = {ONES_64, ONES_64, ONES_64, ONES_64};

double erm__loss_blocks(erm__loss_block *block, double param, int64_t n, const double *Z, const double *Y, const double *weight,
                        double *D, double *H)
{
    double unused_d[BLOCK], unused_h[BLOCK];
    double sum = 0;
    for (int64_t t = 0; t < n; t += BLOCK) {
        const int64_t count = n - t < BLOCK ? n - t : BLOCK;
        sum += block(param, count, Z + t, Y + t, weight ? weight + t : ones, D ? D + t : unused_d, H ? H + t : unused_h);
    }
    return sum;
}

double erm__conjugate_blocks(erm__conjugate_block *block, double param, int64_t n, const double *A, const double *Y,
                             const double *weight)
{
    double sum = 0;
    for (int64_t t = 0; t < n; t += BLOCK) {
        const int64_t count = n - t < BLOCK ? n - t : BLOCK;
        sum += block(param, count, A + t, Y + t, weight ? weight + t : ones);
    }
    return sum;
}

bool erm__label_is_sign(const erm_loss *self, int64_t k, double y)
{
    (void)self;
    (void)k;
    return y == -1 || y == 1;
}
