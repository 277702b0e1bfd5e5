/* Which format a file has: by its first bytes, its name, its first lines. */
#include <string.h>

#include "base/number.h"
#include "io/binary.h"
#include "io/readers.h"

static const char *const NAMES[] = {"any", "libsvm", "csv", "npy", "binary"};
enum { FORMATS = sizeof NAMES / sizeof *NAMES };

static const struct suffix {
    const char *text;
    erm_format format;
} SUFFIXES[] = {{".csv", ERM_FORMAT_CSV},
                {".tsv", ERM_FORMAT_CSV},
                {".libsvm", ERM_FORMAT_LIBSVM},
                {".svm", ERM_FORMAT_LIBSVM},
                {".svmlight", ERM_FORMAT_LIBSVM}};

const char *erm_format_name(erm_format format) { return (unsigned)format < FORMATS ? NAMES[format] : NULL; }

bool erm_format_from_name(const char *name, erm_format *format)
{
    for (int f = 0; f < FORMATS; f++)
        if (strcmp(name, NAMES[f]) == 0) {
            *format = (erm_format)f;
            return true;
        }
    if (strcmp(name, "tsv") != 0) return false;
    *format = ERM_FORMAT_CSV;
    return true;
}

/* The length of the name without the end that a compressor adds. */
static size_t uncompressed_length(const char *name)
{
    static const char *const ends[] = {".gz", ".xz", ".zst", ".bz2"};
    const size_t length = strlen(name);
    for (size_t e = 0; e < sizeof ends / sizeof *ends; e++) {
        const size_t end = strlen(ends[e]);
        if (length > end && strcmp(name + length - end, ends[e]) == 0) return length - end;
    }
    return length;
}

static erm_format by_name(const char *name)
{
    const size_t length = uncompressed_length(name);
    for (size_t s = 0; s < sizeof SUFFIXES / sizeof *SUFFIXES; s++) {
        const size_t end = strlen(SUFFIXES[s].text);
        if (length > end && memcmp(name + length - end, SUFFIXES[s].text, end) == 0) return SUFFIXES[s].format;
    }
    return ERM_FORMAT_ANY;
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && is_blank(*p)) p++;
    return p;
}

static const char *skip_token(const char *p, const char *end)
{
    while (p < end && !is_blank(*p)) p++;
    return p;
}

/* Is [p, end) an index, a colon and a number, or qid:? */
static bool is_indexed(const char *p, const char *end)
{
    double number;
    const char *digits = p;
    if (end - p > 4 && memcmp(p, "qid:", 4) == 0) return true;
    while (p < end && *p >= '0' && *p <= '9') p++;
    return p > digits && p < end && *p == ':' && erm__number_scan(p + 1, end, &number) == end;
}

/* What one line, without its end, says of the format. */
static erm_format by_line(const char *p, const char *end)
{
    p = skip_blanks(p, end);
    if (p == end || *p == '#') return ERM_FORMAT_ANY;
    if (memchr(p, '\0', (size_t)(end - p))) return ERM_FORMAT_LIBSVM; /* no text at all, as its reader will say */
    const char *const label_end = skip_token(p, end), *const second = skip_blanks(label_end, end);
    if (*p != '"' && second < end && is_indexed(second, skip_token(second, end))) return ERM_FORMAT_LIBSVM;
    for (const char *q = p; q < end; q++)
        if (*q == ',' || *q == ';' || (*q == '\t' && second < end && *second != '#')) return ERM_FORMAT_CSV;
    return ERM_FORMAT_ANY;
}

erm_format erm__format_of(const char *name, const char *bytes, size_t count)
{
    if (count >= 6 && memcmp(bytes, "\x93NUMPY", 6) == 0) return ERM_FORMAT_NPY;
    if (count >= 8 && memcmp(bytes, ERM_BINARY_MAGIC, 8) == 0) return ERM_FORMAT_BINARY;
    erm_format format = by_name(name);
    const char *const end = bytes + count;
    if (count >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) bytes += 3;
    while (bytes < end && format == ERM_FORMAT_ANY) {
        const char *const feed = memchr(bytes, '\n', (size_t)(end - bytes)), *const stop = feed ? feed : end;
        format = by_line(bytes, stop > bytes && stop[-1] == '\r' ? stop - 1 : stop);
        bytes = feed ? feed + 1 : end;
    }
    return format == ERM_FORMAT_ANY ? ERM_FORMAT_LIBSVM : format;
}
