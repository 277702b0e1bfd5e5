/* A matrix with missing values, NaN, in whose place another number is seen: values are changed on their way, a few at a time. */
#include "matrix/view_imputed.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "matrix/view.h"

static const erm__imputed_view *view_of(const erm_matrix *X) { return (const erm__imputed_view *)X; }

/* Where the pieces go. */
typedef struct receiver {
    const double *fill;
    erm_visit visit;
    void *context;
} receiver;

/* out may be the piece's own values. */
static void change(const double *fill, const erm_piece *piece, double *out)
{
    if (piece->column || piece->index) {
        for (int64_t p = 0; p < piece->count; p++) {
            const double x = piece->value[p];
            out[p] = isnan(x) ? fill[piece->column ? piece->line : piece->first + piece->index[p]] : x;
        }
        return;
    }
    fill += piece->first;
    ERM_SIMD
    for (int64_t p = 0; p < piece->count; p++) out[p] = isnan(piece->value[p]) ? fill[p] : piece->value[p];
}

static void receive(const erm_piece *piece, void *context)
{
    const receiver *to = context;
    double value[ERM_PIECE];
    for (int64_t p = 0; p < piece->count; p += ERM_PIECE) {
        erm_piece part = erm__piece_part(piece, p);
        change(to->fill, &part, value);
        part.value = value;
        to->visit(&part, to->context);
    }
}

static bool scan(const erm_matrix *base, erm_rows rows, erm_visit visit, void *context)
{
    const erm_matrix *X = view_of(base)->X;
    receiver to = {.fill = view_of(base)->fill, .visit = visit, .context = context};
    return X->ops->scan(X, rows, receive, &to);
}

static erm_row row(const erm_matrix *base, int64_t i, int32_t *index_buffer, double *value_buffer)
{
    const erm_matrix *X = view_of(base)->X;
    erm_row changed = X->ops->row(X, i, index_buffer, value_buffer);
    const erm_piece piece = {.count = changed.count, .index = changed.index, .value = changed.value};
    change(view_of(base)->fill, &piece, value_buffer);
    changed.value = value_buffer;
    return changed;
}

/* ---- its check ------------------------------------------------------------------------------------------------------ */

/* The first value that cannot be. */
typedef struct suspect {
    const erm_matrix *X;
    bool found;
    int64_t row, col;
    double value;
} suspect;

static void look(const erm_piece *piece, void *context)
{
    suspect *first = context;
    for (int64_t p = 0; p < piece->count && !first->found; p++) {
        const int64_t place = erm__piece_place(piece, p);
        const int64_t i = piece->column ? place : piece->line, j = piece->column ? piece->line : place;
        const bool outside = i < 0 || i >= first->X->rows || j < 0 || j >= first->X->cols;
        if (!outside && !isinf(piece->value[p])) continue;
        first->found = true;
        first->row = i;
        first->col = j;
        first->value = piece->value[p];
    }
}

erm_status erm__check_but_missing(const erm_matrix *X, const char *view, char *detail)
{
    const erm_status status = erm__view_check(X, view, detail);
    if (status != ERM_EDATA || !erm__can_scan(X)) return status;
    suspect first = {.X = X};
    X->ops->scan(X, (erm_rows){.count = X->rows}, look, &first);
    if (!first.found) return ERM_OK;
    return erm__fail(detail, ERM_EDATA, "X[%lld][%lld] is %g; expected a place in X and a finite value, or NaN for a missing one",
                     (long long)first.row, (long long)first.col, first.value);
}

erm_status erm__check_whole(const erm_matrix *X, char *detail)
{
    char what[ERM_DETAIL_SIZE] = "";
    const erm_status status = X->ops->check ? X->ops->check(X, what) : ERM_OK;
    if (status == ERM_OK) return ERM_OK;
    /* a NaN was met (not a file that cannot be read), and there is nothing worse */
    const bool missing = status == ERM_EDATA && strstr(what, "nan; expected") && erm__can_scan(X) &&
                         erm__check_but_missing(X, "matrix", NULL) == ERM_OK;
    return erm__fail(detail, status, "%.400s%s", what,
                     missing ? "; missing values can be replaced first, by an impute step" : "");
}

static erm_status check(const erm_matrix *base, char *detail)
{
    const erm__imputed_view *view = view_of(base);
    const erm_status status = erm__check_but_missing(view->X, "view without missing values", detail);
    if (status != ERM_OK) return status;
    if (!erm__can_scan(view->X))
        return erm__fail(detail, ERM_EUNSUPPORTED, "missing values of a %s matrix, which has no scan, cannot be replaced",
                         view->X->ops->name);
    for (int64_t j = 0; j < base->cols; j++)
        if (!isfinite(view->fill[j]))
            return erm__fail(detail, ERM_EDATA, "column %lld is to have %g for missing values; expected a finite number",
                             (long long)j, view->fill[j]);
    return ERM_OK;
}

#define TABLE(sparse_, by_columns_, row_)                                                                                        \
    {                                                                                                                            \
        .name = "imputed view", .sparse = sparse_, .by_columns = by_columns_, .mul = erm__scan_mul, .mul_t = erm__scan_mul_t,    \
        .row_sqnorms = erm__scan_row_sqnorms, .col_sqsums = erm__scan_col_sqsums, .row = row_, .check = check, .scan = scan      \
    }
static const erm_matrix_ops tables[] = {ERM_VIEW_TABLES(TABLE, row)};

erm__imputed_view erm__imputed_view_of(const erm_matrix *X, const double *fill)
{
    return (erm__imputed_view){
        .base = {.ops = &tables[erm__view_table_like(X)], .rows = X->rows, .cols = X->cols, .nnz = X->nnz}, .X = X, .fill = fill};
}
