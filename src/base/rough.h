/* Products of rows of floats, all arithmetic in floats: for what is solved roughly anyway. */
#ifndef ERM_ROUGH_H
#define ERM_ROUGH_H

#include <stdint.h>

enum { ERM_ROUGH_COLS = 16 /* the number of columns is a multiple of this */ };

/* z[t][c] = factor sum_j x[t][j] V[c][j] for `rows` rows x of `cols` values; V: k rows of as many. */
void erm__rough_mul(int64_t rows, int64_t cols, int64_t k, const float *x, const float *V, double factor, double *z);

/* G[c][j] += factor sum_t d[t][c] x[t][j], where G has doubles. Fetches the rows after these, which are likely to be next. */
void erm__rough_mul_t(int64_t rows, int64_t cols, int64_t k, const float *x, const float *d, double factor, double *G);

#endif
