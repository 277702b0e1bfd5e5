/* What the losses share. One with one output is two loops without branches over arrays that are all there. */
#ifndef ERM_LOSS_BLOCKS_H
#define ERM_LOSS_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/loss.h"

/* eval for k = 1 where no pointer is NULL and the outputs alias nothing. `param` is the loss's own number. */
typedef double erm__eval_block(double param, int64_t n, const double *z, const double *y, const double *s, double *d, double *h);

/* sum_t s_t l*(a_t, y_t) where s is not NULL; a sample of weight 0 counts 0. */
typedef double erm__conjugate_block(double param, int64_t n, const double *a, const double *y, const double *s);

/* The ops table of such a loss; `ops` holds erm__eval_blocks, erm__conjugate_blocks. */
typedef struct erm__block_ops {
    erm_loss_ops ops;
    erm__eval_block *eval;
    erm__conjugate_block *conjugate;
} erm__block_ops;

/* eval and conjugate for any n, weight, D and H: calls the loop for a few hundred samples at a time, with ones for a missing
 * weight and scratch for outputs that are not wanted. self->ops must be an erm__block_ops. */
double erm__eval_blocks(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight,
                        double *D, double *H);
double erm__conjugate_blocks(const erm_loss *self, int64_t n, int64_t k, const double *A, const double *Y, const double *weight);

double erm__curvature_one(const erm_loss *self, int64_t k);
double erm__curvature_none(const erm_loss *self, int64_t k);

/* label_ok: y is -1 or +1. */
bool erm__label_is_sign(const erm_loss *self, int64_t k, double y);

/* label_ok: y is 0, 1, ... or k - 1. */
bool erm__label_is_class(const erm_loss *self, int64_t k, double y);

/* Is q = a + e_label in the simplex? Rounding is forgiven: up to 1e-12 in the sum and below 0. */
bool erm__in_simplex(int64_t k, const double *a, int64_t label);

/* mean: exp(z) */
void erm__mean_exp(const erm_loss *self, int64_t n, int64_t k, const double *Z, double *mean);

#endif
