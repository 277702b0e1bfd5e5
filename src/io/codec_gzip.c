/* .gz: RFC 1952 through zlib, members one after the other as one text. */
#include "io/codec.h"

#define GZIP_NAMES .name = "gzip", .suffix = ".gz", .library = "zlib", .magic = MAGIC, .magic_size = sizeof MAGIC

static const unsigned char MAGIC[] = {0x1f, 0x8b, 8};

#ifdef ERM_HAVE_ZLIB

#define ZLIB_CONST
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

typedef struct gzip_decoder {
    z_stream stream;
    bool between; /* two members, or after the last */
} gzip_decoder;

static void *start(void)
{
    gzip_decoder *gzip = calloc(1, sizeof *gzip);
    if (gzip && inflateInit2(&gzip->stream, 15 + 16) != Z_OK) { /* the largest window; gzip's header and checksum */
        free(gzip);
        return NULL;
    }
    return gzip;
}

static uInt bounded(size_t size) { return size < UINT_MAX ? (uInt)size : UINT_MAX; }

static erm__decoded decode(void *decoder, erm__flow *flow)
{
    gzip_decoder *gzip = decoder;
    if (gzip->between && flow->in_size == 0) return flow->in_last ? ERM_DECODED_END : ERM_DECODED_SOME;
    const uInt in_size = bounded(flow->in_size), out_size = bounded(flow->out_size);
    gzip->stream.next_in = flow->in;
    gzip->stream.avail_in = in_size;
    gzip->stream.next_out = flow->out;
    gzip->stream.avail_out = out_size;
    int code = inflate(&gzip->stream, Z_NO_FLUSH);
    flow->in += in_size - gzip->stream.avail_in;
    flow->in_size -= in_size - gzip->stream.avail_in;
    flow->out += out_size - gzip->stream.avail_out;
    flow->out_size -= out_size - gzip->stream.avail_out;
    gzip->between = code == Z_STREAM_END;
    if (gzip->between) code = inflateReset(&gzip->stream);
    if (code == Z_MEM_ERROR) return ERM_DECODED_NOMEM;
    return code == Z_OK || code == Z_BUF_ERROR ? ERM_DECODED_SOME : ERM_DECODED_BAD;
}

static void end(void *decoder)
{
    gzip_decoder *gzip = decoder;
    inflateEnd(&gzip->stream);
    free(gzip);
}

const erm__codec erm__codec_gzip = {GZIP_NAMES, .start = start, .decode = decode, .end = end};

#else
const erm__codec erm__codec_gzip = {GZIP_NAMES};
#endif
