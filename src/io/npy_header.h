/* The header of a .npy file. */
#ifndef ERM_NPY_HEADER_H
#define ERM_NPY_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/status.h"

typedef struct erm__npy_header {
    char kind;    /* f, i, u, b */
    int size;     /* of a value, in bytes */
    bool swapped; /* not in this machine's byte order */
    bool by_column;
    int64_t rows, cols;
} erm__npy_header;

/* Reads the text of a header, {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }. `name` is the file's. ERM_OK,
 * ERM_EDATA. */
erm_status erm__npy_header_parse(const char *text, const char *name, erm__npy_header *header, char *detail);

/* '<' or '>', as this machine is. */
char erm__npy_byte_order(void);

#endif
