/* The part of a model file that says what happens to new data before they are predicted:
 *
 *     preparation 1           how many steps
 *     step standardise        its kind
 *     param 0 0               its parameters
 *     seed 0
 *     numbers 2               how many columns it changes, each with what was learnt for it
 *     1 3.5 0.25
 *     4 -1 2 */
#include "model/model_preparation.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"

/* ---- written -------------------------------------------------------------------------------------------------------- */

/* With the bits of a column that is not changed. */
static bool is_unchanged(const erm_fitted_step *step, int64_t j)
{
    const size_t size = (size_t)step->width * sizeof(double);
    return size == 0 || memcmp(step->number + j * step->width, step->step.ops->unchanged, size) == 0;
}

static void put_numbers(erm__writer *out, const erm_fitted_step *step, int32_t index_base)
{
    int64_t count = 0;
    for (int64_t j = 0; j < step->d_in; j++) count += !is_unchanged(step, j);
    erm__put_integer(out, "numbers", count);
    for (int64_t j = 0; j < step->d_in; j++) {
        if (is_unchanged(step, j)) continue;
        char index[32];
        snprintf(index, sizeof index, "%" PRId64, j + index_base);
        erm__put_text(out, index);
        for (int64_t t = 0; t < step->width; t++) erm__put_decimal(out, step->number[j * step->width + t]);
        erm__put_text(out, "\n");
    }
}

void erm__put_preparation(erm__writer *out, const erm_preparation *fitted, int32_t index_base)
{
    erm__put_integer(out, "preparation", fitted->count);
    for (int64_t t = 0; t < fitted->count; t++) {
        const erm_fitted_step *const step = &fitted->step[t];
        erm__put_line(out, "step", step->step.ops->name);
        erm__put_text(out, "param");
        for (int p = 0; p < 2; p++) erm__put_decimal(out, step->step.param[p]);
        erm__put_text(out, "\n");
        erm__put_unsigned(out, "seed", step->step.seed);
        put_numbers(out, step, index_base);
    }
}

erm_status erm__check_preparation(const erm_preparation *fitted, int64_t d, char *detail)
{
    if (fitted->count == 0) return ERM_OK;
    int64_t columns = fitted->input_d;
    bool ok = fitted->count > 0 && columns >= 0 && columns <= INT32_MAX && fitted->step;
    for (int64_t t = 0; ok && t < fitted->count; t++) {
        const erm_fitted_step *const step = &fitted->step[t];
        const erm_prepare_ops *const ops = step->step.ops;
        ok = ops && erm__prepare_kind_called(ops->name) == ops && step->d_in == columns && step->width == ops->width;
        for (int64_t p = 0; ok && p < columns * ops->width; p++) ok = isfinite(step->number[p]);
        for (int64_t j = 0; ok && ops->number_ok && j < columns; j++) ok = ops->number_ok(step->number + j * ops->width);
        for (int p = 0; ok && p < 2; p++) ok = isfinite(step->step.param[p]);
        columns = step->d_out;
    }
    if (ok && columns == d) return ERM_OK;
    return erm__fail(detail, ERM_EINVAL, "the model's preparation is damaged, or does not come out with d = %" PRId64 " columns",
                     d);
}

/* ---- read ----------------------------------------------------------------------------------------------------------- */

static void read_numbers(erm__reader *in, int32_t index_base, erm_fitted_step *step)
{
    const int64_t most = step->width > 0 ? step->d_in : 0, count = erm__reader_integer_line(in, "numbers", 0, most);
    int64_t least = index_base;
    for (int64_t t = 0; t < count && in->status == ERM_OK; t++) {
        erm__reader_any_line(in);
        const int64_t index = erm__reader_integer(in, "a column's index", least, step->d_in - 1 + index_base);
        least = index + 1;
        if (in->status != ERM_OK) return;
        double *const number = step->number + (index - index_base) * step->width;
        for (int64_t p = 0; p < step->width; p++) number[p] = erm__reader_number(in, "a number of the step");
        erm__reader_done(in);
    }
}

static void read_step(erm__reader *in, int64_t d, int32_t index_base, erm_fitted_step *step)
{
    char name[64], detail[ERM_DETAIL_SIZE] = "";
    erm_prepare made = {0};
    erm__reader_text(in, "step", name, sizeof name);
    if (in->status != ERM_OK) return;
    made.ops = erm__prepare_kind_called(name);
    if (!made.ops) erm__reader_fail(in, ERM_EDATA, "there is no step \"%s\"", name);
    erm__reader_line(in, "param");
    for (int p = 0; p < 2; p++) made.param[p] = erm__reader_number(in, "a parameter of the step");
    erm__reader_done(in);
    made.seed = erm__reader_unsigned_line(in, "seed");
    if (in->status != ERM_OK) return;
    for (int p = made.ops->params; p < 2; p++)
        if (made.param[p] != 0) erm__reader_fail(in, ERM_EDATA, "%s has no parameter %g", name, made.param[p]);
    if (made.seed != 0 && !made.ops->seeded) erm__reader_fail(in, ERM_EDATA, "%s takes no seed", name);
    if (in->status != ERM_OK) return;
    erm__reader_claim(in, erm__fitted_step_bytes(&made, d), name);
    if (in->status != ERM_OK) return;
    erm_status status = erm__fitted_step_open(&made, d, step, detail);
    if (status != ERM_OK) {
        erm__reader_fail(in, status == ERM_ENOMEM ? status : ERM_EDATA, "%s", detail);
        return;
    }
    read_numbers(in, index_base, step);
    if (in->status != ERM_OK) return;
    status = erm__fitted_step_finish(step, detail);
    if (status != ERM_OK) erm__reader_fail(in, status == ERM_ENOMEM ? status : ERM_EDATA, "%s", detail);
}

void erm__read_preparation(erm__reader *in, int64_t input_d, int64_t d, int32_t index_base, erm_preparation *fitted)
{
    *fitted = (erm_preparation){.input_d = input_d, .d = input_d};
    const int64_t count = erm__reader_integer_line(in, "preparation", 0, ERM_PREPARE_STEPS_MAX);
    if (in->status == ERM_OK && count > 0) {
        fitted->step = calloc((size_t)count, sizeof *fitted->step);
        if (!fitted->step) erm__reader_fail(in, ERM_ENOMEM, "out of memory");
    }
    while (in->status == ERM_OK && fitted->count < count) {
        erm_fitted_step *const step = &fitted->step[fitted->count++];
        read_step(in, fitted->d, index_base, step);
        fitted->d = step->d_out;
    }
    if (in->status == ERM_OK && fitted->d != d)
        erm__reader_fail(in, ERM_EDATA, "the preparation makes %" PRId64 " columns of %" PRId64 ", but d is %" PRId64, fitted->d,
                         input_d, d);
    if (in->status != ERM_OK) erm_preparation_free(fitted);
}
