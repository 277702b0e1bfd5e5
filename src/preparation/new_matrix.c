/* Memory for the matrices that steps fill. */
#include "preparation/new_matrix.h"

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/detail.h"

/* The machine's memory; no limit where it does not tell. */
static double machine_bytes(void)
{
#ifdef _SC_PHYS_PAGES
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    if (pages > 0 && size > 0) return (double)pages * (double)size;
#endif
    return (double)PTRDIFF_MAX;
}

static erm_status no_memory(double bytes, int64_t rows, int64_t cols, char *detail)
{
    return erm__fail(detail, ERM_ENOMEM, "no memory for %.3g GB of %lld rows with %lld prepared columns; make fewer columns",
                     bytes / 1e9, (long long)rows, (long long)cols);
}

erm_status erm__dense_open(int64_t rows, int64_t cols, erm_matrix_copy *copy, char *detail)
{
    *copy = (erm_matrix_copy){0};
    const double bytes = (double)rows * (double)cols * sizeof(double);
    if (bytes < machine_bytes()) copy->values = malloc((size_t)(rows * cols + 1) * sizeof(double));
    if (!copy->values) return no_memory(bytes, rows, cols, detail);
    copy->bytes = (int64_t)bytes;
    copy->matrix.dense = erm_dense_f64(rows, cols, copy->values, cols);
    return ERM_OK;
}

erm_status erm__csr_open(int64_t rows, int64_t cols, int64_t nnz, erm_matrix_copy *copy, char *detail)
{
    *copy = (erm_matrix_copy){0};
    const double values = nnz < 0 ? (double)PTRDIFF_MAX : (double)nnz;
    const double bytes = values * (sizeof(double) + sizeof(int32_t)) + (double)(rows + 1) * sizeof(int64_t);
    if (bytes < machine_bytes()) {
        copy->values = malloc((size_t)(nnz + 1) * sizeof(double));
        copy->index = malloc((size_t)(nnz + 1) * sizeof *copy->index);
        copy->start = calloc((size_t)rows + 1, sizeof *copy->start);
    }
    copy->bytes = (int64_t)bytes;
    if (copy->values && copy->index && copy->start) return ERM_OK;
    erm_matrix_copy_free(copy);
    return no_memory(bytes, rows, cols, detail);
}
