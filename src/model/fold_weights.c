/* A preparation that only scales, leaves out and imputes, taken into the coefficients:
 *
 *     sum_j (x_i(j) - c_j) s_j w_j + b  =  sum_j x_i(j) (s_j w_j)  +  b - sum_j c_j s_j w_j
 *
 * where i(j) is the column before preparation. */
#include "model/fold_weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "preparation/steps.h"

static void fold(const erm_model *model, const int64_t *source, const double *centre, const double *scale, erm__folded *folded)
{
    const int64_t k = model->k;
    double *const b = folded->w + folded->d * k;
    for (int64_t c = 0; model->intercept && c < k; c++) b[c] = model->w[model->d * k + c];
    for (int64_t j = 0; j < model->d; j++)
        for (int64_t c = 0; c < k; c++) {
            const double w = model->w[j * k + c];
            folded->w[source[j] * k + c] = w == 0 ? w : w * scale[j];
            if (centre[j] != 0) b[c] -= centre[j] * scale[j] * w;
        }
}

erm_status erm__model_fold(const erm_model *model, erm__folded *folded)
{
    const int64_t d = erm_model_input_columns(model);
    *folded = (erm__folded){.d = d};
    int64_t *const source = malloc((size_t)(d + 1) * sizeof *source);
    double *const centre = malloc((size_t)(2 * d + 1) * sizeof *centre);
    folded->w = calloc((size_t)((d + 1) * model->k), sizeof *folded->w);
    folded->fill = malloc((size_t)(d + 1) * sizeof *folded->fill);
    erm_status status = source && centre && folded->w && folded->fill ? ERM_OK : ERM_ENOMEM;
    erm_preparation none = {.input_d = d, .d = d};
    const erm_preparation *const fitted = model->preparation.count > 0 ? &model->preparation : &none;
    if (status == ERM_OK && !erm__preparation_affine(fitted, source, centre, centre + d, folded->fill)) status = ERM_EUNSUPPORTED;
    if (status == ERM_OK) fold(model, source, centre, centre + d, folded);
    for (int64_t j = 0; j < d && status == ERM_OK; j++)
        if (isnan(folded->fill[j])) folded->fill[j] = 0; /* of a column that was left out before */
    if (status == ERM_OK && !erm_preparation_takes_missing(fitted)) {
        free(folded->fill);
        folded->fill = NULL;
    }
    free(source);
    free(centre);
    if (status != ERM_OK) erm__folded_free(folded);
    return status;
}

/* A preparation that does nothing but put fill[j] in the place of NaN; none where fill is NULL. */
static erm_status impute_only(int64_t d, const double *fill, erm_preparation *fitted)
{
    *fitted = (erm_preparation){0};
    if (!fill) return ERM_OK;
    const erm_prepare step = erm_prepare_impute_constant(0);
    *fitted = (erm_preparation){.count = 1, .input_d = d, .d = d, .step = calloc(1, sizeof *fitted->step)};
    if (!fitted->step) return ERM_ENOMEM;
    erm_status status = erm__fitted_step_open(&step, d, fitted->step, NULL);
    if (status == ERM_OK) memcpy(fitted->step->number, fill, (size_t)d * sizeof *fill);
    if (status == ERM_OK) status = erm__fitted_step_finish(fitted->step, NULL);
    if (status != ERM_OK) erm_preparation_free(fitted);
    return status;
}

erm_status erm_model_fold(erm_model *model)
{
    if (!model || !model->w) return ERM_EINVAL;
    if (model->preparation.count == 0) return ERM_OK;
    erm__folded folded;
    erm_preparation imputing;
    erm_status status = erm__model_fold(model, &folded);
    if (status != ERM_OK) return status;
    status = impute_only(folded.d, folded.fill, &imputing);
    if (status == ERM_OK) {
        free(model->w);
        erm_preparation_free(&model->preparation);
        model->w = folded.w;
        model->d = folded.d;
        model->intercept = true;
        model->preparation = imputing;
        folded.w = NULL;
    }
    erm__folded_free(&folded);
    return status;
}

void erm__folded_free(erm__folded *folded)
{
    free(folded->w);
    free(folded->fill);
    *folded = (erm__folded){0};
}
