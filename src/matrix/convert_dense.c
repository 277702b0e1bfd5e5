/* Dense copies of any matrix that can be read piece by piece. */
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "matrix/convert.h"

/* Entry (i, j) of X goes to i row_step + j col_step. */
typedef struct layout {
    int64_t row_step, col_step;
} layout;

/* What a thread knows of its part: its rows are numbered from `begin` on in X. */
typedef struct writer {
    const erm__conversion *job;
    layout to;
    int64_t begin;
} writer;

static void write_piece(const erm_piece *piece, void *context)
{
    const writer *now = context;
    const int64_t first = now->begin * now->to.row_step;
    const int64_t line = piece->line * (piece->column ? now->to.col_step : now->to.row_step);
    const int64_t step = piece->column ? now->to.row_step : now->to.col_step;
    for (int64_t p = 0; p < piece->count; p++)
        erm__conversion_put(now->job, first + line + erm__piece_place(piece, p) * step, piece->value[p]);
}

/* Zeroes the rows' entries, which lie in one run, or in one run for each column. */
static void clear(const erm__conversion *job, layout to, erm_rows rows)
{
    const size_t size = erm__conversion_size(job);
    char *const values = job->copy.values;
    const int64_t cols = job->X->cols;
    if (to.col_step == 1 && rows.count > 0)
        memset(values + (size_t)(rows.begin * cols) * size, 0, (size_t)(rows.count * cols) * size);
    for (int64_t j = 0; to.col_step != 1 && j < cols; j++)
        memset(values + (size_t)(j * to.col_step + rows.begin) * size, 0, (size_t)rows.count * size);
}

/* Rows of which a copy by columns is written together: their values of a column share a cache line. */
enum { TALL = 16 };

typedef struct block {
    double *row; /* TALL x d */
    int64_t d;
} block;

static void keep_piece(const erm_piece *piece, void *context)
{
    const block *now = context;
    for (int64_t p = 0; p < piece->count; p++) {
        const int64_t place = erm__piece_place(piece, p), row = piece->column ? place : piece->line;
        now->row[row * now->d + (piece->column ? piece->line : place)] = piece->value[p];
    }
}

/* Copies rows by columns, TALL rows at a time by way of `row`. */
static void turn_part(const erm__conversion *job, int part, double *row)
{
    const int64_t n = job->X->rows;
    const erm_rows rows = erm__conversion_part(job, part);
    const block now = {row, job->X->cols};
    for (int64_t begin = rows.begin; begin < rows.begin + rows.count; begin += TALL) {
        const int64_t left = rows.begin + rows.count - begin, count = left < TALL ? left : TALL;
        memset(row, 0, (size_t)(count * now.d) * sizeof *row);
        erm__conversion_scan_rows(job, part, (erm_rows){.begin = begin, .count = count}, keep_piece, (void *)(uintptr_t)&now);
        for (int64_t j = 0; j < now.d; j++)
            for (int64_t r = 0; r < count; r++) erm__conversion_put(job, j * n + begin + r, row[r * now.d + j]);
    }
}

static void write_part(const erm__conversion *job, layout to, int part)
{
    const erm_rows rows = erm__conversion_part(job, part);
    clear(job, to, rows);
    writer now = {.job = job, .to = to, .begin = rows.begin};
    erm__conversion_scan(job, part, write_piece, &now);
}

static erm_dense view_of(const erm__conversion *job, bool columns, int64_t rows, int64_t cols)
{
    const void *values = job->copy.values;
    if (columns)
        return job->options.single ? erm_dense_col_f32(rows, cols, values, rows) : erm_dense_col_f64(rows, cols, values, rows);
    return job->options.single ? erm_dense_f32(rows, cols, values, cols) : erm_dense_f64(rows, cols, values, cols);
}

static bool write_dense(erm__conversion *job, bool columns)
{
    const int64_t n = job->X->rows, d = job->X->cols;
    const bool transposed = job->options.transposed;
    if (d > 0 && n > INT64_MAX / d) return false;
    job->copy.values = erm__conversion_take(job, n * d, erm__conversion_size(job));
    if (!job->copy.values) return false;
    const layout to = columns != transposed ? (layout){.row_step = 1, .col_step = n} : (layout){.row_step = d, .col_step = 1};
    const bool turn = to.row_step == 1 && !job->X->ops->by_columns;
    double *const row = turn ? malloc((size_t)job->parts * (size_t)(TALL * d + 1) * sizeof *row) : NULL;
    if (turn && !row) return false;
#pragma omp parallel for schedule(static, 1) num_threads(job->parts) if (job->parts > 1)
    for (int part = 0; part < job->parts; part++) {
        if (turn)
            turn_part(job, part, row + part * TALL * d);
        else
            write_part(job, to, part);
    }
    free(row);
    job->copy.matrix.dense = view_of(job, columns, transposed ? d : n, transposed ? n : d);
    return true;
}

static erm_status copy_dense(const erm_matrix *X, bool columns, const erm_copy_options *options, erm_matrix_copy *copy,
                             char *detail)
{
    if (X && options && options->transposed && X->rows > INT32_MAX)
        return erm__fail(detail, ERM_EINVAL, "X has %lld rows; a transposed copy can have at most 2147483647",
                         (long long)X->rows);
    return erm__convert(X, columns, options, write_dense, copy, detail);
}

erm_status erm_dense_from(const erm_matrix *X, const erm_copy_options *options, erm_matrix_copy *copy, char *detail)
{
    return copy_dense(X, false, options, copy, detail);
}

erm_status erm_dense_col_from(const erm_matrix *X, const erm_copy_options *options, erm_matrix_copy *copy, char *detail)
{
    return copy_dense(X, true, options, copy, detail);
}
