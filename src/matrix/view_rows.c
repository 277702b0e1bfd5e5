/* Some rows of a matrix, in any order: folds, mini-batches, resamples. Each call becomes one or several of the matrix below. */
#include "matrix/view.h"

enum { CHUNK = 256 }; /* rows of a list of rows of the view, renumbered on the stack */

static const erm_rows_view *view_of(const erm_matrix *X) { return (const erm_rows_view *)X; }

/* Whether the rows begin .. begin + count - 1 of the view follow one another below: a range is faster than a list. */
static bool is_range(const erm_rows_view *view, int64_t begin, int64_t count)
{
    const int64_t *list = view->list + begin;
    for (int64_t t = 1; t < count; t++)
        if (list[t] != list[t - 1] + 1) return false;
    return true;
}

/* What the rows from the t-th on are below: all that are left, or as many as the buffer holds. */
static erm_rows below(const erm_rows_view *view, erm_rows rows, int64_t t, int64_t *buffer)
{
    const int64_t begin = rows.begin + t, left = rows.count - t;
    if (!rows.list && is_range(view, begin, left)) return (erm_rows){.begin = view->list[begin], .count = left};
    if (!rows.list) return (erm_rows){.begin = begin, .count = left, .list = view->list};
    const int64_t count = left < CHUNK ? left : CHUNK;
    for (int64_t p = 0; p < count; p++) buffer[p] = view->list[rows.list[begin + p]];
    return (erm_rows){.count = count, .list = buffer};
}

static void mul(const erm_matrix *base, erm_rows rows, int64_t k, const double *W, double *Z)
{
    const erm_matrix *X = view_of(base)->X;
    int64_t buffer[CHUNK];
    for (int64_t t = 0; t < rows.count;) {
        const erm_rows part = below(view_of(base), rows, t, buffer);
        X->ops->mul(X, part, k, W, Z + t * k);
        t += part.count;
    }
}

static void mul_t(const erm_matrix *base, erm_rows rows, int64_t k, const double *R, double *G)
{
    const erm_matrix *X = view_of(base)->X;
    int64_t buffer[CHUNK];
    for (int64_t t = 0; t < rows.count;) {
        const erm_rows part = below(view_of(base), rows, t, buffer);
        X->ops->mul_t(X, part, k, R + t * k, G);
        t += part.count;
    }
}

static void row_sqnorms(const erm_matrix *base, erm_rows rows, double *out)
{
    const erm_matrix *X = view_of(base)->X;
    int64_t buffer[CHUNK];
    for (int64_t t = 0; t < rows.count;) {
        const erm_rows part = below(view_of(base), rows, t, buffer);
        X->ops->row_sqnorms(X, part, out + t);
        t += part.count;
    }
}

static void col_sqsums(const erm_matrix *base, erm_rows rows, const double *weight, double *out)
{
    const erm_matrix *X = view_of(base)->X;
    int64_t buffer[CHUNK];
    for (int64_t t = 0; t < rows.count;) {
        const erm_rows part = below(view_of(base), rows, t, buffer);
        X->ops->col_sqsums(X, part, weight ? weight + t : NULL, out);
        t += part.count;
    }
}

static erm_row row(const erm_matrix *base, int64_t i, int32_t *index_buffer, double *value_buffer)
{
    const erm_rows_view *view = view_of(base);
    return view->X->ops->row(view->X, view->list[i], index_buffer, value_buffer);
}

/* Pieces of rows that are numbered from `first` on in the call for the view. */
typedef struct shifted {
    int64_t first;
    erm_visit visit;
    void *context;
} shifted;

static void shift(const erm_piece *piece, void *context)
{
    const shifted *to = context;
    erm_piece moved = *piece;
    if (piece->column)
        moved.first += to->first;
    else
        moved.line += to->first;
    to->visit(&moved, to->context);
}

static bool scan(const erm_matrix *base, erm_rows rows, erm_visit visit, void *context)
{
    const erm_matrix *X = view_of(base)->X;
    if (!erm__can_scan(X)) return false;
    int64_t buffer[CHUNK];
    for (int64_t t = 0; t < rows.count;) {
        const erm_rows part = below(view_of(base), rows, t, buffer);
        shifted to = {.first = t, .visit = visit, .context = context};
        X->ops->scan(X, part, shift, &to);
        t += part.count;
    }
    return true;
}

static erm_status check(const erm_matrix *base, char *detail)
{
    const erm_rows_view *view = view_of(base);
    const erm_status status = erm__view_check(view->X, "rows view", detail);
    if (status != ERM_OK) return status;
    if (base->rows < 0)
        return erm__fail(detail, ERM_EINVAL, "a rows view has %lld rows; expected at least 0", (long long)base->rows);
    if (base->rows > 0 && !view->list) return erm__fail(detail, ERM_EINVAL, "the list of a rows view is NULL");
    for (int64_t i = 0; i < base->rows; i++)
        if (view->list[i] < 0 || view->list[i] >= view->X->rows)
            return erm__fail(detail, ERM_EINVAL, "list[%lld] of a rows view is %lld; expected a row from 0 to %lld", (long long)i,
                             (long long)view->list[i], (long long)(view->X->rows - 1));
    return ERM_OK;
}

#define TABLE(sparse_, by_columns_, row_)                                                                                        \
    {                                                                                                                            \
        .name = "rows view", .sparse = sparse_, .by_columns = by_columns_, .mul = mul, .mul_t = mul_t,                           \
        .row_sqnorms = row_sqnorms, .col_sqsums = col_sqsums, .row = row_, .check = check, .scan = scan                          \
    }
static const erm_matrix_ops tables[] = {ERM_VIEW_TABLES(TABLE, row)};

erm_rows_view erm_rows_view_of(const erm_matrix *X, int64_t count, const int64_t *list)
{
    return (erm_rows_view){.base = {.ops = &tables[erm__view_table_like(X)],
                                    .rows = count,
                                    .cols = X ? X->cols : 0,
                                    .nnz = X ? erm__view_nnz(X, count, X->rows) : 0,
                                    .out_of_core = X && X->out_of_core},
                           .X = X,
                           .list = list};
}
