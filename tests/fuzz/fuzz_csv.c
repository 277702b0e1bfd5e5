/* Any bytes as a CSV table, whole and by blocks: refused with a sentence, or data that keep their promises. */
#include <string.h>
#include <unistd.h>

#include "ermopt/dataset.h"
#include "ermopt/reader.h"
#include "fuzz_rows.h"

static void check_table(const erm_dataset *dataset)
{
    FUZZ_REQUIRE(dataset->rows > 0);
    fuzz_check_rows(dataset);
    for (int64_t j = 0; j < dataset->cols; j++)
        FUZZ_REQUIRE(memchr(dataset->feature_name[j], '\n', strlen(dataset->feature_name[j])) == NULL);
}

static void read_table(const char *path, const erm_csv_options *options)
{
    erm_dataset dataset;
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_status status = erm_dataset_read_csv(path, options, &dataset, detail);
    if (status == ERM_OK) {
        check_table(&dataset);
        FUZZ_REQUIRE(!options || !options->features || dataset.cols == options->feature_count);
    } else {
        FUZZ_REQUIRE(status != ERM_EINVAL && status != ERM_EIO && detail[0] != '\0');
        FUZZ_REQUIRE(dataset.start == NULL && dataset.y == NULL && dataset.feature_name == NULL);
    }
    erm_dataset_free(&dataset);
}

/* The same rows by blocks: as many, the same values, and a complaint where the whole file has one (a block may find a missing
 * feature before the bad row comes). */
static void read_blocks(const char *path, const erm_csv_options *options)
{
    erm_dataset whole;
    erm_reader *reader;
    const erm_dataset *block = NULL;
    char expected[ERM_DETAIL_SIZE] = "", detail[ERM_DETAIL_SIZE] = "";
    const erm_status status = erm_dataset_read_csv(path, options, &whole, expected);
    erm_status found = erm_reader_open_csv(path, options, &reader, detail);
    int64_t rows = 0, nnz = 0;
    while (found == ERM_OK && (found = erm_reader_next(reader, &block, detail)) == ERM_OK && block) {
        check_table(block);
        for (int64_t p = 0; status == ERM_OK && p < block->nnz; p++) FUZZ_REQUIRE(block->value[p] == whole.value[nnz + p]);
        rows += block->rows;
        nnz += block->nnz;
    }
    FUZZ_REQUIRE(found == status && (detail[0] == '\0') == (expected[0] == '\0'));
    FUZZ_REQUIRE(status != ERM_OK || (rows == whole.rows && nnz == whole.nnz));
    erm_reader_close(reader);
    erm_dataset_free(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *const features[] = {"a", "b=x", "1", "2=red"};
    char path[64];
    snprintf(path, sizeof path, "fuzz_csv-%ld.tmp", (long)getpid());
    fuzz_write(path, data, size);
    read_table(path, NULL);
    read_table(path, &(erm_csv_options){.header = ERM_HEADER_NO, .missing = ERM_MISSING_ZERO, .label = "1"});
    read_table(path, &(erm_csv_options){.missing = ERM_MISSING_SKIP_ROW, .features = features, .feature_count = 4});
    read_blocks(path, &(erm_csv_options){.missing = ERM_MISSING_ZERO, .features = features, .feature_count = 1});
    unlink(path);
    return 0;
}
