/* The operations on a matrix that is read through windows: each window is, for as long as it is held, a matrix of the library,
 * which does the work, so that the bits are those of a matrix in memory. Rows that could not be read are NaN. */
#include <math.h>
#include <string.h>

#include "base/detail.h"
#include "io/window.h"

/* The rows that a window holds. */
typedef union part {
    erm_matrix base;
    erm_csr csr;
    erm_dense dense;
} part;

static part part_of(const erm__window_matrix *self, int64_t rows, const erm__window *window)
{
    const int64_t cols = self->base.cols;
    const void *x = window->values;
    part made;
    if (self->dense)
        made.dense = self->single ? erm_dense_f32(rows, cols, x, cols) : erm_dense_f64(rows, cols, x, cols);
    else
        made.csr = self->single ? erm_csr_f32(rows, cols, window->start, window->index, x)
                                : erm_csr_f64(rows, cols, window->start, window->index, x);
    return made;
}

/* Works on `rows` of X, which are the rows from the t-th on of the call; X NULL: they could not be read. */
typedef void (*work_on)(const erm_matrix *X, erm_rows rows, int64_t t, void *job);

/* A call is one part if its rows fit into a window. */
static void each_part(const erm_matrix *base, erm_rows rows, work_on work, void *job)
{
    const erm__window_matrix *self = (const erm__window_matrix *)base;
    for (int64_t t = 0, count; t < rows.count; t += count) {
        count = erm__window_fits(self->windows, rows, t);
        const erm_rows some = {.begin = rows.begin + t, .count = count, .list = rows.list};
        erm__window *const window = erm__window_take(self->windows, some);
        if (!window) {
            work(NULL, some, t, job);
            continue;
        }
        const part X = part_of(self, rows.list ? count : window->rows, window);
        work(&X.base, (erm_rows){.begin = rows.list ? 0 : some.begin - window->first, .count = count}, t, job);
        erm__window_release(self->windows, window);
    }
}

static void spoil(int64_t count, double *x)
{
    for (int64_t p = 0; p < count; p++) x[p] = NAN;
}

/* ---- products ---------------------------------------------------------------------------------------------------------- */

typedef struct product {
    int64_t k, cols;
    const double *from;
    double *into;
} product;

static void mul_part(const erm_matrix *X, erm_rows rows, int64_t t, void *job)
{
    const product *to = job;
    if (X)
        X->ops->mul(X, rows, to->k, to->from, to->into + t * to->k);
    else
        spoil(rows.count * to->k, to->into + t * to->k);
}

static void mul(const erm_matrix *X, erm_rows rows, int64_t k, const double *W, double *Z)
{
    each_part(X, rows, mul_part, &(product){.k = k, .from = W, .into = Z});
}

static void mul_t_part(const erm_matrix *X, erm_rows rows, int64_t t, void *job)
{
    const product *to = job;
    if (X)
        X->ops->mul_t(X, rows, to->k, to->from + t * to->k, to->into);
    else
        spoil(to->cols * to->k, to->into);
}

static void mul_t(const erm_matrix *X, erm_rows rows, int64_t k, const double *R, double *G)
{
    each_part(X, rows, mul_t_part, &(product){.k = k, .cols = X->cols, .from = R, .into = G});
}

static void row_part(const erm_matrix *X, erm_rows rows, int64_t t, void *job)
{
    const product *to = job;
    if (X)
        X->ops->row_sqnorms(X, rows, to->into + t);
    else
        spoil(rows.count, to->into + t);
}

static void row_sqnorms(const erm_matrix *X, erm_rows rows, double *out)
{
    each_part(X, rows, row_part, &(product){.into = out});
}

static void col_part(const erm_matrix *X, erm_rows rows, int64_t t, void *job)
{
    const product *to = job;
    if (X)
        X->ops->col_sqsums(X, rows, to->from ? to->from + t : NULL, to->into);
    else
        spoil(to->cols, to->into);
}

static void col_sqsums(const erm_matrix *X, erm_rows rows, const double *weight, double *out)
{
    each_part(X, rows, col_part, &(product){.cols = X->cols, .from = weight, .into = out});
}

/* ---- values ------------------------------------------------------------------------------------------------------------ */

static erm_row row(const erm_matrix *X, int64_t i, int32_t *index_buffer, double *value_buffer)
{
    const erm__window_matrix *self = (const erm__window_matrix *)X;
    int64_t count;
    if (!erm__window_row(self->windows, i, &count, index_buffer, value_buffer)) {
        spoil(count, value_buffer);
        for (int64_t p = 0; p < count && !self->dense; p++) index_buffer[p] = (int32_t)p; /* there are so many columns */
    }
    return (erm_row){.count = count, .index = self->dense ? NULL : index_buffer, .value = value_buffer};
}

typedef struct reading {
    int64_t cols, t;
    erm_visit visit;
    void *context;
} reading;

/* Rows are numbered from the t-th of the call on. */
static void pass_on(const erm_piece *piece, void *context)
{
    const reading *to = context;
    erm_piece moved = *piece;
    moved.line += to->t;
    to->visit(&moved, to->context);
}

static void scan_part(const erm_matrix *X, erm_rows rows, int64_t t, void *job)
{
    reading *const to = job;
    static const double none = NAN;
    to->t = t;
    if (X) X->ops->scan(X, rows, pass_on, to);
    for (int64_t i = 0; !X && to->cols > 0 && i < rows.count; i++)
        to->visit(&(erm_piece){.line = t + i, .count = 1, .value = &none}, to->context);
}

static bool scan(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context)
{
    each_part(X, rows, scan_part, &(reading){.cols = X->cols, .visit = visit, .context = context});
    return true;
}

/* ---- check ------------------------------------------------------------------------------------------------------------- */

typedef struct search {
    int64_t begin;       /* the first row of the call */
    int64_t row, column; /* of the first value that is not finite; row -1: none */
    double value;
} search;

static void find_bad(const erm_piece *piece, void *context)
{
    search *const to = context;
    double sum = 0; /* x - x is 0 if x is finite, else NaN */
    for (int64_t p = 0; p < piece->count; p++) sum += piece->value[p] - piece->value[p];
    if (sum == 0 || to->row >= 0) return;
    int64_t p = 0;
    while (isfinite(piece->value[p])) p++;
    to->row = to->begin + piece->line;
    to->column = piece->first + (piece->index ? piece->index[p] : p);
    to->value = piece->value[p];
}

/* The columns and the row starts were checked when the file was opened, and are again whenever they are read. */
static erm_status check(const erm_matrix *X, char *detail)
{
    enum { ROWS = 4096 };
    const erm__window_matrix *self = (const erm__window_matrix *)X;
    search bad = {.row = -1};
    for (; bad.begin < X->rows && bad.row < 0; bad.begin += ROWS) {
        const int64_t left = X->rows - bad.begin;
        scan(X, (erm_rows){.begin = bad.begin, .count = left < ROWS ? left : ROWS}, find_bad, &bad);
    }
    const erm_status status = erm__windows_status(self->windows, detail);
    if (status != ERM_OK || bad.row < 0) return status;
    return erm__fail(detail, ERM_EDATA, "X[%lld][%lld] is %g; expected finite values", (long long)bad.row, (long long)bad.column,
                     bad.value);
}

#define OPERATIONS                                                                                                               \
    .mul = mul, .mul_t = mul_t, .row_sqnorms = row_sqnorms, .col_sqsums = col_sqsums, .row = row, .check = check, .scan = scan

const erm_matrix_ops erm__window_sparse_ops = {.name = "mapped sparse rows", .sparse = true, OPERATIONS};
const erm_matrix_ops erm__window_dense_ops = {.name = "mapped dense rows", OPERATIONS};
