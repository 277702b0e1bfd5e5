/* Matrices side by side: block b has the columns from its offset on, so its part of W and G is a run of their rows. */
#include <math.h>
#include <string.h>

#include "matrix/view.h"

enum { BUFFER = 1024 }; /* numbers of one block's products, before they are added to the others' */

static const erm_blocks_view *view_of(const erm_matrix *X) { return (const erm_blocks_view *)X; }

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static erm_rows part_of(erm_rows rows, int64_t first, int64_t count)
{
    return (erm_rows){.begin = rows.begin + first, .count = count, .list = rows.list};
}

/* Z += X W without a buffer. */
static void add_by_scan(const erm_matrix *X, erm_rows rows, int64_t k, const double *W, double *Z)
{
    erm__product product = {.k = k, .from = W, .into = Z};
    if (erm__can_scan(X)) {
        X->ops->scan(X, rows, erm__add_product, &product);
        return;
    }
    for (int64_t p = 0; p < rows.count * k; p++) Z[p] = NAN;
}

/* Z += X W */
static void add_mul(const erm_matrix *X, erm_rows rows, int64_t k, const double *W, double *Z)
{
    if (k > BUFFER) {
        add_by_scan(X, rows, k, W, Z);
        return;
    }
    double product[BUFFER];
    for (int64_t t = 0; t < rows.count; t += BUFFER / k) {
        const int64_t count = smaller(rows.count - t, BUFFER / k);
        X->ops->mul(X, part_of(rows, t, count), k, W, product);
        for (int64_t p = 0; p < count * k; p++) Z[t * k + p] += product[p];
    }
}

static void mul(const erm_matrix *base, erm_rows rows, int64_t k, const double *W, double *Z)
{
    const erm_blocks_view *view = view_of(base);
    view->block[0]->ops->mul(view->block[0], rows, k, W, Z);
    for (int64_t b = 1; b < view->count; b++) {
        W += view->block[b - 1]->cols * k;
        add_mul(view->block[b], rows, k, W, Z);
    }
}

static void mul_t(const erm_matrix *base, erm_rows rows, int64_t k, const double *R, double *G)
{
    const erm_blocks_view *view = view_of(base);
    for (int64_t b = 0; b < view->count; b++) {
        view->block[b]->ops->mul_t(view->block[b], rows, k, R, G);
        G += view->block[b]->cols * k;
    }
}

static void add_sqnorms(const erm_matrix *X, erm_rows rows, double *out)
{
    double norm[BUFFER];
    for (int64_t t = 0; t < rows.count; t += BUFFER) {
        const int64_t count = smaller(rows.count - t, BUFFER);
        X->ops->row_sqnorms(X, part_of(rows, t, count), norm);
        for (int64_t p = 0; p < count; p++) out[t + p] += norm[p];
    }
}

static void row_sqnorms(const erm_matrix *base, erm_rows rows, double *out)
{
    const erm_blocks_view *view = view_of(base);
    view->block[0]->ops->row_sqnorms(view->block[0], rows, out);
    for (int64_t b = 1; b < view->count; b++) add_sqnorms(view->block[b], rows, out);
}

static void col_sqsums(const erm_matrix *base, erm_rows rows, const double *weight, double *out)
{
    const erm_blocks_view *view = view_of(base);
    for (int64_t b = 0; b < view->count; b++) {
        view->block[b]->ops->col_sqsums(view->block[b], rows, weight, out);
        out += view->block[b]->cols;
    }
}

/* Behind `count` entries in the buffers, those of row i of block X. A block writes its own part of them at most. */
static int64_t append_row(const erm_matrix *X, int64_t i, int64_t offset, int64_t count, int32_t *index, double *value)
{
    const erm_row row = X->ops->row(X, i, index + count, value + count);
    if (row.value != value + count) memmove(value + count, row.value, (size_t)row.count * sizeof *value);
    for (int64_t p = 0; p < row.count; p++) index[count + p] = (int32_t)(offset + (row.index ? row.index[p] : p));
    return count + row.count;
}

static erm_row row(const erm_matrix *base, int64_t i, int32_t *index_buffer, double *value_buffer)
{
    const erm_blocks_view *view = view_of(base);
    int64_t count = 0, offset = 0;
    for (int64_t b = 0; b < view->count; b++) {
        count = append_row(view->block[b], i, offset, count, index_buffer, value_buffer);
        offset += view->block[b]->cols;
    }
    return (erm_row){.count = count, .index = count == base->cols ? NULL : index_buffer, .value = value_buffer};
}

/* Pieces of a block whose columns begin at `offset`. */
typedef struct shifted {
    int64_t offset;
    erm_visit visit;
    void *context;
} shifted;

static void shift(const erm_piece *piece, void *context)
{
    const shifted *to = context;
    erm_piece moved = *piece;
    if (piece->column)
        moved.line += to->offset;
    else
        moved.first += to->offset;
    to->visit(&moved, to->context);
}

static bool scan(const erm_matrix *base, erm_rows rows, erm_visit visit, void *context)
{
    const erm_blocks_view *view = view_of(base);
    for (int64_t b = 0; b < view->count; b++)
        if (!erm__can_scan(view->block[b])) return false;
    shifted to = {.visit = visit, .context = context};
    for (int64_t b = 0; b < view->count; b++) {
        view->block[b]->ops->scan(view->block[b], rows, shift, &to);
        to.offset += view->block[b]->cols;
    }
    return true;
}

static erm_status check(const erm_matrix *base, char *detail)
{
    const erm_blocks_view *view = view_of(base);
    if (view->count < 1 || !view->block) return erm__fail(detail, ERM_EINVAL, "a blocks view is made of no matrix");
    int64_t cols = 0;
    for (int64_t b = 0; b < view->count; b++) {
        const erm_status status = erm__view_check(view->block[b], "blocks view", detail);
        if (status != ERM_OK) return status;
        if (view->block[b]->rows != base->rows)
            return erm__fail(detail, ERM_EINVAL, "block %lld of a blocks view has %lld rows; expected %lld as in block 0",
                             (long long)b, (long long)view->block[b]->rows, (long long)base->rows);
        cols += view->block[b]->cols;
        if (cols > INT32_MAX)
            return erm__fail(detail, ERM_EINVAL, "the blocks of a view have more than 2147483647 columns together");
    }
    return ERM_OK;
}

#define TABLE(sparse_, by_columns_, row_)                                                                                        \
    {                                                                                                                            \
        .name = "blocks view", .sparse = sparse_, .by_columns = by_columns_, .mul = mul, .mul_t = mul_t,                         \
        .row_sqnorms = row_sqnorms, .col_sqsums = col_sqsums, .row = row_, .check = check, .scan = scan                          \
    }
static const erm_matrix_ops tables[] = {ERM_VIEW_TABLES(TABLE, row)};

erm_blocks_view erm_blocks_view_of(const erm_matrix *const *block, int64_t count)
{
    erm_matrix base = {0};
    bool sparse = false, by_columns = false, has_row = true;
    for (int64_t b = 0; block && b < count; b++) {
        const erm_matrix *X = block[b];
        if (!X || !X->ops) continue; /* check refuses it */
        if (b == 0) base.rows = X->rows;
        base.cols += X->cols;
        base.nnz += X->nnz;
        sparse = sparse || X->ops->sparse;
        by_columns = by_columns || X->ops->by_columns;
        has_row = has_row && X->ops->row;
        base.out_of_core = base.out_of_core || X->out_of_core;
    }
    base.ops = &tables[erm__view_table(sparse, by_columns, has_row)];
    return (erm_blocks_view){.base = base, .block = block, .count = count};
}
