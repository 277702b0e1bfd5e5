/* .bz2 through libbz2, streams one after the other as one text. */
#include "io/codec.h"

#define BZIP2_NAMES                                                                                                              \
    .name = "bzip2", .suffix = ".bz2", .library = "libbz2", .magic = MAGIC, .magic_size = sizeof MAGIC, .magic_offset = 4

static const unsigned char MAGIC[] = {'1', 'A', 'Y', '&', 'S', 'Y'}; /* of a block, behind "BZh" and its size */

#ifdef ERM_HAVE_BZIP2

#include <bzlib.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct bzip2_decoder {
    bz_stream stream;
    bool between; /* two streams, or after the last */
} bzip2_decoder;

static void *start(void)
{
    bzip2_decoder *bzip2 = calloc(1, sizeof *bzip2);
    if (bzip2 && BZ2_bzDecompressInit(&bzip2->stream, 0, 0) != BZ_OK) {
        free(bzip2);
        return NULL;
    }
    return bzip2;
}

/* libbz2 has no reset: it is ended and started anew. */
static int restart(bzip2_decoder *bzip2)
{
    BZ2_bzDecompressEnd(&bzip2->stream);
    bzip2->stream = (bz_stream){0};
    return BZ2_bzDecompressInit(&bzip2->stream, 0, 0);
}

static unsigned bounded(size_t size) { return size < UINT_MAX ? (unsigned)size : UINT_MAX; }

static erm__decoded decode(void *decoder, erm__flow *flow)
{
    bzip2_decoder *bzip2 = decoder;
    if (bzip2->between && flow->in_size == 0) return flow->in_last ? ERM_DECODED_END : ERM_DECODED_SOME;
    const unsigned in_size = bounded(flow->in_size), out_size = bounded(flow->out_size);
    bzip2->stream.next_in = (char *)(uintptr_t)flow->in; /* not written, though not const */
    bzip2->stream.avail_in = in_size;
    bzip2->stream.next_out = (char *)flow->out;
    bzip2->stream.avail_out = out_size;
    int code = BZ2_bzDecompress(&bzip2->stream);
    flow->in += in_size - bzip2->stream.avail_in;
    flow->in_size -= in_size - bzip2->stream.avail_in;
    flow->out += out_size - bzip2->stream.avail_out;
    flow->out_size -= out_size - bzip2->stream.avail_out;
    bzip2->between = code == BZ_STREAM_END;
    if (bzip2->between) code = restart(bzip2);
    if (code == BZ_MEM_ERROR) return ERM_DECODED_NOMEM;
    return code == BZ_OK ? ERM_DECODED_SOME : ERM_DECODED_BAD;
}

static void end(void *decoder)
{
    bzip2_decoder *bzip2 = decoder;
    BZ2_bzDecompressEnd(&bzip2->stream);
    free(bzip2);
}

const erm__codec erm__codec_bzip2 = {BZIP2_NAMES, .start = start, .decode = decode, .end = end};

#else
const erm__codec erm__codec_bzip2 = {BZIP2_NAMES};
#endif
