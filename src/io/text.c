/* UTF-8 text (RFC 3629). */
#include "io/text.h"

#include <stddef.h>

/* The length of the character at p, 0 if there is none or it is a control character. */
static int character_length(const char *p, const char *end)
{
    const unsigned char c = (unsigned char)*p;
    if (c < 0x80) return c >= 0x20 && c != 0x7f;
    const int length = c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
    for (int i = 1; i < length; i++)
        if (p + i >= end || ((unsigned char)p[i] & 0xc0) != 0x80) return 0;
    return length;
}

const char *erm__text_find_bad(const char *text, const char *end)
{
    while (text < end) {
        const int length = character_length(text, end);
        if (length == 0) return text;
        text += length;
    }
    return NULL;
}

int erm__text_prefix(const char *text, const char *end, int most)
{
    if (end - text <= most) return (int)(end - text);
    while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80) most--;
    return most;
}

bool erm__text_is(const char *text, const char *end, const char *lower)
{
    for (; text < end && *lower; text++, lower++)
        if ((*text | 0x20) != *lower) return false;
    return text == end && *lower == '\0';
}

bool erm__text_is_infinite(const char *text, const char *end)
{
    if (text < end && (*text == '-' || *text == '+')) text++;
    return erm__text_is(text, end, "inf") || erm__text_is(text, end, "infinity");
}
