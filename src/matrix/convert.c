/* Copies of matrices: memory, threads, and the end of a copy. */
#include "matrix/convert.h"

#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/huge.h"
#include "base/threads.h"

enum { WORTH_A_THREAD = 100000 }; /* values: about 0.2 ms of work, well above the cost of waking a thread */

static erm_status open_job(const erm_matrix *X, const erm_copy_options *options, erm__conversion *job, char *detail)
{
    if (!X || !X->ops) return erm__fail(detail, ERM_EINVAL, "there is no matrix to copy");
    if (options && options->threads < 0)
        return erm__fail(detail, ERM_EINVAL, "options.threads is %d; expected 0 or more", options->threads);
    const erm_status status = X->ops->check ? X->ops->check(X, detail) : ERM_OK;
    if (status != ERM_OK) return status;
    *job = (erm__conversion){.X = X, .options = options ? *options : (erm_copy_options){0}};
    int64_t parts = job->options.threads ? job->options.threads : erm__threads_available();
    if (parts > X->nnz / WORTH_A_THREAD) parts = X->nnz / WORTH_A_THREAD;
    if (parts > X->rows) parts = X->rows;
    job->parts = parts < 1 ? 1 : (int)parts;
    if (erm__can_scan(X)) return ERM_OK;
    job->row = calloc((size_t)job->parts * (size_t)(X->cols > 0 ? X->cols : 1), sizeof *job->row);
    return job->row ? ERM_OK : erm__fail(detail, ERM_ENOMEM, "there is no memory for a copy of X");
}

erm_rows erm__conversion_part(const erm__conversion *job, int part)
{
    const int64_t each = job->X->rows / job->parts, more = job->X->rows % job->parts; /* the first `more` parts have a row more */
    return (erm_rows){.begin = part * each + (part < more ? part : more), .count = each + (part < more)};
}

void erm__conversion_scan(const erm__conversion *job, int part, erm_visit visit, void *context)
{
    erm__conversion_scan_rows(job, part, erm__conversion_part(job, part), visit, context);
}

void erm__conversion_scan_rows(const erm__conversion *job, int part, erm_rows rows, erm_visit visit, void *context)
{
    const erm_matrix *X = job->X;
    if (!job->row) {
        X->ops->scan(X, rows, visit, context);
        return;
    }
    double *const row = job->row + part * X->cols;
    const double one = 1;
    for (int64_t t = 0; t < rows.count; t++) {
        memset(row, 0, (size_t)X->cols * sizeof *row);
        X->ops->mul_t(X, (erm_rows){.begin = rows.begin + t, .count = 1}, 1, &one, row);
        visit(&(erm_piece){.line = t, .count = X->cols, .value = row}, context);
    }
}

void *erm__conversion_take(erm__conversion *job, int64_t count, size_t size)
{
    if (count > PTRDIFF_MAX / (int64_t)size) return NULL;
    const size_t bytes = (size_t)(count > 0 ? count : 1) * size;
    void *block = erm__huge_alloc(bytes);
    if (block) job->copy.bytes += (int64_t)bytes;
    return block;
}

/* Gives the copy to the caller if it is done, all its memory and its view; else frees it. */
static erm_status end_job(erm__conversion *job, bool done, erm_matrix_copy *copy, char *detail)
{
    free(job->row);
    const erm_matrix *made = &job->copy.matrix.base;
    if (done && (!job->options.single || made->ops->check(made, NULL) == ERM_OK)) {
        *copy = job->copy;
        return ERM_OK;
    }
    erm_matrix_copy_free(&job->copy);
    if (done) return erm__fail(detail, ERM_EDATA, "X has numbers that are too large for a copy in floats");
    return erm__fail(detail, ERM_ENOMEM, "there is no memory for a copy of X");
}

erm_status erm__convert(const erm_matrix *X, bool columns, const erm_copy_options *options,
                        bool (*write)(erm__conversion *job, bool columns), erm_matrix_copy *copy, char *detail)
{
    erm__conversion job;
    const erm_status status = open_job(X, options, &job, detail);
    return status == ERM_OK ? end_job(&job, write(&job, columns), copy, detail) : status;
}

void erm_matrix_copy_free(erm_matrix_copy *copy)
{
    if (!copy) return;
    free(copy->values);
    free(copy->index);
    free(copy->start);
    *copy = (erm_matrix_copy){0};
}
