/* .zst (RFC 8878) through libzstd, frames one after the other as one text. */
#include "io/codec.h"

#define ZSTD_NAMES .name = "zstd", .suffix = ".zst", .library = "libzstd", .magic = MAGIC, .magic_size = sizeof MAGIC

static const unsigned char MAGIC[] = {0x28, 0xb5, 0x2f, 0xfd};

#ifdef ERM_HAVE_ZSTD

#include <stdlib.h>
#include <zstd.h>

typedef struct zstd_decoder {
    ZSTD_DStream *stream;
    bool between; /* two frames, or after the last */
} zstd_decoder;

static void end(void *decoder)
{
    zstd_decoder *zstd = decoder;
    ZSTD_freeDStream(zstd->stream);
    free(zstd);
}

static void *start(void)
{
    zstd_decoder *zstd = calloc(1, sizeof *zstd);
    if (!zstd) return NULL;
    zstd->stream = ZSTD_createDStream();
    if (zstd->stream) return zstd;
    free(zstd);
    return NULL;
}

static erm__decoded decode(void *decoder, erm__flow *flow)
{
    zstd_decoder *zstd = decoder;
    if (zstd->between && flow->in_size == 0) return flow->in_last ? ERM_DECODED_END : ERM_DECODED_SOME;
    ZSTD_inBuffer in = {flow->in, flow->in_size, 0};
    ZSTD_outBuffer out = {flow->out, flow->out_size, 0};
    const size_t code = ZSTD_decompressStream(zstd->stream, &out, &in); /* 0 at the end of a frame */
    flow->in += in.pos;
    flow->in_size -= in.pos;
    flow->out += out.pos;
    flow->out_size -= out.pos;
    zstd->between = code == 0;
    return ZSTD_isError(code) ? ERM_DECODED_BAD : ERM_DECODED_SOME;
}

const erm__codec erm__codec_zstd = {ZSTD_NAMES, .start = start, .decode = decode, .end = end};

#else
const erm__codec erm__codec_zstd = {ZSTD_NAMES};
#endif
