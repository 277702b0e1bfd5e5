/* The parts of a file become one data set. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/grow.h"
#include "base/number.h"
#include "io/rows.h"

/* What is known of the whole file before its parts are put together. */
typedef struct extent {
    int64_t rows, nnz, lines;
    int32_t min_index, max_index;
    int64_t max_line; /* the first line that holds max_index */
    bool has_words;
} extent;

static extent measure(const erm__rows *parts, int64_t count)
{
    extent all = {.min_index = INT32_MAX, .max_index = -1};
    for (int64_t t = 0; t < count; t++) {
        if (parts[t].nnz > 0 && parts[t].min_index < all.min_index) all.min_index = parts[t].min_index;
        if (parts[t].nnz > 0 && parts[t].max_index > all.max_index) {
            all.max_index = parts[t].max_index;
            all.max_line = all.lines + parts[t].max_line;
        }
        all.rows += parts[t].rows;
        all.nnz += parts[t].nnz;
        all.lines += parts[t].lines;
        all.has_words = all.has_words || parts[t].word_rows > 0;
    }
    return all;
}

static erm_status check_indices(const extent *all, const char *name, const erm_libsvm_options *options, erm_dataset *dataset,
                                char *detail)
{
    const bool zero_based = options->base == ERM_INDEX_ZERO || (options->base == ERM_INDEX_AUTO && all->min_index == 0);
    dataset->index_base = zero_based ? 0 : 1;
    const int64_t used = (int64_t)all->max_index + zero_based, limit = options->cols > 0 ? options->cols : INT32_MAX;
    if (used > limit)
        return erm__fail(detail, ERM_EDATA,
                         "%s:%" PRId64 ": index %" PRId32 " is beyond the %s%" PRId64 " columns (indices start at %d)", name,
                         all->max_line, all->max_index, options->cols > 0 ? "given " : "possible ", limit, zero_based ? 0 : 1);
    dataset->cols = options->cols > 0 ? options->cols : used > 0 ? used : 0;
    return ERM_OK;
}

/* Takes over the arrays of a part that is the whole file. */
static erm_status adopt(erm__rows *part, erm_dataset *dataset)
{
    erm__shrink(&part->start, part->rows + 1, sizeof *part->start);
    erm__shrink(&part->y, part->rows, sizeof *part->y);
    erm__shrink(&part->index, part->nnz, sizeof *part->index);
    erm__shrink(&part->value, part->nnz, sizeof *part->value);
    dataset->start = part->start;
    dataset->y = part->y;
    dataset->index = part->index;
    dataset->value = part->value;
    part->start = NULL;
    part->y = NULL;
    part->index = NULL;
    part->value = NULL;
    for (int64_t p = 0; p < dataset->nnz; p++) dataset->index[p] -= dataset->index_base;
    return dataset->start && dataset->y && dataset->index && dataset->value ? ERM_OK : ERM_ENOMEM;
}

/* Every label becomes the number of its word; a label that is a number is named by its shortest form. */
static erm_status name_labels(const erm__rows *parts, int64_t count, erm_dataset *dataset)
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
    return ok ? ERM_OK : ERM_ENOMEM;
}

erm_status erm__rows_join(erm__rows *parts, int64_t count, const char *name, const erm_libsvm_options *options,
                          erm_dataset *dataset, char *detail)
{
    const extent all = measure(parts, count);
    *dataset = (erm_dataset){.rows = all.rows, .nnz = all.nnz};
    erm_status status = ERM_OK;
    if (all.rows == 0)
        status = erm__fail(detail, ERM_EDATA, "%s: %s", name,
                           all.lines == 0 ? "is empty" : "has no rows, only comments and empty lines");
    if (status == ERM_OK) status = check_indices(&all, name, options, dataset, detail);
    if (status == ERM_OK) status = adopt(parts, dataset);
    if (status == ERM_OK && all.has_words) status = name_labels(parts, count, dataset);
    if (status == ERM_ENOMEM) erm__fail(detail, status, "%s: no memory for its %" PRId64 " rows", name, all.rows);
    for (int64_t t = 0; t < count; t++) erm__rows_free(&parts[t]);
    if (status != ERM_OK) erm_dataset_free(dataset);
    return status;
}
