/* From a model to margins, decisions and probabilities. */
#include <math.h>
#include <string.h>

#include "ermopt/model.h"

#include "base/detail.h"
#include "matrix/scan.h"
#include "matrix/view_slice.h"
#include "model/fold_weights.h"
#include "preparation/steps.h"

enum { BLOCK = 1024 }; /* rows: their margins are still in cache when the intercept is added */

/* Z = X W + b, b may be NULL, for `most` rows at a time. W is row-major, so the rows of X's features
 * are its first X->cols rows. */
static void multiply(const erm_matrix *X, int64_t most, int64_t k, const double *W, const double *b, double *Z)
{
    for (int64_t begin = 0; begin < X->rows; begin += most) {
        const int64_t count = X->rows - begin < most ? X->rows - begin : most;
        double *block = Z + begin * k;
        X->ops->mul(X, (erm_rows){.begin = begin, .count = count}, k, W, block);
        for (int64_t i = 0; b && i < count; i++) {
            for (int64_t c = 0; c < k; c++) block[i * k + c] += b[c];
        }
    }
}

static const double *bias_of(const erm_model *model) { return model->intercept ? model->w + model->d * model->k : NULL; }

/* fill: what replaces NaN; NULL where nothing does. */
static erm_status multiply_plain(const erm_matrix *X, const double *fill, int64_t k, const double *W, const double *b, double *Z,
                                 char *detail)
{
    if (!fill) {
        const erm_status checked = erm__check_whole(X, detail);
        if (checked == ERM_OK) multiply(X, BLOCK, k, W, b, Z);
        return checked;
    }
    const erm__imputed_view view = erm__imputed_view_of(X, fill);
    const erm_status checked = view.base.ops->check(&view.base, detail);
    if (checked == ERM_OK) multiply(&view.base, BLOCK, k, W, b, Z);
    return checked;
}

/* Prepares and multiplies a block of rows at a time, so that the copies stay small. Prepared rows are multiplied one by one,
 * because the bits of a product of dense rows depend on how many are multiplied together, which is nothing
 * beside what preparing them costs. */
static erm_status multiply_prepared(const erm_model *model, const erm_matrix *X, double *Z, char *detail)
{
    const bool may_miss = model->preparation.step[0].step.ops->takes_missing;
    erm_status status = may_miss ? erm__check_but_missing(X, "prediction", detail) : erm__check_whole(X, detail);
    if (status == ERM_OK && !erm__can_scan(X))
        status = erm__fail(detail, ERM_EUNSUPPORTED, "the model prepares its data, which a %s matrix without scan does not allow",
                           X->ops->name);
    for (int64_t begin = 0; begin < X->rows && status == ERM_OK; begin += BLOCK) {
        const erm__slice slice = erm__slice_of(X, begin, X->rows - begin < BLOCK ? X->rows - begin : BLOCK);
        erm_prepared prepared;
        status = erm_preparation_apply(&model->preparation, &slice.base, &prepared, detail);
        if (status == ERM_OK) status = erm__check_whole(prepared.X, detail);
        if (status == ERM_OK) multiply(prepared.X, 1, model->k, model->w, bias_of(model), Z + begin * model->k);
        erm_prepared_free(&prepared);
    }
    return status;
}

erm_status erm_model_margins(const erm_model *model, const erm_matrix *X, double *Z, char *detail)
{
    if (!model || !model->w || !X || !Z) return erm__fail(detail, ERM_EINVAL, "no model, matrix or room for margins was given");
    if (X->cols > erm_model_input_columns(model)) {
        return erm__fail(detail, ERM_EINVAL, "the data have %lld features, but the model knows only %lld", (long long)X->cols,
                         (long long)erm_model_input_columns(model));
    }
    const erm_preparation *const fitted = &model->preparation;
    if (fitted->count == 0) return multiply_plain(X, NULL, model->k, model->w, bias_of(model), Z, detail);
    if (fitted->count == 1 && fitted->step[0].step.ops->takes_missing)
        return multiply_plain(X, fitted->step[0].number, model->k, model->w, bias_of(model), Z, detail);
    erm__folded folded;
    erm_status status = erm__model_fold(model, &folded);
    if (status == ERM_EUNSUPPORTED) return multiply_prepared(model, X, Z, detail);
    if (status == ERM_ENOMEM) return erm__fail(detail, status, "%s", erm_status_text(status));
    status = multiply_plain(X, folded.fill, model->k, folded.w, folded.w + folded.d * model->k, Z, detail);
    erm__folded_free(&folded);
    return status;
}

/* The first of the largest entries; NaN if any entry is. */
static double largest(int64_t k, const double *z)
{
    int64_t best = 0;
    for (int64_t c = 0; c < k; c++) {
        if (isnan(z[c])) return NAN;
        if (z[c] > z[best]) best = c;
    }
    return (double)best;
}

void erm_model_decide(const erm_model *model, int64_t n, const double *Z, double *decision)
{
    const int64_t k = model->k;
    const erm_loss *loss = &model->loss;
    if (!loss->ops->classifies) {
        if (loss->ops->mean) {
            loss->ops->mean(loss, n, k, Z, decision);
        } else {
            memcpy(decision, Z, (size_t)(n * k) * sizeof *Z);
        }
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        if (k == 1) {
            decision[i] = isnan(Z[i]) ? NAN : Z[i] > 0;
        } else {
            decision[i] = largest(k, Z + i * k);
        }
    }
}

/* P(class 1) = mean(z). P(class 0) = mean(-z), because 1 - mean(z) would lose its digits where mean(z) is near 1. */
static void two_probabilities(const erm_loss *loss, int64_t n, const double *Z, double *P)
{
    double negated[BLOCK], other[BLOCK], p[BLOCK];
    for (int64_t begin = 0; begin < n; begin += BLOCK) {
        const int64_t count = n - begin < BLOCK ? n - begin : BLOCK;
        for (int64_t i = 0; i < count; i++) negated[i] = -Z[begin + i];
        loss->ops->mean(loss, count, 1, Z + begin, p);
        loss->ops->mean(loss, count, 1, negated, other);
        for (int64_t i = 0; i < count; i++) {
            P[2 * (begin + i)] = other[i];
            P[2 * (begin + i) + 1] = p[i];
        }
    }
}

bool erm_model_probabilities(const erm_model *model, int64_t n, const double *Z, double *P)
{
    const erm_loss *loss = &model->loss;
    if (!loss->ops->classifies || !loss->ops->mean) return false;
    if (model->k == 1) {
        two_probabilities(loss, n, Z, P);
    } else {
        loss->ops->mean(loss, n, model->k, Z, P);
    }
    return true;
}
