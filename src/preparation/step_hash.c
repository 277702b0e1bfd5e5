/* Many columns become few: column j is added, with a sign, to one that a hash of j names, so that products of rows keep their
 * mean. Weinberger, Dasgupta, Langford, Smola, Attenberg (2009), "Feature hashing for large
 * scale multitask learning", section 2. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/number.h"
#include "matrix/scan.h"
#include "preparation/new_matrix.h"
#include "preparation/steps.h"

/* The finalizer of splitmix64, which is a bijection of 64 bits. */
static uint64_t mix(uint64_t z)
{
    z += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Where column j goes; *sign is what it is multiplied by. */
static int32_t place_of(const erm_prepare *step, int64_t j, double *sign)
{
    const uint64_t hash = mix(mix(step->seed) ^ (uint64_t)j);
    *sign = hash & 1 ? -1 : 1;
    return (int32_t)((hash >> 1) % (uint64_t)step->param[0]);
}

/* ---- applied -------------------------------------------------------------------------------------------------------- */

/* Rewrites a row in its own place, and returns how many values it has now. */
static int64_t hash_row(const erm_prepare *step, int64_t count, int32_t *index, double *value)
{
    for (int64_t p = 0; p < count; p++) {
        double sign;
        index[p] = place_of(step, index[p], &sign);
        value[p] *= sign;
    }
    erm__sort_line(count, index, value, sizeof *value);
    int64_t kept = 0;
    for (int64_t p = 0; p < count; p++) {
        if (kept > 0 && index[kept - 1] == index[p]) {
            value[kept - 1] += value[p];
        } else {
            index[kept] = index[p];
            value[kept++] = value[p];
        }
    }
    return kept;
}

static erm_status apply_sparse(const erm_prepare *step, const erm_matrix *X, erm_matrix_copy *copy, char *detail)
{
    const erm_status status = erm_csr_from(X, NULL, copy, detail);
    if (status != ERM_OK) return status;
    double *const value = copy->values;
    int64_t end = 0;
    for (int64_t i = 0, begin = 0; i < X->rows; i++) {
        const int64_t count = copy->start[i + 1] - begin;
        memmove(copy->index + end, copy->index + begin, (size_t)count * sizeof *copy->index);
        memmove(value + end, value + begin, (size_t)count * sizeof *value);
        begin = copy->start[i + 1];
        end += hash_row(step, count, copy->index + end, value + end);
        copy->start[i + 1] = end;
    }
    copy->matrix.csr = erm_csr_f64(X->rows, (int64_t)step->param[0], copy->start, copy->index, value);
    return ERM_OK;
}

/* To m columns from a dense copy. */
static erm_status apply_dense(const erm_prepare *step, const erm_matrix *X, int64_t m, erm_matrix_copy *copy, char *detail)
{
    erm_matrix_copy full;
    erm_status status = erm_dense_from(X, NULL, &full, detail);
    if (status != ERM_OK) return status;
    status = erm__dense_open(X->rows, m, copy, detail);
    double *const out = copy->values;
    const double *const x = full.values;
    for (int64_t i = 0; i < X->rows && status == ERM_OK; i++) {
        memset(out + i * m, 0, (size_t)m * sizeof *out);
        for (int64_t j = 0; j < X->cols; j++) {
            double sign;
            const int64_t place = place_of(step, j, &sign);
            out[i * m + place] += sign * x[i * X->cols + j];
        }
    }
    erm_matrix_copy_free(&full);
    return status;
}

static erm_status apply(const erm_fitted_step *fitted, const erm_matrix *X, erm__prepared_part *part, const erm_matrix **out,
                        char *detail)
{
    const erm_status status = X->ops->sparse ? apply_sparse(&fitted->step, X, &part->copy, detail)
                                             : apply_dense(&fitted->step, X, fitted->d_out, &part->copy, detail);
    if (status == ERM_OK) *out = &part->copy.matrix.base;
    return status;
}

/* ---- as text -------------------------------------------------------------------------------------------------------- */

static bool parse(const char *text, erm_prepare *self) { return erm__number_parse(text, strlen(text), &self->param[0]); }

static void describe(const erm_prepare *self, char *text, size_t size) { snprintf(text, size, "hash=%.0f", self->param[0]); }

static erm_status check(const erm_prepare *self, int64_t d, int64_t *columns, char *detail)
{
    (void)d;
    const double m = self->param[0];
    if (!(m >= 1 && m <= (double)ERM_PREPARED_COLUMNS_MAX && m == (double)(int64_t)m))
        return erm__fail(detail, ERM_EINVAL, "hash to %g columns; expected a whole number from 1 to %" PRId64, m,
                         ERM_PREPARED_COLUMNS_MAX);
    *columns = (int64_t)m;
    return ERM_OK;
}

static void name_column(const erm_fitted_step *fitted, const erm__namer *in, int64_t j, char *text, size_t size)
{
    (void)fitted, (void)in;
    snprintf(text, size, "hash %" PRId64, j + 1);
}

static const erm_prepare_ops ops = {.name = "hash",
                                    .list_name = "hash",
                                    .takes = "=COLUMNS",
                                    .params = 1,
                                    .seeded = true,
                                    .copies = true,
                                    .parse = parse,
                                    .describe = describe,
                                    .check = check,
                                    .apply = apply,
                                    .name_column = name_column};

const erm_prepare_ops *erm__hash_ops(void) { return &ops; }

erm_prepare erm_prepare_hash(int64_t columns, uint64_t seed)
{
    return (erm_prepare){.ops = &ops, .param = {(double)columns}, .seed = seed};
}
