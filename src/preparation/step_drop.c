/* Leaves out the columns that do not vary. */
#include <stdlib.h>

#include "base/detail.h"
#include "preparation/column_range.h"
#include "preparation/steps.h"

static erm_status fit(const erm_prepare *self, const erm_matrix *X, const double *weight, double *number, char *detail)
{
    (void)self, (void)detail;
    double *const low = malloc((size_t)(2 * X->cols + 1) * sizeof *low);
    if (!low) return ERM_ENOMEM;
    const erm_status status = erm__column_ranges(X, weight, low, low + X->cols);
    for (int64_t j = 0; j < X->cols && status == ERM_OK; j++) number[j] = low[j] != low[X->cols + j];
    free(low);
    return status;
}

static bool number_ok(const double *number) { return *number == 0 || *number == 1; }

static int64_t columns(int64_t d, const double *number)
{
    int64_t count = 0;
    for (int64_t j = 0; j < d; j++) count += number[j] == 1;
    return count;
}

static erm_status apply(const erm_fitted_step *fitted, const erm_matrix *X, erm__prepared_part *part, const erm_matrix **out,
                        char *detail)
{
    int32_t *const list = malloc((size_t)(fitted->d_out + fitted->d_in + 1) * sizeof *list);
    if (!list) return erm__fail(detail, ERM_ENOMEM, "%s", erm_status_text(ERM_ENOMEM));
    part->memory = list;
    int64_t count = 0;
    for (int64_t j = 0; j < fitted->d_in; j++)
        if (fitted->number[j] == 1) list[count++] = (int32_t)j;
    part->view.cols = erm_cols_view_of(X, count, list, list + count);
    *out = &part->view.cols.base;
    return ERM_OK;
}

static void name_column(const erm_fitted_step *fitted, const erm__namer *in, int64_t j, char *text, size_t size)
{
    int64_t raw = 0;
    while (raw < fitted->d_in && (fitted->number[raw] != 1 || j-- > 0)) raw++;
    in->name(in, raw, text, size);
}

static const erm_prepare_ops ops = {.name = "drop-constant",
                                    .list_name = "drop-constant",
                                    .width = 1,
                                    .unchanged = {1},
                                    .fit = fit,
                                    .number_ok = number_ok,
                                    .columns = columns,
                                    .apply = apply,
                                    .name_column = name_column};

const erm_prepare_ops *erm__drop_constant_ops(void) { return &ops; }

erm_prepare erm_prepare_drop_constant(void) { return (erm_prepare){.ops = &ops}; }
