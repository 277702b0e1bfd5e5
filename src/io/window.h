/* A matrix whose values are read from a file when they are used, through a few windows of a fixed size, and the windows. */
#ifndef ERM_WINDOW_H
#define ERM_WINDOW_H

#include "ermopt/matrix.h"
#include "io/binary.h"

typedef struct erm__windows erm__windows;

/* Rows first .. first + rows - 1 of the file, or rows of a list; in memory while it is held. */
typedef struct erm__window {
    int64_t first, rows;
    int held; /* by so many calls */
    int64_t used;
    void *values;
    int32_t *index;
    int64_t *start; /* of the rows in here: from 0 */
} erm__window;

/* Windows of `resident_bytes` in all. start is NULL for dense rows; it and the input are borrowed. ERM_OK, ERM_EINVAL (too few
 * bytes), ERM_ENOMEM. */
erm_status erm__windows_open(const erm__binary *binary, const erm__bytes *from, const int64_t *start, int64_t resident_bytes,
                             erm__windows **windows, char *detail);
void erm__windows_close(erm__windows *windows); /* NULL is fine */

/* The file as a matrix. */
const erm_matrix *erm__windows_matrix(const erm__windows *windows);
/* How the first read went that failed, or ERM_OK. */
erm_status erm__windows_status(erm__windows *windows, char *detail);

/* ---- for the matrix ---------------------------------------------------------------------------------------------------- */

typedef struct erm__window_matrix {
    erm_matrix base;
    erm__windows *windows;
    bool dense, single;
} erm__window_matrix;

/* How many of the rows from t on, at least one if there are any, fit into a window. */
int64_t erm__window_fits(const erm__windows *windows, erm_rows rows, int64_t t);
/* A window that holds the range of rows, or exactly the rows of a list; they fit. NULL if they could not be read. Waits while all
 * windows are held: nobody may take a second one while it holds one. */
erm__window *erm__window_take(erm__windows *windows, erm_rows rows);
void erm__window_release(erm__windows *windows, erm__window *window);
/* Reads one row past the windows, or copies it from one; value as double, index for sparse rows. False if
 * it could not be read. */
bool erm__window_row(erm__windows *windows, int64_t i, int64_t *count, int32_t *index, double *value);

/* The matrix of the library, for these operations. */
extern const erm_matrix_ops erm__window_sparse_ops, erm__window_dense_ops;

#endif
