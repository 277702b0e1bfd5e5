/* Reading a matrix piece by piece: what views and copies are made with. Nothing here needs memory but a little of the stack. */
#ifndef ERM_SCAN_H
#define ERM_SCAN_H

#include <stddef.h>

#include "ermopt/matrix.h"

enum { ERM_PIECE = 256 }; /* values that are changed on their way are changed on the stack, this many at a time */

static inline int64_t erm__piece_place(const erm_piece *piece, int64_t p)
{
    return piece->first + (piece->index ? piece->index[p] : p);
}

/* The part of a piece from p on, at most ERM_PIECE values. */
static inline erm_piece erm__piece_part(const erm_piece *piece, int64_t p)
{
    erm_piece part = *piece;
    part.count = piece->count - p < ERM_PIECE ? piece->count - p : ERM_PIECE;
    part.value = piece->value + p;
    part.index = piece->index ? piece->index + p : NULL;
    part.first = piece->first + (piece->index ? 0 : p);
    return part;
}

/* ---- the formats' own ---------------------------------------------------------------------------------------------- */

bool erm__dense_scan_f64(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context);
bool erm__dense_scan_f32(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context);
bool erm__dense_col_scan_f64(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context);
bool erm__dense_col_scan_f32(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context);
bool erm__csr_scan_f64(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context);
bool erm__csr_scan_f32(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context);
bool erm__csc_scan_f64(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context);
bool erm__csc_scan_f32(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context);

/* True if X has `scan`, and the matrices have that X is made of. */
bool erm__can_scan(const erm_matrix *X);

/* ---- what can be computed of any matrix that has `scan` ------------------------------------------------------------- */

/* into += A from (k columns), where A is X or, transposed, X'. from NULL: all 1, for k = 1. */
typedef struct erm__product {
    bool transposed;
    int64_t k;
    const double *from;
    double *into;
} erm__product;

/* An erm_visit: adds a piece's share to the erm__product that is the context. */
void erm__add_product(const erm_piece *piece, void *product);

/* The required operations, and `row`. */
void erm__scan_mul(const erm_matrix *X, erm_rows rows, int64_t k, const double *W, double *Z);
void erm__scan_mul_t(const erm_matrix *X, erm_rows rows, int64_t k, const double *R, double *G);
void erm__scan_row_sqnorms(const erm_matrix *X, erm_rows rows, double *out);
void erm__scan_col_sqsums(const erm_matrix *X, erm_rows rows, const double *weight, double *out);
erm_row erm__scan_row(const erm_matrix *X, int64_t i, int32_t *index_buffer, double *value_buffer);

/* Makes the indices rise, and moves the values (each of `size` bytes, at most 8) with them. Does nothing fast if they rise
 * already. */
void erm__sort_line(int64_t count, int32_t *index, void *values, size_t size);

#endif
