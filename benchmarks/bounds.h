/* What the machine can do at most: the rate at which it reads memory, and BLAS's dgemm. */
#ifndef ERM_BOUNDS_H
#define ERM_BOUNDS_H

#include <stdint.h>

/* An array to be read by a number of threads. */
typedef struct reading {
    const void *bytes;
    int64_t size; /* bytes */
    int threads;
} reading;

/* Sum it: every thread its part, as one stream or as eight side by side (some machines read several streams faster). Context: a
 * reading. */
void read_one_stream(void *reading);
void read_eight_streams(void *reading);

/* Three square matrices, of DGEMM_ORDER, for one thread each. */
enum { DGEMM_ORDER = 1000 };
typedef struct factors {
    double *a, *b, *c;
} factors;

factors squares_new(void);
void squares_free(factors *squares);

/* c = a b. OPENBLAS_NUM_THREADS=1, and OPENBLAS_CORETYPE where OpenBLAS does not know the processor. */
void multiply_squares(void *squares);
double dgemm_flops(void);

/* Keeps what was computed from being optimised away. */
void use(double value);

#endif
