/* Data sets from any file: the format is found by what the file holds. */
#ifndef ERMOPT_DATA_H
#define ERMOPT_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/dataset.h"
#include "ermopt/mapped.h"
#include "ermopt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum erm_format {
    ERM_FORMAT_ANY, /* the one that the file has */
    ERM_FORMAT_LIBSVM,
    ERM_FORMAT_CSV,
    ERM_FORMAT_NPY,
    ERM_FORMAT_BINARY /* mapped.h */
} erm_format;

/* "libsvm", "csv", "npy", "binary"; NULL for none of these numbers but 0, "any". */
const char *erm_format_name(erm_format format);
/* False if there is none that is called so; "tsv" is CSV. */
bool erm_format_from_name(const char *name, erm_format *format);

/* A zero field means its default. */
typedef struct erm_data_options {
    erm_format format;
    erm_libsvm_options libsvm;
    erm_csv_options csv;
    const char *labels; /* of NumPy's files: a second one, with a number for each row; NULL: y is 0 */
    erm_mapped_options mapped;
    /* What is not LIBSVM or CSV may have at most libsvm.cols columns too, if that is not 0; binary data must have
     * been written with libsvm.base, if that is told, and where they have names, these must be csv.features, in that order. */
} erm_data_options;

/* A data set, wherever its values are. Close with erm_data_close. */
typedef struct erm_data {
    erm_format format; /* that it was in */
    /* Not to be freed by itself. Its start, index and value are NULL where X is stored in another way. */
    erm_dataset set;
    const erm_matrix *X; /* the values */
    void *store;         /* what owns them */
} erm_data;

/* Reads a file, "-" is standard input, decompressed on the way if it is compressed. The format is told by the first bytes of
 * binary and of NumPy's files, or by a name ending in .csv, .tsv, .libsvm, .svm or .svmlight (and .gz ...), or by the first
 * lines: LIBSVM where the label is followed by index:value, else CSV where a line has a comma, a semicolon or a tab, else LIBSVM.
 * options may be NULL. As the reader of the format returns, and ERM_EDATA where labels do not go with the rows; on failure there
 * is nothing to close. */
erm_status erm_data_open(const char *path, const erm_data_options *options, erm_data *data, char *detail);

/* As erm_mapped_status: whether all values could be read so far. */
erm_status erm_data_status(const erm_data *data, char *detail);

/* Frees everything and empties it; NULL and an empty one are fine. */
void erm_data_close(erm_data *data);

#ifdef __cplusplus
}
#endif

#endif
