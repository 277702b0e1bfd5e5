/* Compressed copies of any matrix that can be read piece by piece: its nonzeros are counted, then written, each part of the
 * rows by a thread of its own. Where each part begins in each line is known from the counts, so the threads do not meet, and
 * the copy is the same for any number of them. */
#include <stdlib.h>

#include "base/detail.h"
#include "matrix/convert.h"

/* The lines are rows of X, or its columns. */
typedef struct compressor {
    erm__conversion job;
    bool columns;
    int64_t lines;
    /* Lines that are rows belong to one part each and share one table; of columns each part has its own. */
    int tables;
    int64_t *cursor; /* tables x lines: how many nonzeros, then where the next one goes */
} compressor;

/* What a thread knows of its part: its rows are numbered from `begin` on in X. */
typedef struct writer {
    const compressor *now;
    int64_t begin;
    int64_t *cursor;
} writer;

static void count_piece(const erm_piece *piece, void *context)
{
    const writer *to = context;
    if (piece->column == to->now->columns) {
        int64_t *const cursor = to->cursor + piece->line + (piece->column ? 0 : to->begin);
        for (int64_t p = 0; p < piece->count; p++) *cursor += piece->value[p] != 0;
    } else {
        int64_t *const cursor = to->cursor + (piece->column ? to->begin : 0);
        for (int64_t p = 0; p < piece->count; p++) cursor[erm__piece_place(piece, p)] += piece->value[p] != 0;
    }
}

static void put(const writer *to, int64_t line, int64_t index, double value)
{
    if (value == 0) return;
    const int64_t p = to->cursor[line]++;
    to->now->job.copy.index[p] = (int32_t)index;
    erm__conversion_put(&to->now->job, p, value);
}

static void write_piece(const erm_piece *piece, void *context)
{
    const writer *to = context;
    const int64_t line = piece->line + (piece->column ? 0 : to->begin), first = piece->column ? to->begin : 0;
    if (piece->column == to->now->columns)
        for (int64_t p = 0; p < piece->count; p++) put(to, line, first + erm__piece_place(piece, p), piece->value[p]);
    else
        for (int64_t p = 0; p < piece->count; p++) put(to, first + erm__piece_place(piece, p), line, piece->value[p]);
}

static void for_parts(const compressor *now, erm_visit visit)
{
    const erm__conversion *job = &now->job;
#pragma omp parallel for schedule(static, 1) num_threads(job->parts) if (job->parts > 1)
    for (int part = 0; part < job->parts; part++) {
        const erm_rows rows = erm__conversion_part(job, part);
        writer to = {.now = now, .begin = rows.begin, .cursor = now->cursor + (now->columns ? part * now->lines : 0)};
        erm__conversion_scan(job, part, visit, &to);
    }
}

/* Turns counts into places: line by line, and in each line part by part. */
static void find_places(compressor *now)
{
    int64_t *const start = now->job.copy.start, sum = 0;
    for (int64_t line = 0; line < now->lines; line++) {
        start[line] = sum;
        for (int table = 0; table < now->tables; table++) {
            int64_t *const cursor = now->cursor + table * now->lines + line;
            const int64_t count = *cursor;
            *cursor = sum;
            sum += count;
        }
    }
    start[now->lines] = sum;
}

/* Views may have their rows and columns in any order. */
static void sort_lines(const compressor *now)
{
    const erm_matrix_copy *copy = &now->job.copy;
    const size_t size = erm__conversion_size(&now->job);
#pragma omp parallel for num_threads(now->job.parts) if (now->job.parts > 1)
    for (int64_t line = 0; line < now->lines; line++) {
        const int64_t first = copy->start[line];
        erm__sort_line(copy->start[line + 1] - first, copy->index + first, (char *)copy->values + (size_t)first * size, size);
    }
}

static bool compress(compressor *now)
{
    erm__conversion *job = &now->job;
    now->tables = now->columns ? job->parts : 1;
    if (now->lines > PTRDIFF_MAX / (int64_t)sizeof(int64_t) / now->tables - 1) return false;
    now->cursor = calloc((size_t)(now->tables * now->lines + 1), sizeof *now->cursor);
    job->copy.start = erm__conversion_take(job, now->lines + 1, sizeof *job->copy.start);
    if (!now->cursor || !job->copy.start) return false;
    for_parts(now, count_piece);
    find_places(now);
    const int64_t nnz = job->copy.start[now->lines];
    job->copy.index = erm__conversion_take(job, nnz, sizeof *job->copy.index);
    job->copy.values = erm__conversion_take(job, nnz, erm__conversion_size(job));
    if (!job->copy.index || !job->copy.values) return false;
    for_parts(now, write_piece);
    sort_lines(now);
    return true;
}

/* Compresses, and gives the arrays their view. */
static bool write_compressed(erm__conversion *job, bool columns)
{
    const bool transposed = job->options.transposed, single = job->options.single;
    compressor now = {.job = *job, .columns = columns != transposed};
    now.lines = now.columns ? job->X->cols : job->X->rows;
    const bool done = compress(&now);
    free(now.cursor);
    job->copy = now.job.copy;
    if (!done) return false;
    erm_matrix_copy *const copy = &job->copy;
    const int64_t rows = transposed ? job->X->cols : job->X->rows, cols = transposed ? job->X->rows : job->X->cols;
    if (columns)
        copy->matrix.csc = single ? erm_csc_f32(rows, cols, copy->start, copy->index, copy->values)
                                  : erm_csc_f64(rows, cols, copy->start, copy->index, copy->values);
    else
        copy->matrix.csr = single ? erm_csr_f32(rows, cols, copy->start, copy->index, copy->values)
                                  : erm_csr_f64(rows, cols, copy->start, copy->index, copy->values);
    return true;
}

static erm_status copy_compressed(const erm_matrix *X, bool columns, const erm_copy_options *options, erm_matrix_copy *copy,
                                  char *detail)
{
    if (X && (columns || (options && options->transposed)) && X->rows > INT32_MAX)
        return erm__fail(detail, ERM_EINVAL, "X has %lld rows; such a copy can have at most 2147483647", (long long)X->rows);
    return erm__convert(X, columns, options, write_compressed, copy, detail);
}

erm_status erm_csr_from(const erm_matrix *X, const erm_copy_options *options, erm_matrix_copy *copy, char *detail)
{
    return copy_compressed(X, false, options, copy, detail);
}

erm_status erm_csc_from(const erm_matrix *X, const erm_copy_options *options, erm_matrix_copy *copy, char *detail)
{
    return copy_compressed(X, true, options, copy, detail);
}
