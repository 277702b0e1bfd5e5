/* The Moreau envelope of a loss, which has no kinks:
 *
 *     env(z, y) = min over x of  l(x, y) + (z - x)^2 / (2 width)  =  max over a of  a z - l*(a, y) - width/2 a^2,
 *     env' = the a that attains it,      env* = l* + width/2 a^2. */
#ifndef ERM_ENVELOPE_H
#define ERM_ENVELOPE_H

#include "ermopt/loss.h"

enum { ERM_ENVELOPE_OUTPUTS = 1024 /* the most */ };

typedef struct erm__envelope {
    erm_loss loss;
    double width; /* > 0 */
} erm__envelope;

/* Whether a loss has one: for one output a `dual_form`, else a `conjugate` and `dual_step`. */
bool erm__envelope_suits(const erm_loss *loss, int64_t k);

/* `of` is borrowed; its width may change between calls. */
erm_loss erm__loss_envelope(const erm__envelope *of, int64_t k);

#endif
