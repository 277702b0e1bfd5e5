/* Weights of classes: which class a row has, and what its weight is multiplied by. */
#include "problem/class_weight.h"

#include <math.h>
#include <string.h>

#include "base/detail.h"

int64_t erm__class_count(const erm_problem *problem) { return problem->k > 1 ? problem->k : 2; }

/* One output: -1 is class 0, +1 is class 1. */
static int64_t class_of(const erm_problem *problem, int64_t i)
{
    return problem->k > 1 ? (int64_t)problem->y[i] : problem->y[i] > 0;
}

static double sample_weight(const erm_problem *problem, int64_t i) { return problem->weight ? problem->weight[i] : 1; }

static erm_status check_has_classes(const erm_problem *problem, char *detail)
{
    if (problem->loss.ops->classifies) return ERM_OK;
    return erm__fail(detail, ERM_EUNSUPPORTED, "%s loss has no classes that class_weight could be about; use weight",
                     problem->loss.ops->name);
}

erm_status erm__class_weight_check(const erm_problem *problem, char *detail)
{
    if (!problem->class_weight) return ERM_OK;
    const erm_status status = check_has_classes(problem, detail);
    if (status) return status;
    for (int64_t c = 0; c < erm__class_count(problem); c++)
        if (!(problem->class_weight[c] >= 0) || !isfinite(problem->class_weight[c]))
            return erm__fail(detail, ERM_EDATA, "class_weight[%lld] = %g; class weights must be finite and not negative",
                             (long long)c, problem->class_weight[c]);
    double total = 0;
    for (int64_t i = 0; i < problem->X->rows; i++)
        total += sample_weight(problem, i) * problem->class_weight[class_of(problem, i)];
    if (!(total > 0) || !isfinite(total))
        return erm__fail(detail, ERM_EDATA, "the weights, times those of the classes, add up to %g; a positive sum is needed",
                         total);
    return ERM_OK;
}

void erm__class_weight_apply(const erm_problem *problem, double *weight)
{
    for (int64_t i = 0; i < problem->X->rows; i++)
        weight[i] = sample_weight(problem, i) * problem->class_weight[class_of(problem, i)];
}

erm_status erm_class_weights_balanced(const erm_problem *problem, double *class_weight, char *detail)
{
    if (!problem || !class_weight) return erm__fail(detail, ERM_EINVAL, "balanced class weights need a problem and a place");
    erm_problem plain = *problem;
    plain.class_weight = NULL;
    erm_status status = erm_problem_check(&plain, detail);
    if (!status) status = check_has_classes(problem, detail);
    if (status) return status;
    const int64_t classes = erm__class_count(problem);
    double total = 0;
    memset(class_weight, 0, (size_t)classes * sizeof *class_weight);
    for (int64_t i = 0; i < problem->X->rows; i++) {
        class_weight[class_of(problem, i)] += sample_weight(problem, i);
        total += sample_weight(problem, i);
    }
    for (int64_t c = 0; c < classes; c++) {
        if (!(class_weight[c] > 0))
            return erm__fail(detail, ERM_EDATA, "class %lld has no row with a weight; no class weight can balance it",
                             (long long)c);
        class_weight[c] = total / ((double)classes * class_weight[c]);
    }
    return ERM_OK;
}
