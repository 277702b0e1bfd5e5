/* What is known of compressed sparse rows beyond their operations. */
#ifndef ERM_CSR_H
#define ERM_CSR_H

#include "ermopt/matrix.h"

/* Whether X is an erm_csr, of doubles or floats. */
bool erm__is_csr(const erm_matrix *X);

/* The part of its check that reads no values. */
erm_status erm__csr_check_places(const erm_matrix *X, char *detail);

/* For each column j: pairs[2 j] += sum_t r_t x_tj and pairs[2 j + 1] += sum_t weight_t x_tj^2, r and weight (NULL: all 1) of the
 * rows asked for. */
void erm__csr_pair_sums(const erm_matrix *X, erm_rows rows, const double *r, const double *weight, double *pairs);

#endif
