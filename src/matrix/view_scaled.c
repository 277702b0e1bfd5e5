/* Columns less their centre, times their scale. Values are changed on their way, a few at a time, except that zeros stay
 * zeros: what a centre makes of a sparse matrix's zeros is added to the results, see view_centred.c. */
#include <string.h>

#include "base/simd.h"
#include "matrix/view.h"
#include "matrix/view_centred.h"

enum { BUFFER = 2048 }; /* numbers of a W or G that is scaled on the stack, 16 KiB */

static const erm_scaled_view *view_of(const erm_matrix *X) { return (const erm_scaled_view *)X; }

/* Where the pieces go. */
typedef struct receiver {
    const erm_scaled_view *view;
    erm_visit visit;
    void *context;
} receiver;

/* out = (value - centre) scale along a dense row; centre and scale begin with the first value's column. */
ERM_KERNEL static void change_dense(int64_t n, const double *value, const double *centre, const double *scale, double *out)
{
    if (centre && scale) {
        ERM_SIMD
        for (int64_t p = 0; p < n; p++) out[p] = (value[p] - centre[p]) * scale[p];
    } else if (centre) {
        ERM_SIMD
        for (int64_t p = 0; p < n; p++) out[p] = value[p] - centre[p];
    } else if (scale) {
        ERM_SIMD
        for (int64_t p = 0; p < n; p++) out[p] = value[p] * scale[p];
    } else {
        memmove(out, value, (size_t)n * sizeof *out);
    }
}

static void change_indexed(const erm_piece *piece, const double *centre, const double *scale, double *out)
{
    for (int64_t p = 0; p < piece->count; p++) {
        const int64_t j = piece->first + piece->index[p];
        out[p] = (piece->value[p] - (centre ? centre[j] : 0)) * (scale ? scale[j] : 1);
    }
}

static void change_column(const erm_piece *piece, const double *centre, const double *scale, double *out)
{
    const double c = centre ? centre[piece->line] : 0, s = scale ? scale[piece->line] : 1;
    ERM_SIMD
    for (int64_t p = 0; p < piece->count; p++) out[p] = (piece->value[p] - c) * s;
}

/* out = the piece's values as the view has them; out may be the piece's own. */
static void change(const erm_scaled_view *view, const erm_piece *piece, double *out)
{
    const double *centre = view->centre, *scale = view->scale;
    if (piece->column)
        change_column(piece, centre, scale, out);
    else if (piece->index)
        change_indexed(piece, centre, scale, out);
    else
        change_dense(piece->count, piece->value, centre ? centre + piece->first : NULL, scale ? scale + piece->first : NULL, out);
}

static void receive(const erm_piece *piece, void *context)
{
    const receiver *to = context;
    double value[ERM_PIECE];
    for (int64_t p = 0; p < piece->count; p += ERM_PIECE) {
        erm_piece part = erm__piece_part(piece, p);
        change(to->view, &part, value);
        part.value = value;
        to->visit(&part, to->context);
    }
}

static bool scan(const erm_matrix *base, erm_rows rows, erm_visit visit, void *context)
{
    const erm_matrix *X = view_of(base)->X;
    receiver to = {.view = view_of(base), .visit = visit, .context = context};
    return X->ops->scan(X, rows, receive, &to);
}

/* Whether to scale W instead of X, which leaves X's own products to do the work. Not where W has more values than some rows; and
 * a centre is better subtracted from X than from its products, which may be much larger than what is left. */
static bool scales_W(const erm_scaled_view *view, int64_t k)
{
    return !view->centre && !view->X->ops->sparse && view->base.cols <= BUFFER / k;
}

/* Whether to scale X'R instead of X. Sparse rows must be enough to make up for it, which only sums over rows may depend on: a row
 * alone has the same margin as among others. */
static bool scales_G(const erm_scaled_view *view, erm_rows rows, int64_t k)
{
    const erm_matrix *X = view->X;
    if (view->centre || view->base.cols > BUFFER / k) return false;
    return !X->ops->sparse || (double)rows.count * (double)X->nnz >= (double)X->rows * (double)X->cols;
}

static void mul(const erm_matrix *base, erm_rows rows, int64_t k, const double *W, double *Z)
{
    const erm_scaled_view *view = view_of(base);
    if (!scales_W(view, k)) {
        erm__scan_mul(base, rows, k, W, Z);
        return;
    }
    double scaled[BUFFER];
    for (int64_t j = 0; j < base->cols; j++)
        for (int64_t c = 0; c < k; c++) scaled[j * k + c] = W[j * k + c] * (view->scale ? view->scale[j] : 1);
    view->X->ops->mul(view->X, rows, k, scaled, Z);
}

static void mul_t(const erm_matrix *base, erm_rows rows, int64_t k, const double *R, double *G)
{
    const erm_scaled_view *view = view_of(base);
    if (!scales_G(view, rows, k)) {
        erm__scan_mul_t(base, rows, k, R, G);
        return;
    }
    double product[BUFFER];
    memset(product, 0, (size_t)(base->cols * k) * sizeof *product);
    view->X->ops->mul_t(view->X, rows, k, R, product);
    for (int64_t j = 0; j < base->cols; j++)
        for (int64_t c = 0; c < k; c++) G[j * k + c] += product[j * k + c] * (view->scale ? view->scale[j] : 1);
}

/* A row of a matrix that is not sparse may have indices all the same, but lacks no column. */
static erm_row row(const erm_matrix *base, int64_t i, int32_t *index_buffer, double *value_buffer)
{
    const erm_matrix *X = view_of(base)->X;
    erm_row changed = X->ops->row(X, i, index_buffer, value_buffer);
    const erm_piece piece = {.count = changed.count, .index = changed.index, .value = changed.value};
    change(view_of(base), &piece, value_buffer);
    changed.value = value_buffer;
    return changed;
}

#define TABLE(sparse_, by_columns_, row_)                                                                                        \
    {                                                                                                                            \
        .name = "scaled view", .sparse = sparse_, .by_columns = by_columns_, .mul = mul, .mul_t = mul_t,                         \
        .row_sqnorms = erm__scan_row_sqnorms, .col_sqsums = erm__scan_col_sqsums, .row = row_, .check = erm__scaled_check,       \
        .scan = scan                                                                                                             \
    }
static const erm_matrix_ops tables[] = {ERM_VIEW_TABLES(TABLE, row)};

erm_scaled_view erm_scaled_view_of(const erm_matrix *X, const double *centre, const double *scale)
{
    const bool moves_zeros = centre && X && X->ops && X->ops->sparse; /* zeros that are not stored */
    return (erm_scaled_view){
        .base = {.ops = moves_zeros ? erm__centred_table(X->ops->by_columns) : &tables[erm__view_table_like(X)],
                 .rows = X ? X->rows : 0,
                 .cols = X ? X->cols : 0,
                 .nnz = X ? X->nnz : 0,
                 .out_of_core = X && X->out_of_core},
        .X = X,
        .centre = centre,
        .scale = scale};
}
