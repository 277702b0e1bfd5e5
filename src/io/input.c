/* Bytes in: a file or standard input, decompressed on the way if it is compressed. */
#include "io/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/detail.h"
#include "io/codec.h"

enum { PACKED_SIZE = 1 << 18, NAME_SIZE = 200 };

struct erm__input {
    int file;
    bool file_ended, decoder_ended;
    const erm__codec *codec; /* NULL: as it is */
    void *decoder;
    int64_t file_size; /* -1: not a plain file, or empty */
    size_t begin, end; /* of what is read from the file and not yet used */
    char *ahead;       /* the first decoded bytes, where they were peeked at; ahead_begin .. ahead_end are not yet used */
    size_t ahead_begin, ahead_end;
    char name[NAME_SIZE];
    unsigned char packed[PACKED_SIZE];
};

static const erm__codec *const CODECS[] = {&erm__codec_gzip, &erm__codec_xz, &erm__codec_zstd, &erm__codec_bzip2};
enum { CODECS_COUNT = sizeof CODECS / sizeof *CODECS };

static erm_status fail_errno(const erm__input *input, const char *what, char *detail)
{
    char reason[128] = "unknown error";
    (void)!strerror_r(errno, reason, sizeof reason);
    return erm__fail(detail, ERM_EIO, "%s: cannot be %s: %s", input->name, what, reason);
}

static erm_status open_file(erm__input *input, const char *path, char *detail)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    const size_t length = strlen(path);
    input->file_size = -1;
    if (is_stdin)
        snprintf(input->name, NAME_SIZE, "standard input");
    else if (length < NAME_SIZE)
        snprintf(input->name, NAME_SIZE, "%s", path);
    else
        snprintf(input->name, NAME_SIZE, "...%s", path + length - (NAME_SIZE - 4));
    input->file = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (input->file < 0) return fail_errno(input, "opened", detail);
    struct stat about;
    if (fstat(input->file, &about) != 0) return fail_errno(input, "opened", detail);
    if (S_ISDIR(about.st_mode)) return erm__fail(detail, ERM_EIO, "%s: is a directory, not a file", input->name);
    if (S_ISREG(about.st_mode) && about.st_size > 0 && !is_stdin) input->file_size = about.st_size;
    return ERM_OK;
}

/* Reads `size` bytes from the file, fewer only at its end. */
static erm_status read_file(erm__input *input, size_t size, void *buffer, size_t *count, char *detail)
{
    *count = 0;
    while (*count < size && !input->file_ended) {
        const ssize_t got = read(input->file, (char *)buffer + *count, size - *count);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(input, "read", detail);
        input->file_ended = got == 0;
        *count += (size_t)got;
    }
    return ERM_OK;
}

static bool has_suffix(const char *name, const char *suffix)
{
    const size_t length = strlen(name), suffix_length = strlen(suffix);
    return length > suffix_length && strcmp(name + length - suffix_length, suffix) == 0;
}

static bool has_magic(const erm__input *input, const erm__codec *codec)
{
    return input->end >= codec->magic_offset + codec->magic_size &&
           memcmp(input->packed + codec->magic_offset, codec->magic, codec->magic_size) == 0;
}

static erm_status choose_codec(erm__input *input, char *detail)
{
    for (int c = 0; c < CODECS_COUNT; c++)
        if (has_magic(input, CODECS[c])) input->codec = CODECS[c];
    for (int c = 0; c < CODECS_COUNT && !input->codec; c++)
        if (has_suffix(input->name, CODECS[c]->suffix))
            return erm__fail(detail, ERM_EDATA, "%s: is not %s data, as its name says", input->name, CODECS[c]->name);
    if (!input->codec) return ERM_OK;
    if (!input->codec->start)
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s: is compressed by %s, and this library was built without %s", input->name,
                         input->codec->name, input->codec->library);
    input->decoder = input->codec->start();
    return input->decoder ? ERM_OK : ERM_ENOMEM;
}

erm_status erm__input_open(const char *path, erm__input **opened, char *detail)
{
    erm__input *input = calloc(1, sizeof *input);
    if (!input) return erm__fail(detail, ERM_ENOMEM, "no memory to read %.200s", path);
    erm_status status = open_file(input, path, detail);
    if (status == ERM_OK) status = read_file(input, PACKED_SIZE, input->packed, &input->end, detail);
    if (status == ERM_OK) status = choose_codec(input, detail);
    if (status == ERM_ENOMEM) erm__fail(detail, status, "%s: no memory to decompress it", input->name);
    if (status == ERM_OK)
        *opened = input;
    else
        erm__input_close(input);
    return status;
}

static erm_status decode_some(erm__input *input, erm__flow *flow, char *detail)
{
    if (input->begin == input->end && !input->file_ended) {
        input->begin = 0;
        const erm_status status = read_file(input, PACKED_SIZE, input->packed, &input->end, detail);
        if (status != ERM_OK) return status;
    }
    const size_t out_before = flow->out_size;
    flow->in = input->packed + input->begin;
    flow->in_size = input->end - input->begin;
    flow->in_last = input->file_ended;
    const erm__decoded decoded = input->codec->decode(input->decoder, flow);
    const bool moved = flow->in_size < input->end - input->begin || flow->out_size < out_before;
    input->begin = input->end - flow->in_size;
    input->decoder_ended = decoded == ERM_DECODED_END;
    const char *name = input->codec->name;
    if (decoded == ERM_DECODED_NOMEM) return erm__fail(detail, ERM_ENOMEM, "%s: no memory to decompress it", input->name);
    if (decoded == ERM_DECODED_BAD) return erm__fail(detail, ERM_EDATA, "%s: the %s data are damaged", input->name, name);
    if (decoded == ERM_DECODED_SOME && !moved && flow->in_last)
        return erm__fail(detail, ERM_EDATA, "%s: the %s data end too early; the file is cut off", input->name, name);
    return ERM_OK;
}

static erm_status read_plain(erm__input *input, size_t size, char *buffer, size_t *count, char *detail)
{
    const size_t waiting = input->end - input->begin, from_packed = waiting < size ? waiting : size;
    memcpy(buffer, input->packed + input->begin, from_packed);
    input->begin += from_packed;
    const erm_status status = read_file(input, size - from_packed, buffer + from_packed, count, detail);
    *count += from_packed;
    return status;
}

erm_status erm__input_read(erm__input *input, size_t size, char *buffer, size_t *count, char *detail)
{
    if (!input->codec) return read_plain(input, size, buffer, count, detail);
    const size_t waiting = input->ahead_end - input->ahead_begin, from_ahead = waiting < size ? waiting : size;
    if (from_ahead > 0) memcpy(buffer, input->ahead + input->ahead_begin, from_ahead);
    input->ahead_begin += from_ahead;
    erm__flow flow = {.out = (unsigned char *)buffer + from_ahead, .out_size = size - from_ahead};
    erm_status status = ERM_OK;
    while (status == ERM_OK && flow.out_size > 0 && !input->decoder_ended) status = decode_some(input, &flow, detail);
    *count = size - flow.out_size;
    return status;
}

erm_status erm__input_peek(erm__input *input, size_t size, const char **bytes, size_t *count, char *detail)
{
    *bytes = (const char *)input->packed;
    *count = input->end < size ? input->end : size;
    if (!input->codec) return ERM_OK;
    if (input->ahead) {
        *bytes = input->ahead;
        *count = input->ahead_end < size ? input->ahead_end : size;
        return ERM_OK;
    }
    input->ahead = malloc(size);
    if (!input->ahead) return erm__fail(detail, ERM_ENOMEM, "%s: no memory to decompress it", input->name);
    const erm_status status = erm__input_read(input, size, input->ahead, count, detail);
    input->ahead_end = *count;
    *bytes = input->ahead;
    return status;
}

int64_t erm__input_size(const erm__input *input) { return input->codec ? -1 : input->file_size; }

erm_status erm__input_read_at(const erm__input *input, int64_t offset, size_t size, char *buffer, size_t *count, char *detail)
{
    *count = 0;
    while (*count < size) {
        const ssize_t got = pread(input->file, buffer + *count, size - *count, (off_t)(offset + (int64_t)*count));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(input, "read", detail);
        if (got == 0) break;
        *count += (size_t)got;
    }
    return ERM_OK;
}

void erm__input_will_need(const erm__input *input, int64_t offset, int64_t size)
{
    (void)posix_fadvise(input->file, (off_t)offset, (off_t)size, POSIX_FADV_WILLNEED);
}

int erm__input_file(const erm__input *input) { return input->file; }

const char *erm__input_name(const erm__input *input) { return input->name; }

void erm__input_close(erm__input *input)
{
    if (!input) return;
    if (input->decoder) input->codec->end(input->decoder);
    if (input->file >= 0 && input->file != STDIN_FILENO) close(input->file);
    free(input->ahead);
    free(input);
}
