/* The largest coefficients of a model, with the names of what they multiply. */
#include "coefficients.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    const coefficient *const x = a, *const y = b;
    const double p = fabs(x->value), q = fabs(y->value);
    if (p != q) return p < q ? 1 : -1;
    if (x->column != y->column) return x->column > y->column ? 1 : -1;
    return (x->output > y->output) - (x->output < y->output);
}

coefficient *coefficients_largest(const erm_model *model, int64_t most, int64_t *count, int64_t *nonzeros)
{
    const int64_t size = model->d * model->k;
    *count = *nonzeros = 0;
    for (int64_t p = 0; p < size; p++) *nonzeros += model->w[p] != 0;
    coefficient *const all = malloc((size_t)(*nonzeros + 1) * sizeof *all);
    if (!all) return NULL;
    for (int64_t p = 0, t = 0; p < size; p++)
        if (model->w[p] != 0) all[t++] = (coefficient){p / model->k, p % model->k, model->w[p]};
    qsort(all, (size_t)*nonzeros, sizeof *all, compare);
    *count = *nonzeros < most ? *nonzeros : most;
    return all;
}

const char *coefficient_name(const erm_model *model, const coefficient *of, char name[COEFFICIENT_NAME])
{
    const char *const *names = (const char *const *)model->feature_name;
    if (model->preparation.count > 0)
        erm_preparation_column_name(&model->preparation, names, of->column, name, COEFFICIENT_NAME);
    else if (names)
        snprintf(name, COEFFICIENT_NAME, "%s", names[of->column]);
    else
        snprintf(name, COEFFICIENT_NAME, "x%" PRId64, of->column + 1);
    const size_t length = strlen(name);
    if (model->k > 1 && model->classes.count > of->output)
        snprintf(name + length, COEFFICIENT_NAME - length, " of %s", model->classes.name[of->output]);
    else if (model->k > 1)
        snprintf(name + length, COEFFICIENT_NAME - length, " of output %" PRId64, of->output + 1);
    return name;
}
