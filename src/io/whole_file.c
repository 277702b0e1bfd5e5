/* Reads a whole file into memory, in pieces that double, so that pipes work too. */
#include "io/whole_file.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "io/input.h"

enum { FIRST_PIECE = 1 << 16 };

/* *text stays the caller's to free, also on failure. */
static erm_status read_pieces(erm__input *input, const char *magic, char **text, size_t *size, char *detail)
{
    const size_t prefix = strlen(magic);
    for (size_t capacity = FIRST_PIECE;; capacity *= 2) {
        char *larger = capacity <= PTRDIFF_MAX ? realloc(*text, capacity) : NULL;
        if (!larger) return erm__fail(detail, ERM_ENOMEM, "%s: no memory for more than %zu bytes", erm__input_name(input), *size);
        *text = larger;
        size_t count;
        const erm_status status = erm__input_read(input, capacity - *size, *text + *size, &count, detail);
        if (status != ERM_OK) return status;
        *size += count;
        const bool other = *size < prefix || memcmp(*text, magic, prefix) != 0;
        if (other || *size < capacity) return ERM_OK;
    }
}

erm_status erm__read_whole(const char *path, const char *magic, char **text, size_t *size, char *detail)
{
    *text = NULL;
    *size = 0;
    erm__input *input;
    erm_status status = erm__input_open(path, &input, detail);
    if (status != ERM_OK) return status;
    status = read_pieces(input, magic, text, size, detail);
    erm__input_close(input);
    if (status != ERM_OK) {
        free(*text);
        *text = NULL;
    }
    return status;
}
