/* Random matrices for the tests: one set of numbers, in every storage format of the library. */
#ifndef MATRICES_H
#define MATRICES_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/matrix.h"
#include "ermopt/rng.h"

/* A storage format, and how it is filled from numbers. */
typedef struct matrix_kind matrix_kind;
struct owned_matrix;

struct matrix_kind {
    const char *name;
    bool sparse, single; /* single: floats */
    void (*fill)(const matrix_kind *kind, struct owned_matrix *matrix);
    int64_t gap; /* values between rows (or columns) that must not be read; they are NaN */
};

/* The catalog. A test that runs over all kinds sees every format of the library. */
extern const matrix_kind matrix_kinds[];
extern const int matrix_kinds_count;

/* A matrix with the memory that it views. */
typedef struct owned_matrix {
    const erm_matrix *X; /* points into `view` */
    union {
        erm_dense dense;
        erm_csr csr;
        erm_csc csc;
    } view;
    int64_t rows, cols;
    double *full; /* rows x cols: the numbers */
    void *values;
    int32_t *index;
    int64_t *start;
    int64_t stride;
} owned_matrix;

/* rows x cols normal numbers, each nonzero with probability density, all of them floats' values. Free with free. */
double *random_numbers(erm_rng *rng, int64_t rows, int64_t cols, double density);

/* full (rows x cols, row-major) in the format `kind`. Its memory is exactly as large as it needs to be. */
owned_matrix *owned_matrix_new(const matrix_kind *kind, int64_t rows, int64_t cols, const double *full);
void owned_matrix_free(owned_matrix *matrix);

#endif
