/* The parts of bench_kernels: each measures one kind of kernel and prints its rows of the table. */
#ifndef ERM_KERNELS_H
#define ERM_KERNELS_H

#include "bounds.h"
#include "ermopt/problem.h"
#include "measure.h"
#include "problem/sweep.h"

void bench_dense(results *table);
void bench_sparse(results *table);
void bench_level3(results *table, const factors *squares);
void bench_losses(results *table);
void bench_steps(results *table);

/* ---- what they share ------------------------------------------------------------------------------------------------ */

/* A problem, opened for so many threads; w and g are borrowed: w may be shared by several, g too. */
typedef struct sweeping {
    erm_problem problem;
    erm__workspace ws;
    const double *w;
    double *g;
    double value; /* of the last sweep: the mean loss */
} sweeping;

void sweeping_open(sweeping *job, const erm_problem *problem, int threads, const double *w, double *g);
void sweeping_close(sweeping *job);

/* Value and gradient. Context: a sweeping. */
void run_sweep(void *sweeping);

/* n labels -1 or +1, or 0 .. k - 1. */
double *take_labels(int64_t n, int64_t k, uint64_t seed);

/* The largest error of value and gradient against long double, in units of 2^-52 of the sum of the absolute terms, for logistic
 * loss (k = 1) or cross-entropy, no intercept. X must have `row`. */
double sweep_ulps(const sweeping *job);

/* |got - want| / (2^-52 size) */
double ulps_of(double got, long double want, long double size);

#endif
