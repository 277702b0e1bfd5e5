/* Many prox steps of many entries at once, each entry with a count of its own. */
#ifndef ERM_RECURSION_MANY_H
#define ERM_RECURSION_MANY_H

#include "ermopt/regularizer.h"

/* Lanes are filled up to a multiple of this: a loop over the rest of them would cost more. */
enum { ERM_PATHS_FILL = 8 };

/* n entries: entry i undergoes count[i] steps w -> prox(w - step[i] drift[i]), as `advance` in regularizer.h. Arrays of n,
 * and where alike of n rounded up to ERM_PATHS_FILL, w, step and count being 0, and drift any number, in the rest. */
typedef struct erm__paths {
    int64_t n;
    const double *w, *step, *count;
    const double *drift;      /* NULL: none, and `sum` is made */
    const erm_entry *penalty; /* of each entry; or, where alike, one for them all, without bounds and pull */
    bool alike;
    double pull;
    double *end; /* where they arrive */
    double *sum; /* of all they come by, w not among them. Where a bound other than 0 stops one, nearly */
    double *odd; /* scratch */
} erm__paths;

void erm__paths_run(const erm__paths *paths);

#endif
