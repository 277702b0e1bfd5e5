/* Whole lines of an input, a block at a time. */
#include "io/lines.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/grow.h"
#include "base/number_fast.h"

enum { BLOCK_SIZE = 1 << 18 /* stays in a core's cache */, BEHIND = 1 + ERM_NUMBER_PADDING /* a line feed, and padding */ };

erm__lines erm__lines_all(erm__input *input) { return (erm__lines){.input = input, .end = -1}; }

erm__lines erm__lines_of_range(erm__input *input, int64_t begin, int64_t end)
{
    return (erm__lines){.input = input, .offset = begin, .end = end};
}

static erm_status read_some(erm__lines *lines, int64_t room, int64_t *count, char *detail)
{
    size_t got = 0;
    char *to = lines->text + lines->size;
    erm_status status;
    if (lines->end < 0) {
        status = erm__input_read(lines->input, (size_t)room, to, &got, detail);
        lines->at_end = got < (size_t)room;
    } else {
        const int64_t left = lines->end - lines->offset, wanted = left < room ? left : room;
        status = erm__input_read_at(lines->input, lines->offset, (size_t)wanted, to, &got, detail);
        lines->offset += (int64_t)got;
        lines->at_end = lines->offset == lines->end;
        if (status == ERM_OK && (int64_t)got < wanted)
            status = erm__fail(detail, ERM_EIO, "%s: became shorter while it was read", erm__input_name(lines->input));
    }
    *count = (int64_t)got;
    return status;
}

/* Reads a block behind the part of a line that is there. */
static erm_status fill(erm__lines *lines, char *detail)
{
    const char *name = erm__input_name(lines->input);
    if (lines->size > 0 && memchr(lines->text, '\0', (size_t)lines->size))
        return erm__fail(detail, ERM_EDATA, "%s: is not text: it holds the byte 0x00", name);
    if (!erm__grow(&lines->text, &lines->capacity, lines->size + BLOCK_SIZE + BEHIND, 1))
        return erm__fail(detail, ERM_ENOMEM, "%s: no memory for a line of more than %" PRId64 " bytes", name, lines->size);
    int64_t count = 0;
    const erm_status status = read_some(lines, lines->capacity - lines->size - BEHIND, &count, detail);
    lines->size += count;
    if (lines->at_end && lines->size > 0 && lines->text[lines->size - 1] != '\n') lines->text[lines->size++] = '\n';
    memset(lines->text + lines->size, 0, ERM_NUMBER_PADDING);
    return status;
}

erm_status erm__lines_next(erm__lines *lines, const char **begin, const char **end, char *detail)
{
    *begin = *end = lines->text;
    if (lines->used > 0) memmove(lines->text, lines->text + lines->used, (size_t)(lines->size -= lines->used));
    lines->used = 0;
    while (lines->used == 0 && !lines->at_end) {
        const int64_t searched = lines->size;
        const erm_status status = fill(lines, detail);
        if (status != ERM_OK) return status;
        lines->used = lines->size;
        while (lines->used > searched && lines->text[lines->used - 1] != '\n') lines->used--;
        if (lines->used == searched) lines->used = 0;
    }
    *begin = lines->text;
    *end = lines->text + lines->used;
    return ERM_OK;
}

void erm__lines_free(erm__lines *lines)
{
    free(lines->text);
    *lines = (erm__lines){0};
}

erm_status erm__lines_find(erm__input *input, int64_t offset, int64_t *begin, char *detail)
{
    char text[4096];
    *begin = offset;
    if (offset <= 0) return ERM_OK;
    for (int64_t at = offset - 1;;) {
        size_t count;
        const erm_status status = erm__input_read_at(input, at, sizeof text, text, &count, detail);
        if (status != ERM_OK) return status;
        const char *feed = memchr(text, '\n', count);
        at += feed ? feed + 1 - text : (int64_t)count;
        *begin = at;
        if (feed || count < sizeof text) return ERM_OK;
    }
}
