/* The pieces of the library's own formats: doubles where they lie, floats converted a few at a time. */
#include "base/simd.h"
#include "matrix/scan.h"

/* An array of values of either type. */
typedef struct store {
    const void *values;
    bool single;
} store;

/* How many values of an array a piece can have: floats need a buffer. */
static int64_t most_of(store from) { return from.single ? ERM_PIECE : INT64_MAX; }

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

ERM_KERNEL static void widen(int64_t count, const float *x, double *out)
{
    ERM_SIMD
    for (int64_t p = 0; p < count; p++) out[p] = (double)x[p];
}

static const double *values_at(store from, int64_t p, int64_t count, double *buffer)
{
    if (!from.single) return (const double *)from.values + p;
    widen(count, (const float *)from.values + p, buffer);
    return buffer;
}

static double value_at(store from, int64_t p)
{
    return from.single ? (double)((const float *)from.values)[p] : ((const double *)from.values)[p];
}

/* Visits values p .. p + count - 1 of the array, which have the indices behind `index`, or are a dense line. */
static void visit_line(store from, int64_t p, const int32_t *index, erm_piece line, erm_visit visit, void *context)
{
    double buffer[ERM_PIECE];
    const int64_t end = p + line.count;
    for (; p < end; p += line.count) {
        line.count = smaller(end - p, most_of(from));
        line.value = values_at(from, p, line.count, buffer);
        line.index = index ? index + p : NULL;
        visit(&line, context);
        if (!index) line.first += line.count;
    }
}

static bool scan_dense(const erm_matrix *base, erm_rows rows, store from, erm_visit visit, void *context)
{
    const int64_t stride = ((const erm_dense *)base)->stride;
    for (int64_t t = 0; t < rows.count; t++)
        visit_line(from, erm_row_number(rows, t) * stride, NULL, (erm_piece){.line = t, .count = base->cols}, visit, context);
    return true;
}

/* Listed rows of one dense column, which begins at `column` in the array. */
static void visit_listed(store from, int64_t column, int64_t j, erm_rows rows, erm_visit visit, void *context)
{
    double buffer[ERM_PIECE];
    for (int64_t t = 0; t < rows.count; t += ERM_PIECE) {
        const erm_piece piece = {
            .column = true, .line = j, .first = t, .count = smaller(rows.count - t, ERM_PIECE), .value = buffer};
        for (int64_t p = 0; p < piece.count; p++) buffer[p] = value_at(from, column + erm_row_number(rows, t + p));
        visit(&piece, context);
    }
}

static bool scan_dense_columns(const erm_matrix *base, erm_rows rows, store from, erm_visit visit, void *context)
{
    const int64_t stride = ((const erm_dense *)base)->stride;
    for (int64_t j = 0; j < base->cols; j++)
        if (rows.list)
            visit_listed(from, j * stride, j, rows, visit, context);
        else
            visit_line(from, j * stride + rows.begin, NULL, (erm_piece){.column = true, .line = j, .count = rows.count}, visit,
                       context);
    return true;
}

static bool scan_csr(const erm_matrix *base, erm_rows rows, store from, erm_visit visit, void *context)
{
    const erm_csr *X = (const erm_csr *)base;
    for (int64_t t = 0; t < rows.count; t++) {
        const int64_t i = erm_row_number(rows, t), first = X->start[i];
        visit_line(from, first, X->index, (erm_piece){.line = t, .count = X->start[i + 1] - first}, visit, context);
    }
    return true;
}

/* The first p from `low` on, below `high`, whose row is at least i, by bisection. */
static int64_t first_from(const int32_t *index, int64_t low, int64_t high, int64_t i)
{
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (index[middle] < i)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A list of rows is so many ranges of one. */
static bool scan_csc(const erm_matrix *base, erm_rows rows, store from, erm_visit visit, void *context)
{
    const erm_csc *X = (const erm_csc *)base;
    const int64_t length = rows.list ? 1 : rows.count;
    for (int64_t t = 0; t < rows.count; t += length) {
        const int64_t begin = erm_row_number(rows, t);
        for (int64_t j = 0; j < base->cols; j++) {
            const int64_t first = first_from(X->index, X->start[j], X->start[j + 1], begin);
            const int64_t end = first_from(X->index, first, X->start[j + 1], begin + length);
            visit_line(from, first, X->index, (erm_piece){.column = true, .line = j, .first = t - begin, .count = end - first},
                       visit, context);
        }
    }
    return true;
}

bool erm__dense_scan_f64(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context)
{
    return scan_dense(X, rows, (store){((const erm_dense *)X)->values, false}, visit, context);
}

bool erm__dense_scan_f32(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context)
{
    return scan_dense(X, rows, (store){((const erm_dense *)X)->values, true}, visit, context);
}

bool erm__dense_col_scan_f64(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context)
{
    return scan_dense_columns(X, rows, (store){((const erm_dense *)X)->values, false}, visit, context);
}

bool erm__dense_col_scan_f32(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context)
{
    return scan_dense_columns(X, rows, (store){((const erm_dense *)X)->values, true}, visit, context);
}

bool erm__csr_scan_f64(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context)
{
    return scan_csr(X, rows, (store){((const erm_csr *)X)->values, false}, visit, context);
}

bool erm__csr_scan_f32(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context)
{
    return scan_csr(X, rows, (store){((const erm_csr *)X)->values, true}, visit, context);
}

bool erm__csc_scan_f64(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context)
{
    return scan_csc(X, rows, (store){((const erm_csc *)X)->values, false}, visit, context);
}

bool erm__csc_scan_f32(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context)
{
    return scan_csc(X, rows, (store){((const erm_csc *)X)->values, true}, visit, context);
}
