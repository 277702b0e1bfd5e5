/* Any bytes as a .npy array: refused with a sentence, or as many values as it says, which come back from what is written. */
#include <string.h>
#include <unistd.h>

#include "ermopt/dataset.h"
#include "fuzz.h"

static void write_back(const char *path, const erm_array *array)
{
    erm_array back;
    char detail[ERM_DETAIL_SIZE] = "";
    FUZZ_REQUIRE(erm_array_write_npy(array, path, detail) == ERM_OK);
    FUZZ_REQUIRE(erm_array_read_npy(path, &back, detail) == ERM_OK);
    FUZZ_REQUIRE(back.rows == array->rows && back.cols == array->cols && back.single == array->single);
    const size_t size = (size_t)(array->rows * array->cols) * (array->single ? sizeof(float) : sizeof(double));
    FUZZ_REQUIRE(memcmp(back.values, array->values, size) == 0);
    erm_array_free(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64], detail[ERM_DETAIL_SIZE] = "";
    snprintf(path, sizeof path, "fuzz_npy-%ld.tmp", (long)getpid());
    fuzz_write(path, data, size);
    erm_array array;
    const erm_status status = erm_array_read_npy(path, &array, detail);
    if (status == ERM_OK) {
        FUZZ_REQUIRE(array.rows > 0 && array.cols > 0 && array.values);
        if (array.rows * array.cols < 1 << 16) write_back(path, &array);
    } else {
        FUZZ_REQUIRE(status != ERM_EINVAL && status != ERM_EIO && detail[0] != '\0' && !array.values);
    }
    erm_array_free(&array);
    unlink(path);
    return 0;
}
