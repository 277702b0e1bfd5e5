/* Random matrices for the tests: one set of numbers, in every storage format of the library and behind every view. */
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
    /* for views: the kinds that it is made of, by name */
    const char *part[3];
    bool centred, in_order; /* columns less a centre; rows of the view follow one another below */
};

/* The catalog. A test that runs over all kinds sees every format of the library. */
extern const matrix_kind matrix_kinds[];
extern const int matrix_kinds_count;

/* Every view, alone and nested. */
extern const matrix_kind matrix_view_kinds[];
extern const int matrix_view_kinds_count;

/* The kinds of both catalogs, one after another, then NULL; and one of them by name. */
const matrix_kind *matrix_kind_at(int number);
const matrix_kind *matrix_kind_called(const char *name);

/* A matrix with the memory that it views. */
typedef struct owned_matrix {
    const erm_matrix *X; /* points into `view` */
    union {
        erm_dense dense;
        erm_csr csr;
        erm_csc csc;
        erm_rows_view rows;
        erm_cols_view cols;
        erm_scaled_view scaled;
        erm_blocks_view blocks;
        erm_onehot onehot;
    } view;
    int64_t rows, cols;
    double *full; /* rows x cols: the numbers. Some views change those that they are made from */
    double *size; /* rows x cols: what rounding is relative to, at least |full| */
    void *values;
    int32_t *index;
    int64_t *start;
    int64_t stride;
    struct owned_matrix *part[3]; /* of a view */
    const erm_matrix *block[3];
    double *centre, *scale;
    int64_t *row_list;
    int32_t *col_list;
} owned_matrix;

/* rows x cols normal numbers, each nonzero with probability density, all of them floats' values. Free with free. */
double *random_numbers(erm_rng *rng, int64_t rows, int64_t cols, double density);

/* full (rows x cols, row-major) in the format `kind`. Its memory is exactly as large as it needs to be. */
owned_matrix *owned_matrix_new(const matrix_kind *kind, int64_t rows, int64_t cols, const double *full);
void owned_matrix_free(owned_matrix *matrix);

/* Fails the test unless X's own check returns this status and sentence. */
void assert_check(const erm_matrix *X, erm_status expected, const char *sentence);

#endif
