/* Data sets read a block of rows at a time, in memory that does not grow with the file. */
#ifndef ERMOPT_READER_H
#define ERMOPT_READER_H

#include "ermopt/data.h"
#include "ermopt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct erm_reader erm_reader;

/* Opens what erm_dataset_read_libsvm reads. A block cannot know what comes behind it: options->base is ERM_INDEX_ONE or
 * ERM_INDEX_ZERO (else ERM_EINVAL), and without options->cols the columns of a block are those that it uses. Close with
 * erm_reader_close. ERM_OK and otherwise as erm_dataset_read_libsvm. */
erm_status erm_reader_open_libsvm(const char *path, const erm_libsvm_options *options, erm_reader **reader, char *detail);

/* Opens what erm_dataset_read_csv reads. options->features must be given (else ERM_EINVAL), so that all blocks have the same
 * columns; what options points to is borrowed until the reader is closed. */
erm_status erm_reader_open_csv(const char *path, const erm_csv_options *options, erm_reader **reader, char *detail);

/* Opens a file of either format, told as erm_data_open does, by what it holds. options->libsvm.threads counts for both.
 * ERM_EUNSUPPORTED for what is not text, and for CSV without options->csv.features: erm_data_open reads these. */
erm_status erm_reader_open(const char *path, const erm_data_options *options, erm_reader **reader, char *detail);

/* The next rows, about 256 KiB of text or one longer line; *rows is the reader's and stays as it is until the next call.
 * *rows = NULL behind the last. The labels of a block are words if one of them is a word. The blocks do not depend on the number
 * of threads: with two or more processors a thread of the reader's own reads the next block meanwhile. Failures name path and
 * line as those of the whole file would, after the blocks before. */
erm_status erm_reader_next(erm_reader *reader, const erm_dataset **rows, char *detail);

/* NULL is fine. */
void erm_reader_close(erm_reader *reader);

#ifdef __cplusplus
}
#endif

#endif
