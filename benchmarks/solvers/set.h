/* Data sets of the solver benchmark: drawn with a fixed seed, or read from a file. */
#ifndef BENCH_SET_H
#define BENCH_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "ermopt/dataset.h"
#include "ermopt/matrix.h"

typedef struct bench_set {
    union {
        erm_matrix base; /* begins each of the others */
        erm_dense dense; /* row-major doubles without gaps */
        erm_csr csr;
    } X;
    bool sparse;
    double *label;  /* n: -1 and +1, or classes 0 .. classes - 1 */
    double *target; /* n: for regression; label where the set has no other */
    int64_t classes;
    double *values; /* owned, as are index and start of sparse X */
    int32_t *index;
    int64_t *start;
} bench_set;

/* A generated set (see set_generate.c), or a real one by its name in `folder` (NAME or NAME.xz, LIBSVM text), or a path to LIBSVM
 * text or, ending in .npy, to an array whose last column is the label. Ends the program with a sentence when it cannot. */
bench_set bench_set_open(const char *name, const char *folder);
void bench_set_close(bench_set *set);

/* Those that are drawn; false: no such name. */
bool bench_set_generate(const char *name, bench_set *set);

/* malloc that ends the program when memory runs out. */
void *bench_memory(int64_t count, size_t size);
/* Bytes that this process has resident; from here on its peak is counted anew. Then how far the peak has risen above that. */
int64_t bench_resident(void);
int64_t bench_growth(int64_t before);
/* After so many fits, one is repeated only if the fastest took at most this many times --seconds: a single slow one may be
 * another program's doing. */
static inline double bench_patience(int fits) { return fits == 1 ? 3 : 1; }
/* Prints "bench: ..." and ends the program. */
void bench_die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
