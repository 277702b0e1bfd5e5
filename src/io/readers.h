/* The readers of the formats, for an input that is open. They return as the functions of dataset.h that take a path. */
#ifndef ERM_READERS_H
#define ERM_READERS_H

#include "ermopt/data.h"
#include "io/input.h"

/* options are not NULL here; what is read into is empty. */
erm_status erm__libsvm_read(erm__input *input, const erm_libsvm_options *options, erm_dataset *dataset, char *detail);
erm_status erm__csv_read(erm__input *input, const erm_csv_options *options, erm_dataset *dataset, char *detail);
erm_status erm__npy_read(erm__input *input, erm_array *array, char *detail);

/* The format of a file that is called `name` and begins with these bytes. */
erm_format erm__format_of(const char *name, const char *bytes, size_t count);

#endif
