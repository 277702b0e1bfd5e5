/* How fast files are read: bench_io FORMAT FILE [THREADS [TIMES]]. FORMAT: libsvm, blocks (the same, a block of rows at a time),
 * csv, npy, binary, trusted (binary without a look at the checksums), or plain: all the bytes into memory and nothing else. Reads
 * TIMES times (3: then the memory is warm) and prints what the last reading took, from opening to closing, in seconds by the
 * clock and of the processor. bench_io.py calls it in turns with other programs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ermopt.h"

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static erm_status read_libsvm(const char *path, int threads, char *detail)
{
    erm_dataset data;
    const erm_status status = erm_dataset_read_libsvm(path, &(erm_libsvm_options){.threads = threads}, &data, detail);
    erm_dataset_free(&data);
    return status;
}

static erm_status read_blocks(const char *path, int threads, char *detail)
{
    erm_reader *reader;
    const erm_dataset *rows = NULL;
    const erm_libsvm_options options = {.base = ERM_INDEX_ONE, .threads = threads};
    erm_status status = erm_reader_open_libsvm(path, &options, &reader, detail);
    if (status != ERM_OK) return status;
    do status = erm_reader_next(reader, &rows, detail);
    while (status == ERM_OK && rows);
    erm_reader_close(reader);
    return status;
}

static erm_status read_csv(const char *path, int threads, char *detail)
{
    erm_dataset data;
    (void)threads;
    const erm_status status = erm_dataset_read_csv(path, NULL, &data, detail);
    erm_dataset_free(&data);
    return status;
}

static erm_status read_npy(const char *path, int threads, char *detail)
{
    erm_array array;
    (void)threads;
    const erm_status status = erm_array_read_npy(path, &array, detail);
    erm_array_free(&array);
    return status;
}

static erm_status map_binary(const char *path, bool trust, char *detail)
{
    erm_mapped mapped;
    const erm_status status = erm_mapped_open(path, &(erm_mapped_options){.trust = trust}, &mapped, detail);
    if (status == ERM_OK) erm_mapped_close(&mapped);
    return status;
}

static erm_status read_binary(const char *path, int threads, char *detail)
{
    (void)threads;
    return map_binary(path, false, detail);
}

static erm_status read_trusted(const char *path, int threads, char *detail)
{
    (void)threads;
    return map_binary(path, true, detail);
}

/* The bar for formats that are bytes alone: a block as large as the file, filled by fread. */
static erm_status read_plain(const char *path, int threads, char *detail)
{
    (void)threads;
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        snprintf(detail, ERM_DETAIL_SIZE, "%s: %s", path, strerror(errno));
        if (file) fclose(file);
        return ERM_EIO;
    }
    const long size = ftell(file);
    rewind(file);
    char *bytes = size > 0 ? malloc((size_t)size) : NULL;
    const erm_status status = bytes && fread(bytes, 1, (size_t)size, file) == (size_t)size ? ERM_OK : ERM_EIO;
    if (status != ERM_OK) snprintf(detail, ERM_DETAIL_SIZE, "%s: cannot be read", path);
    fclose(file);
    free(bytes);
    return status;
}

int main(int count, char **argument)
{
    static const struct {
        const char *name;
        erm_status (*read)(const char *path, int threads, char *detail);
    } formats[] = {{"libsvm", read_libsvm}, {"blocks", read_blocks},   {"csv", read_csv},    {"npy", read_npy},
                   {"binary", read_binary}, {"trusted", read_trusted}, {"plain", read_plain}};
    char detail[ERM_DETAIL_SIZE] = "";
    for (size_t f = 0; count >= 3 && f < sizeof formats / sizeof *formats; f++) {
        if (strcmp(argument[1], formats[f].name) != 0) continue;
        double clock = 0, processor = 0;
        for (int left = count > 4 ? atoi(argument[4]) : 3; left > 0; left--) {
            clock = -seconds_of(CLOCK_MONOTONIC);
            processor = -seconds_of(CLOCK_PROCESS_CPUTIME_ID);
            if (formats[f].read(argument[2], count > 3 ? atoi(argument[3]) : 1, detail) != ERM_OK) {
                fprintf(stderr, "bench_io: %s\n", detail);
                return 1;
            }
            clock += seconds_of(CLOCK_MONOTONIC);
            processor += seconds_of(CLOCK_PROCESS_CPUTIME_ID);
        }
        printf("%.6f %.6f\n", clock, processor);
        return 0;
    }
    fprintf(stderr, "usage: bench_io libsvm|blocks|csv|npy|binary|trusted|plain FILE [THREADS [TIMES]]\n");
    return 2;
}
