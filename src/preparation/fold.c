/* What a whole preparation amounts to: the names of its columns, and one shift and scale of each where it
 * is no more than that. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "preparation/steps.h"

bool erm_preparation_takes_missing(const erm_preparation *fitted)
{
    for (int64_t t = 0; t < fitted->count; t++)
        if (fitted->step[t].step.ops->takes_missing) return true;
    return false;
}

/* ---- names ---------------------------------------------------------------------------------------------------------- */

static void name_of(const erm__namer *self, int64_t j, char *text, size_t size)
{
    erm__namer before = *self;
    before.step--;
    if (self->step < 0) {
        if (self->names)
            snprintf(text, size, "%s", self->names[j]);
        else
            snprintf(text, size, "x%" PRId64, j + 1);
        return;
    }
    const erm_fitted_step *const step = &self->fitted->step[self->step];
    if (step->step.ops->name_column)
        step->step.ops->name_column(step, &before, j, text, size);
    else
        name_of(&before, j, text, size);
}

void erm_preparation_column_name(const erm_preparation *fitted, const char *const *names, int64_t j, char *text, size_t size)
{
    if (size == 0) return;
    text[0] = '\0';
    const erm__namer last = {.name = name_of, .fitted = fitted, .step = fitted->count - 1, .names = names};
    if (j >= 0 && j < fitted->d) name_of(&last, j, text, size);
}

/* ---- one sum -------------------------------------------------------------------------------------------------------- */

/* Of ((x - c) s - centre) scale: c + centre / s, and s scale. */
static void compose(const erm_fitted_step *step, double *centre, double *scale)
{
    for (int64_t j = 0; j < step->d_in; j++) {
        const double *const number = step->number + j * step->width;
        const double c = step->width == 2 ? number[0] : 0;
        if (c != 0) centre[j] += c / scale[j];
        scale[j] *= number[step->width - 1];
    }
}

static void keep(const erm_fitted_step *step, int64_t *source, double *centre, double *scale)
{
    int64_t count = 0;
    for (int64_t j = 0; j < step->d_in; j++) {
        if (step->number[j] == 0) continue;
        source[count] = source[j];
        centre[count] = centre[j];
        scale[count++] = scale[j];
    }
}

/* Missing values of what was prepared so far: number (x - c) s, so x = c + number / s. */
static void impute(const erm_fitted_step *step, const int64_t *source, const double *centre, const double *scale, double *fill)
{
    for (int64_t j = 0; j < step->d_in; j++)
        if (isnan(fill[source[j]])) fill[source[j]] = centre[j] + step->number[j] / scale[j];
}

bool erm__preparation_affine(const erm_preparation *fitted, int64_t *source, double *centre, double *scale, double *fill)
{
    for (int64_t j = 0; j < fitted->input_d; j++) {
        source[j] = j;
        centre[j] = 0;
        scale[j] = 1;
        fill[j] = NAN;
    }
    for (int64_t t = 0; t < fitted->count; t++) {
        const erm_fitted_step *const step = &fitted->step[t];
        if (step->step.ops->copies) return false;
        if (step->step.ops->takes_missing)
            impute(step, source, centre, scale, fill);
        else if (step->step.ops->columns)
            keep(step, source, centre, scale);
        else
            compose(step, centre, scale);
    }
    return true;
}
