/* The lines of LIBSVM text. */
#ifndef ERM_LIBSVM_PARSE_H
#define ERM_LIBSVM_PARSE_H

#include "ermopt/dataset.h"
#include "io/rows.h"

/* Behind UTF-8's byte order mark, if there is one at the beginning of the text. */
const char *erm__libsvm_skip_mark(const char *text, const char *end);

/* Counts what bounds the rows and the values of a text: its line feeds and colons. */
void erm__libsvm_count(const char *text, const char *end, int64_t *rows, int64_t *values);

/* Adds the rows of [text, end), which ends with a line feed and has ERM_NUMBER_PADDING bytes behind it. rows->shift is 1 unless
 * base is ERM_INDEX_ZERO. False at the first bad line: rows->status, ->message and ->lines say what and where. */
bool erm__libsvm_parse(const char *text, const char *end, erm_index_base base, erm__rows *rows);

#endif
