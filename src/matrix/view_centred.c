/* Centred columns of a sparse matrix, which stays sparse. With C = X diag(s) and c the scaled centre, c_j = centre_j s_j:
 *
 *     (C - 1 c') W = C W - 1 (c'W)    (C - 1 c')'R = C'R - c (1'R)    (C_tj - c_j)^2 = c_j^2 + s_j^2 x_tj (x_tj - 2 centre_j)
 *
 * where the last term is 0 for every zero x_tj. */
#include "matrix/view_centred.h"

#include <math.h>

#include "matrix/view.h"

enum { OUTPUTS = 64 }; /* whose sums are kept on the stack at a time */

static const erm_scaled_view *view_of(const erm_matrix *X) { return (const erm_scaled_view *)X; }

static double scaled_centre(const erm_scaled_view *view, int64_t j)
{
    return view->centre[j] * (view->scale ? view->scale[j] : 1);
}

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static void mul(const erm_matrix *base, erm_rows rows, int64_t k, const double *W, double *Z)
{
    const erm_scaled_view *view = view_of(base), plain = erm_scaled_view_of(view->X, NULL, view->scale);
    plain.base.ops->mul(&plain.base, rows, k, W, Z);
    for (int64_t c = 0; c < k; c += OUTPUTS) {
        const int64_t outputs = smaller(k - c, OUTPUTS);
        double product[OUTPUTS] = {0};
        for (int64_t j = 0; j < base->cols; j++)
            for (int64_t o = 0; o < outputs; o++) product[o] += scaled_centre(view, j) * W[j * k + c + o];
        for (int64_t t = 0; t < rows.count; t++)
            for (int64_t o = 0; o < outputs; o++) Z[t * k + c + o] -= product[o];
    }
}

static void mul_t(const erm_matrix *base, erm_rows rows, int64_t k, const double *R, double *G)
{
    const erm_scaled_view *view = view_of(base), plain = erm_scaled_view_of(view->X, NULL, view->scale);
    plain.base.ops->mul_t(&plain.base, rows, k, R, G);
    for (int64_t c = 0; c < k; c += OUTPUTS) {
        const int64_t outputs = smaller(k - c, OUTPUTS);
        double sum[OUTPUTS] = {0};
        for (int64_t t = 0; t < rows.count; t++)
            for (int64_t o = 0; o < outputs; o++) sum[o] += R[t * k + c + o];
        for (int64_t j = 0; j < base->cols; j++)
            for (int64_t o = 0; o < outputs; o++) G[j * k + c + o] -= scaled_centre(view, j) * sum[o];
    }
}

/* What is to be done with the squares. */
typedef struct squares {
    const erm_scaled_view *view;
    erm__product product;
} squares;

/* Adds up s_j^2 x (x - 2 centre_j). */
static void add_squares(const erm_piece *piece, void *context)
{
    squares *to = context;
    const double *centre = to->view->centre, *scale = to->view->scale;
    double value[ERM_PIECE];
    for (int64_t begin = 0; begin < piece->count; begin += ERM_PIECE) {
        erm_piece part = erm__piece_part(piece, begin);
        for (int64_t p = 0; p < part.count; p++) {
            const int64_t j = part.column ? part.line : erm__piece_place(&part, p);
            const double s = scale ? scale[j] : 1;
            value[p] = s * s * (part.value[p] * (part.value[p] - 2 * centre[j]));
        }
        part.value = value;
        erm__add_product(&part, &to->product);
    }
}

static void row_sqnorms(const erm_matrix *base, erm_rows rows, double *out)
{
    const erm_scaled_view *view = view_of(base);
    double total = 0;
    for (int64_t j = 0; j < base->cols; j++) total += scaled_centre(view, j) * scaled_centre(view, j);
    for (int64_t t = 0; t < rows.count; t++) out[t] = total;
    squares to = {.view = view, .product = {.k = 1, .into = out}};
    view->X->ops->scan(view->X, rows, add_squares, &to);
    for (int64_t t = 0; t < rows.count; t++) out[t] = fmax(0, out[t]); /* rounding may have left less */
}

static void col_sqsums(const erm_matrix *base, erm_rows rows, const double *weight, double *out)
{
    const erm_scaled_view *view = view_of(base);
    squares to = {.view = view, .product = {.transposed = true, .k = 1, .from = weight, .into = out}};
    view->X->ops->scan(view->X, rows, add_squares, &to);
    double total = 0;
    for (int64_t t = 0; t < rows.count; t++) total += weight ? weight[t] : 1;
    for (int64_t j = 0; j < base->cols; j++) out[j] += total * (scaled_centre(view, j) * scaled_centre(view, j));
}

static erm_status check_finite(const char *name, int64_t count, const double *x, char *detail)
{
    for (int64_t j = 0; x && j < count; j++)
        if (!isfinite(x[j]))
            return erm__fail(detail, ERM_EDATA, "%s[%lld] of a scaled view is %g; expected finite numbers", name, (long long)j,
                             x[j]);
    return ERM_OK;
}

erm_status erm__scaled_check(const erm_matrix *base, char *detail)
{
    const erm_scaled_view *view = view_of(base);
    erm_status status = erm__view_check(view->X, "scaled view", detail);
    if (status == ERM_OK && !erm__can_scan(view->X))
        return erm__fail(detail, ERM_EUNSUPPORTED,
                         "a scaled view of a %s matrix, which has no scan; scale what it is made of, or copy it",
                         view->X->ops->name);
    if (status == ERM_OK) status = check_finite("centre", base->cols, view->centre, detail);
    return status == ERM_OK ? check_finite("scale", base->cols, view->scale, detail) : status;
}

#define TABLE(by_columns_)                                                                                                       \
    {                                                                                                                            \
        .name = "centred view", .sparse = true, .by_columns = by_columns_, .mul = mul, .mul_t = mul_t,                           \
        .row_sqnorms = row_sqnorms, .col_sqsums = col_sqsums, .check = erm__scaled_check                                         \
    }
static const erm_matrix_ops tables[] = {TABLE(false), TABLE(true)};

const erm_matrix_ops *erm__centred_table(bool by_columns) { return &tables[by_columns]; }
