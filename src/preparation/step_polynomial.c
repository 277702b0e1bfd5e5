/* All products of a row's columns up to a degree, or those of different columns. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/number.h"
#include "preparation/new_matrix.h"
#include "preparation/products.h"
#include "preparation/steps.h"

static erm__products products_of(const erm_prepare *step, int64_t d)
{
    return (erm__products){.d = d, .degree = (int)step->param[0], .distinct = step->param[1] != 0};
}

/* ---- applied -------------------------------------------------------------------------------------------------------- */

static erm_status apply_dense(const erm_fitted_step *fitted, const erm_matrix *X, erm_matrix_copy *copy, char *detail)
{
    const erm__products products = products_of(&fitted->step, X->cols);
    erm_matrix_copy full;
    erm_status status = erm_dense_from(X, NULL, &full, detail);
    if (status != ERM_OK) return status;
    status = erm__dense_open(X->rows, fitted->d_out, copy, detail);
    const double *const x = full.values;
    double *const out = copy->values;
    for (int64_t i = 0; i < X->rows && status == ERM_OK; i++)
        erm__products_row(&products, X->cols, NULL, x + i * X->cols, out + i * fitted->d_out, NULL);
    erm_matrix_copy_free(&full);
    return status;
}

/* How many values the products of all rows are; -1 if they are too many. */
static int64_t count_values(const erm__products *products, const erm_matrix_copy *full)
{
    const int64_t rows = full->matrix.base.rows;
    int64_t total = 0;
    for (int64_t i = 0; i < rows; i++) {
        total += erm__products_upto(full->start[i + 1] - full->start[i], products->degree, products->distinct, INT32_MAX);
        if (total > PTRDIFF_MAX / 16) return -1;
    }
    return total;
}

static erm_status apply_sparse(const erm_fitted_step *fitted, const erm_matrix *X, erm_matrix_copy *copy, char *detail)
{
    const erm__products products = products_of(&fitted->step, X->cols);
    erm_matrix_copy full;
    erm_status status = erm_csr_from(X, NULL, &full, detail);
    if (status != ERM_OK) return status;
    status = erm__csr_open(X->rows, fitted->d_out, count_values(&products, &full), copy, detail);
    int64_t end = 0;
    for (int64_t i = 0; i < X->rows && status == ERM_OK; i++) {
        const int64_t begin = full.start[i];
        end += erm__products_row(&products, full.start[i + 1] - begin, full.index + begin, (const double *)full.values + begin,
                                 (double *)copy->values + end, copy->index + end);
        copy->start[i + 1] = end;
    }
    erm_matrix_copy_free(&full);
    if (status == ERM_OK) copy->matrix.csr = erm_csr_f64(X->rows, fitted->d_out, copy->start, copy->index, copy->values);
    return status;
}

static erm_status apply(const erm_fitted_step *fitted, const erm_matrix *X, erm__prepared_part *part, const erm_matrix **out,
                        char *detail)
{
    const erm_status status = (X->ops->sparse ? apply_sparse : apply_dense)(fitted, X, &part->copy, detail);
    if (status == ERM_OK) *out = &part->copy.matrix.base;
    return status;
}

/* ---- as text -------------------------------------------------------------------------------------------------------- */

static bool parse(const char *text, erm_prepare *self)
{
    self->param[1] = self->ops == erm__interactions_ops();
    return erm__number_parse(text, strlen(text), &self->param[0]);
}

static void describe(const erm_prepare *self, char *text, size_t size)
{
    snprintf(text, size, "%s=%.0f", self->ops->list_name, self->param[0]);
}

static erm_status check(const erm_prepare *self, int64_t d, int64_t *columns, char *detail)
{
    const double degree = self->param[0];
    if (!(degree >= 1 && degree <= ERM_DEGREE_MAX && degree == (double)(int)degree))
        return erm__fail(detail, ERM_EINVAL, "%s of degree %g; expected a whole number from 1 to %d", self->ops->name, degree,
                         ERM_DEGREE_MAX);
    if (self->param[1] != (self->ops == erm__interactions_ops()))
        return erm__fail(detail, ERM_EINVAL, "%s with %g for distinct columns", self->ops->name, self->param[1]);
    *columns = erm__products_upto(d, (int)degree, self->param[1] != 0, ERM_PREPARED_COLUMNS_MAX);
    return ERM_OK;
}

/* "age^2 bmi" */
static void name_column(const erm_fitted_step *fitted, const erm__namer *in, int64_t j, char *text, size_t size)
{
    const erm__products products = products_of(&fitted->step, fitted->d_in);
    int64_t factor[ERM_DEGREE_MAX];
    const int degree = erm__products_factors(&products, j, factor);
    size_t length = 0;
    text[0] = '\0';
    for (int t = 0, power; t < degree && length < size; t += power) {
        for (power = 1; t + power < degree && factor[t + power] == factor[t];) power++;
        if (t > 0) length += (size_t)snprintf(text + length, size - length, " ");
        if (length >= size) return;
        in->name(in, factor[t], text + length, size - length);
        length += strlen(text + length);
        if (power > 1) length += (size_t)snprintf(text + length, size - length, "^%d", power);
    }
}

#define TABLE(name_)                                                                                                             \
    {                                                                                                                            \
        .name = name_, .list_name = name_, .takes = "=DEGREE, from 1 to 8,", .params = 2, .copies = true, .parse = parse,        \
        .describe = describe, .check = check, .apply = apply, .name_column = name_column                                         \
    }
static const erm_prepare_ops polynomial = TABLE("polynomial"), interactions = TABLE("interactions");

const erm_prepare_ops *erm__polynomial_ops(void) { return &polynomial; }
const erm_prepare_ops *erm__interactions_ops(void) { return &interactions; }

erm_prepare erm_prepare_polynomial(int degree, bool interactions_only)
{
    return (erm_prepare){.ops = interactions_only ? &interactions : &polynomial, .param = {degree, interactions_only}};
}
