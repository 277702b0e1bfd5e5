/* The memory that decides how a run goes on, as bytes that another process can put in its place.
 *
 * Nothing is declared piece by piece, and so nothing can be forgotten: the image holds the solver's state and all that its
 * `start` took from the arena, but for scratch. On resume `start` runs again, from the same point, and lays out the same pieces
 * at other addresses; it also makes the same bits again, so that a piece that no step has changed since need not be stored.
 * Elements of up to 8 bytes are numbers. Larger ones (structs) may hold pointers too: of their words those that changed since
 * `start` are put back, and a word that is an address inside a piece becomes the same place in that piece as it lies now. What
 * points elsewhere stays as `start` has set it. */
#ifndef ERM_IMAGE_H
#define ERM_IMAGE_H

#include "base/arena.h"
#include "ermopt/status.h"

typedef enum erm__piece_kind {
    ERM_PIECE_NUMBERS, /* stored where a step has changed it */
    ERM_PIECE_WORDS,   /* may hold pointers */
    ERM_PIECE_LOOP     /* numbers of the loop itself, stored always, as they were when frozen */
} erm__piece_kind;

typedef struct erm__image_piece {
    unsigned char *at;
    int64_t bytes;
    erm__piece_kind kind;
    uint64_t hash;         /* numbers: of what `start` left */
    unsigned char *before; /* words: a copy of that; of the loop: as frozen */
} erm__image_piece;

/* Starts as {0}. */
typedef struct erm__image {
    int64_t count, room;
    erm__image_piece *piece;
    unsigned char *copies; /* all that `before` point to */
    bool failed;           /* memory ran out */
} erm__image;

/* Before erm__image_settle: one piece, or all that was taken from the arena since `from` (arena->last then). */
void erm__image_keep(erm__image *image, void *at, int64_t bytes, erm__piece_kind kind);
void erm__image_keep_taken(erm__image *image, const erm__arena *arena, const struct erm__chunk *from);

/* Right after `start`: notes what is there. ERM_OK or ERM_ENOMEM. */
erm_status erm__image_settle(erm__image *image);

/* The loop's pieces will be stored as they are now. */
void erm__image_freeze(erm__image *image);

/* Gives the image's bytes, some at a time. */
typedef void (*erm__image_sink)(void *context, const void *bytes, size_t count);
void erm__image_store(const erm__image *image, erm__image_sink sink, void *context);

/* The opposite, into a settled image. False, with nothing changed, if these `length` bytes are not of such a run: other pieces,
 * or `start` left other bits. */
bool erm__image_restore(erm__image *image, const unsigned char *bytes, int64_t length);

void erm__image_free(erm__image *image);

#endif
