/* The lines of LIBSVM text. */
#ifndef ERM_LIBSVM_PARSE_H
#define ERM_LIBSVM_PARSE_H

#include "ermopt/dataset.h"
#include "io/rows.h"

/* Adds the rows of [text, end), which ends with a line feed. False at the first bad line: rows->status, ->message and ->lines say
 * what and where. */
bool erm__libsvm_parse(const char *text, const char *end, erm_index_base base, erm__rows *rows);

#endif
