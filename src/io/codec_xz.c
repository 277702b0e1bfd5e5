/* .xz through liblzma, streams one after the other as one text. */
#include "io/codec.h"

#define XZ_NAMES .name = "xz", .suffix = ".xz", .library = "liblzma", .magic = MAGIC, .magic_size = sizeof MAGIC

static const unsigned char MAGIC[] = {0xfd, '7', 'z', 'X', 'Z', 0};

#ifdef ERM_HAVE_LZMA

#include <lzma.h>
#include <stdint.h>
#include <stdlib.h>

static void *start(void)
{
    lzma_stream *stream = malloc(sizeof *stream);
    if (!stream) return NULL;
    *stream = (lzma_stream)LZMA_STREAM_INIT;
    if (lzma_stream_decoder(stream, UINT64_MAX, LZMA_CONCATENATED) == LZMA_OK) return stream;
    free(stream);
    return NULL;
}

static erm__decoded decode(void *decoder, erm__flow *flow)
{
    lzma_stream *stream = decoder;
    stream->next_in = flow->in;
    stream->avail_in = flow->in_size;
    stream->next_out = flow->out;
    stream->avail_out = flow->out_size;
    const lzma_ret code = lzma_code(stream, flow->in_last ? LZMA_FINISH : LZMA_RUN);
    flow->in = stream->next_in;
    flow->in_size = stream->avail_in;
    flow->out = stream->next_out;
    flow->out_size = stream->avail_out;
    if (code == LZMA_MEM_ERROR) return ERM_DECODED_NOMEM;
    if (code == LZMA_STREAM_END) return ERM_DECODED_END;
    return code == LZMA_OK || code == LZMA_BUF_ERROR ? ERM_DECODED_SOME : ERM_DECODED_BAD;
}

static void end(void *decoder)
{
    lzma_end(decoder);
    free(decoder);
}

const erm__codec erm__codec_xz = {XZ_NAMES, .start = start, .decode = decode, .end = end};

#else
const erm__codec erm__codec_xz = {XZ_NAMES};
#endif
