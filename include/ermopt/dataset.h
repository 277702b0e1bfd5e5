/* Data sets in files: a sparse matrix and its labels, in memory that the data set owns. */
#ifndef ERMOPT_DATASET_H
#define ERMOPT_DATASET_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/loss.h"
#include "ermopt/matrix.h"
#include "ermopt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* n x d, with one label a row. A label is a number (y), or a word: then label_name is not NULL and y[i] is the number of
 * row i's word in it. Free with erm_dataset_free. */
typedef struct erm_dataset {
    int64_t rows, cols, nnz;
    int64_t *start;    /* rows + 1 */
    int32_t *index;    /* nnz, 0-based */
    double *value;     /* nnz */
    double *y;         /* rows */
    char **label_name; /* NULL, or label_names words in order of first appearance */
    int64_t label_names;
    int32_t index_base;  /* 0 or 1: as found in the file, or told */
    char **feature_name; /* NULL, or cols names */
} erm_dataset;

typedef enum erm_index_base {
    ERM_INDEX_AUTO, /* 0-based if some index is 0, else 1-based */
    ERM_INDEX_ONE,
    ERM_INDEX_ZERO
} erm_index_base;

typedef struct erm_libsvm_options {
    erm_index_base base;
    int64_t cols; /* d; 0: the largest index in the file. A larger index than this is ERM_EDATA */
    int threads;  /* at most; 0: as many as there are processors. What is read does not depend on it */
} erm_libsvm_options;

/* Reads LIBSVM / SVMlight text:  label index:value index:value ... # comment
 * Spaces or tabs between; LF, CR LF; empty and comment lines skipped; `qid:N` ignored; a row may have no values; indices rise
 * within a row. What is compressed by gzip, xz, zstd or bzip2 is decompressed on the way (where built with the library). "-" is
 * standard input. A label is a number, or a word (if it is a word anywhere, all labels are words). NaN, Inf and overflowing
 * numbers are refused. options may be NULL. ERM_OK; ERM_EIO (cannot be opened or read), ERM_EDATA (detail names path, line and
 * field), ERM_EUNSUPPORTED (compressed, and built without the library), ERM_ENOMEM; on failure the data set is
 * empty and needs no free. */
erm_status erm_dataset_read_libsvm(const char *path, const erm_libsvm_options *options, erm_dataset *dataset, char *detail);

typedef enum erm_csv_header {
    ERM_HEADER_AUTO, /* the first line holds names if none of its cells is a number */
    ERM_HEADER_YES,
    ERM_HEADER_NO /* columns are called "1", "2", ... */
} erm_csv_header;

typedef enum erm_missing {
    ERM_MISSING_REFUSE,   /* ERM_EDATA that names line and column */
    ERM_MISSING_SKIP_ROW, /* the row is left out */
    ERM_MISSING_ZERO,     /* the cell is 0; of a column of words, no word. A missing label still is ERM_EDATA */
    ERM_MISSING_NAN       /* the cell is NaN, for an impute step (preparation.h); of a column of words, no word. Label as above */
} erm_missing;

typedef struct erm_csv_options {
    char separator; /* 0: of comma, tab and semicolon, the most frequent in the first line */
    erm_csv_header header;
    const char *label; /* name of the column of labels, or its number from 1; NULL: the last column; "": there is none, y is 0 */
    erm_missing missing;
    const char *const *words; /* names of columns that are words even where they look like numbers */
    int64_t word_columns;
    const char *const *features; /* not NULL: the data set's columns are to be these, as feature_name of the training data */
    int64_t feature_count;
} erm_csv_options;

/* Reads a table of cells, CSV or TSV (RFC 4180: quotes, doubled quotes, line breaks in quotes; LF or CR LF; blank lines are
 * skipped, blanks around unquoted cells too). Every column is one feature, called by its name; a column whose first cell is
 * no number holds words, and is one feature 0 or 1 for each, called "column=word", in order of first appearance. Missing
 * cells are empty, NA, N/A, NaN, null or ?. Zeros are not stored. The labels are numbers or words by the same rule. With
 * `features`, other columns are passed over, and other words are no feature. options may be NULL. Returns as
 * erm_dataset_read_libsvm. */
erm_status erm_dataset_read_csv(const char *path, const erm_csv_options *options, erm_dataset *dataset, char *detail);

/* Writes LIBSVM text, with indices from index_base on, that reads back to the same bits when the reader is told the base and
 * the columns. An existing file is replaced in one step. ERM_OK; ERM_EIO; ERM_EDATA (NaN, Inf, or a label that such text
 * cannot hold, as one with blanks); ERM_EINVAL; ERM_ENOMEM. */
erm_status erm_dataset_write_libsvm(const erm_dataset *dataset, const char *path, char *detail);

/* Writes CSV text: the features, absent ones as 0, and last the label; a first line of names where they are not 1, 2, 3 ...
 * separator: comma, semicolon, tab or |; 0 is comma. Reads back to the same bits, but for stored zeros; the reader must be told
 * that there is a header where a name is a number, and that labels are words where the first of them looks like a number. An
 * existing file is replaced in one step. Returns as erm_dataset_write_libsvm. */
erm_status erm_dataset_write_csv(const erm_dataset *dataset, char separator, const char *path, char *detail);

/* A view of the data set's values. */
erm_csr erm_dataset_matrix(const erm_dataset *dataset);

/* A number that tells data sets apart: of rows, columns, values, labels and names, however they are stored and in whichever
 * format they were. Zeros count as absent, words as text, the index base and the names 1, 2, 3 ... not at all; the same on every
 * machine and for every number of threads. Two different sets have the same number by a chance of 2^-64, or by intent. X: where
 * the values are instead of in the data set, any matrix with `scan`; NULL: in the data set. */
uint64_t erm_dataset_digest(const erm_dataset *dataset, const erm_matrix *X);

/* Frees what the data set owns and empties it; NULL and an empty one are fine. */
void erm_dataset_free(erm_dataset *dataset);

/* ---- dense arrays in NumPy's files -------------------------------------------------------------------------------- */

/* rows x cols values without gaps. Free with erm_array_free. */
typedef struct erm_array {
    int64_t rows, cols;
    bool single;    /* the values are float, else double */
    bool by_column; /* column after column, else row after row */
    void *values;   /* owned */
} erm_array;

/* Reads a .npy file (format 1 to 3) of one or two dimensions; n values are n x 1. Type f4 stays float; f8, integers and bool
 * are double. Either byte order; compressed files and "-" as above. NaN and Inf are read as they are. ERM_OK; ERM_EIO;
 * ERM_EDATA (not such a file, of another type, cut off, an integer that is no double); ERM_EUNSUPPORTED; ERM_ENOMEM; on
 * failure the array is empty. */
erm_status erm_array_read_npy(const char *path, erm_array *array, char *detail);

/* Writes format 1.0 in this machine's byte order; an existing file is replaced in one step. ERM_OK; ERM_EIO; ERM_EINVAL;
 * ERM_ENOMEM. */
erm_status erm_array_write_npy(const erm_array *array, const char *path, char *detail);

/* A view of the array's values. */
erm_dense erm_array_matrix(const erm_array *array);

/* Frees what the array owns and empties it; NULL and an empty one are fine. */
void erm_array_free(erm_array *array);

/* ---- labels as classes -------------------------------------------------------------------------------------------- */

/* The distinct labels: rising if numbers, in byte order if words. A number's name is its shortest decimal form ("-1", "2.5"). */
typedef struct erm_classes {
    int64_t count;
    char **name;
} erm_classes;

/* Finds the distinct labels. ERM_OK, ERM_ENOMEM. */
erm_status erm_dataset_classes(const erm_dataset *dataset, erm_classes *classes);

/* y[i] = what `loss` wants for row i's class: class 0 -> -1 and class 1 -> +1 for losses with one output, else the class number.
 * A label that is not among the classes: y[i] = NaN, and they are counted in *unknown (NULL allowed). ERM_OK, ERM_ENOMEM. */
erm_status erm_classes_encode(const erm_classes *classes, const erm_dataset *dataset, bool one_output, double *y,
                              int64_t *unknown);

void erm_classes_free(erm_classes *classes);

#ifdef __cplusplus
}
#endif

#endif
