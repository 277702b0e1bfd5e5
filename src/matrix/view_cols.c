/* Some columns of a matrix, in any order: each piece of the matrix below is thinned out and renumbered. */
#include "matrix/view.h"

static const erm_cols_view *view_of(const erm_matrix *X) { return (const erm_cols_view *)X; }

/* Where the pieces go. */
typedef struct receiver {
    const erm_cols_view *view;
    erm_visit visit;
    void *context;
} receiver;

/* A row that is dense and whole: its listed values are looked up. */
static void pick(const erm_piece *piece, const receiver *to)
{
    const int32_t *list = to->view->list;
    const int64_t count = to->view->base.cols;
    double value[ERM_PIECE];
    erm_piece picked = {.line = piece->line, .value = value};
    for (; picked.first < count; picked.first += picked.count) {
        picked.count = count - picked.first < ERM_PIECE ? count - picked.first : ERM_PIECE;
        for (int64_t p = 0; p < picked.count; p++) value[p] = piece->value[list[picked.first + p]];
        to->visit(&picked, to->context);
    }
}

/* Any part of a row: its values are kept or passed over. */
static void thin_out(const erm_piece *piece, const receiver *to)
{
    const int32_t *position = to->view->position;
    int32_t index[ERM_PIECE];
    double value[ERM_PIECE];
    for (int64_t begin = 0; begin < piece->count; begin += ERM_PIECE) {
        const erm_piece part = erm__piece_part(piece, begin);
        erm_piece kept = {.line = piece->line, .index = index, .value = value};
        for (int64_t p = 0; p < part.count; p++) {
            index[kept.count] = position[erm__piece_place(&part, p)];
            value[kept.count] = part.value[p];
            kept.count += index[kept.count] >= 0; /* else the next one takes its place */
        }
        if (kept.count > 0) to->visit(&kept, to->context);
    }
}

static void receive(const erm_piece *piece, void *context)
{
    const receiver *to = context;
    if (!piece->column && !piece->index && piece->count == to->view->X->cols) {
        pick(piece, to);
    } else if (!piece->column) {
        thin_out(piece, to);
    } else if (to->view->position[piece->line] >= 0) {
        erm_piece renamed = *piece;
        renamed.line = to->view->position[piece->line];
        to->visit(&renamed, to->context);
    }
}

static bool scan(const erm_matrix *base, erm_rows rows, erm_visit visit, void *context)
{
    const erm_matrix *X = view_of(base)->X;
    receiver to = {.view = view_of(base), .visit = visit, .context = context};
    return X->ops->scan(X, rows, receive, &to);
}

static erm_status check_list(const erm_cols_view *view, char *detail)
{
    for (int64_t c = 0; c < view->base.cols; c++) {
        const int64_t j = view->list[c];
        if (j < 0 || j >= view->X->cols)
            return erm__fail(detail, ERM_EINVAL, "list[%lld] of a columns view is %lld; expected a column from 0 to %lld",
                             (long long)c, (long long)j, (long long)(view->X->cols - 1));
        if (view->position[j] != c)
            return erm__fail(detail, ERM_EINVAL, "list[%lld] of a columns view is column %lld, which is in the list twice",
                             (long long)view->position[j], (long long)j);
    }
    return ERM_OK;
}

static erm_status check(const erm_matrix *base, char *detail)
{
    const erm_cols_view *view = view_of(base);
    const erm_status status = erm__view_check(view->X, "columns view", detail);
    if (status != ERM_OK) return status;
    if (base->cols < 0)
        return erm__fail(detail, ERM_EINVAL, "a columns view has %lld columns; expected at least 0", (long long)base->cols);
    if (base->cols > 0 && !view->list) return erm__fail(detail, ERM_EINVAL, "the list of a columns view is NULL");
    if (view->X->cols > 0 && !view->position)
        return erm__fail(detail, ERM_EINVAL, "a columns view needs memory for the positions of %lld columns, and got NULL",
                         (long long)view->X->cols);
    if (!erm__can_scan(view->X))
        return erm__fail(detail, ERM_EUNSUPPORTED,
                         "a columns view of a %s matrix, which has no scan; take the columns of what it is made of, or copy it",
                         view->X->ops->name);
    return check_list(view, detail);
}

#define TABLE(sparse_, by_columns_, row_)                                                                                        \
    {                                                                                                                            \
        .name = "columns view", .sparse = sparse_, .by_columns = by_columns_, .mul = erm__scan_mul, .mul_t = erm__scan_mul_t,    \
        .row_sqnorms = erm__scan_row_sqnorms, .col_sqsums = erm__scan_col_sqsums, .row = row_, .check = check, .scan = scan      \
    }
static const erm_matrix_ops tables[] = {ERM_VIEW_TABLES(TABLE, erm__scan_row)};

erm_cols_view erm_cols_view_of(const erm_matrix *X, int64_t count, const int32_t *list, int32_t *position)
{
    const int64_t cols = X ? X->cols : 0;
    for (int64_t j = 0; position && j < cols; j++) position[j] = -1;
    for (int64_t c = 0; position && list && c < count; c++)
        if (list[c] >= 0 && list[c] < cols) position[list[c]] = (int32_t)c;
    return (erm_cols_view){.base = {.ops = &tables[erm__view_table_like(X)],
                                    .rows = X ? X->rows : 0,
                                    .cols = count,
                                    .nnz = X ? erm__view_nnz(X, count, cols) : 0,
                                    .out_of_core = X && X->out_of_core},
                           .X = X,
                           .list = list,
                           .position = position};
}
