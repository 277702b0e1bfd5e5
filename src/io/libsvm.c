/* LIBSVM text from a file: read from its beginning to its end, or, where its parts can be read in
 * any order, by several threads. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/threads.h"
#include "ermopt/dataset.h"
#include "io/input.h"
#include "io/libsvm_parse.h"
#include "io/lines.h"
#include "io/readers.h"
#include "io/rows.h"

enum { PART_SIZE = 1 << 19, MOST_PARTS = 1024 };

/* A piece of a file, from the beginning of a line to the beginning of another. */
typedef struct part {
    int64_t begin, end;
    int64_t rows, values; /* upper bounds */
} part;

static erm__rows empty_rows(erm_index_base base) { return (erm__rows){.shift = base != ERM_INDEX_ZERO}; }

/* Reads all the lines; rows->status says how it went. */
static void read_rows(erm__lines *lines, bool at_beginning, erm_index_base base, erm__rows *rows)
{
    const char *begin, *end;
    while ((rows->status = erm__lines_next(lines, &begin, &end, rows->message)) == ERM_OK && begin < end) {
        if (at_beginning) begin = erm__libsvm_skip_mark(begin, end);
        at_beginning = false;
        if (!erm__libsvm_parse(begin, end, base, rows)) break;
    }
    rows->says_where = begin == end;
    erm__lines_free(lines);
}

static erm_status read_stream(erm__input *input, const erm_libsvm_options *options, erm_dataset *dataset, char *detail)
{
    erm__lines lines = erm__lines_all(input);
    erm__rows rows = empty_rows(options->base);
    read_rows(&lines, true, options->base, &rows);
    return erm__rows_join(&rows, 1, erm__input_name(input), options, dataset, detail);
}

/* ---- in parts ------------------------------------------------------------------------------------------------------ */

static erm_status cut(erm__input *input, int64_t size, int64_t count, part *parts, char *detail)
{
    erm_status status = ERM_OK;
    for (int64_t t = 0; t < count && status == ERM_OK; t++) {
        status = erm__lines_find(input, size / count * t, &parts[t].begin, detail);
        if (t > 0) parts[t - 1].end = parts[t].begin;
    }
    parts[count - 1].end = size;
    return status;
}

static void count_part(erm__input *input, part *self, erm__rows *rows)
{
    erm__lines lines = erm__lines_of_range(input, self->begin, self->end);
    const char *begin, *end;
    while ((rows->status = erm__lines_next(&lines, &begin, &end, rows->message)) == ERM_OK && begin < end) {
        int64_t more_rows, more_values;
        erm__libsvm_count(begin, end, &more_rows, &more_values);
        self->rows += more_rows;
        self->values += more_values;
    }
    rows->says_where = true;
    erm__lines_free(&lines);
}

/* Room for what all parts hold at most, a slice for each. */
static bool slice(const part *parts, int64_t count, erm_index_base base, erm_dataset *dataset, erm__rows *rows)
{
    int64_t row = 0, value = 0;
    for (int64_t t = 0; t < count; t++) {
        row += parts[t].rows;
        value += parts[t].values;
    }
    if (!erm__rows_allocate(row, value, dataset)) return false;
    for (int64_t t = count - 1; t >= 0; t--) {
        row -= parts[t].rows;
        value -= parts[t].values;
        rows[t] = erm__rows_slice(dataset, row, value, parts[t].rows, parts[t].values);
        rows[t].shift = empty_rows(base).shift;
    }
    return true;
}

static bool all_ok(const erm__rows *rows, int64_t count)
{
    bool ok = true;
    for (int64_t t = 0; t < count; t++) ok = ok && rows[t].status == ERM_OK;
    return ok;
}

/* Counts first, so that every part is read to where it stays. What is read does not depend on how the file is cut. */
static erm_status read_parts(erm__input *input, part *parts, int64_t count, const erm_libsvm_options *options, erm__rows *rows,
                             erm_dataset *dataset, char *detail)
{
    const char *name = erm__input_name(input);
    const int wanted = options->threads > 0 ? options->threads : erm__threads_available();
    const int threads = wanted < count ? wanted : (int)count;
    const erm_status status = cut(input, erm__input_size(input), count, parts, detail);
    if (status != ERM_OK) return status;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (int64_t t = 0; t < count; t++) count_part(input, &parts[t], &rows[t]);
    if (all_ok(rows, count)) {
        if (!slice(parts, count, options->base, dataset, rows)) {
            erm_dataset_free(dataset);
            return erm__fail(detail, ERM_ENOMEM, "%s: no memory for its rows", name);
        }
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
        for (int64_t t = 0; t < count; t++) {
            erm__lines lines = erm__lines_of_range(input, parts[t].begin, parts[t].end);
            read_rows(&lines, t == 0, options->base, &rows[t]);
        }
    }
    return erm__rows_join(rows, count, name, options, dataset, detail);
}

static erm_status read_file(erm__input *input, const erm_libsvm_options *options, erm_dataset *dataset, char *detail)
{
    const int64_t wanted = erm__input_size(input) / PART_SIZE;
    const int64_t count = wanted < 1 ? 1 : wanted < MOST_PARTS ? wanted : MOST_PARTS;
    part *parts = calloc((size_t)count, sizeof *parts);
    erm__rows *rows = calloc((size_t)count, sizeof *rows);
    const erm_status status = parts && rows ? read_parts(input, parts, count, options, rows, dataset, detail)
                                            : erm__fail(detail, ERM_ENOMEM, "%s: no memory to read it", erm__input_name(input));
    free(parts);
    free(rows);
    return status;
}

erm_status erm__libsvm_read(erm__input *input, const erm_libsvm_options *options, erm_dataset *dataset, char *detail)
{
    return erm__input_size(input) > 0 ? read_file(input, options, dataset, detail) : read_stream(input, options, dataset, detail);
}

erm_status erm_dataset_read_libsvm(const char *path, const erm_libsvm_options *options, erm_dataset *dataset, char *detail)
{
    static const erm_libsvm_options defaults = {0};
    if (!dataset) return erm__fail(detail, ERM_EINVAL, "no data set to read into");
    *dataset = (erm_dataset){0};
    if (!options) options = &defaults;
    if (!path) return erm__fail(detail, ERM_EINVAL, "no path to read from");
    if (options->cols < 0 || options->cols > INT32_MAX)
        return erm__fail(detail, ERM_EINVAL, "cols = %" PRId64 " is not between 0 and %" PRId32, options->cols, INT32_MAX);
    erm__input *input;
    erm_status status = erm__input_open(path, &input, detail);
    if (status != ERM_OK) return status;
    status = erm__libsvm_read(input, options, dataset, detail);
    erm__input_close(input);
    return status;
}
