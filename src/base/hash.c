/* A hash of bytes: four lanes, each of which takes every fourth 64-bit word (the lowest byte first) by
 *     lane = fold((lane ^ word) KEY[lane]),
 * so that four multiplications are on their way at once. The last stripe is filled up with zeros; the number of bytes and the
 * four lanes are then folded into one another. The keys are digits of pi, "nothing up my sleeve" (first 256 bits behind the
 * point, each made odd). */
#include "base/hash.h"

#include <string.h>

static const uint64_t KEY[4] = {UINT64_C(0x243f6a8885a308d3), UINT64_C(0x13198a2e03707345), UINT64_C(0xa4093822299f31d1),
                                UINT64_C(0x082efa98ec4e6c89)};

static uint64_t word_at(const unsigned char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static void take_stripes(uint64_t *lane, const unsigned char *bytes, size_t stripes)
{
    uint64_t a = lane[0], b = lane[1], c = lane[2], d = lane[3];
    for (size_t s = 0; s < stripes; s++, bytes += ERM_HASH_STRIPE) {
        a = erm__fold(a ^ word_at(bytes), KEY[0]);
        b = erm__fold(b ^ word_at(bytes + 8), KEY[1]);
        c = erm__fold(c ^ word_at(bytes + 16), KEY[2]);
        d = erm__fold(d ^ word_at(bytes + 24), KEY[3]);
    }
    lane[0] = a;
    lane[1] = b;
    lane[2] = c;
    lane[3] = d;
}

erm__hash erm__hash_begin(void) { return (erm__hash){.lane = {KEY[3], KEY[2], KEY[1], KEY[0]}}; }

void erm__hash_add(erm__hash *hash, const void *bytes, size_t count)
{
    const unsigned char *next = bytes;
    const size_t held = hash->bytes % ERM_HASH_STRIPE;
    hash->bytes += count;
    if (held > 0) {
        const size_t room = ERM_HASH_STRIPE - held, taken = count < room ? count : room;
        memcpy(hash->waiting + held, next, taken);
        if (taken < room) return;
        take_stripes(hash->lane, hash->waiting, 1);
        next += taken;
        count -= taken;
    }
    take_stripes(hash->lane, next, count / ERM_HASH_STRIPE);
    if (count % ERM_HASH_STRIPE > 0)
        memcpy(hash->waiting, next + count / ERM_HASH_STRIPE * ERM_HASH_STRIPE, count % ERM_HASH_STRIPE);
}

uint64_t erm__hash_end(const erm__hash *hash)
{
    uint64_t lane[4];
    memcpy(lane, hash->lane, sizeof lane);
    const size_t held = hash->bytes % ERM_HASH_STRIPE;
    if (held > 0) {
        unsigned char last[ERM_HASH_STRIPE] = {0};
        memcpy(last, hash->waiting, held);
        take_stripes(lane, last, 1);
    }
    uint64_t result = hash->bytes;
    for (int l = 0; l < 4; l++) result = erm__fold(result ^ lane[l], KEY[l]) + lane[l];
    return erm__fold(result ^ KEY[0], KEY[1]);
}

uint64_t erm__hash_of(const void *bytes, size_t count)
{
    erm__hash hash = erm__hash_begin();
    if (count > 0) erm__hash_add(&hash, bytes, count);
    return erm__hash_end(&hash);
}
