/* The binary format of data sets: a header, then sections, each from a multiple of 64 bytes
 * on. docs/data-format.md tells it all. */
#ifndef ERM_BINARY_H
#define ERM_BINARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ermopt/status.h"
#include "io/input.h"

#define ERM_BINARY_MAGIC                                                                                                         \
    "\x89"                                                                                                                       \
    "ERM\r\n\x1a\n"

enum {
    ERM_BINARY_HEADER = 512,
    ERM_BINARY_ALIGNMENT = 64,
    ERM_BINARY_PIECE = 1 << 20 /* bytes that have a hash of their own; the checksum of a section is the hash of these */
};

typedef enum erm__part {
    ERM_PART_START,
    ERM_PART_INDEX,
    ERM_PART_VALUES,
    ERM_PART_LABELS,
    ERM_PART_LABEL_NAMES,
    ERM_PART_FEATURE_NAMES,
    ERM_PARTS
} erm__part;

typedef struct erm__span {
    int64_t offset, bytes; /* bytes without the zeros that fill it up */
    uint64_t checksum;     /* of all, zeros too */
} erm__span;

typedef struct erm__binary {
    bool dense;
    int32_t value_size; /* 8 or 4 */
    int32_t index_base;
    int64_t size; /* of the file */
    int64_t rows, cols, nnz;
    int64_t label_names, feature_names;
    uint64_t digest;
    erm__span part[ERM_PARTS];
} erm__binary;

const char *erm__part_name(erm__part part);

static inline int64_t erm__span_padded(const erm__span *span)
{
    return (span->bytes + ERM_BINARY_ALIGNMENT - 1) / ERM_BINARY_ALIGNMENT * ERM_BINARY_ALIGNMENT;
}

/* Sizes and offsets of all parts, and of the file, from the numbers; the bytes of the names are given. False where they are out
 * of range. */
bool erm__binary_lay_out(erm__binary *binary);

/* The header; its checksum comes last. */
void erm__binary_encode(const erm__binary *binary, unsigned char *header);
/* ERM_OK; ERM_EDATA, and a sentence about the file `name`; ERM_EUNSUPPORTED on a machine that is not little-endian. */
erm_status erm__binary_decode(const unsigned char *header, size_t count, const char *name, erm__binary *binary, char *detail);

/* ---- checks of what the header tells of ----------------------------------------------------------------------------------- */

/* The bytes of a file: in memory, or to be read from an input (where memory is NULL). */
typedef struct erm__bytes {
    const char *memory;
    const erm__input *input;
    const char *name;
} erm__bytes;

/* Is a plain file as long as its header says? ERM_OK, ERM_EDATA. To be asked first: a header of 512 bytes
 * may tell of any sizes. */
erm_status erm__binary_check_size(const erm__binary *binary, const erm__input *input, char *detail);

/* *bytes = `size` of them from `offset` on, in the buffer if they are not in memory. ERM_OK, ERM_EIO, ERM_EDATA (cut off). */
erm_status erm__bytes_at(const erm__bytes *from, int64_t offset, int64_t size, char *buffer, const char **bytes, char *detail);

/* The checksum of a part as it is. ERM_OK; as above; ERM_ENOMEM. */
erm_status erm__binary_checksum(const erm__bytes *from, const erm__span *span, uint64_t *checksum, char *detail);

/* Row starts rise from 0 to the number of values; within each row, columns rise and are such as there are. ERM_OK, ERM_EDATA,
 * ERM_EIO, ERM_ENOMEM. */
erm_status erm__binary_check_start(const erm__binary *binary, const int64_t *start, const char *name, char *detail);
erm_status erm__binary_check_index(const erm__binary *binary, const erm__bytes *from, const int64_t *start, char *detail);

/* The same for the values first .. first + count - 1: index[-1] is there unless first is 0. False if something is wrong. */
bool erm__index_ok(const int64_t *start, int64_t rows, int64_t cols, const int32_t *index, int64_t first, int64_t count);

#endif
