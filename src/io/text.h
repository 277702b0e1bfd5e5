/* UTF-8 text. */
#ifndef ERM_TEXT_H
#define ERM_TEXT_H

#include <stdbool.h>

/* The first byte that belongs to no UTF-8 character or to a control character, or NULL. */
const char *erm__text_find_bad(const char *text, const char *end);

/* How many bytes, at most `most`, hold only whole characters of the text. */
int erm__text_prefix(const char *text, const char *end, int most);

/* True if the text is `lower`, a word of lower-case ASCII letters, in letters of either case. */
bool erm__text_is(const char *text, const char *end, const char *lower);
/* True if it is inf or infinity, with a sign or without. */
bool erm__text_is_infinite(const char *text, const char *end);

#endif
