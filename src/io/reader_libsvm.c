/* LIBSVM text a block at a time. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "io/input.h"
#include "io/libsvm_parse.h"
#include "io/lines.h"
#include "io/row_source.h"
#include "io/words.h"

typedef struct source {
    erm__input *input;
    erm__lines lines;
    erm_libsvm_options options;
    int64_t lines_read;
    bool at_beginning, has_rows;
} source;

static void end_file(const source *self, erm__block *block)
{
    const char *name = erm__input_name(self->input);
    if (self->has_rows) return;
    if (self->lines_read == 0)
        block->status = erm__fail(block->detail, ERM_EDATA, "%s: is empty", name);
    else
        block->status = erm__fail(block->detail, ERM_EDATA, "%s: has no rows, only comments and empty lines", name);
}

/* Reads up to a block that has rows. */
static void fill(void *context, erm__block *block)
{
    source *self = context;
    erm__rows *rows = &block->rows;
    do {
        const char *begin, *end;
        block->status = erm__lines_next(&self->lines, &begin, &end, block->detail);
        if (block->status != ERM_OK) return;
        if (begin == end) {
            end_file(self, block);
            return;
        }
        if (self->at_beginning) begin = erm__libsvm_skip_mark(begin, end);
        self->at_beginning = false;
        rows->shift = self->options.base != ERM_INDEX_ZERO;
        rows->lines = self->lines_read;
        erm__libsvm_parse(begin, end, self->options.base, rows);
        self->lines_read = rows->lines;
    } while (rows->status == ERM_OK && rows->rows == 0);
    self->has_rows = true;
    block->status = erm__rows_lend(rows, erm__input_name(self->input), &self->options, &block->dataset, block->detail);
}

static void empty(erm__block *block)
{
    erm__strings_free(block->dataset.label_name, block->dataset.label_names);
    block->dataset = (erm_dataset){0};
    erm__rows_clear(&block->rows);
}

static void close_source(void *context)
{
    source *self = context;
    erm__lines_free(&self->lines);
    erm__input_close(self->input);
    free(self);
}

static const erm__source_ops ops = {.fill = fill, .empty = empty, .close = close_source};

erm_status erm__reader_libsvm(erm__input *input, const erm_libsvm_options *options, erm_reader **reader, char *detail)
{
    erm_status status = ERM_OK;
    if (options->base == ERM_INDEX_AUTO)
        status = erm__fail(detail, ERM_EINVAL, "whether indices start at 0 or 1 is not told; a block cannot tell it");
    else if (options->cols < 0 || options->cols > INT32_MAX)
        status = erm__fail(detail, ERM_EINVAL, "cols = %" PRId64 " is not between 0 and %" PRId32, options->cols, INT32_MAX);
    source *self = status == ERM_OK ? calloc(1, sizeof *self) : NULL;
    if (!self) {
        if (status == ERM_OK) status = erm__fail(detail, ERM_ENOMEM, "%s: no memory to read it", erm__input_name(input));
        erm__input_close(input);
        return status;
    }
    self->input = input;
    self->lines = erm__lines_all(input);
    self->options = *options;
    self->at_beginning = true;
    return erm__reader_create(&ops, self, options->threads, reader, detail);
}
