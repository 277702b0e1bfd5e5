/* Random matrices for the tests, in every storage format. */
#include "matrices.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static void *take(int64_t count, size_t size)
{
    void *memory = malloc(count > 0 ? (size_t)count * size : 1);
    if (!memory) abort();
    return memory;
}

double *random_numbers(erm_rng *rng, int64_t rows, int64_t cols, double density)
{
    double *full = take(rows * cols, sizeof *full);
    for (int64_t p = 0; p < rows * cols; p++) {
        const double value = erm_rng_normal(rng);
        full[p] = erm_rng_uniform(rng) < density ? (double)(float)value : 0;
    }
    return full;
}

static size_t value_size(const matrix_kind *kind) { return kind->single ? sizeof(float) : sizeof(double); }

static void put(const matrix_kind *kind, owned_matrix *matrix, int64_t p, double value)
{
    if (kind->single)
        ((float *)matrix->values)[p] = (float)value;
    else
        ((double *)matrix->values)[p] = value;
}

static void fill_dense(const matrix_kind *kind, owned_matrix *matrix)
{
    const int64_t rows = matrix->rows, cols = matrix->cols, stride = matrix->stride = cols + kind->gap;
    const int64_t count = rows > 0 ? rows * stride - kind->gap : 0;
    matrix->values = take(count, value_size(kind));
    for (int64_t p = 0; p < count; p++) put(kind, matrix, p, NAN);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) put(kind, matrix, i * stride + j, matrix->full[i * cols + j]);
    matrix->view.dense =
        kind->single ? erm_dense_f32(rows, cols, matrix->values, stride) : erm_dense_f64(rows, cols, matrix->values, stride);
}

static void fill_dense_columns(const matrix_kind *kind, owned_matrix *matrix)
{
    const int64_t rows = matrix->rows, cols = matrix->cols, stride = matrix->stride = rows + kind->gap;
    const int64_t count = cols > 0 ? cols * stride - kind->gap : 0;
    matrix->values = take(count, value_size(kind));
    for (int64_t p = 0; p < count; p++) put(kind, matrix, p, NAN);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) put(kind, matrix, j * stride + i, matrix->full[i * cols + j]);
    matrix->view.dense = kind->single ? erm_dense_col_f32(rows, cols, matrix->values, stride)
                                      : erm_dense_col_f64(rows, cols, matrix->values, stride);
}

/* The nonzero numbers, `outer` by `outer`: the rows of X for compressed rows. */
static void compress(const matrix_kind *kind, owned_matrix *matrix, int64_t outer, int64_t outer_step, int64_t inner,
                     int64_t inner_step)
{
    int64_t nnz = 0, p = 0;
    for (int64_t q = 0; q < outer * inner; q++) nnz += matrix->full[q] != 0;
    matrix->values = take(nnz, value_size(kind));
    matrix->index = take(nnz, sizeof *matrix->index);
    matrix->start = take(outer + 1, sizeof *matrix->start);
    for (int64_t o = 0; o < outer; o++) {
        matrix->start[o] = p;
        for (int64_t i = 0; i < inner; i++) {
            const double value = matrix->full[o * outer_step + i * inner_step];
            if (value == 0) continue;
            matrix->index[p] = (int32_t)i;
            put(kind, matrix, p++, value);
        }
    }
    matrix->start[outer] = p;
}

static void fill_csr(const matrix_kind *kind, owned_matrix *matrix)
{
    const int64_t rows = matrix->rows, cols = matrix->cols;
    compress(kind, matrix, rows, cols, cols, 1);
    matrix->view.csr = kind->single ? erm_csr_f32(rows, cols, matrix->start, matrix->index, matrix->values)
                                    : erm_csr_f64(rows, cols, matrix->start, matrix->index, matrix->values);
}

static void fill_csc(const matrix_kind *kind, owned_matrix *matrix)
{
    const int64_t rows = matrix->rows, cols = matrix->cols;
    compress(kind, matrix, cols, 1, rows, cols);
    matrix->view.csc = kind->single ? erm_csc_f32(rows, cols, matrix->start, matrix->index, matrix->values)
                                    : erm_csc_f64(rows, cols, matrix->start, matrix->index, matrix->values);
}

owned_matrix *owned_matrix_new(const matrix_kind *kind, int64_t rows, int64_t cols, const double *full)
{
    owned_matrix *matrix = take(1, sizeof *matrix);
    *matrix = (owned_matrix){.rows = rows, .cols = cols, .full = take(rows * cols, sizeof(double))};
    matrix->size = take(rows * cols, sizeof(double));
    if (rows * cols > 0) memcpy(matrix->full, full, (size_t)(rows * cols) * sizeof *full);
    for (int64_t p = 0; p < rows * cols; p++) matrix->size[p] = fabs(full[p]);
    kind->fill(kind, matrix);
    matrix->X = &matrix->view.dense.base; /* every view begins with its erm_matrix */
    return matrix;
}

void owned_matrix_free(owned_matrix *matrix)
{
    if (!matrix) return;
    for (int b = 0; b < 3; b++) owned_matrix_free(matrix->part[b]);
    free(matrix->centre);
    free(matrix->scale);
    free(matrix->row_list);
    free(matrix->col_list);
    free(matrix->size);
    free(matrix->full);
    free(matrix->values);
    free(matrix->index);
    free(matrix->start);
    free(matrix);
}

const matrix_kind matrix_kinds[] = {
    {.name = "dense f64", .fill = fill_dense},
    {.name = "dense f32", .fill = fill_dense, .single = true},
    {.name = "dense f64 with gaps", .fill = fill_dense, .gap = 3},
    {.name = "dense f32 with gaps", .fill = fill_dense, .gap = 5, .single = true},
    {.name = "csr f64", .fill = fill_csr, .sparse = true},
    {.name = "csr f32", .fill = fill_csr, .sparse = true, .single = true},
    {.name = "dense columns f64", .fill = fill_dense_columns},
    {.name = "dense columns f32 with gaps", .fill = fill_dense_columns, .gap = 7, .single = true},
    {.name = "csc f64", .fill = fill_csc, .sparse = true},
    {.name = "csc f32", .fill = fill_csc, .sparse = true, .single = true},
};
const int matrix_kinds_count = (int)(sizeof matrix_kinds / sizeof *matrix_kinds);

const matrix_kind *matrix_kind_at(int number)
{
    if (number < matrix_kinds_count) return &matrix_kinds[number];
    number -= matrix_kinds_count;
    return number < matrix_view_kinds_count ? &matrix_view_kinds[number] : NULL;
}

const matrix_kind *matrix_kind_called(const char *name)
{
    int number = 0;
    while (matrix_kind_at(number) && strcmp(matrix_kind_at(number)->name, name) != 0) number++;
    return matrix_kind_at(number);
}

void assert_check(const erm_matrix *X, erm_status expected, const char *sentence)
{
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_status status = X->ops->check(X, detail);
    if (status != expected || strcmp(detail, sentence) != 0)
        fail_case("%s: expected %d \"%s\", found %d \"%s\"", X->ops->name, expected, sentence, status, detail);
    assert_int_equal(X->ops->check(X, NULL), expected);
}
