/* Random problems for the tests. */
#include "problems.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Each column leans on the one before it: correlations of about 0.6. */
static void correlate(int64_t n, int64_t d, double *full)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 1; j < d; j++)
            if (full[i * d + j] != 0) full[i * d + j] = (float)(0.8 * full[i * d + j] + 0.6 * full[i * d + j - 1]);
}

owned_problem *owned_problem_new(problem_spec spec)
{
    owned_problem *const owned = calloc(1, sizeof *owned);
    erm_rng rng = erm_rng_seed(spec.seed);
    const int64_t n = spec.n, d = spec.d, k = spec.loss.k;
    double *const full = random_numbers(&rng, n, d, spec.kind->sparse ? 0.5 : 1);
    correlate(n, d, full);
    owned->matrix = owned_matrix_new(spec.kind, n, d, full);
    free(full);
    const int64_t targets = spec.loss.loss.ops->target_per_output ? k : 1;
    owned->y = calloc((size_t)(n * targets), sizeof(double));
    owned->weight = calloc((size_t)n, sizeof(double));
    owned->offset = calloc((size_t)(n * k), sizeof(double));
    for (int64_t i = 0; i < n * targets; i++) owned->y[i] = spec.loss.draw_label(&rng, k);
    for (int64_t i = 0; i < n; i++) owned->weight[i] = i % 7 == 3 ? 0 : 0.25 + 2 * erm_rng_uniform(&rng);
    for (int64_t i = 0; i < n * k; i++) owned->offset[i] = 0.3 * erm_rng_normal(&rng);
    owned->problem = (erm_problem){.X = owned->matrix->X,
                                   .y = owned->y,
                                   .weight = spec.weights ? owned->weight : NULL,
                                   .offset = spec.offset ? owned->offset : NULL,
                                   .loss = spec.loss.loss,
                                   .regularizer = spec.regularizer,
                                   .k = k,
                                   .intercept = spec.intercept};
    owned->size = erm_problem_size(&owned->problem);
    return owned;
}

void owned_problem_free(owned_problem *owned)
{
    owned_matrix_free(owned->matrix);
    free(owned->y);
    free(owned->weight);
    free(owned->offset);
    free(owned);
}

static double penalty(const erm_problem *problem, int64_t d, int64_t k, const double *w)
{
    const erm_regularizer *R = &problem->regularizer;
    double *const scratch = calloc((size_t)(R->ops->scratch ? R->ops->scratch(R, d, k) : 0) + 1, sizeof(double));
    const double value = R->ops->value(R, (erm_shape){.d = d, .k = k, .scratch = scratch}, w);
    free(scratch);
    return value;
}

double slow_objective(const owned_problem *owned, const double *w)
{
    const erm_problem *problem = &owned->problem;
    const int64_t n = problem->X->rows, d = problem->X->cols, k = problem->k ? problem->k : 1;
    const int64_t targets = problem->loss.ops->target_per_output ? k : 1;
    double *const z = calloc((size_t)k, sizeof(double));
    long double sum = 0, total = 0;
    for (int64_t i = 0; i < n; i++) {
        for (int64_t c = 0; c < k; c++) {
            long double margin = problem->offset ? problem->offset[i * k + c] : 0;
            for (int64_t j = 0; j < d; j++) margin += (long double)owned->matrix->full[i * d + j] * w[j * k + c];
            z[c] = (double)(margin + (problem->intercept ? w[d * k + c] : 0));
        }
        const double s = problem->weight ? problem->weight[i] : 1;
        sum += s * (long double)problem->loss.ops->eval(&problem->loss, 1, k, z, problem->y + i * targets, NULL, NULL, NULL);
        total += s;
    }
    free(z);
    return (double)(sum / total) + penalty(problem, d, k, w);
}
