/* Random matrices for the tests, behind every view: the matrices below are made so that the view has the numbers asked for,
 * or, where it cannot, the view says which numbers it has. */
#include "matrices.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SPARE = 4 }; /* rows or columns of the matrix below that are not in the view */

static void *take(int64_t count, size_t size)
{
    void *memory = malloc(count > 0 ? (size_t)count * size : 1);
    if (!memory) abort();
    return memory;
}

static const erm_matrix *add_part(const matrix_kind *kind, owned_matrix *matrix, int b, int64_t rows, int64_t cols,
                                  const double *full)
{
    matrix->part[b] = owned_matrix_new(matrix_kind_called(kind->part[b]), rows, cols, full);
    return matrix->part[b]->X;
}

/* `count` different numbers below count + SPARE; in any order, or one after another. */
static int64_t *choose(int64_t count, bool in_order)
{
    const int64_t all = count + SPARE;
    int64_t *number = take(all, sizeof *number);
    erm_rng rng = erm_rng_seed((uint64_t)count);
    for (int64_t p = 0; p < all; p++) number[p] = in_order ? p + SPARE / 2 : p;
    for (int64_t p = 0; p < all && !in_order; p++) {
        const int64_t other = p + (int64_t)erm_rng_below(&rng, (uint64_t)(all - p)), kept = number[p];
        number[p] = number[other];
        number[other] = kept;
    }
    return number;
}

/* The entry of the part below that entry (i, j) of the view is. */
static void take_over(owned_matrix *matrix, int64_t i, int64_t j, const owned_matrix *part, int64_t part_i, int64_t part_j)
{
    matrix->full[i * matrix->cols + j] = part->full[part_i * part->cols + part_j];
    matrix->size[i * matrix->cols + j] = part->size[part_i * part->cols + part_j];
}

static void fill_rows(const matrix_kind *kind, owned_matrix *matrix)
{
    const int64_t rows = matrix->rows, cols = matrix->cols;
    erm_rng rng = erm_rng_seed(5);
    double *full = random_numbers(&rng, rows + SPARE, cols, 0.5);
    matrix->row_list = choose(rows, kind->in_order);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) full[matrix->row_list[i] * cols + j] = matrix->full[i * cols + j];
    const erm_matrix *X = add_part(kind, matrix, 0, rows + SPARE, cols, full);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) take_over(matrix, i, j, matrix->part[0], matrix->row_list[i], j);
    matrix->view.rows = erm_rows_view_of(X, rows, matrix->row_list);
    free(full);
}

static void fill_cols(const matrix_kind *kind, owned_matrix *matrix)
{
    const int64_t rows = matrix->rows, cols = matrix->cols, all = cols + SPARE;
    erm_rng rng = erm_rng_seed(5);
    double *full = random_numbers(&rng, rows, all, 0.5);
    int64_t *chosen = choose(cols, kind->in_order);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) full[i * all + chosen[j]] = matrix->full[i * cols + j];
    const erm_matrix *X = add_part(kind, matrix, 0, rows, all, full);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) take_over(matrix, i, j, matrix->part[0], i, chosen[j]);
    matrix->col_list = take(cols, sizeof *matrix->col_list);
    for (int64_t j = 0; j < cols; j++) matrix->col_list[j] = (int32_t)chosen[j];
    matrix->index = take(all, sizeof *matrix->index);
    matrix->view.cols = erm_cols_view_of(X, cols, matrix->col_list, matrix->index);
    free(full);
    free(chosen);
}

/* Quarters and powers of two, so that the centred and scaled numbers have no rounding. */
static void fill_scaled(const matrix_kind *kind, owned_matrix *matrix)
{
    const int64_t rows = matrix->rows, cols = matrix->cols;
    matrix->scale = take(cols, sizeof(double));
    if (kind->centred) matrix->centre = take(cols, sizeof(double));
    for (int64_t j = 0; j < cols; j++) {
        matrix->scale[j] = ldexp(j % 3 ? -1 : 1, (int)(j % 5) - 2);
        if (kind->centred) matrix->centre[j] = 0.25 * (double)(j % 7 - 2);
    }
    const erm_matrix *X = add_part(kind, matrix, 0, rows, cols, matrix->full);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) {
            const int64_t at = i * cols + j;
            const double c = kind->centred ? matrix->centre[j] : 0, s = matrix->scale[j];
            matrix->full[at] = (matrix->part[0]->full[at] - c) * s;
            matrix->size[at] = (matrix->part[0]->size[at] + (X->ops->sparse ? fabs(c) : 0)) * fabs(s);
            if (kind->centred && !X->ops->sparse) matrix->size[at] = fabs(matrix->full[at]);
        }
    matrix->view.scaled = erm_scaled_view_of(X, matrix->centre, matrix->scale);
}

/* The columns begin .. begin + count - 1 of the numbers. */
static void fill_block(const matrix_kind *kind, owned_matrix *matrix, int b, int64_t begin, int64_t count)
{
    double *full = take(matrix->rows * count, sizeof *full);
    for (int64_t i = 0; i < matrix->rows; i++)
        for (int64_t j = 0; j < count; j++) full[i * count + j] = matrix->full[i * matrix->cols + begin + j];
    matrix->block[b] = add_part(kind, matrix, b, matrix->rows, count, full);
    for (int64_t i = 0; i < matrix->rows; i++)
        for (int64_t j = 0; j < count; j++) take_over(matrix, i, begin + j, matrix->part[b], i, j);
    free(full);
}

static void fill_blocks(const matrix_kind *kind, owned_matrix *matrix)
{
    int count = 0;
    while (count < 3 && kind->part[count]) count++;
    for (int b = 0; b < count; b++) {
        const int64_t begin = b * matrix->cols / count, end = (b + 1) * matrix->cols / count;
        fill_block(kind, matrix, b, begin, end - begin);
    }
    matrix->view.blocks = erm_blocks_view_of(matrix->block, count);
}

/* Each row's level is its first nonzero number's column; none: missing. */
static void fill_onehot(const matrix_kind *kind, owned_matrix *matrix)
{
    (void)kind;
    const int64_t rows = matrix->rows, cols = matrix->cols;
    matrix->index = take(rows, sizeof *matrix->index);
    for (int64_t i = 0; i < rows; i++) {
        matrix->index[i] = -1;
        for (int64_t j = cols - 1; j >= 0; j--)
            if (matrix->full[i * cols + j] != 0) matrix->index[i] = (int32_t)j;
        for (int64_t j = 0; j < cols; j++) matrix->full[i * cols + j] = matrix->size[i * cols + j] = matrix->index[i] == j;
    }
    matrix->view.onehot = erm_onehot_of(rows, cols, matrix->index);
}

/* A kind comes after those that it is made of only for the reader; they are found by name. */
const matrix_kind matrix_view_kinds[] = {
    {.name = "rows of dense f64", .fill = fill_rows, .part = {"dense f64"}},
    {.name = "rows in order of dense f32", .fill = fill_rows, .part = {"dense f32"}, .in_order = true},
    {.name = "rows of csr f32", .fill = fill_rows, .part = {"csr f32"}, .sparse = true},
    {.name = "rows of csc f64", .fill = fill_rows, .part = {"csc f64"}, .sparse = true},
    {.name = "rows in order of csc f32", .fill = fill_rows, .part = {"csc f32"}, .sparse = true, .in_order = true},
    {.name = "columns of dense f64", .fill = fill_cols, .part = {"dense f64 with gaps"}},
    {.name = "columns of dense f32", .fill = fill_cols, .part = {"dense f32"}},
    {.name = "columns of dense columns f32", .fill = fill_cols, .part = {"dense columns f32 with gaps"}},
    {.name = "columns of csr f64", .fill = fill_cols, .part = {"csr f64"}, .sparse = true},
    {.name = "columns in order of csr f32", .fill = fill_cols, .part = {"csr f32"}, .sparse = true, .in_order = true},
    {.name = "columns of csc f64", .fill = fill_cols, .part = {"csc f64"}, .sparse = true},
    {.name = "scaled dense f64", .fill = fill_scaled, .part = {"dense f64"}},
    {.name = "scaled csr f32", .fill = fill_scaled, .part = {"csr f32"}, .sparse = true},
    {.name = "centred dense f32", .fill = fill_scaled, .part = {"dense f32"}, .centred = true},
    {.name = "centred dense columns f64", .fill = fill_scaled, .part = {"dense columns f64"}, .centred = true},
    {.name = "centred csr f64", .fill = fill_scaled, .part = {"csr f64"}, .sparse = true, .centred = true},
    {.name = "centred csc f32", .fill = fill_scaled, .part = {"csc f32"}, .sparse = true, .centred = true},
    {.name = "one-hot", .fill = fill_onehot, .sparse = true},
    {.name = "dense beside csr beside one-hot", .fill = fill_blocks, .part = {"dense f64", "csr f32", "one-hot"}, .sparse = true},
    {.name = "dense beside dense columns", .fill = fill_blocks, .part = {"dense f32", "dense columns f64"}},
    /* nested */
    {.name = "rows of rows of dense", .fill = fill_rows, .part = {"rows of dense f64"}},
    {.name = "rows of centred csr", .fill = fill_rows, .part = {"centred csr f64"}, .sparse = true},
    {.name = "columns of centred dense", .fill = fill_cols, .part = {"centred dense f32"}},
    {.name = "columns of blocks", .fill = fill_cols, .part = {"dense beside csr beside one-hot"}, .sparse = true},
    {.name = "columns of rows of csc", .fill = fill_cols, .part = {"rows of csc f64"}, .sparse = true},
    {.name = "scaled columns of blocks", .fill = fill_scaled, .part = {"columns of blocks"}, .sparse = true},
    {.name = "rows of scaled columns of blocks", .fill = fill_rows, .part = {"scaled columns of blocks"}, .sparse = true},
    {.name = "centred rows of scaled columns of blocks",
     .fill = fill_scaled,
     .part = {"rows of scaled columns of blocks"},
     .sparse = true,
     .centred = true},
    {.name = "columns of csc beside centred csr beside blocks",
     .fill = fill_blocks,
     .part = {"columns of csc f64", "centred csr f64", "dense beside csr beside one-hot"},
     .sparse = true},
    {.name = "centred blocks of dense", .fill = fill_scaled, .part = {"dense beside dense columns"}, .centred = true},
};
const int matrix_view_kinds_count = (int)(sizeof matrix_view_kinds / sizeof *matrix_view_kinds);
