/* A binary data set, opened: mapped, read into memory where it cannot be mapped, or read through windows. */
#include "ermopt/mapped.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/detail.h"
#include "io/mapped_input.h"
#include "io/text.h"
#include "io/window.h"

typedef struct store {
    erm__binary binary;
    erm__bytes from;       /* memory: all of the file, unless it is read through windows */
    void *map, *memory;    /* what it is in: one of them, or neither */
    erm__input *input;     /* of windows */
    void *held[ERM_PARTS]; /* parts that are in memory beside the windows */
    char **names[2];       /* of labels, of features; the texts are those of the file */
    erm__windows *windows;
    erm_csr csr;
    erm_dense dense;
} store;

static store *store_of(const erm_mapped *mapped) { return mapped->store; }

/* ---- bytes --------------------------------------------------------------------------------------------------------------- */

static erm_status map_file(store *self, const erm__input *input, char *detail)
{
    void *const map = mmap(NULL, (size_t)self->binary.size, PROT_READ, MAP_PRIVATE, erm__input_file(input), 0);
    if (map == MAP_FAILED && errno == ENOMEM)
        return erm__fail(detail, ERM_ENOMEM, "%s: no memory to map its %" PRId64 " bytes; it can be read through windows",
                         self->from.name, self->binary.size);
    if (map == MAP_FAILED) return erm__fail(detail, ERM_EIO, "%s: cannot be mapped", self->from.name);
    self->map = map;
    self->from.memory = map;
    return ERM_OK;
}

/* What cannot be mapped is read, in steps, as its header may tell of more than there is. */
static erm_status read_file(store *self, erm__input *input, char *detail)
{
    const size_t size = (size_t)self->binary.size;
    size_t room = 1 << 20, have = 0, count = 1;
    erm_status status = ERM_OK;
    while (status == ERM_OK && have < size && count > 0) {
        if (have > 0) room *= 2;
        if (room > size) room = size;
        char *const larger = realloc(self->memory, room);
        if (!larger) return erm__fail(detail, ERM_ENOMEM, "%s: no memory for its %zu bytes", self->from.name, size);
        self->memory = larger;
        status = erm__input_read(input, room - have, larger + have, &count, detail);
        have += count;
    }
    char behind;
    if (status == ERM_OK && have == size) status = erm__input_read(input, 1, &behind, &count, detail);
    if (status != ERM_OK) return status;
    if (have < size) return erm__fail(detail, ERM_EDATA, "%s: ends before its last value; the file is cut off", self->from.name);
    if (count > 0) return erm__fail(detail, ERM_EDATA, "%s: goes on behind its end", self->from.name);
    self->from.memory = self->memory;
    return ERM_OK;
}

/* Reads the header and makes the bytes behind it available. The input is taken over where it goes on being read. */
static erm_status find_bytes(store *self, erm__input **input, const erm_mapped_options *options, char *detail)
{
    const char *header;
    size_t count;
    const bool plain = erm__input_size(*input) >= 0;
    self->from.name = erm__input_name(*input);
    erm_status status = erm__input_peek(*input, ERM_BINARY_HEADER, &header, &count, detail);
    if (status != ERM_OK) return status;
    status = erm__binary_decode((const unsigned char *)header, count, self->from.name, &self->binary, detail);
    if (status == ERM_OK && options->resident_bytes > 0 && !plain)
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s: is compressed or no plain file, and cannot be read through windows",
                         self->from.name);
    if (status == ERM_OK && plain) status = erm__binary_check_size(&self->binary, *input, detail);
    if (status != ERM_OK || !plain) return status == ERM_OK ? read_file(self, *input, detail) : status;
    self->input = *input;
    *input = NULL;
    self->from.input = self->input;
    return options->resident_bytes > 0 ? ERM_OK : map_file(self, self->input, detail);
}

/* *bytes = a whole part, held in memory if the file is not. NULL if it is empty. */
static erm_status get_part(store *self, erm__part part, void **bytes, char *detail)
{
    const erm__span *const span = &self->binary.part[part];
    const char *found;
    *bytes = NULL;
    if (span->bytes == 0) return ERM_OK;
    if (!self->from.memory) {
        self->held[part] = malloc((size_t)span->bytes);
        if (!self->held[part])
            return erm__fail(detail, ERM_ENOMEM, "%s: no memory for its %s", self->from.name, erm__part_name(part));
    }
    const erm_status status = erm__bytes_at(&self->from, span->offset, span->bytes, self->held[part], &found, detail);
    *bytes = self->held[part] ? self->held[part] : (char *)(self->map ? self->map : self->memory) + span->offset;
    return status;
}

/* ---- parts --------------------------------------------------------------------------------------------------------------- */

static erm_status verify(const store *self, char *detail)
{
    for (int p = 0; p < ERM_PARTS; p++) {
        uint64_t found;
        const erm_status status = erm__binary_checksum(&self->from, &self->binary.part[p], &found, detail);
        if (status != ERM_OK) return status;
        if (found != self->binary.part[p].checksum)
            return erm__fail(detail, ERM_EDATA, "%s: is damaged: its %s do not have their checksum", self->from.name,
                             erm__part_name((erm__part)p));
    }
    return ERM_OK;
}

/* The texts begin where `where` says, behind it, one after the other, each with a 0 at its end. */
static bool take_names(int64_t count, const int64_t *where, int64_t bytes, char **names)
{
    const int64_t size = bytes - 8 * (count + 1);
    char *const texts = (char *)(uintptr_t)(where + count + 1);
    if (size < 0 || where[0] != 0 || where[count] != size) return false;
    for (int64_t t = 0; t < count; t++) {
        const int64_t begin = where[t], end = where[t + 1];
        if (begin < 0 || end <= begin || end > size || texts[end - 1] != '\0') return false;
        if (erm__text_find_bad(texts + begin, texts + end - 1)) return false;
        names[t] = texts + begin;
    }
    return true;
}

static erm_status get_names(store *self, erm__part part, int64_t count, char ***names, char *detail)
{
    void *bytes;
    *names = NULL;
    erm_status status = get_part(self, part, &bytes, detail);
    if (status != ERM_OK || count == 0) return status;
    char ***const own = &self->names[part - ERM_PART_LABEL_NAMES];
    *own = calloc((size_t)count + 1, sizeof **own);
    if (!*own) return erm__fail(detail, ERM_ENOMEM, "%s: no memory for its names", self->from.name);
    *names = *own;
    if (take_names(count, bytes, self->binary.part[part].bytes, *own)) return ERM_OK;
    return erm__fail(detail, ERM_EDATA, "%s: its %s are not text as it should be", self->from.name, erm__part_name(part));
}

static erm_status get_labels(store *self, erm_dataset *set, char *detail)
{
    void *bytes;
    erm_status status = get_part(self, ERM_PART_LABELS, &bytes, detail);
    set->y = bytes;
    if (status == ERM_OK) status = get_names(self, ERM_PART_LABEL_NAMES, self->binary.label_names, &set->label_name, detail);
    set->label_names = self->binary.label_names;
    for (int64_t i = 0; status == ERM_OK && set->label_name && i < set->rows; i++) {
        const double y = set->y[i];
        if (!(y >= 0 && y < (double)set->label_names) || y != (double)(int64_t)y)
            return erm__fail(detail, ERM_EDATA, "%s: the label of row %" PRId64 " is none of its %" PRId64 " words",
                             self->from.name, i + 1, set->label_names);
    }
    return status;
}

static erm_status get_values(store *self, const erm_mapped_options *options, erm_mapped *mapped, char *detail)
{
    const erm__binary *const b = &self->binary;
    void *start, *index = NULL, *values = NULL;
    erm_status status = get_part(self, ERM_PART_START, &start, detail);
    if (status == ERM_OK && !b->dense) status = erm__binary_check_start(b, start, self->from.name, detail);
    if (status == ERM_OK && !b->dense) status = erm__binary_check_index(b, &self->from, start, detail);
    if (status != ERM_OK) return status;
    if (options->resident_bytes > 0) {
        status = erm__windows_open(b, &self->from, start, options->resident_bytes, &self->windows, detail);
        if (status == ERM_OK) mapped->X = erm__windows_matrix(self->windows);
        return status;
    }
    (void)get_part(self, ERM_PART_INDEX, &index, NULL); /* all is in memory */
    (void)get_part(self, ERM_PART_VALUES, &values, NULL);
    if (b->dense) {
        self->dense =
            mapped->single ? erm_dense_f32(b->rows, b->cols, values, b->cols) : erm_dense_f64(b->rows, b->cols, values, b->cols);
        mapped->X = &self->dense.base;
        return ERM_OK;
    }
    self->csr = mapped->single ? erm_csr_f32(b->rows, b->cols, start, index, values)
                               : erm_csr_f64(b->rows, b->cols, start, index, values);
    mapped->X = &self->csr.base;
    if (!mapped->single && index && values) {
        mapped->set.start = start;
        mapped->set.index = index;
        mapped->set.value = values;
    }
    return ERM_OK;
}

/* ---- all ----------------------------------------------------------------------------------------------------------------- */

static erm_status open_store(store *self, erm__input **input, const erm_mapped_options *options, erm_mapped *mapped, char *detail)
{
    const erm__binary *const b = &self->binary;
    erm_status status = find_bytes(self, input, options, detail);
    if (status == ERM_OK && !options->trust) status = verify(self, detail);
    if (status != ERM_OK) return status;
    mapped->set = (erm_dataset){.rows = b->rows, .cols = b->cols, .nnz = b->nnz, .index_base = b->index_base};
    mapped->dense = b->dense;
    mapped->single = b->value_size == 4;
    mapped->digest = b->digest;
    status = get_labels(self, &mapped->set, detail);
    if (status == ERM_OK) status = get_names(self, ERM_PART_FEATURE_NAMES, b->feature_names, &mapped->set.feature_name, detail);
    if (status == ERM_OK) status = get_values(self, options, mapped, detail);
    if (!self->windows) { /* a map needs no descriptor */
        erm__input_close(self->input);
        self->input = NULL;
    }
    return status;
}

erm_status erm__mapped_read(erm__input **input, const erm_mapped_options *options, erm_mapped *mapped, char *detail)
{
    store *const self = calloc(1, sizeof *self);
    if (!self) return erm__fail(detail, ERM_ENOMEM, "%s: no memory to open it", erm__input_name(*input));
    mapped->store = self;
    const erm_status status = open_store(self, input, options, mapped, detail);
    if (status != ERM_OK) erm_mapped_close(mapped);
    return status;
}

erm_status erm_mapped_open(const char *path, const erm_mapped_options *options, erm_mapped *mapped, char *detail)
{
    static const erm_mapped_options defaults = {0};
    if (!mapped) return erm__fail(detail, ERM_EINVAL, "nothing to open the data in");
    *mapped = (erm_mapped){0};
    if (!path) return erm__fail(detail, ERM_EINVAL, "no path to open");
    if (!options) options = &defaults;
    if (options->resident_bytes < 0)
        return erm__fail(detail, ERM_EINVAL, "windows cannot take %" PRId64 " bytes", options->resident_bytes);
    erm__input *input;
    erm_status status = erm__input_open(path, &input, detail);
    if (status != ERM_OK) return status;
    status = erm__mapped_read(&input, options, mapped, detail);
    erm__input_close(input);
    return status;
}

erm_status erm_mapped_status(const erm_mapped *mapped, char *detail)
{
    const store *self = store_of(mapped);
    return self && self->windows ? erm__windows_status(self->windows, detail) : ERM_OK;
}

void erm_mapped_close(erm_mapped *mapped)
{
    if (!mapped) return;
    store *const self = store_of(mapped);
    if (self) {
        erm__windows_close(self->windows);
        if (self->map) (void)munmap(self->map, (size_t)self->binary.size);
        free(self->memory);
        for (int p = 0; p < ERM_PARTS; p++) free(self->held[p]);
        free(self->names[0]);
        free(self->names[1]);
        erm__input_close(self->input);
        free(self);
    }
    *mapped = (erm_mapped){0};
}
