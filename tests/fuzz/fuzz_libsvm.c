/* Any bytes as LIBSVM text, plain or compressed: refused with a sentence, or a data set that keeps its promises. */
#include <string.h>
#include <unistd.h>

#include "ermopt/dataset.h"
#include "ermopt/reader.h"
#include "fuzz_rows.h"

/* Every row has one of the classes. */
static void check_classes(const erm_dataset *dataset)
{
    erm_classes classes;
    FUZZ_REQUIRE(erm_dataset_classes(dataset, &classes) == ERM_OK && classes.count <= dataset->rows);
    double *y = calloc((size_t)dataset->rows + 1, sizeof *y);
    FUZZ_REQUIRE(y != NULL);
    int64_t unknown = -1;
    FUZZ_REQUIRE(erm_classes_encode(&classes, dataset, false, y, &unknown) == ERM_OK && unknown == 0);
    for (int64_t i = 0; i < dataset->rows; i++) FUZZ_REQUIRE(y[i] >= 0 && y[i] < (double)classes.count);
    free(y);
    erm_classes_free(&classes);
}

static void read_with(const char *path, const erm_libsvm_options *options)
{
    erm_dataset dataset;
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_status status = erm_dataset_read_libsvm(path, options, &dataset, detail);
    if (status == ERM_OK) {
        fuzz_check_rows(&dataset);
        check_classes(&dataset);
        FUZZ_REQUIRE(!options || options->cols == 0 || dataset.cols == options->cols);
    } else {
        FUZZ_REQUIRE(status != ERM_EINVAL && status != ERM_EIO && detail[0] != '\0');
        FUZZ_REQUIRE(dataset.start == NULL && dataset.index == NULL && dataset.value == NULL && dataset.y == NULL);
    }
    erm_dataset_free(&dataset);
}

/* The same rows by blocks: as many, the same values and the same complaint. */
static void read_blocks(const char *path, const erm_libsvm_options *options)
{
    erm_dataset whole;
    erm_reader *reader;
    const erm_dataset *block = NULL;
    char expected[ERM_DETAIL_SIZE] = "", detail[ERM_DETAIL_SIZE] = "";
    const erm_status status = erm_dataset_read_libsvm(path, options, &whole, expected);
    erm_status found = erm_reader_open_libsvm(path, options, &reader, detail);
    int64_t rows = 0, nnz = 0;
    while (found == ERM_OK && (found = erm_reader_next(reader, &block, detail)) == ERM_OK && block) {
        fuzz_check_rows(block);
        for (int64_t p = 0; status == ERM_OK && p < block->nnz; p++) FUZZ_REQUIRE(block->value[p] == whole.value[nnz + p]);
        rows += block->rows;
        nnz += block->nnz;
    }
    FUZZ_REQUIRE(found == status && strcmp(detail, expected) == 0);
    FUZZ_REQUIRE(status != ERM_OK || (rows == whole.rows && nnz == whole.nnz));
    erm_reader_close(reader);
    erm_dataset_free(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "fuzz_libsvm-%ld.tmp", (long)getpid());
    fuzz_write(path, data, size);
    read_with(path, NULL);
    read_with(path, &(erm_libsvm_options){.base = ERM_INDEX_ZERO, .cols = 5});
    read_blocks(path, &(erm_libsvm_options){.base = ERM_INDEX_ONE});
    unlink(path);
    return 0;
}
