/* Whether the parts of a binary data set are what its header says, and fit to be used. By several threads, piece by piece. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/hash.h"
#include "base/threads.h"
#include "io/binary.h"

enum { PIECE_VALUES = ERM_BINARY_PIECE / sizeof(int32_t) };

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

erm_status erm__bytes_at(const erm__bytes *from, int64_t offset, int64_t size, char *buffer, const char **bytes, char *detail)
{
    *bytes = from->memory ? from->memory + offset : buffer;
    if (from->memory) return ERM_OK;
    size_t count;
    const erm_status status = erm__input_read_at(from->input, offset, (size_t)size, buffer, &count, detail);
    if (status != ERM_OK || count == (size_t)size) return status;
    return erm__fail(detail, ERM_EDATA, "%s: ends before byte %" PRId64 "; the file is cut off", from->name, offset + size);
}

erm_status erm__binary_check_size(const erm__binary *binary, const erm__input *input, char *detail)
{
    const int64_t size = erm__input_size(input), expected = binary->size;
    if (size == expected) return ERM_OK;
    return erm__fail(detail, ERM_EDATA, "%s: has %" PRId64 " bytes; its header tells of %" PRId64 ", so it %s",
                     erm__input_name(input), size, expected, size < expected ? "is cut off" : "goes on behind its end");
}

/* ---- pieces by threads ------------------------------------------------------------------------------------------------- */

typedef struct work work;
struct work {
    const erm__bytes *from;
    int64_t pieces;
    erm_status (*piece)(const work *self, int64_t number, char *buffer, char *detail);
    int64_t buffer; /* bytes that a thread needs where the bytes are not in memory */
    /* of the pieces */
    const erm__span *span;
    uint64_t *hash; /* one a piece */
    const erm__binary *binary;
    const int64_t *start;
};

static erm_status run_piece(const work *self, int64_t number, char *buffer, char *detail)
{
    if (!buffer && !self->from->memory) return erm__fail(detail, ERM_ENOMEM, "%s: no memory to read it", self->from->name);
    return self->piece(self, number, buffer, detail);
}

static char *new_buffer(const work *self) { return self->from->memory ? NULL : malloc((size_t)self->buffer); }

/* The first piece that fails, in their order, speaks for all: it is done once more to hear what it says. */
static erm_status run(const work *self, char *detail)
{
    const int threads = (int)smaller(self->pieces, erm__threads_available());
    int64_t failed = self->pieces;
#pragma omp parallel num_threads(threads) reduction(min : failed) if (threads > 1)
    {
        char *const buffer = new_buffer(self);
#pragma omp for schedule(dynamic, 1)
        for (int64_t p = 0; p < self->pieces; p++)
            if (run_piece(self, p, buffer, NULL) != ERM_OK) failed = smaller(failed, p);
        free(buffer);
    }
    if (failed == self->pieces) return ERM_OK;
    char *const buffer = new_buffer(self);
    const erm_status status = run_piece(self, failed, buffer, detail);
    free(buffer);
    return status != ERM_OK ? status : erm__fail(detail, ERM_ENOMEM, "%s: no memory to read it", self->from->name);
}

/* ---- checksums ----------------------------------------------------------------------------------------------------------- */

static erm_status hash_piece(const work *self, int64_t number, char *buffer, char *detail)
{
    const int64_t first = number * ERM_BINARY_PIECE, size = smaller(ERM_BINARY_PIECE, erm__span_padded(self->span) - first);
    const char *bytes;
    const erm_status status = erm__bytes_at(self->from, self->span->offset + first, size, buffer, &bytes, detail);
    if (status == ERM_OK) self->hash[number] = erm__hash_of(bytes, (size_t)size);
    return status;
}

erm_status erm__binary_checksum(const erm__bytes *from, const erm__span *span, uint64_t *checksum, char *detail)
{
    const int64_t pieces = (erm__span_padded(span) + ERM_BINARY_PIECE - 1) / ERM_BINARY_PIECE;
    uint64_t *const hash = malloc((size_t)(pieces + 1) * sizeof *hash);
    if (!hash) return erm__fail(detail, ERM_ENOMEM, "%s: no memory to verify it", from->name);
    const work job = {
        .from = from, .pieces = pieces, .piece = hash_piece, .buffer = ERM_BINARY_PIECE, .span = span, .hash = hash};
    const erm_status status = pieces > 0 ? run(&job, detail) : ERM_OK;
    if (status == ERM_OK) *checksum = erm__hash_of(hash, (size_t)pieces * sizeof *hash);
    free(hash);
    return status;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------------- */

erm_status erm__binary_check_start(const erm__binary *binary, const int64_t *start, const char *name, char *detail)
{
    if (start[0] != 0 || start[binary->rows] != binary->nnz)
        return erm__fail(detail, ERM_EDATA,
                         "%s: its row starts go from %" PRId64 " to %" PRId64 "; expected 0 to its %" PRId64 " values", name,
                         start[0], start[binary->rows], binary->nnz);
    for (int64_t i = 0; i < binary->rows; i++)
        if (start[i + 1] < start[i])
            return erm__fail(detail, ERM_EDATA, "%s: row %" PRId64 " ends before it starts", name, i + 1);
    return ERM_OK;
}

/* The last row that starts at or before value p. */
static int64_t row_of(const int64_t *start, int64_t rows, int64_t p)
{
    int64_t low = 0, high = rows; /* start[low] <= p */
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (start[middle] <= p)
            low = middle;
        else
            high = middle;
    }
    return low;
}

bool erm__index_ok(const int64_t *start, int64_t rows, int64_t cols, const int32_t *index, int64_t first, int64_t count)
{
    bool good = true;
    const int64_t end = first + count;
    for (int64_t i = row_of(start, rows, first), p = first; p < end && good; i++) {
        const int64_t stop = smaller(start[i + 1], end);
        if (p == stop) continue;
        const int32_t *const x = index + (p - first);
        bool falls = p == start[i] ? x[0] < 0 : x[0] <= x[-1];
        for (int64_t q = 1; q < stop - p; q++) falls |= x[q] <= x[q - 1];
        good = !falls && x[stop - p - 1] < cols;
        p = stop;
    }
    return good;
}

static erm_status check_piece(const work *self, int64_t number, char *buffer, char *detail)
{
    const erm__binary *binary = self->binary;
    const int64_t first = number * PIECE_VALUES, before = first > 0, count = smaller(PIECE_VALUES, binary->nnz - first);
    const int64_t offset = binary->part[ERM_PART_INDEX].offset + 4 * (first - before);
    const char *bytes;
    const erm_status status = erm__bytes_at(self->from, offset, 4 * (count + before), buffer, &bytes, detail);
    if (status != ERM_OK) return status;
    const int32_t *const index = (const int32_t *)(const void *)bytes + before;
    if (erm__index_ok(self->start, binary->rows, binary->cols, index, first, count)) return ERM_OK;
    return erm__fail(detail, ERM_EDATA, "%s: its columns do not rise within a row, or are beyond the %" PRId64 " that it has",
                     self->from->name, binary->cols);
}

erm_status erm__binary_check_index(const erm__binary *binary, const erm__bytes *from, const int64_t *start, char *detail)
{
    const work job = {.from = from,
                      .pieces = (binary->nnz + PIECE_VALUES - 1) / PIECE_VALUES,
                      .piece = check_piece,
                      .buffer = ERM_BINARY_PIECE + 4,
                      .binary = binary,
                      .start = start};
    return job.pieces > 0 ? run(&job, detail) : ERM_OK;
}
