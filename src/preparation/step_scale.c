/* Columns to another scale, (x - centre) scale: standardise, min-max and max-abs. Constant columns keep scale 1. */
#include <math.h>
#include <stdlib.h>

#include "preparation/column_range.h"
#include "preparation/steps.h"
#include "problem/deviation.h"

/* ---- learnt --------------------------------------------------------------------------------------------------------- */

/* 1 / size, or 1 where there is no size. Infinite where that is no double, which is refused later. */
static double scale_of(double size) { return size == 0 ? 1 : isfinite(size) ? 1 / size : INFINITY; }

static erm_status fit_standardise(const erm_prepare *self, const erm_matrix *X, const double *weight, double *number,
                                  char *detail)
{
    (void)self, (void)detail;
    double *const mean = malloc((size_t)(2 * X->cols + 1) * sizeof *mean);
    if (!mean) return ERM_ENOMEM;
    double *const deviation = mean + X->cols;
    const erm_problem problem = {.X = X, .weight = weight, .loss = erm_loss_squared(), .regularizer = erm_none()};
    const erm_status status = erm__column_means_deviations(&problem, 0, mean, deviation);
    for (int64_t j = 0; j < X->cols && status == ERM_OK; j++) {
        number[2 * j] = mean[j];
        number[2 * j + 1] = scale_of(deviation[j]);
    }
    free(mean);
    return status;
}

/* Which of the two is learnt from the columns' ranges. */
static erm_status fit_ranges(const erm_matrix *X, const double *weight, bool absolute, double *number)
{
    double *const low = malloc((size_t)(2 * X->cols + 1) * sizeof *low);
    if (!low) return ERM_ENOMEM;
    double *const high = low + X->cols;
    const erm_status status = erm__column_ranges(X, weight, low, high);
    for (int64_t j = 0; j < X->cols && status == ERM_OK; j++) {
        if (absolute) {
            number[j] = scale_of(fmax(-low[j], high[j]));
        } else {
            number[2 * j] = low[j];
            number[2 * j + 1] = scale_of(high[j] - low[j]);
        }
    }
    free(low);
    return status;
}

static erm_status fit_min_max(const erm_prepare *self, const erm_matrix *X, const double *weight, double *number, char *detail)
{
    (void)self, (void)detail;
    return fit_ranges(X, weight, false, number);
}

static erm_status fit_max_abs(const erm_prepare *self, const erm_matrix *X, const double *weight, double *number, char *detail)
{
    (void)self, (void)detail;
    return fit_ranges(X, weight, true, number);
}

static bool both_ok(const double *number) { return number[1] > 0; }

static bool scale_ok(const double *number) { return number[0] > 0; }

/* ---- applied -------------------------------------------------------------------------------------------------------- */

/* The centres, then the scales, as a view wants them. */
static erm_status derive(erm_fitted_step *fitted)
{
    const int64_t d = fitted->d_in;
    fitted->derived = malloc((size_t)(2 * d + 1) * sizeof *fitted->derived);
    if (!fitted->derived) return ERM_ENOMEM;
    for (int64_t j = 0; j < d; j++) {
        fitted->derived[j] = fitted->width == 2 ? fitted->number[2 * j] : 0;
        fitted->derived[d + j] = fitted->number[fitted->width * (j + 1) - 1];
    }
    return ERM_OK;
}

static double derived_count(int64_t d_in, int64_t d_out)
{
    (void)d_out;
    return 2 * (double)d_in + 1;
}

static erm_status apply(const erm_fitted_step *fitted, const erm_matrix *X, erm__prepared_part *part, const erm_matrix **out,
                        char *detail)
{
    (void)detail;
    const int64_t d = fitted->d_in;
    bool centred = false;
    for (int64_t j = 0; j < d; j++) centred = centred || fitted->derived[j] != 0;
    part->view.scaled = erm_scaled_view_of(X, centred ? fitted->derived : NULL, fitted->derived + d);
    *out = &part->view.scaled.base;
    return ERM_OK;
}

static const erm_prepare_ops standardise = {.name = "standardise",
                                            .list_name = "standardise",
                                            .width = 2,
                                            .unchanged = {0, 1},
                                            .fit = fit_standardise,
                                            .number_ok = both_ok,
                                            .derive = derive,
                                            .derived_count = derived_count,
                                            .apply = apply};

static const erm_prepare_ops min_max = {.name = "min-max",
                                        .list_name = "min-max",
                                        .width = 2,
                                        .unchanged = {0, 1},
                                        .fit = fit_min_max,
                                        .number_ok = both_ok,
                                        .derive = derive,
                                        .derived_count = derived_count,
                                        .apply = apply};

static const erm_prepare_ops max_abs = {.name = "max-abs",
                                        .list_name = "max-abs",
                                        .width = 1,
                                        .unchanged = {1},
                                        .fit = fit_max_abs,
                                        .number_ok = scale_ok,
                                        .derive = derive,
                                        .derived_count = derived_count,
                                        .apply = apply};

const erm_prepare_ops *erm__standardise_ops(void) { return &standardise; }
const erm_prepare_ops *erm__min_max_ops(void) { return &min_max; }
const erm_prepare_ops *erm__max_abs_ops(void) { return &max_abs; }

erm_prepare erm_prepare_standardise(void) { return (erm_prepare){.ops = &standardise}; }
erm_prepare erm_prepare_min_max(void) { return (erm_prepare){.ops = &min_max}; }
erm_prepare erm_prepare_max_abs(void) { return (erm_prepare){.ops = &max_abs}; }
