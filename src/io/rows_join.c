/* The parts of a file become one data set. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/grow.h"
#include "base/huge.h"
#include "base/number.h"
#include "io/rows.h"

bool erm__rows_allocate(int64_t rows, int64_t nnz, erm_dataset *dataset)
{
    if (rows > INT64_MAX / 16 || nnz > INT64_MAX / 16) return false;
    dataset->start = erm__huge_alloc((size_t)(rows + 1) * sizeof *dataset->start);
    dataset->y = erm__huge_alloc((size_t)(rows + 1) * sizeof *dataset->y);
    dataset->index = erm__huge_alloc((size_t)(nnz + 1) * sizeof *dataset->index);
    dataset->value = erm__huge_alloc((size_t)(nnz + 1) * sizeof *dataset->value);
    return dataset->start && dataset->y && dataset->index && dataset->value;
}

erm__rows erm__rows_slice(const erm_dataset *dataset, int64_t row, int64_t value, int64_t rows, int64_t nnz)
{
    return (erm__rows){.slices = true,
                       .start = dataset->start + row,
                       .y = dataset->y + row,
                       .index = dataset->index + value,
                       .value = dataset->value + value,
                       .start_capacity = rows + 1,
                       .y_capacity = rows,
                       .index_capacity = nnz,
                       .value_capacity = nnz};
}

/* What is known of the whole file before its parts are put together. */
typedef struct extent {
    int64_t rows, nnz, lines;
    int64_t min_index, max_index; /* as in the file; max_index is -1 without values */
    int64_t max_line;             /* the first line that holds max_index */
    bool has_words;
} extent;

static extent measure(const erm__rows *parts, int64_t count)
{
    extent all = {.min_index = INT64_MAX, .max_index = -1};
    for (int64_t t = 0; t < count; t++) {
        const erm__rows *part = &parts[t];
        const int64_t least = (int64_t)part->min_index + part->shift, most = (int64_t)part->max_index + part->shift;
        if (part->nnz > 0 && least < all.min_index) all.min_index = least;
        if (part->nnz > 0 && most > all.max_index) {
            all.max_index = most;
            all.max_line = all.lines + part->max_line;
        }
        all.rows += part->rows;
        all.nnz += part->nnz;
        all.lines += part->lines;
        all.has_words = all.has_words || part->word_rows > 0;
    }
    return all;
}

/* The first part that failed speaks for the file, as if it had been read from its beginning. */
static erm_status check_parts(const erm__rows *parts, int64_t count, const char *name, char *detail)
{
    int64_t lines = 0;
    for (int64_t t = 0; t < count; t++) {
        lines += parts[t].lines;
        if (parts[t].status == ERM_OK) continue;
        if (parts[t].says_where) return erm__fail(detail, parts[t].status, "%s", parts[t].message);
        return erm__fail(detail, parts[t].status, "%s:%" PRId64 ": %s", name, lines, parts[t].message);
    }
    if (lines == 0) return erm__fail(detail, ERM_EDATA, "%s: is empty", name);
    return ERM_OK;
}

static erm_status check_extent(const extent *all, const char *name, const erm_libsvm_options *options, erm_dataset *dataset,
                               char *detail)
{
    if (all->rows == 0) return erm__fail(detail, ERM_EDATA, "%s: has no rows, only comments and empty lines", name);
    const bool zero_based = options->base == ERM_INDEX_ZERO || (options->base == ERM_INDEX_AUTO && all->min_index == 0);
    const int64_t used = all->max_index + zero_based, limit = options->cols > 0 ? options->cols : INT32_MAX;
    dataset->index_base = zero_based ? 0 : 1;
    if (used > limit)
        return erm__fail(detail, ERM_EDATA,
                         "%s:%" PRId64 ": index %" PRId64 " is beyond the %s%" PRId64 " columns (indices start at %d)", name,
                         all->max_line, all->max_index, options->cols > 0 ? "given " : "possible ", limit, zero_based ? 0 : 1);
    dataset->cols = options->cols > 0 ? options->cols : used > 0 ? used : 0;
    return ERM_OK;
}

/* The data set shows the arrays of a part that is the whole file. */
static bool show(erm__rows *part, erm_dataset *dataset)
{
    if (!erm__rows_reserve(part, 1, 1)) return false; /* so that none of the arrays is NULL */
    dataset->start = part->start;
    dataset->y = part->y;
    dataset->index = part->index;
    dataset->value = part->value;
    return true;
}

/* Takes over the arrays of such a part. */
static bool adopt(erm__rows *part, erm_dataset *dataset)
{
    part->slices = show(part, dataset);
    return part->slices;
}

/* Closes the gaps between the parts, where comments made a part smaller than thought, and counts values from the first. */
static void close_gaps(const erm__rows *parts, int64_t count, erm_dataset *dataset)
{
    int64_t row = 0, value = 0;
    for (int64_t t = 0; t < count; t++) {
        const erm__rows *part = &parts[t];
        const size_t rows = (size_t)part->rows, nnz = (size_t)part->nnz;
        if (part->y != dataset->y + row) memmove(dataset->y + row, part->y, rows * sizeof *part->y);
        if (part->value != dataset->value + value) {
            memmove(dataset->index + value, part->index, nnz * sizeof *part->index);
            memmove(dataset->value + value, part->value, nnz * sizeof *part->value);
        }
        for (int64_t i = 0; i < part->rows; i++) dataset->start[row + i + 1] = part->start[i + 1] + value;
        row += part->rows;
        value += part->nnz;
    }
    dataset->start[0] = 0;
}

/* Indices start at 0 in memory; `shift` was taken from them when they were read. */
static void shift_indices(int32_t shift, erm_dataset *dataset)
{
    const int32_t add = shift - dataset->index_base;
    for (int64_t p = 0; add != 0 && p < dataset->nnz; p++) dataset->index[p] += add;
}

/* Every label becomes the number of its word; a label that is a number is named by its shortest form. */
static bool name_labels(const erm__rows *parts, int64_t count, erm_dataset *dataset)
{
    erm__words all = {0};
    double *y = dataset->y;
    bool ok = true;
    for (int64_t t = 0; t < count; t++) {
        const int64_t *word = parts[t].word;
        for (int64_t i = 0; i < parts[t].rows && ok; i++) {
            char number[ERM_NUMBER_SIZE];
            const char *name = number;
            if (isnan(*y))
                name = parts[t].words.word[*word++];
            else
                erm__number_format_shortest(*y, number);
            const int64_t label = erm__words_add(&all, name, strlen(name));
            ok = label >= 0;
            *y++ = (double)label;
        }
    }
    free(all.slot);
    dataset->label_name = all.word;
    dataset->label_names = all.count;
    return ok;
}

static bool put_together(erm__rows *parts, int64_t count, const extent *all, erm_dataset *dataset)
{
    if (!parts[0].slices && !adopt(&parts[0], dataset)) return false;
    dataset->rows = all->rows;
    dataset->nnz = all->nnz;
    close_gaps(parts, count, dataset);
    shift_indices(parts[0].shift, dataset);
    erm__shrink(&dataset->start, all->rows + 1, sizeof *dataset->start);
    erm__shrink(&dataset->y, all->rows, sizeof *dataset->y);
    erm__shrink(&dataset->index, all->nnz, sizeof *dataset->index);
    erm__shrink(&dataset->value, all->nnz, sizeof *dataset->value);
    return !all->has_words || name_labels(parts, count, dataset);
}

erm_status erm__rows_join(erm__rows *parts, int64_t count, const char *name, const erm_libsvm_options *options,
                          erm_dataset *dataset, char *detail)
{
    const extent all = measure(parts, count);
    erm_status status = check_parts(parts, count, name, detail);
    if (status == ERM_OK) status = check_extent(&all, name, options, dataset, detail);
    if (status == ERM_OK && !put_together(parts, count, &all, dataset))
        status = erm__fail(detail, ERM_ENOMEM, "%s: no memory for its %" PRId64 " rows", name, all.rows);
    for (int64_t t = 0; t < count; t++) erm__rows_free(&parts[t]);
    if (status != ERM_OK) erm_dataset_free(dataset);
    return status;
}

erm_status erm__rows_lend(erm__rows *part, const char *name, const erm_libsvm_options *options, erm_dataset *dataset,
                          char *detail)
{
    const extent all = measure(part, 1);
    erm_status status = check_parts(part, 1, name, detail);
    if (status == ERM_OK) status = check_extent(&all, name, options, dataset, detail);
    if (status != ERM_OK) return status;
    bool ok = show(part, dataset);
    if (ok) {
        dataset->rows = all.rows;
        dataset->nnz = all.nnz;
        close_gaps(part, 1, dataset);
        shift_indices(part->shift, dataset);
        ok = !all.has_words || name_labels(part, 1, dataset);
    }
    return ok ? ERM_OK : erm__fail(detail, ERM_ENOMEM, "%s: no memory for its rows", name);
}
