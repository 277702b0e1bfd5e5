/* Writes what a file holds as raw numbers, for readers.py: read_table libsvm|csv|npy FILE OUT. rows, cols, count as 64-bit
 * integers, then start, index, value and y, or the values of an array row by row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ermopt.h"

static void put(FILE *out, const void *values, size_t size, int64_t count) { fwrite(values, size, (size_t)count, out); }

static erm_status put_dataset(const char *form, const char *path, FILE *out, char *detail)
{
    erm_dataset data;
    const erm_status status = strcmp(form, "csv") == 0 ? erm_dataset_read_csv(path, NULL, &data, detail)
                                                       : erm_dataset_read_libsvm(path, NULL, &data, detail);
    if (status != ERM_OK) return status;
    put(out, (int64_t[]){data.rows, data.cols, data.nnz}, sizeof(int64_t), 3);
    put(out, data.start, sizeof *data.start, data.rows + 1);
    put(out, data.index, sizeof *data.index, data.nnz);
    put(out, data.value, sizeof *data.value, data.nnz);
    put(out, data.y, sizeof *data.y, data.rows);
    erm_dataset_free(&data);
    return ERM_OK;
}

static erm_status put_array(const char *path, FILE *out, char *detail)
{
    erm_array array;
    const erm_status status = erm_array_read_npy(path, &array, detail);
    if (status != ERM_OK) return status;
    put(out, (int64_t[]){array.rows, array.cols, array.rows * array.cols}, sizeof(int64_t), 3);
    for (int64_t i = 0; i < array.rows; i++) {
        for (int64_t j = 0; j < array.cols; j++) {
            const int64_t at = array.by_column ? j * array.rows + i : i * array.cols + j;
            const double value = array.single ? (double)((const float *)array.values)[at] : ((const double *)array.values)[at];
            put(out, &value, sizeof value, 1);
        }
    }
    erm_array_free(&array);
    return ERM_OK;
}

int main(int count, char **argument)
{
    char detail[ERM_DETAIL_SIZE] = "";
    FILE *out = count == 4 ? fopen(argument[3], "wb") : NULL;
    if (!out) return 2;
    const erm_status status = strcmp(argument[1], "npy") == 0 ? put_array(argument[2], out, detail)
                                                              : put_dataset(argument[1], argument[2], out, detail);
    if (status != ERM_OK) fprintf(stderr, "read_table: %s\n", detail);
    return fclose(out) == 0 && status == ERM_OK ? 0 : 1;
}
