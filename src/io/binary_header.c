/* The header of the binary format, and where the parts are. */
#include <inttypes.h>
#include <string.h>

#include "base/detail.h"
#include "base/hash.h"
#include "io/binary.h"
#include "io/npy_header.h"

enum {
    VERSION = 1,
    SPARSE_ROWS = 1,
    DENSE_ROWS = 2,
    TABLE = 128, /* where the table of parts begins */
    TABLE_ROW = 24,
    CHECKSUM = ERM_BINARY_HEADER - 8
};

static const char *const NAMES[ERM_PARTS] = {"start", "index", "values", "labels", "label names", "feature names"};

const char *erm__part_name(erm__part part) { return NAMES[part]; }

/* ---- sizes ----------------------------------------------------------------------------------------------------------- */

static bool in_range(int64_t x, int64_t low, int64_t high) { return x >= low && x <= high; }

/* Each name takes a number of 8 bytes and a 0 at least, and there is one number more. */
static bool fits_names(int64_t count, int64_t bytes) { return count == 0 ? bytes == 0 : in_range(count, 1, (bytes - 8) / 9); }

bool erm__binary_lay_out(erm__binary *self)
{
    const int64_t most = INT64_MAX / 128, names = ERM_PART_LABEL_NAMES, features = ERM_PART_FEATURE_NAMES;
    if (!in_range(self->rows, 1, most) || !in_range(self->cols, 0, INT32_MAX) || !in_range(self->nnz, 0, most)) return false;
    if (self->dense && (self->cols == 0 ? self->nnz != 0 : self->nnz / self->cols != self->rows || self->nnz % self->cols != 0))
        return false;
    if (!in_range(self->part[names].bytes, 0, most) || !in_range(self->part[features].bytes, 0, most)) return false;
    if (self->feature_names != 0 && self->feature_names != self->cols) return false;
    if (!fits_names(self->label_names, self->part[names].bytes) || !fits_names(self->feature_names, self->part[features].bytes))
        return false;
    self->part[ERM_PART_START].bytes = self->dense ? 0 : 8 * (self->rows + 1);
    self->part[ERM_PART_INDEX].bytes = self->dense ? 0 : 4 * self->nnz;
    self->part[ERM_PART_VALUES].bytes = self->value_size * self->nnz;
    self->part[ERM_PART_LABELS].bytes = 8 * self->rows;
    int64_t offset = ERM_BINARY_HEADER;
    for (int p = 0; p < ERM_PARTS; p++) {
        self->part[p].offset = offset;
        offset += erm__span_padded(&self->part[p]);
    }
    self->size = offset;
    return true;
}

/* ---- bytes ----------------------------------------------------------------------------------------------------------- */

/* The lowest byte first, on every machine. */
static void put(unsigned char *to, int bytes, uint64_t x)
{
    for (int b = 0; b < bytes; b++) to[b] = (unsigned char)(x >> 8 * b);
}

static uint64_t get(const unsigned char *from, int bytes)
{
    uint64_t x = 0;
    for (int b = 0; b < bytes; b++) x |= (uint64_t)from[b] << 8 * b;
    return x;
}

void erm__binary_encode(const erm__binary *self, unsigned char *header)
{
    memset(header, 0, ERM_BINARY_HEADER);
    memcpy(header, ERM_BINARY_MAGIC, 8);
    put(header + 8, 4, VERSION);
    put(header + 12, 4, self->dense ? DENSE_ROWS : SPARSE_ROWS);
    put(header + 16, 4, (uint64_t)self->value_size);
    put(header + 20, 4, (uint64_t)self->index_base);
    const int64_t numbers[] = {self->size, self->rows, self->cols, self->nnz, self->label_names, self->feature_names};
    for (int t = 0; t < 6; t++) put(header + 24 + 8 * t, 8, (uint64_t)numbers[t]);
    put(header + 72, 8, self->digest);
    for (int p = 0; p < ERM_PARTS; p++) {
        unsigned char *const row = header + TABLE + p * TABLE_ROW;
        put(row, 8, (uint64_t)self->part[p].offset);
        put(row + 8, 8, (uint64_t)self->part[p].bytes);
        put(row + 16, 8, self->part[p].checksum);
    }
    put(header + CHECKSUM, 8, erm__hash_of(header, CHECKSUM));
}

/* The numbers as they are in the header, whatever they are. */
static void read_numbers(const unsigned char *header, erm__binary *self)
{
    int64_t *const numbers[] = {&self->size, &self->rows, &self->cols, &self->nnz, &self->label_names, &self->feature_names};
    for (int t = 0; t < 6; t++) *numbers[t] = (int64_t)get(header + 24 + 8 * t, 8);
    self->dense = get(header + 12, 4) == DENSE_ROWS;
    self->value_size = get(header + 16, 4) == 4 ? 4 : 8;
    self->index_base = get(header + 20, 4) == 0 ? 0 : 1;
    self->digest = get(header + 72, 8);
    for (int p = 0; p < ERM_PARTS; p++) {
        const unsigned char *const row = header + TABLE + p * TABLE_ROW;
        self->part[p] = (erm__span){(int64_t)get(row, 8), (int64_t)get(row + 8, 8), get(row + 16, 8)};
    }
}

/* A header is good if it is the one that is written for its numbers. */
erm_status erm__binary_decode(const unsigned char *header, size_t count, const char *name, erm__binary *self, char *detail)
{
    if (count < 8 || memcmp(header, ERM_BINARY_MAGIC, 8) != 0)
        return erm__fail(detail, ERM_EDATA, "%s: is not a binary data set", name);
    if (erm__npy_byte_order() != '<')
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s: is little-endian, and this machine is not", name);
    if (count < ERM_BINARY_HEADER) return erm__fail(detail, ERM_EDATA, "%s: ends within its header; the file is cut off", name);
    if (get(header + 8, 4) != VERSION)
        return erm__fail(detail, ERM_EDATA, "%s: has version %" PRIu64 " of the binary format; expected %d", name,
                         get(header + 8, 4), VERSION);
    if (get(header + CHECKSUM, 8) != erm__hash_of(header, CHECKSUM))
        return erm__fail(detail, ERM_EDATA, "%s: its header is damaged", name);
    unsigned char expected[ERM_BINARY_HEADER];
    read_numbers(header, self);
    if (!erm__binary_lay_out(self)) return erm__fail(detail, ERM_EDATA, "%s: its header tells of impossible sizes", name);
    erm__binary_encode(self, expected);
    if (memcmp(header, expected, ERM_BINARY_HEADER) != 0)
        return erm__fail(detail, ERM_EDATA, "%s: its header contradicts itself", name);
    return ERM_OK;
}
