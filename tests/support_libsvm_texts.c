/* LIBSVM text that is read from a file of its own. */
#include "libsvm_texts.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "files.h"

/* path: where it was read from, FILES_PATH bytes. */
static erm_status read_bytes(const char *text, size_t size, const erm_libsvm_options *options, erm_dataset *dataset, char *path,
                             char *detail)
{
    const files_directory directory = files_new_fast_directory();
    files_path(&directory, "text.libsvm", path);
    files_write(path, text, size);
    detail[0] = '\0';
    const erm_status status = erm_dataset_read_libsvm(path, options, dataset, detail);
    files_remove_directory(&directory);
    return status;
}

erm_dataset libsvm_read(const char *text, const erm_libsvm_options *options)
{
    erm_dataset dataset;
    char path[FILES_PATH], detail[ERM_DETAIL_SIZE];
    const erm_status status = read_bytes(text, strlen(text), options, &dataset, path, detail);
    if (status != ERM_OK) fail_case("'%s' is refused: %s", text, detail);
    return dataset;
}

void libsvm_refused(const char *text, size_t size, const erm_libsvm_options *options, const char *expected)
{
    erm_dataset dataset;
    char path[FILES_PATH], detail[ERM_DETAIL_SIZE];
    const erm_status status = read_bytes(text, size, options, &dataset, path, detail);
    if (status != ERM_EDATA) fail_case("'%s' gives %s, not %s", text, erm_status_text(status), expected);
    if (strncmp(detail, path, strlen(path)) != 0 || strcmp(detail + strlen(path), expected) != 0)
        fail_case("'%s' gives\n  %s\nnot\n  %s", text, detail, expected);
    if (dataset.rows || dataset.start || dataset.index || dataset.value || dataset.y || dataset.label_name)
        fail_case("'%s' leaves something in the data set", text);
}

static bool same(const void *a, const void *b, int64_t count, size_t size) { return memcmp(a, b, (size_t)count * size) == 0; }

void libsvm_same(const erm_dataset *a, const erm_dataset *b)
{
    assert_true(a->rows == b->rows && a->cols == b->cols && a->nnz == b->nnz && a->index_base == b->index_base);
    assert_true(same(a->start, b->start, a->rows + 1, sizeof *a->start));
    assert_true(same(a->index, b->index, a->nnz, sizeof *a->index));
    assert_true(same(a->value, b->value, a->nnz, sizeof *a->value));
    assert_true(same(a->y, b->y, a->rows, sizeof *a->y));
    assert_int_equal(a->label_names, b->label_names);
    for (int64_t c = 0; c < a->label_names; c++) assert_string_equal(a->label_name[c], b->label_name[c]);
}
