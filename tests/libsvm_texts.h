/* LIBSVM text that is read from a file of its own. */
#ifndef LIBSVM_TEXTS_H
#define LIBSVM_TEXTS_H

#include <stddef.h>

#include "ermopt/dataset.h"

/* Fails the test where the text is refused. Free with erm_dataset_free. */
erm_dataset libsvm_read(const char *text, const erm_libsvm_options *options);

/* The text, of `size` bytes, must be refused with ERM_EDATA and the file's path followed by `expected`. */
void libsvm_refused(const char *text, size_t size, const erm_libsvm_options *options, const char *expected);

/* Fails the test unless all is the same, values and labels to the bit. */
void libsvm_same(const erm_dataset *a, const erm_dataset *b);

#endif
