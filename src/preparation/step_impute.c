/* Missing values become the mean or the median of those that are there, or a given number. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/number.h"
#include "preparation/column_values.h"
#include "preparation/steps.h"

/* ---- learnt --------------------------------------------------------------------------------------------------------- */

static void median_of(int64_t j, int64_t count, erm__weighted *entry, void *number)
{
    ((double *)number)[j] = erm__weighted_median(count, entry);
}

static erm_status fit_median(const erm_prepare *self, const erm_matrix *X, const double *weight, double *number, char *detail)
{
    (void)self, (void)detail;
    return erm__column_values(X, weight, median_of, number);
}

/* Sums about `mean` of the values that are there. */
typedef struct sums {
    const double *weight, *mean;
    double *sum, *present, *missing; /* of s (x - mean), of s where x is there and stored, of s where it is NaN */
} sums;

static void add(const erm_piece *piece, void *context)
{
    sums *all = context;
    for (int64_t p = 0; p < piece->count; p++) {
        const int64_t place = piece->first + (piece->index ? piece->index[p] : p);
        const int64_t i = piece->column ? place : piece->line, j = piece->column ? piece->line : place;
        const double s = all->weight ? all->weight[i] : 1, x = piece->value[p];
        if (isnan(x)) {
            all->missing[j] += s;
        } else if (s > 0) {
            all->sum[j] += s * (x - all->mean[j]);
            all->present[j] += s;
        }
    }
}

/* Twice, because the second sum is about a number near the mean, and loses nothing to cancellation. */
static erm_status fit_mean(const erm_prepare *self, const erm_matrix *X, const double *weight, double *mean, char *detail)
{
    (void)self, (void)detail;
    const int64_t d = X->cols;
    double total = 0, *const memory = malloc((size_t)(3 * d + 1) * sizeof *memory);
    if (!memory) return ERM_ENOMEM;
    for (int64_t i = 0; i < X->rows; i++) total += weight ? weight[i] : 1;
    sums all = {.weight = weight, .mean = mean, .sum = memory, .present = memory + d, .missing = memory + 2 * d};
    for (int pass = 0; pass < 2; pass++) {
        memset(memory, 0, (size_t)(3 * d) * sizeof *memory);
        X->ops->scan(X, (erm_rows){.count = X->rows}, add, &all);
        for (int64_t j = 0; j < d; j++) {
            const double there = X->ops->sparse ? total - all.missing[j] : all.present[j];
            const double zeros = X->ops->sparse ? fmax(0, there - all.present[j]) : 0;
            if (there > 0) mean[j] += (all.sum[j] - zeros * mean[j]) / there;
        }
    }
    free(memory);
    return ERM_OK;
}

static erm_status fit_constant(const erm_prepare *self, const erm_matrix *X, const double *weight, double *number, char *detail)
{
    (void)weight, (void)detail;
    for (int64_t j = 0; j < X->cols; j++) number[j] = self->param[0];
    return ERM_OK;
}

/* ---- as text -------------------------------------------------------------------------------------------------------- */

static bool parse_mean(const char *text, erm_prepare *self) { return (void)self, strcmp(text, "mean") == 0; }
static bool parse_median(const char *text, erm_prepare *self) { return (void)self, strcmp(text, "median") == 0; }
static bool parse_constant(const char *text, erm_prepare *self) { return erm__number_parse(text, strlen(text), &self->param[0]); }

static void describe_mean(const erm_prepare *self, char *text, size_t size) { (void)self, snprintf(text, size, "impute=mean"); }
static void describe_median(const erm_prepare *self, char *text, size_t size)
{
    (void)self, snprintf(text, size, "impute=median");
}
static void describe_constant(const erm_prepare *self, char *text, size_t size)
{
    char number[ERM_NUMBER_SIZE];
    erm__number_format_shortest(self->param[0], number);
    snprintf(text, size, "impute=%s", number);
}

static erm_status check_constant(const erm_prepare *self, int64_t d, int64_t *columns, char *detail)
{
    (void)d, (void)columns;
    if (isfinite(self->param[0])) return ERM_OK;
    return erm__fail(detail, ERM_EINVAL, "missing values cannot become %g; a finite number is needed", self->param[0]);
}

/* ---- applied -------------------------------------------------------------------------------------------------------- */

static erm_status apply(const erm_fitted_step *fitted, const erm_matrix *X, erm__prepared_part *part, const erm_matrix **out,
                        char *detail)
{
    (void)detail;
    part->view.imputed = erm__imputed_view_of(X, fitted->number);
    *out = &part->view.imputed.base;
    return ERM_OK;
}

#define TABLE(name_, fit_, check_, parse_, describe_)                                                                            \
    {                                                                                                                            \
        .name = name_, .list_name = "impute", .takes = "=mean, =median or =NUMBER", .params = 1, .width = 1,                     \
        .takes_missing = true, .parse = parse_, .describe = describe_, .check = check_, .fit = fit_, .apply = apply              \
    }
static const erm_prepare_ops mean_ops = TABLE("impute-mean", fit_mean, NULL, parse_mean, describe_mean);
static const erm_prepare_ops median_ops = TABLE("impute-median", fit_median, NULL, parse_median, describe_median);
static const erm_prepare_ops constant_ops =
    TABLE("impute-constant", fit_constant, check_constant, parse_constant, describe_constant);

const erm_prepare_ops *erm__impute_mean_ops(void) { return &mean_ops; }
const erm_prepare_ops *erm__impute_median_ops(void) { return &median_ops; }
const erm_prepare_ops *erm__impute_constant_ops(void) { return &constant_ops; }

erm_prepare erm_prepare_impute_mean(void) { return (erm_prepare){.ops = &mean_ops}; }
erm_prepare erm_prepare_impute_median(void) { return (erm_prepare){.ops = &median_ops}; }
erm_prepare erm_prepare_impute_constant(double value) { return (erm_prepare){.ops = &constant_ops, .param = {value}}; }
