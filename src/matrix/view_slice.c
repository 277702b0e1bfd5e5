/* Rows of a matrix that follow one another. Unlike a view of listed rows it has no check of its own: a matrix that is read slice
 * by slice is checked once, not once a slice. */
#include "matrix/view_slice.h"

#include "matrix/view.h"

static const erm__slice *slice_of(const erm_matrix *X) { return (const erm__slice *)X; }

/* A call for listed rows becomes one for each row; what it says of row t comes from a call of its own. */
static erm_rows rows_below(const erm__slice *slice, erm_rows rows, int64_t t)
{
    return rows.list ? (erm_rows){.begin = slice->begin + rows.list[rows.begin + t], .count = 1}
                     : (erm_rows){.begin = slice->begin + rows.begin, .count = rows.count};
}

static int64_t calls(erm_rows rows) { return rows.list ? rows.count : 1; }

static void mul(const erm_matrix *base, erm_rows rows, int64_t k, const double *W, double *Z)
{
    const erm_matrix *X = slice_of(base)->X;
    for (int64_t t = 0; t < calls(rows); t++) X->ops->mul(X, rows_below(slice_of(base), rows, t), k, W, Z + t * k);
}

static void mul_t(const erm_matrix *base, erm_rows rows, int64_t k, const double *R, double *G)
{
    const erm_matrix *X = slice_of(base)->X;
    for (int64_t t = 0; t < calls(rows); t++) X->ops->mul_t(X, rows_below(slice_of(base), rows, t), k, R + t * k, G);
}

static void row_sqnorms(const erm_matrix *base, erm_rows rows, double *out)
{
    const erm_matrix *X = slice_of(base)->X;
    for (int64_t t = 0; t < calls(rows); t++) X->ops->row_sqnorms(X, rows_below(slice_of(base), rows, t), out + t);
}

static void col_sqsums(const erm_matrix *base, erm_rows rows, const double *weight, double *out)
{
    const erm_matrix *X = slice_of(base)->X;
    for (int64_t t = 0; t < calls(rows); t++)
        X->ops->col_sqsums(X, rows_below(slice_of(base), rows, t), weight ? weight + t : NULL, out);
}

static erm_row row(const erm_matrix *base, int64_t i, int32_t *index_buffer, double *value_buffer)
{
    const erm_matrix *X = slice_of(base)->X;
    return X->ops->row(X, slice_of(base)->begin + i, index_buffer, value_buffer);
}

/* The pieces of one of several listed rows, which are about row 0 of their own call. */
typedef struct receiver {
    int64_t row;
    erm_visit visit;
    void *context;
} receiver;

static void receive(const erm_piece *piece, void *context)
{
    const receiver *to = context;
    erm_piece moved = *piece;
    if (piece->column)
        moved.first += to->row;
    else
        moved.line = to->row;
    to->visit(&moved, to->context);
}

static bool scan(const erm_matrix *base, erm_rows rows, erm_visit visit, void *context)
{
    const erm_matrix *X = slice_of(base)->X;
    if (!rows.list) return X->ops->scan(X, rows_below(slice_of(base), rows, 0), visit, context);
    bool ok = true;
    for (int64_t t = 0; t < rows.count && ok; t++) {
        receiver to = {.row = t, .visit = visit, .context = context};
        ok = X->ops->scan(X, rows_below(slice_of(base), rows, t), receive, &to);
    }
    return ok;
}

#define TABLE(sparse_, by_columns_, row_)                                                                                        \
    {                                                                                                                            \
        .name = "slice", .sparse = sparse_, .by_columns = by_columns_, .mul = mul, .mul_t = mul_t, .row_sqnorms = row_sqnorms,   \
        .col_sqsums = col_sqsums, .row = row_, .scan = scan                                                                      \
    }
static const erm_matrix_ops tables[] = {ERM_VIEW_TABLES(TABLE, row)};

erm__slice erm__slice_of(const erm_matrix *X, int64_t begin, int64_t count)
{
    return (erm__slice){.base = {.ops = &tables[erm__view_table_like(X)],
                                 .rows = count,
                                 .cols = X->cols,
                                 .nnz = erm__view_nnz(X, count, X->rows)},
                        .X = X,
                        .begin = begin};
}
