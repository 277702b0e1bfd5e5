/* A categorical feature, one column for each of its levels: row i is 1 in column level[i]. */
#include <string.h>

#include "base/detail.h"
#include "ermopt/matrix.h"

static const erm_onehot *onehot_of(const erm_matrix *X) { return (const erm_onehot *)X; }

/* -1 where it is missing. */
static int64_t level_of(const erm_matrix *X, erm_rows rows, int64_t t) { return onehot_of(X)->level[erm_row_number(rows, t)]; }

static void mul(const erm_matrix *X, erm_rows rows, int64_t k, const double *W, double *Z)
{
    for (int64_t t = 0; t < rows.count; t++) {
        const int64_t j = level_of(X, rows, t);
        if (k == 1)
            Z[t] = j < 0 ? 0 : W[j];
        else if (j < 0)
            memset(Z + t * k, 0, (size_t)k * sizeof *Z);
        else
            memcpy(Z + t * k, W + j * k, (size_t)k * sizeof *Z);
    }
}

static void mul_t(const erm_matrix *X, erm_rows rows, int64_t k, const double *R, double *G)
{
    for (int64_t t = 0; t < rows.count; t++) {
        const int64_t j = level_of(X, rows, t);
        for (int64_t c = 0; j >= 0 && c < k; c++) G[j * k + c] += R[t * k + c];
    }
}

static void row_sqnorms(const erm_matrix *X, erm_rows rows, double *out)
{
    for (int64_t t = 0; t < rows.count; t++) out[t] = level_of(X, rows, t) >= 0;
}

static void col_sqsums(const erm_matrix *X, erm_rows rows, const double *weight, double *out)
{
    for (int64_t t = 0; t < rows.count; t++) {
        const int64_t j = level_of(X, rows, t);
        if (j >= 0) out[j] += weight ? weight[t] : 1;
    }
}

static const double one = 1;

static erm_row row(const erm_matrix *X, int64_t i, int32_t *index_buffer, double *value_buffer)
{
    (void)index_buffer;
    (void)value_buffer;
    const int32_t *level = onehot_of(X)->level + i;
    return (erm_row){.count = *level >= 0, .index = level, .value = &one};
}

static bool scan(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context)
{
    for (int64_t t = 0; t < rows.count; t++) {
        const int64_t j = level_of(X, rows, t);
        const erm_piece piece = {.line = t, .first = j, .count = 1, .value = &one};
        if (j >= 0) visit(&piece, context);
    }
    return true;
}

static erm_status check(const erm_matrix *X, char *detail)
{
    if (X->rows < 0 || X->cols < 0 || X->cols > INT32_MAX)
        return erm__fail(detail, ERM_EINVAL, "a one-hot matrix is %lld x %lld; expected sizes >= 0 and at most 2147483647 levels",
                         (long long)X->rows, (long long)X->cols);
    const int32_t *level = onehot_of(X)->level;
    if (X->rows > 0 && !level) return erm__fail(detail, ERM_EINVAL, "the levels of a one-hot matrix are NULL");
    for (int64_t i = 0; i < X->rows; i++)
        if (level[i] < -1 || level[i] >= X->cols)
            return erm__fail(detail, ERM_EDATA, "level[%lld] of a one-hot matrix is %d; expected 0 to %lld, or -1 for none",
                             (long long)i, (int)level[i], (long long)(X->cols - 1));
    return ERM_OK;
}

static const erm_matrix_ops ops = {
    .name = "one-hot",
    .sparse = true,
    .mul = mul,
    .mul_t = mul_t,
    .row_sqnorms = row_sqnorms,
    .col_sqsums = col_sqsums,
    .row = row,
    .check = check,
    .scan = scan,
};

erm_onehot erm_onehot_of(int64_t rows, int64_t levels, const int32_t *level)
{
    return (erm_onehot){.base = {.ops = &ops, .rows = rows, .cols = levels, .nnz = rows > 0 ? rows : 0}, .level = level};
}
