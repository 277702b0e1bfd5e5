/* Decompressors, one a format, each behind the library that it needs. */
#ifndef ERM_CODEC_H
#define ERM_CODEC_H

#include <stdbool.h>
#include <stddef.h>

typedef enum erm__decoded {
    ERM_DECODED_SOME, /* took input or gave output; call again */
    ERM_DECODED_END,  /* the compressed data are complete */
    ERM_DECODED_BAD,  /* not this format, or damaged */
    ERM_DECODED_NOMEM
} erm__decoded;

/* What is still to be read and where there is room to write; a decoder advances the pointers and lowers the sizes. */
typedef struct erm__flow {
    const unsigned char *in;
    size_t in_size;
    bool in_last; /* nothing follows `in` */
    unsigned char *out;
    size_t out_size;
} erm__flow;

typedef struct erm__codec {
    const char *name, *suffix, *library;
    const unsigned char *magic; /* what such a file holds at magic_offset */
    size_t magic_size, magic_offset;
    /* A decoder, or NULL when out of memory. start itself is NULL where the library was not there at build time. */
    void *(*start)(void);
    erm__decoded (*decode)(void *decoder, erm__flow *flow);
    void (*end)(void *decoder);
} erm__codec;

extern const erm__codec erm__codec_gzip, erm__codec_xz, erm__codec_zstd, erm__codec_bzip2;

#endif
