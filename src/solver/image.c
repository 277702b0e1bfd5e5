/* The memory of a run as bytes: a table of pieces, then those that changed. */
#include "solver/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* What is stored of a piece in the table. */
typedef struct entry {
    uint64_t address; /* in the process that stored it */
    int64_t bytes;
    uint64_t hash;
    int64_t kind, stored; /* stored: whether its bytes follow; of words both before and now */
} entry;

void erm__image_keep(erm__image *self, void *at, int64_t bytes, erm__piece_kind kind)
{
    if (self->count == self->room) {
        const int64_t room = 2 * self->room + 32;
        erm__image_piece *const more = realloc(self->piece, (size_t)room * sizeof *more);
        if (!more) {
            self->failed = true;
            return;
        }
        self->piece = more;
        self->room = room;
    }
    self->piece[self->count++] = (erm__image_piece){.at = at, .bytes = bytes, .kind = kind};
}

void erm__image_keep_taken(erm__image *self, const erm__arena *arena, const struct erm__chunk *from)
{
    for (struct erm__chunk *chunk = arena->last; chunk != from && chunk;) {
        erm__memory taken;
        chunk = erm__arena_look(chunk, &taken);
        const int64_t bytes = taken.count * (int64_t)taken.size;
        if (taken.scratch) continue;
        erm__image_keep(self, taken.at, bytes, taken.size > sizeof(uint64_t) ? ERM_PIECE_WORDS : ERM_PIECE_NUMBERS);
    }
}

erm_status erm__image_settle(erm__image *self)
{
    int64_t copied = 0;
    for (int64_t p = 0; p < self->count; p++)
        if (self->piece[p].kind != ERM_PIECE_NUMBERS) copied += self->piece[p].bytes;
    if (!self->failed) self->copies = malloc(copied > 0 ? (size_t)copied : 1);
    if (!self->copies) return ERM_ENOMEM;
    copied = 0;
    for (int64_t p = 0; p < self->count; p++) {
        erm__image_piece *const piece = &self->piece[p];
        if (piece->kind == ERM_PIECE_NUMBERS) {
            piece->hash = erm__hash_of(piece->at, (size_t)piece->bytes);
            continue;
        }
        piece->before = self->copies + copied;
        memcpy(piece->before, piece->at, (size_t)piece->bytes);
        copied += piece->bytes;
    }
    return ERM_OK;
}

void erm__image_freeze(erm__image *self)
{
    for (int64_t p = 0; p < self->count; p++)
        if (self->piece[p].kind == ERM_PIECE_LOOP) memcpy(self->piece[p].before, self->piece[p].at, (size_t)self->piece[p].bytes);
}

static bool has_changed(const erm__image_piece *piece)
{
    return piece->kind != ERM_PIECE_NUMBERS || erm__hash_of(piece->at, (size_t)piece->bytes) != piece->hash;
}

/* The table comes first, so that what changed is found out twice, rather than kept. */
void erm__image_store(const erm__image *self, erm__image_sink sink, void *context)
{
    sink(context, &self->count, sizeof self->count);
    for (int64_t p = 0; p < self->count; p++) {
        const erm__image_piece *const piece = &self->piece[p];
        const entry next = {.address = (uint64_t)(uintptr_t)piece->at,
                            .bytes = piece->bytes,
                            .hash = piece->hash,
                            .kind = (int64_t)piece->kind,
                            .stored = has_changed(piece)};
        sink(context, &next, sizeof next);
    }
    for (int64_t p = 0; p < self->count; p++) {
        const erm__image_piece *const piece = &self->piece[p];
        if (piece->before) sink(context, piece->before, (size_t)piece->bytes);
        if (piece->kind != ERM_PIECE_LOOP && has_changed(piece)) sink(context, piece->at, (size_t)piece->bytes);
    }
}

static entry entry_at(const unsigned char *bytes, int64_t p)
{
    entry read;
    memcpy(&read, bytes + sizeof(int64_t) + (size_t)p * sizeof read, sizeof read);
    return read;
}

/* Bytes that follow the table for this piece. */
static int64_t stored_bytes(const entry *of)
{
    if (of->kind == ERM_PIECE_WORDS) return 2 * of->bytes;
    return of->stored ? of->bytes : 0;
}

static bool fits(const erm__image *self, const unsigned char *bytes, int64_t length)
{
    int64_t count, needed = (int64_t)sizeof count;
    if (length < needed) return false;
    memcpy(&count, bytes, sizeof count);
    if (count != self->count || length < needed + count * (int64_t)sizeof(entry)) return false;
    needed += count * (int64_t)sizeof(entry);
    for (int64_t p = 0; p < count; p++) {
        const erm__image_piece *const piece = &self->piece[p];
        const entry read = entry_at(bytes, p);
        if (read.bytes != piece->bytes || read.kind != (int64_t)piece->kind || read.hash != piece->hash) return false;
        needed += stored_bytes(&read);
    }
    return needed == length;
}

/* Where a place in the memory of the process that stored it is now; the word itself where it is no such place. */
static uint64_t moved(const erm__image *self, const unsigned char *bytes, uint64_t word)
{
    for (int64_t p = 0; p < self->count; p++) {
        const entry read = entry_at(bytes, p);
        if (word >= read.address && word - read.address < (uint64_t)read.bytes)
            return (uint64_t)(uintptr_t)self->piece[p].at + (word - read.address);
    }
    return word;
}

/* Words are compared with what they were after `start`, there: those that did not change are what `start` makes them here. */
static void restore_words(const erm__image *self, const unsigned char *table, const erm__image_piece *piece,
                          const unsigned char *before, const unsigned char *now)
{
    const int64_t size = (int64_t)sizeof(uint64_t), words = piece->bytes / size;
    for (int64_t at = 0; at < words * size; at += size) {
        uint64_t word;
        if (memcmp(before + at, now + at, sizeof word) == 0) continue;
        memcpy(&word, now + at, sizeof word);
        word = moved(self, table, word);
        memcpy(piece->at + at, &word, sizeof word);
    }
    memcpy(piece->at + words * size, now + words * size, (size_t)(piece->bytes - words * size));
}

bool erm__image_restore(erm__image *self, const unsigned char *bytes, int64_t length)
{
    if (!fits(self, bytes, length)) return false;
    const unsigned char *next = bytes + sizeof(int64_t) + (size_t)self->count * sizeof(entry);
    for (int64_t p = 0; p < self->count; p++) {
        const erm__image_piece *const piece = &self->piece[p];
        const entry read = entry_at(bytes, p);
        if (piece->kind == ERM_PIECE_WORDS)
            restore_words(self, bytes, piece, next, next + piece->bytes);
        else if (read.stored)
            memcpy(piece->at, next, (size_t)piece->bytes);
        next += stored_bytes(&read);
    }
    return true;
}

void erm__image_free(erm__image *self)
{
    free(self->piece);
    free(self->copies);
    *self = (erm__image){0};
}
