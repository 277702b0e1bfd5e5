/* The operations on any matrix that can be read piece by piece, for views that have no faster way. */
#include <string.h>

#include "base/simd.h"
#include "matrix/scan.h"

/* ---- products ------------------------------------------------------------------------------------------------------- */

/* The sum of value[p] x[place]. Four sums for indexed values, because one would wait for itself. */
ERM_KERNEL static double dot(const erm_piece *piece, const double *x)
{
    const int64_t n = piece->count;
    const double *v = piece->value;
    double sum = 0;
    if (!x) {
        ERM_SIMD_SUM(sum)
        for (int64_t p = 0; p < n; p++) sum += v[p];
        return sum;
    }
    if (!piece->index) {
        x += piece->first;
        ERM_SIMD_SUM(sum)
        for (int64_t p = 0; p < n; p++) sum += v[p] * x[p];
        return sum;
    }
    double sums[4] = {0};
    int64_t p = 0;
    for (; p + 4 <= n; p += 4)
        for (int s = 0; s < 4; s++) sums[s] += v[p + s] * x[piece->first + piece->index[p + s]];
    for (; p < n; p++) sum += v[p] * x[piece->first + piece->index[p]];
    return sum + ((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

/* out[place] += r value[p] */
ERM_KERNEL static void add_scaled(const erm_piece *piece, double r, double *out)
{
    const int64_t n = piece->count;
    const double *v = piece->value;
    if (piece->index) {
        for (int64_t p = 0; p < n; p++) out[piece->first + piece->index[p]] += r * v[p];
        return;
    }
    out += piece->first;
    ERM_SIMD
    for (int64_t p = 0; p < n; p++) out[p] += r * v[p];
}

/* z (k) += the sum of value[p] times row `place` of X (k wide). */
ERM_KERNEL static void dot_many(const erm_piece *piece, int64_t k, const double *X, double *z)
{
    for (int64_t p = 0; p < piece->count; p++) {
        const double v = piece->value[p], *x = X + erm__piece_place(piece, p) * k;
        ERM_SIMD
        for (int64_t c = 0; c < k; c++) z[c] += v * x[c];
    }
}

ERM_KERNEL static void add_scaled_many(const erm_piece *piece, int64_t k, const double *r, double *out)
{
    for (int64_t p = 0; p < piece->count; p++) {
        const double v = piece->value[p];
        double *const to = out + erm__piece_place(piece, p) * k;
        ERM_SIMD
        for (int64_t c = 0; c < k; c++) to[c] += v * r[c];
    }
}

void erm__add_product(const erm_piece *piece, void *context)
{
    const erm__product *product = context;
    const int64_t k = product->k, line = piece->line * k;
    const double *from = product->from;
    if (piece->column == product->transposed) { /* the line is one of the rows of A */
        if (k == 1)
            product->into[line] += dot(piece, from);
        else
            dot_many(piece, k, from, product->into + line);
    } else if (k == 1) {
        add_scaled(piece, from ? from[line] : 1, product->into);
    } else {
        add_scaled_many(piece, k, from + line, product->into);
    }
}

void erm__scan_mul(const erm_matrix *X, erm_rows rows, int64_t k, const double *W, double *Z)
{
    if (rows.count == 0) return;
    memset(Z, 0, (size_t)(rows.count * k) * sizeof *Z);
    erm__product product = {.k = k, .from = W, .into = Z};
    X->ops->scan(X, rows, erm__add_product, &product);
}

void erm__scan_mul_t(const erm_matrix *X, erm_rows rows, int64_t k, const double *R, double *G)
{
    erm__product product = {.transposed = true, .k = k, .from = R, .into = G};
    X->ops->scan(X, rows, erm__add_product, &product);
}

/* ---- squares -------------------------------------------------------------------------------------------------------- */

static void add_squares(const erm_piece *piece, void *product)
{
    double square[ERM_PIECE];
    for (int64_t p = 0; p < piece->count; p += ERM_PIECE) {
        erm_piece part = erm__piece_part(piece, p);
        for (int64_t q = 0; q < part.count; q++) square[q] = part.value[q] * part.value[q];
        part.value = square;
        erm__add_product(&part, product);
    }
}

void erm__scan_row_sqnorms(const erm_matrix *X, erm_rows rows, double *out)
{
    for (int64_t t = 0; t < rows.count; t++) out[t] = 0;
    erm__product product = {.k = 1, .into = out};
    X->ops->scan(X, rows, add_squares, &product);
}

void erm__scan_col_sqsums(const erm_matrix *X, erm_rows rows, const double *weight, double *out)
{
    erm__product product = {.transposed = true, .k = 1, .from = weight, .into = out};
    X->ops->scan(X, rows, add_squares, &product);
}

/* ---- one row -------------------------------------------------------------------------------------------------------- */

typedef struct collected {
    int64_t count;
    int32_t *index;
    double *value;
} collected;

static void collect(const erm_piece *piece, void *context)
{
    collected *row = context;
    for (int64_t p = 0; p < piece->count; p++) {
        row->index[row->count] = (int32_t)(piece->column ? piece->line : erm__piece_place(piece, p));
        row->value[row->count++] = piece->value[p];
    }
}

erm_row erm__scan_row(const erm_matrix *X, int64_t i, int32_t *index_buffer, double *value_buffer)
{
    collected row = {.index = index_buffer, .value = value_buffer};
    X->ops->scan(X, (erm_rows){.begin = i, .count = 1}, collect, &row);
    erm__sort_line(row.count, row.index, row.value, sizeof *row.value);
    return (erm_row){.count = row.count, .index = row.count == X->cols ? NULL : row.index, .value = row.value};
}

bool erm__can_scan(const erm_matrix *X) { return X->ops->scan && X->ops->scan(X, (erm_rows){0}, erm__add_product, NULL); }
