/* A CSV table a block of rows at a time. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/detail.h"
#include "io/csv_record.h"
#include "io/input.h"
#include "io/lines.h"
#include "io/row_source.h"

typedef struct source {
    erm__input *input;
    erm__lines lines;
    erm_csv_options options;
    erm__csv csv;
    bool at_beginning, has_rows;
} source;

static erm_status end_file(const source *self, char *detail)
{
    const char *name = erm__input_name(self->input);
    if (self->at_beginning) return erm__fail(detail, ERM_EDATA, "%s: is empty", name);
    if (erm__lines_kept(&self->lines))
        return erm__fail(detail, ERM_EDATA, "%s:%" PRId64 ": a quote is opened in this row and never closed", name,
                         self->csv.line);
    return self->has_rows ? ERM_OK : erm__fail(detail, ERM_EDATA, "%s: has no rows", name);
}

/* Reads up to a block that has rows, or the end of the file. */
static erm_status read_some(source *self, char *detail)
{
    const char *name = erm__input_name(self->input), *begin, *end;
    erm__table_clear(&self->csv.table);
    do {
        erm_status status = erm__lines_next(&self->lines, &begin, &end, detail);
        if (status != ERM_OK) return status;
        if (begin == end) return end_file(self, detail);
        if (self->at_beginning) status = erm__csv_check_mark(name, &begin, end, detail);
        self->at_beginning = false;
        if (status == ERM_OK) status = erm__csv_records(&self->csv, name, begin, end, &begin, detail);
        if (status != ERM_OK) return status;
        erm__lines_keep(&self->lines, begin);
    } while (self->csv.table.rows == 0);
    self->has_rows = true;
    return ERM_OK;
}

static void fill(void *context, erm__block *block)
{
    source *self = context;
    block->status = read_some(self, block->detail);
    if (block->status == ERM_OK && self->csv.table.rows > 0)
        block->status =
            erm__table_encode(&self->csv.table, erm__input_name(self->input), &self->options, &block->dataset, block->detail);
}

static void empty(erm__block *block) { erm_dataset_free(&block->dataset); }

static void close_source(void *context)
{
    source *self = context;
    erm__csv_free(&self->csv);
    erm__lines_free(&self->lines);
    erm__input_close(self->input);
    free(self);
}

static const erm__source_ops ops = {.fill = fill, .empty = empty, .close = close_source};

erm_status erm__reader_csv(erm__input *input, const erm_csv_options *options, int threads, erm_reader **reader, char *detail)
{
    erm_status status = ERM_OK;
    if (!options->features)
        status = erm__fail(detail, ERM_EINVAL, "the features are not given; a block cannot tell which there are");
    source *self = status == ERM_OK ? calloc(1, sizeof *self) : NULL;
    if (!self) {
        if (status == ERM_OK) status = erm__fail(detail, ERM_ENOMEM, "%s: no memory to read it", erm__input_name(input));
        erm__input_close(input);
        return status;
    }
    self->input = input;
    self->lines = erm__lines_all(input);
    self->options = *options;
    self->csv = (erm__csv){.options = &self->options, .line = 1};
    self->at_beginning = true;
    return erm__reader_create(&ops, self, threads, reader, detail);
}
