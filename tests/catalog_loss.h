/* Every loss of the library, for the contract tests that loop over all of them. */
#ifndef CATALOG_LOSS_H
#define CATALOG_LOSS_H

#include "ermopt/loss.h"
#include "ermopt/rng.h"

typedef struct catalog_loss {
    const char *name; /* for messages */
    erm_loss loss;
    int64_t k; /* a number of outputs it can have */
    /* One random valid label or target (one entry of Y) for k outputs. */
    double (*draw_label)(erm_rng *rng, int64_t k);
} catalog_loss;

int catalog_loss_count(void);
catalog_loss catalog_loss_at(int i);

#endif
