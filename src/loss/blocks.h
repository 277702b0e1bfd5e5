/* What the losses with one output share: a loss is one loop without branches over arrays that are all there. */
#ifndef ERM_LOSS_BLOCKS_H
#define ERM_LOSS_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/loss.h"

/* eval for k = 1 where no pointer is NULL and the outputs alias nothing. `param` is the loss's own number. */
typedef double erm__loss_block(double param, int64_t n, const double *z, const double *y, const double *s, double *d, double *h);

/* sum_t s_t l*(a_t, y_t) where s is not NULL; a sample of weight 0 counts 0. */
typedef double erm__conjugate_block(double param, int64_t n, const double *a, const double *y, const double *s);

/* eval and conjugate for any n, weight, D and H: calls the block for a few hundred samples at a time, with ones for a missing weight
 * and scratch for outputs that are not wanted. */
double erm__loss_blocks(erm__loss_block *block, double param, int64_t n, const double *Z, const double *Y, const double *weight,
                        double *D, double *H);
double erm__conjugate_blocks(erm__conjugate_block *block, double param, int64_t n, const double *A, const double *Y,
                             const double *weight);

/* label_ok: y is -1 or +1. */
bool erm__label_is_sign(const erm_loss *self, int64_t k, double y);

/* The rounding that a point on the border of a conjugate's domain may carry. */
#define ERM_DOMAIN_SLACK 1e-12

#endif
