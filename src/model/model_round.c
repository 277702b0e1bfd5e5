/* What coefficients become when an export stores them as floats or in eight bits.
 *
 * One step for all features, the largest |w| / 127, is good where features are alike. Where they are not, as after a
 * standardisation was folded in, each feature has a power of two of its own besides, and its
 * largest coefficient keeps seven bits. */
#include "model/model_round.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/detail.h"
#include "model/fold_weights.h"
#include "preparation/steps.h"

enum { LARGEST = 127, MOST_EXPONENT = 120, LOST_SHARE = 8 /* one in so many features lost is too many */ };

bool erm__is_zero_row(const erm_model *model, int64_t j)
{
    for (int64_t c = 0; c < model->k; c++)
        if (model->w[j * model->k + c] != 0) return false;
    return true;
}

double erm__rounding_step(const erm__rounding *rounding, const erm_model *model, int64_t c)
{
    double most = 0;
    if (rounding->exponents) return 1.0 / LARGEST;
    for (int64_t j = 0; j < model->d; j++) most = fmax(most, fabs(model->w[j * model->k + c]));
    return most / LARGEST;
}

int erm__rounding_exponent(const erm__rounding *rounding, const erm_model *model, int64_t j)
{
    double most = 0;
    int exponent = 0;
    if (!rounding->exponents) return 0;
    for (int64_t c = 0; c < model->k; c++) most = fmax(most, fabs(model->w[j * model->k + c]));
    (void)frexp(most, &exponent);
    return exponent > MOST_EXPONENT ? MOST_EXPONENT : exponent < -MOST_EXPONENT ? -MOST_EXPONENT : exponent;
}

double erm__rounding_level(const erm__rounding *rounding, const erm_model *model, int64_t j, int64_t c, double step)
{
    const double level =
        step > 0 ? round(ldexp(model->w[j * model->k + c], -erm__rounding_exponent(rounding, model, j)) / step) : 0;
    return fmax(-LARGEST, fmin(LARGEST, level));
}

erm__rounding erm__rounding_of(const erm_model *model, erm_weights weights)
{
    erm__rounding rounding = {.weights = weights};
    double most = 0;
    int64_t stored = 0, lost = 0;
    for (int64_t p = 0; p < model->d * model->k; p++) most = fmax(most, fabs(model->w[p]));
    for (int64_t j = 0; j < model->d; j++) {
        bool is_lost = true;
        for (int64_t c = 0; c < model->k; c++) is_lost = is_lost && fabs(model->w[j * model->k + c]) < 0.5 * most / LARGEST;
        stored += !erm__is_zero_row(model, j);
        lost += is_lost && !erm__is_zero_row(model, j);
    }
    rounding.exponents = weights == ERM_WEIGHTS_INT8 && lost * LOST_SHARE > stored;
    return rounding;
}

erm_status erm__fail_fold(const erm_model *model, erm_status status, char *detail)
{
    if (status == ERM_ENOMEM) return erm__fail(detail, status, "%s", erm_status_text(status));
    const char *step = "";
    for (int64_t t = 0; t < model->preparation.count; t++)
        if (model->preparation.step[t].step.ops->copies) step = model->preparation.step[t].step.ops->name;
    return erm__fail(detail, status,
                     "the model's preparation has a step, %s, that cannot be taken into its coefficients; standardise, min-max, "
                     "max-abs, impute and drop-constant can",
                     step);
}

/* All of them, in place: step (k) and exponent (d) are of the coefficients as they were. */
static void round_all(const erm__rounding *rounding, const double *step, const int *exponent, erm_model *model)
{
    const int64_t d = model->d, k = model->k;
    for (int64_t j = 0; j < d; j++)
        for (int64_t c = 0; c < k; c++) {
            double *const w = &model->w[j * k + c];
            if (rounding->weights == ERM_WEIGHTS_FLOAT) {
                *w = (double)(float)*w;
                continue;
            }
            const double level = step[c] > 0 ? round(ldexp(*w, -exponent[j]) / step[c]) : 0;
            *w = ldexp((double)(float)step[c] * fmax(-LARGEST, fmin(LARGEST, level)), exponent[j]);
        }
    for (int64_t c = 0; model->intercept && c < k; c++) model->w[d * k + c] = (double)(float)model->w[d * k + c];
}

/* step: k; exponent: d */
static erm_status round_folded(erm_model *model, erm_weights weights, double *step, int *exponent, char *detail)
{
    const int64_t d = model->d, k = model->k, size = (d + (model->intercept ? 1 : 0)) * k;
    for (int64_t i = 0; i < size; i++)
        if (!(fabs(model->w[i]) <= FLT_MAX))
            return erm__fail(detail, ERM_EINVAL, "w[%" PRId64 "] = %g is too large for a float", i, model->w[i]);
    const erm__rounding rounding = erm__rounding_of(model, weights);
    for (int64_t c = 0; c < k; c++) step[c] = erm__rounding_step(&rounding, model, c);
    for (int64_t j = 0; j < d; j++) exponent[j] = erm__rounding_exponent(&rounding, model, j);
    round_all(&rounding, step, exponent, model);
    return ERM_OK;
}

erm_status erm_model_round(erm_model *model, erm_weights weights, char *detail)
{
    if (!model || !model->w) return erm__fail(detail, ERM_EINVAL, "no model was given");
    if (weights == ERM_WEIGHTS_DOUBLE) return ERM_OK;
    double *const step = malloc((size_t)model->k * sizeof *step);
    int *const exponent = malloc((size_t)(erm_model_input_columns(model) + 1) * sizeof *exponent);
    erm_status status = step && exponent ? erm_model_fold(model) : ERM_ENOMEM;
    if (status == ERM_OK)
        status = round_folded(model, weights, step, exponent, detail);
    else
        erm__fail_fold(model, status, detail);
    free(step);
    free(exponent);
    return status;
}
