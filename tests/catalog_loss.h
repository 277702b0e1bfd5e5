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
    /* l of one sample by the textbook formula in long double; y points to one entry of Y, or k where target_per_output. */
    long double (*exact)(double param, int64_t k, const double *z, const double *y);
} catalog_loss;

int catalog_loss_count(void);
catalog_loss catalog_loss_at(int i);

/* Fills one sample's entries of Y: 1, or k where target_per_output. */
void catalog_draw_target(const catalog_loss *entry, erm_rng *rng, double *y);

#endif
