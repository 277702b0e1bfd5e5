/* LIBSVM text from a file, a block of whole lines at a time. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/grow.h"
#include "ermopt/dataset.h"
#include "io/input.h"
#include "io/libsvm_parse.h"
#include "io/rows.h"

enum { BLOCK_SIZE = 1 << 20 };

/* The text that is read and not yet parsed. */
typedef struct block {
    char *text;
    int64_t size, capacity;
    int64_t scanned; /* no line ends in text[0 .. scanned - 1] */
    bool at_end;
} block;

/* Reads on behind the lines that are there, and ends the last line of the file. */
static erm_status fill(erm__input *input, block *ahead, char *detail)
{
    const char *name = erm__input_name(input);
    if (ahead->size > 0 && memchr(ahead->text, '\0', (size_t)ahead->size))
        return erm__fail(detail, ERM_EDATA, "%s: does not look like LIBSVM text: byte 0x00", name);
    if (ahead->capacity - ahead->size < BLOCK_SIZE / 2 && !erm__grow(&ahead->text, &ahead->capacity, ahead->size + BLOCK_SIZE, 1))
        return erm__fail(detail, ERM_ENOMEM, "%s: no memory for a line of more than %" PRId64 " bytes", name, ahead->size);
    const size_t room = (size_t)(ahead->capacity - ahead->size) - 1; /* one byte to end the last line */
    size_t count;
    const erm_status status = erm__input_read(input, room, ahead->text + ahead->size, &count, detail);
    if (status != ERM_OK) return status;
    ahead->size += (int64_t)count;
    ahead->at_end = count < room;
    if (ahead->at_end && ahead->size > 0 && ahead->text[ahead->size - 1] != '\n') ahead->text[ahead->size++] = '\n';
    return ERM_OK;
}

/* How many bytes of whole lines there are. */
static int64_t whole_lines(block *ahead)
{
    int64_t whole = ahead->size;
    while (whole > ahead->scanned && ahead->text[whole - 1] != '\n') whole--;
    if (whole > ahead->scanned) return whole;
    ahead->scanned = ahead->size;
    return 0;
}

static erm_status fail_line(const char *name, const erm__rows *rows, char *detail)
{
    return erm__fail(detail, rows->status, "%s:%" PRId64 ": %s", name, rows->lines, rows->message);
}

static bool begins_with_mark(const block *ahead) { return ahead->size >= 3 && memcmp(ahead->text, "\xef\xbb\xbf", 3) == 0; }

static erm_status read_rows(erm__input *input, erm_index_base base, erm__rows *rows, char *detail)
{
    block ahead = {0};
    erm_status status = ERM_OK;
    while (status == ERM_OK && !ahead.at_end) {
        status = fill(input, &ahead, detail);
        if (status != ERM_OK) break;
        const int64_t whole = whole_lines(&ahead);
        if (whole == 0) continue;
        const char *begin = ahead.text + (rows->lines == 0 && begins_with_mark(&ahead) ? 3 : 0); /* UTF-8's byte order mark */
        if (!erm__libsvm_parse(begin, ahead.text + whole, base, rows)) status = fail_line(erm__input_name(input), rows, detail);
        ahead.size -= whole;
        ahead.scanned = 0;
        memmove(ahead.text, ahead.text + whole, (size_t)ahead.size);
    }
    free(ahead.text);
    return status;
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
    erm__rows rows = {0};
    status = read_rows(input, options->base, &rows, detail);
    if (status == ERM_OK)
        status = erm__rows_join(&rows, 1, erm__input_name(input), options, dataset, detail);
    else
        erm__rows_free(&rows);
    erm__input_close(input);
    return status;
}
