/* What the copies in different formats share. */
#ifndef ERM_CONVERT_H
#define ERM_CONVERT_H

#include <stddef.h>

#include "matrix/scan.h"

/* A copy of X as it is being made, by several threads that each take a part of the rows. */
typedef struct erm__conversion {
    const erm_matrix *X;
    erm_copy_options options;
    int parts;   /* of the rows, one a thread */
    double *row; /* a row of X for each part, if X has no scan */
    erm_matrix_copy copy;
} erm__conversion;

/* The rows of part number `part`. */
erm_rows erm__conversion_part(const erm__conversion *job, int part);

/* As X's scan, on those rows, or on some of them, for the thread of that part. Without a scan, the rows are made by mul_t, at the
 * cost of d a row. */
void erm__conversion_scan(const erm__conversion *job, int part, erm_visit visit, void *context);
void erm__conversion_scan_rows(const erm__conversion *job, int part, erm_rows rows, erm_visit visit, void *context);

/* count entries of `size` bytes, added to the copy's bytes; NULL if there is no memory or the size overflows. */
void *erm__conversion_take(erm__conversion *job, int64_t count, size_t size);

/* Stores one value. */
static inline void erm__conversion_put(const erm__conversion *job, int64_t p, double value)
{
    if (job->options.single)
        ((float *)job->copy.values)[p] = (float)value;
    else
        ((double *)job->copy.values)[p] = value;
}

/* sizeof the values. */
static inline size_t erm__conversion_size(const erm__conversion *job)
{
    return job->options.single ? sizeof(float) : sizeof(double);
}

/* Checks X, decides how many threads are worth it, and has `write` fill the copy, by rows or by columns: its memory and its view,
 * or false where there is no memory. ERM_OK; ERM_ENOMEM; ERM_EDATA if a number was too large for a float; what X's check says. */
erm_status erm__convert(const erm_matrix *X, bool columns, const erm_copy_options *options,
                        bool (*write)(erm__conversion *job, bool columns), erm_matrix_copy *copy, char *detail);

#endif
