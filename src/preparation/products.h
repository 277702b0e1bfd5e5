/* Products of columns, numbered in the order of their degrees, and within a degree in the order of their first column, then their
 * second, and so on: x1, x2, x1^2, x1 x2, x2^2 ... */
#ifndef ERM_PRODUCTS_H
#define ERM_PRODUCTS_H

#include <stdbool.h>
#include <stdint.h>

enum { ERM_DEGREE_MAX = 8 };

typedef struct erm__products {
    int64_t d;     /* columns */
    int degree;    /* the largest */
    bool distinct; /* of different columns only */
} erm__products;

/* How many there are of exactly this degree of `columns` columns, or of degree 1 up to `degree`; more than `limit`
 * counts as limit + 1. */
int64_t erm__products_of(int64_t columns, int degree, bool distinct, int64_t limit);
int64_t erm__products_upto(int64_t columns, int degree, bool distinct, int64_t limit);

/* The products of a row with values in `count` columns, rising index (NULL: all d in order), that are of those columns alone;
 * returns how many. value, place (NULL: not wanted): their values and numbers, rising. */
int64_t erm__products_row(const erm__products *self, int64_t count, const int32_t *index, const double *x, double *value,
                          int32_t *place);

/* The columns that product `place` is made of, rising; returns its degree. */
int erm__products_factors(const erm__products *self, int64_t place, int64_t factor[ERM_DEGREE_MAX]);

#endif
