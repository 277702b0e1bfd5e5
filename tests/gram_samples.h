/* Samples with their Gram matrices, by the library and by definition. */
#ifndef GRAM_SAMPLES_H
#define GRAM_SAMPLES_H

#include "matrices.h"
#include "problem/gram.h"

/* A problem whose data are known as `full`, with a column of ones behind them where there is an intercept. */
typedef struct gram_sample {
    const char *name;
    owned_matrix *matrix;
    erm_problem problem;
    int64_t n, d, m;
    double *weight, *h, *centre;
} gram_sample;

/* Columns j with j % 10 == 1 have means of `mean` times their spread, without zeros. */
gram_sample *gram_sample_new(const matrix_kind *kind, int64_t n, int64_t d, double density, double mean, bool intercept);
void gram_sample_free(gram_sample *now);

typedef struct gram_call {
    const double *centre, *h, *metric;
    bool of_rows;
    int threads;
} gram_call;

/* The Gram matrix by the library; free it. */
double *gram_computed(const gram_sample *now, gram_call how);

/* Entry (i, j) of the columns less their centres (NULL: 0), the last one of ones. */
long double gram_entry(const gram_sample *now, const double *centre, int64_t i, int64_t j);

/* Compares A with its definition; the error of an entry is relative to the sum of the products' sizes. */
void gram_is_its_definition(const gram_sample *now, gram_call how, const double *A, double tolerance);

/* The same of what the library computes. */
void gram_check(const gram_sample *now, gram_call how, double tolerance);

/* Room for so many doubles (at least one), 0 all. */
double *gram_zeros(int64_t count);

#endif
