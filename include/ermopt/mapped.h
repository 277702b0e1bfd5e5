/* Data sets in a binary file that is used where it lies: mapped, with nothing copied, or read through windows of a bounded size
 * where it is larger than the memory. The format is docs/data-format.md. */
#ifndef ERMOPT_MAPPED_H
#define ERMOPT_MAPPED_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/dataset.h"
#include "ermopt/matrix.h"
#include "ermopt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum erm_layout {
    ERM_LAYOUT_AUTO,   /* of a data set's own values, dense rows where they are smaller and no zero is stored; of X, what X is */
    ERM_LAYOUT_SPARSE, /* compressed rows */
    ERM_LAYOUT_DENSE   /* row after row */
} erm_layout;

/* A zero field means its default. */
typedef struct erm_binary_options {
    const erm_matrix *X; /* the values, any matrix with `scan`; NULL: the data set's own */
    bool single;         /* store floats, to which the values are rounded. X of floats is stored so in any case */
    erm_layout layout;
} erm_binary_options;

/* Writes the binary format. An existing file is replaced in one step. What is read back has the same bits, but floats, and but
 * for zeros, which dense rows do not tell from what is absent. Dense rows are written from any X as it is scanned; sparse ones of
 * an X that is not erm_csr are copied first. options may be NULL. ERM_OK; ERM_EIO; ERM_EDATA (a value too large for floats, a
 * name or label that text cannot hold); ERM_EINVAL (no rows, too large, X of another size); ERM_EUNSUPPORTED (X without scan; a
 * machine that is not little-endian); ERM_ENOMEM. */
erm_status erm_dataset_write_binary(const erm_dataset *dataset, const erm_binary_options *options, const char *path,
                                    char *detail);

/* A zero field means its default. */
typedef struct erm_mapped_options {
    /* 0: the whole file is mapped. Else its values are read through windows that take this many bytes at most, all together:
     * X then is out of core (matrix.h), and what remains in memory is a label and a row start for each row, and the names. A
     * window has a megabyte, or four of the longest rows; more than sixteen are not used, and more threads than windows wait for
     * one another. Where windows are as large as that, what is computed has the bits of the matrix in memory. */
    int64_t resident_bytes;
    bool trust; /* the checksums of the sections are not verified, so that opening need not read the whole file */
} erm_mapped_options;

typedef struct erm_mapped {
    /* Names and labels, to be neither written nor freed; start, index and value are NULL unless they lie in memory as such. */
    erm_dataset set;
    const erm_matrix *X; /* the values. Any number of threads may use it */
    bool dense, single;
    uint64_t digest; /* as erm_dataset_digest gives it */
    void *store;
} erm_mapped;

/* Opens a binary file. What is compressed, and standard input "-", is read into memory. The file is checked so that whatever it
 * holds can do no harm; one that is shortened while it is mapped ends the process, as with any mapped file, but not one that is
 * read through windows. options may be NULL. ERM_OK; ERM_EIO; ERM_EDATA (another format or version, cut off, damaged);
 * ERM_EINVAL (windows too small for a row: detail says how much they need); ERM_EUNSUPPORTED (windows on what is compressed);
 * ERM_ENOMEM (and no room to map it). On failure there is nothing to close. */
erm_status erm_mapped_open(const char *path, const erm_mapped_options *options, erm_mapped *mapped, char *detail);

/* Whether every value could be read so far: a window that could not is filled with NaN, so that a fit fails. ERM_OK; ERM_EIO,
 * and the sentence. */
erm_status erm_mapped_status(const erm_mapped *mapped, char *detail);

/* Frees everything and empties it; NULL and an empty one are fine. */
void erm_mapped_close(erm_mapped *mapped);

/* ---- what is in a file ------------------------------------------------------------------------------------------------ */

enum { ERM_SECTIONS = 6 };

typedef struct erm_section {
    const char *name; /* "start", "index", "values", "labels", "label names", "feature names" */
    int64_t offset, bytes;
    uint64_t checksum, found; /* as the header tells it, and of what is there */
} erm_section;

/* Reads all sections of a binary file whose header is whole, damaged or not, and takes their checksums. As erm_mapped_open
 * returns; not ERM_EDATA for a checksum of a section. */
erm_status erm_mapped_sections(const char *path, erm_section sections[ERM_SECTIONS], char *detail);

#ifdef __cplusplus
}
#endif

#endif
