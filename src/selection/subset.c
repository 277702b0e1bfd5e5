/* The problem of some rows. */
#include <stdlib.h>

#include "ermopt/selection.h"

static int64_t outputs(const erm_problem *problem) { return problem->k ? problem->k : 1; }

/* Class 0 is -1 with one output. */
static double class_factor(const erm_problem *problem, int64_t i)
{
    if (!problem->class_weight) return 1;
    return problem->class_weight[outputs(problem) > 1 ? (int64_t)problem->y[i] : problem->y[i] > 0];
}

erm_status erm_subset_open(const erm_problem *problem, int64_t count, const int64_t *list, erm_subset *subset)
{
    const int64_t k = outputs(problem), targets = problem->loss.ops->target_per_output ? k : 1;
    const bool weighted = problem->weight || problem->class_weight;
    const int64_t width = targets + (weighted ? 1 : 0) + (problem->offset ? k : 0);
    *subset = (erm_subset){.problem = *problem};
    if (count < 0 || (uint64_t)count > PTRDIFF_MAX / sizeof(double) / (uint64_t)width) return ERM_ENOMEM;
    double *const y = subset->memory = malloc((size_t)(count * width + 1) * sizeof *y);
    if (!y) return ERM_ENOMEM;
    double *const weight = y + count * targets, *const offset = weight + (weighted ? count : 0);
    for (int64_t t = 0; t < count; t++) {
        const int64_t i = list[t];
        for (int64_t c = 0; c < targets; c++) y[t * targets + c] = problem->y[i * targets + c];
        if (weighted) weight[t] = (problem->weight ? problem->weight[i] : 1) * class_factor(problem, i);
        for (int64_t c = 0; problem->offset && c < k; c++) offset[t * k + c] = problem->offset[i * k + c];
    }
    subset->rows = erm_rows_view_of(problem->X, count, list);
    subset->problem.X = &subset->rows.base;
    subset->problem.y = y;
    subset->problem.weight = weighted ? weight : NULL;
    subset->problem.class_weight = NULL;
    subset->problem.offset = problem->offset ? offset : NULL;
    return ERM_OK;
}

void erm_subset_close(erm_subset *subset)
{
    if (!subset) return;
    free(subset->memory);
    *subset = (erm_subset){0};
}
