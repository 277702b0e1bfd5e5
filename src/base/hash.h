/* Fast 64-bit hashes of bytes, the same on every machine: to find damage and to recognise data, not to withstand an attacker. */
#ifndef ERM_HASH_H
#define ERM_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The product of a and b, 128 bits, folded to 64: every bit of either can change every bit of the result. (Multiply and fold is
 * the step of Wang Yi's wyhash, 2019.) */
static inline uint64_t erm__fold(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    const wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

enum { ERM_HASH_STRIPE = 32 }; /* bytes that are taken at once */

/* A hash of bytes that come in pieces; how they are cut does not matter. */
typedef struct erm__hash {
    uint64_t lane[4], bytes;
    unsigned char waiting[ERM_HASH_STRIPE]; /* bytes % ERM_HASH_STRIPE of them */
} erm__hash;

erm__hash erm__hash_begin(void);
void erm__hash_add(erm__hash *hash, const void *bytes, size_t count);
uint64_t erm__hash_end(const erm__hash *hash);

/* The hash of bytes that are all there. */
uint64_t erm__hash_of(const void *bytes, size_t count);

#endif
