/* What a run is about, as a few numbers that tell two runs apart, and in what they differ. */
#ifndef ERM_FINGERPRINT_H
#define ERM_FINGERPRINT_H

#include "problem/certifier.h"
#include "solver/run.h"

enum {
    ERM_MARK_LIBRARY, /* its version, and how it lays out memory */
    ERM_MARK_SOLVER,
    ERM_MARK_SEED,
    ERM_MARK_SHAPE,
    ERM_MARK_LOSS,
    ERM_MARK_PENALTY,
    ERM_MARK_TARGETS, /* labels, weights, offsets */
    ERM_MARK_DATA,
    ERM_MARK_PARAMETERS, /* of the solver: known after its `start` */
    ERM_MARKS
};

typedef struct erm__fingerprint {
    uint64_t mark[ERM_MARKS];
} erm__fingerprint;

/* All marks but that of the parameters. Before the first certificate: uses the certifier's memory. One walk over X. */
void erm__fingerprint_take(erm__certifier *certifier, const erm_run *run, const erm_solver_ops *solver, uint64_t seed,
                           erm__fingerprint *print);

/* What the first of `count` marks that differ is about, for "the file was written with another ..."; NULL: none differs. */
const char *erm__fingerprint_difference(const erm__fingerprint *a, const erm__fingerprint *b, int count);

#endif
