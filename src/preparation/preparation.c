/* Recipes learnt step by step, and applied. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "matrix/scan.h"
#include "preparation/steps.h"

static erm_status no_memory(char *detail) { return erm__fail(detail, ERM_ENOMEM, "%s", erm_status_text(ERM_ENOMEM)); }

/* ---- fitted steps --------------------------------------------------------------------------------------------------- */

static erm_status check_step(const erm_prepare *step, int64_t d, int64_t *columns, char *detail)
{
    *columns = d;
    if (!step->ops) return erm__fail(detail, ERM_EINVAL, "a step of the recipe is empty");
    const erm_status status = step->ops->check ? step->ops->check(step, d, columns, detail) : ERM_OK;
    if (status == ERM_OK && *columns > ERM_PREPARED_COLUMNS_MAX && *columns > d)
        return erm__fail(detail, ERM_EINVAL,
                         "%s would make more than %lld columns of %lld; choose fewer columns or a lower degree", step->ops->name,
                         (long long)ERM_PREPARED_COLUMNS_MAX, (long long)d);
    return status;
}

double erm__fitted_step_bytes(const erm_prepare *step, int64_t d)
{
    int64_t columns;
    if (check_step(step, d, &columns, NULL) != ERM_OK) return 0;
    const double derived = step->ops->derive ? step->ops->derived_count(d, columns) : 0;
    return (double)sizeof(double) * ((double)d * (double)step->ops->width + derived);
}

erm_status erm__fitted_step_open(const erm_prepare *step, int64_t d, erm_fitted_step *fitted, char *detail)
{
    int64_t columns;
    *fitted = (erm_fitted_step){0};
    const erm_status status = check_step(step, d, &columns, detail);
    if (status != ERM_OK) return status;
    const int64_t width = step->ops->width;
    double *const number = malloc((size_t)(d * width + 1) * sizeof *number);
    if (!number) return no_memory(detail);
    for (int64_t j = 0; j < d; j++)
        for (int64_t t = 0; t < width; t++) number[j * width + t] = step->ops->unchanged[t];
    *fitted = (erm_fitted_step){.step = *step, .d_in = d, .d_out = columns, .width = width, .number = number};
    return ERM_OK;
}

erm_status erm__fitted_step_finish(erm_fitted_step *fitted, char *detail)
{
    const erm_prepare_ops *const ops = fitted->step.ops;
    for (int64_t j = 0; j < fitted->d_in; j++) {
        const double *const number = fitted->number + j * fitted->width;
        bool ok = true;
        for (int64_t t = 0; t < fitted->width; t++) ok = ok && isfinite(number[t]);
        if (ok && ops->number_ok && fitted->width > 0) ok = ops->number_ok(number);
        if (!ok)
            return erm__fail(detail, ERM_EDATA, "%s: the values of column %lld are too large or too small for it", ops->name,
                             (long long)j);
    }
    if (ops->columns) fitted->d_out = ops->columns(fitted->d_in, fitted->number);
    const erm_status status = ops->derive ? ops->derive(fitted) : ERM_OK;
    return status == ERM_ENOMEM ? no_memory(detail) : status;
}

void erm__fitted_step_free(erm_fitted_step *fitted)
{
    free(fitted->number);
    free(fitted->derived);
    *fitted = (erm_fitted_step){0};
}

void erm_preparation_free(erm_preparation *fitted)
{
    if (!fitted) return;
    for (int64_t t = 0; t < fitted->count; t++) erm__fitted_step_free(&fitted->step[t]);
    free(fitted->step);
    *fitted = (erm_preparation){0};
}

erm_status erm__preparation_copy(const erm_preparation *from, erm_preparation *to)
{
    erm_status status = ERM_OK;
    *to = (erm_preparation){.input_d = from->input_d, .d = from->d};
    if (from->count == 0) return ERM_OK;
    to->step = calloc((size_t)from->count, sizeof *to->step);
    if (!to->step) status = ERM_ENOMEM;
    for (; status == ERM_OK && to->count < from->count; to->count++) {
        const erm_fitted_step *const step = &from->step[to->count];
        erm_fitted_step *const copy = &to->step[to->count];
        status = erm__fitted_step_open(&step->step, step->d_in, copy, NULL);
        if (status != ERM_OK) break;
        memcpy(copy->number, step->number, (size_t)(step->d_in * step->width) * sizeof *copy->number);
        status = erm__fitted_step_finish(copy, NULL);
    }
    if (status != ERM_OK) erm_preparation_free(to);
    return status;
}

/* ---- applied -------------------------------------------------------------------------------------------------------- */

static erm__prepared_part *new_part(erm_prepared *prepared)
{
    erm__prepared_part *const part = calloc(1, sizeof *part);
    if (!part) return NULL;
    part->next = prepared->parts;
    prepared->parts = part;
    return part;
}

/* Columns of zeros beside X, so that it has d. */
static erm_status widen(erm_prepared *prepared, int64_t d, char *detail)
{
    const erm_matrix *const X = prepared->X;
    erm__prepared_part *const part = new_part(prepared);
    int64_t *const start = part ? calloc((size_t)X->rows + 1, sizeof *start) : NULL;
    if (!start) return no_memory(detail);
    part->memory = start;
    const void *const nothing = start; /* indices and values that are never read, but pointed behind */
    part->zeros = erm_csr_f64(X->rows, d - X->cols, start, nothing, nothing);
    part->block[0] = X;
    part->block[1] = &part->zeros.base;
    part->view.blocks = erm_blocks_view_of(part->block, 2);
    prepared->X = &part->view.blocks.base;
    return ERM_OK;
}

static erm_status take_step(const erm_fitted_step *fitted, erm_prepared *prepared, char *detail)
{
    const erm_prepare_ops *const ops = fitted->step.ops;
    erm__prepared_part *part = new_part(prepared);
    if (!part) return no_memory(detail);
    if (!ops->multiplies && !erm__can_scan(prepared->X)) { /* a centred view of a sparse matrix */
        const erm_status status = erm_dense_from(prepared->X, NULL, &part->copy, detail);
        if (status != ERM_OK) return status;
        prepared->X = &part->copy.matrix.base;
        prepared->copied += part->copy.bytes;
        part = new_part(prepared);
        if (!part) return no_memory(detail);
    }
    const erm_status status = ops->apply(fitted, prepared->X, part, &prepared->X, detail);
    if (status == ERM_OK) prepared->copied += part->copy.bytes;
    return status;
}

void erm_prepared_free(erm_prepared *prepared)
{
    if (!prepared) return;
    while (prepared->parts) {
        erm__prepared_part *const part = prepared->parts;
        prepared->parts = part->next;
        erm_matrix_copy_free(&part->copy);
        free(part->memory);
        free(part);
    }
    *prepared = (erm_prepared){0};
}

erm_status erm_preparation_apply(const erm_preparation *fitted, const erm_matrix *X, erm_prepared *prepared, char *detail)
{
    if (!prepared) return erm__fail(detail, ERM_EINVAL, "there is nowhere to put the prepared data");
    *prepared = (erm_prepared){0};
    if (!fitted || !X || !X->ops) return erm__fail(detail, ERM_EINVAL, "there is no preparation, or no matrix to prepare");
    prepared->X = X;
    if (fitted->count == 0) return ERM_OK;
    if (X->cols > fitted->input_d)
        return erm__fail(detail, ERM_EINVAL, "the data have %lld columns, but the preparation was fitted to %lld",
                         (long long)X->cols, (long long)fitted->input_d);
    erm_status status = X->cols < fitted->input_d ? widen(prepared, fitted->input_d, detail) : ERM_OK;
    for (int64_t t = 0; t < fitted->count && status == ERM_OK; t++) status = take_step(&fitted->step[t], prepared, detail);
    if (status != ERM_OK) erm_prepared_free(prepared);
    return status;
}

bool erm_preparation_is_view(const erm_preparation *fitted)
{
    for (int64_t t = 0; t < fitted->count; t++)
        if (fitted->step[t].step.ops->copies) return false;
    return true;
}

/* ---- learnt --------------------------------------------------------------------------------------------------------- */

static erm_status check_weights(const double *weight, int64_t rows, char *detail)
{
    double total = 0;
    for (int64_t i = 0; i < rows; i++) {
        const double s = weight ? weight[i] : 1;
        if (!(s >= 0) || !isfinite(s))
            return erm__fail(detail, ERM_EDATA, "weight[%lld] = %g; weights must be finite and not negative", (long long)i, s);
        total += s;
    }
    if (!(total > 0) || !isfinite(total))
        return erm__fail(detail, ERM_EDATA, "no rows to learn a preparation from: the weights add up to %g", total);
    return ERM_OK;
}

static erm_status fit_step(const erm_prepare *step, const double *weight, erm_prepared *prepared, erm_fitted_step *fitted,
                           char *detail)
{
    const erm_matrix *X = prepared->X;
    erm_status status = erm__fitted_step_open(step, X->cols, fitted, detail);
    if (status != ERM_OK) return status;
    status = step->ops->takes_missing ? erm__check_but_missing(X, "preparation", detail) : erm__check_whole(X, detail);
    if (status == ERM_OK && step->ops->fit && !erm__can_scan(X)) {
        erm__prepared_part *const part = new_part(prepared);
        if (!part) return no_memory(detail);
        status = erm_dense_from(X, NULL, &part->copy, detail);
        if (status == ERM_OK) prepared->X = X = &part->copy.matrix.base;
    }
    if (status == ERM_OK && step->ops->fit) status = step->ops->fit(step, X, weight, fitted->number, detail);
    if (status == ERM_ENOMEM) status = no_memory(detail);
    return status == ERM_OK ? erm__fitted_step_finish(fitted, detail) : status;
}

erm_status erm_preparation_fit(const erm_prepare *steps, int64_t count, const erm_matrix *X, const double *weight,
                               erm_preparation *fitted, char *detail)
{
    if (!fitted) return erm__fail(detail, ERM_EINVAL, "there is nowhere to put what is learnt");
    *fitted = (erm_preparation){0};
    if (count < 0 || (count > 0 && !steps) || !X || !X->ops)
        return erm__fail(detail, ERM_EINVAL, "there are no steps, or no matrix to learn from");
    if (count > ERM_PREPARE_STEPS_MAX)
        return erm__fail(detail, ERM_EINVAL, "%lld steps; at most %d are possible", (long long)count, ERM_PREPARE_STEPS_MAX);
    fitted->input_d = fitted->d = X->cols;
    if (count == 0) return ERM_OK;
    erm_prepared prepared = {.X = X};
    erm_status status = check_weights(weight, X->rows, detail);
    if (status == ERM_OK) fitted->step = calloc((size_t)count, sizeof *fitted->step);
    if (status == ERM_OK && !fitted->step) status = no_memory(detail);
    for (int64_t t = 0; t < count && status == ERM_OK; t++) {
        fitted->count = t + 1;
        status = fit_step(&steps[t], weight, &prepared, &fitted->step[t], detail);
        fitted->d = fitted->step[t].d_out;
        if (status == ERM_OK && t + 1 < count) status = take_step(&fitted->step[t], &prepared, detail);
    }
    erm_prepared_free(&prepared);
    if (status != ERM_OK) erm_preparation_free(fitted);
    return status;
}
