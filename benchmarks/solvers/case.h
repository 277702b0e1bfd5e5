/* One problem of the benchmark, named KIND:SET:NUMBER, e.g. l1log:a9a:0.01. No intercept (but for svm),
 * no weights: what all peers share.
 *
 *     kind       objective                                                        NUMBER
 *     ridge      1/(2n) ||y - Xw||^2 + lambda/2 ||w||^2                           lambda
 *     lasso      1/(2n) ||y - Xw||^2 + lambda ||w||_1                             lambda / lambda_max
 *     lassopath  lasso for 100 lambdas, evenly in the logarithm                   the least lambda / lambda_max
 *     enet       1/(2n) ||y - Xw||^2 + lambda (||w||_1 / 2 + ||w||^2 / 4)         lambda / lambda_max
 *     glasso     1/(2n) ||y - Xw||^2 + lambda sqrt(10) sum_g ||w_g||, g of ten    lambda / lambda_max
 *     l2log      1/n sum log(1 + exp(-y x'w)) + lambda/2 ||w||^2                  n lambda
 *     l1log      1/n sum log(1 + exp(-y x'w)) + lambda ||w||_1                    lambda / lambda_max
 *     hinge      1/n sum max(0, 1 - y x'w) + 1/(2 n C) ||w||^2                    C
 *     sqhinge    1/n sum 1/2 max(0, 1 - y x'w)^2 + 1/(2 n C) ||w||^2              C
 *     huber      1/n sum huber(y - x'w; 1) + lambda/2 ||w||^2                     lambda
 *     quantile   1/n sum pinball(y - x'w; 0.5) + lambda/2 ||w||^2                 lambda
 *     multi      1/n sum softmax cross-entropy + lambda/2 ||W||_F^2               n lambda
 *     svm        hinge with an intercept that is not penalised                    C
 */
#ifndef BENCH_CASE_H
#define BENCH_CASE_H

#include "ermopt/problem.h"
#include "set.h"

typedef struct bench_case {
    const char *name;
    char kind[16];
    bench_set set;
    double number, lambda;
    int64_t count;   /* of lambdas: 1, but for a path */
    double *lambdas; /* falling; lambda is the last */
    int32_t *group;
    erm_groups groups;
    erm_problem problem; /* points into this struct's set and groups: fill it in place, do not copy it */
} bench_case;

/* Ends the program with a sentence when there is no such problem. */
void bench_case_open(const char *name, const char *folder, bench_case *self);
void bench_case_close(bench_case *self);

/* Sets the problem to lambdas[i]; once open it is at the last. */
void bench_case_turn(bench_case *self, int64_t i);

/* W from a file of raw doubles (d x k, row-major; a path's one after the other), and to one. */
void bench_read_answer(const char *path, int64_t size, double *w);
void bench_write_answer(const char *path, int64_t size, const double *w);

#endif
