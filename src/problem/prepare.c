/* What is solved in place of the caller's problem.
 *
 * Standardised, F(W, b) = loss(X W + b) + lambda R(D W) with D = diag(sd), which with V = D W is the plain problem of (X D^-1, V,
 * b): same objective, same dual points, same certificate. */
#include "problem/prepare.h"

#include <math.h>
#include <string.h>

#include "base/detail.h"
#include "matrix/scan.h"
#include "problem/class_weight.h"
#include "problem/deviation.h"

erm_status erm__standardise_check(const erm_problem *problem, char *detail)
{
    if (erm__can_scan(problem->X)) return ERM_OK;
    return erm__fail(detail, ERM_EUNSUPPORTED,
                     "standardise needs a matrix with scan and a %s matrix has none; scale what it is made of, or copy it",
                     problem->X->ops->name);
}

/* Sets the standard deviations, and X divided by them. */
static erm_status standardise(erm__prepared *prepared, int threads)
{
    erm_problem *const problem = &prepared->problem;
    const int64_t d = problem->X->cols;
    prepared->deviation = erm__arena_doubles(&prepared->arena, d);
    double *const scale = erm__arena_doubles(&prepared->arena, d);
    if (prepared->arena.failed) return ERM_ENOMEM;
    const erm_status status = erm__column_deviations(problem, threads, prepared->deviation);
    if (status) return status;
    for (int64_t j = 0; j < d; j++) {
        scale[j] = 1 / prepared->deviation[j];
        if (isfinite(scale[j]) && scale[j] > 0) continue;
        scale[j] = prepared->deviation[j] = 1; /* does not vary, or by less than can be divided by */
    }
    prepared->scaled = erm_scaled_view_of(problem->X, NULL, scale);
    problem->X = &prepared->scaled.base;
    return ERM_OK;
}

erm_status erm__prepare(erm__prepared *prepared, const erm_problem *problem, int threads)
{
    *prepared = (erm__prepared){.problem = *problem};
    prepared->problem.class_weight = NULL;
    prepared->problem.standardise = false;
    if (problem->class_weight) {
        double *const weight = erm__arena_doubles(&prepared->arena, problem->X->rows);
        if (!weight) return ERM_ENOMEM;
        erm__class_weight_apply(problem, weight);
        prepared->problem.weight = weight;
    }
    return problem->standardise ? standardise(prepared, threads) : ERM_OK;
}

void erm__prepared_close(erm__prepared *prepared) { erm__arena_free(&prepared->arena); }

void erm__prepared_enter(const erm__prepared *prepared, const double *from, double *to)
{
    const erm_problem *problem = &prepared->problem;
    const int64_t size = erm_problem_size(problem), k = problem->k ? problem->k : 1;
    if (to != from) memcpy(to, from, (size_t)size * sizeof(double));
    for (int64_t j = 0; prepared->deviation && j < problem->X->cols * k; j++) to[j] *= prepared->deviation[j / k];
}

void erm__prepared_leave(const erm__prepared *prepared, const double *from, double *to)
{
    const erm_problem *problem = &prepared->problem;
    const int64_t size = erm_problem_size(problem), k = problem->k ? problem->k : 1;
    if (to != from) memcpy(to, from, (size_t)size * sizeof(double));
    for (int64_t j = 0; prepared->deviation && j < problem->X->cols * k; j++) to[j] /= prepared->deviation[j / k];
}
