/* Any bytes as a CSV table, whole and by blocks: refused with a sentence, or data that keep their promises. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "ermopt/dataset.h"
#include "ermopt/reader.h"
#include "fuzz.h"

static void check_rows(const erm_dataset *dataset)
{
    FUZZ_REQUIRE(dataset->rows > 0 && dataset->start[0] == 0 && dataset->start[dataset->rows] == dataset->nnz);
    for (int64_t i = 0; i < dataset->rows; i++) {
        FUZZ_REQUIRE(dataset->start[i] <= dataset->start[i + 1]);
        for (int64_t p = dataset->start[i]; p < dataset->start[i + 1]; p++) {
            FUZZ_REQUIRE(dataset->index[p] >= 0 && dataset->index[p] < dataset->cols && isfinite(dataset->value[p]));
            FUZZ_REQUIRE(p == dataset->start[i] || dataset->index[p - 1] < dataset->index[p]);
        }
        const double y = dataset->y[i];
        FUZZ_REQUIRE(isfinite(y));
        FUZZ_REQUIRE(!dataset->label_name || (y >= 0 && y < (double)dataset->label_names && y == floor(y)));
    }
    for (int64_t j = 0; j < dataset->cols; j++)
        FUZZ_REQUIRE(memchr(dataset->feature_name[j], '\n', strlen(dataset->feature_name[j])) == NULL);
}

static void read_table(const char *path, const erm_csv_options *options)
{
    erm_dataset dataset;
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_status status = erm_dataset_read_csv(path, options, &dataset, detail);
    if (status == ERM_OK) {
        check_rows(&dataset);
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
        check_rows(block);
        for (int64_t p = 0; status == ERM_OK && p < block->nnz; p++) FUZZ_REQUIRE(block->value[p] == whole.value[nnz + p]);
        rows += block->rows;
        nnz += block->nnz;
    }
    FUZZ_REQUIRE(found == status && (detail[0] == '\0') == (expected[0] == '\0'));
    FUZZ_REQUIRE(status != ERM_OK || (rows == whole.rows && nnz == whole.nnz));
    erm_reader_close(reader);
    erm_dataset_free(&whole);
}

/* A decompressor may ask for much memory on the word of a damaged header. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "allocator_may_return_null=1:max_allocation_size_mb=256"; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *const features[] = {"a", "b=x", "1", "2=red"};
    char path[64];
    snprintf(path, sizeof path, "fuzz_csv-%ld.tmp", (long)getpid());
    FILE *stream = fopen(path, "wb");
    FUZZ_REQUIRE(stream != NULL);
    FUZZ_REQUIRE(size == 0 || fwrite(data, 1, size, stream) == size);
    FUZZ_REQUIRE(fclose(stream) == 0);
    read_table(path, NULL);
    read_table(path, &(erm_csv_options){.header = ERM_HEADER_NO, .missing = ERM_MISSING_ZERO, .label = "1"});
    read_table(path, &(erm_csv_options){.missing = ERM_MISSING_SKIP_ROW, .features = features, .feature_count = 4});
    read_blocks(path, &(erm_csv_options){.missing = ERM_MISSING_ZERO, .features = features, .feature_count = 1});
    unlink(path);
    return 0;
}
