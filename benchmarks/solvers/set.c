/* Data sets from files, and the names under which the benchmark knows them. */
#include "set.h"

#include <malloc.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct preparation {
    const char *name;
    double divide;       /* values by this; 0: 1 */
    bool dense;          /* stored so */
    bool standardise;    /* columns to mean 0 and deviation 1; of a column that is constant, mean 0 only */
    int64_t first_class; /* classes up to this label against the rest; 0: as they are */
} preparation;

static const preparation preparations[] = {
    {.name = "mnist", .divide = 255, .dense = true},
    {.name = "leukemia", .dense = true, .standardise = true},
    {.name = "cadata", .dense = true, .standardise = true},
    {.name = "news20bd", .first_class = 10},
};

void bench_die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

void *bench_memory(int64_t count, size_t size)
{
    void *const memory = malloc((size_t)(count > 0 ? count : 1) * size);
    if (!memory) bench_die("no memory for %lld values", (long long)count);
    return memory;
}

/* A line of /proc/self/status, in bytes; 0 where there is none. */
static int64_t own_memory(const char *key)
{
    FILE *const file = fopen("/proc/self/status", "r");
    char line[256];
    long long kilobytes = 0;
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, key, strlen(key))) sscanf(line + strlen(key), ": %lld", &kilobytes);
    if (file) fclose(file);
    return 1024 * kilobytes;
}

int64_t bench_resident(void)
{
    malloc_trim(0); /* what was freed is no part of it */
    FILE *const file = fopen("/proc/self/clear_refs", "w");
    if (file) {
        fputs("5", file); /* resets the peak: proc(5) */
        fclose(file);
    }
    return own_memory("VmRSS");
}

int64_t bench_growth(int64_t before)
{
    const int64_t growth = own_memory("VmHWM") - before;
    return growth > 0 ? growth : 0;
}

static preparation preparation_of(const char *name)
{
    for (size_t p = 0; p < sizeof preparations / sizeof *preparations; p++)
        if (!strcmp(preparations[p].name, name)) return preparations[p];
    return (preparation){.name = name};
}

static void standardise(int64_t n, int64_t d, double *X)
{
    for (int64_t j = 0; j < d; j++) {
        double mean = 0, square = 0;
        for (int64_t i = 0; i < n; i++) mean += X[i * d + j] / (double)n;
        for (int64_t i = 0; i < n; i++) square += (X[i * d + j] - mean) * (X[i * d + j] - mean) / (double)n;
        const double scale = square > 0 ? 1 / sqrt(square) : 1;
        for (int64_t i = 0; i < n; i++) X[i * d + j] = (X[i * d + j] - mean) * scale;
    }
}

/* Takes over the values of a data set. */
static void adopt(bench_set *set, erm_dataset *data, const preparation *how)
{
    const int64_t n = data->rows, d = data->cols;
    for (int64_t p = 0; how->divide > 0 && p < data->nnz; p++) data->value[p] /= how->divide;
    set->sparse = !how->dense;
    if (how->dense) {
        set->values = bench_memory(n * d, sizeof *set->values);
        memset(set->values, 0, (size_t)(n * d) * sizeof *set->values);
        for (int64_t i = 0; i < n; i++)
            for (int64_t p = data->start[i]; p < data->start[i + 1]; p++) set->values[i * d + data->index[p]] = data->value[p];
        if (how->standardise) standardise(n, d, set->values);
        set->X.dense = erm_dense_f64(n, d, set->values, d);
    } else {
        set->values = data->value;
        set->index = data->index;
        set->start = data->start;
        data->value = NULL;
        data->index = NULL;
        data->start = NULL;
        set->X.csr = erm_csr_f64(n, d, set->start, set->index, set->values);
    }
    set->target = bench_memory(n, sizeof *set->target);
    set->label = bench_memory(n, sizeof *set->label);
    memcpy(set->target, data->y, (size_t)n * sizeof(double));
}

/* Two labels become -1 and +1, whole numbers 0 .. k - 1; other targets are no classes. Targets are centred, deviation 1. */
static void make_labels(bench_set *set, const preparation *how)
{
    const int64_t n = set->X.base.rows;
    double low = INFINITY, high = -INFINITY, mean = 0, square = 0;
    bool whole = true;
    for (int64_t i = 0; i < n; i++) {
        low = fmin(low, set->target[i]);
        high = fmax(high, set->target[i]);
        whole &= set->target[i] == floor(set->target[i]);
        mean += set->target[i] / (double)n;
    }
    bool two = true;
    for (int64_t i = 0; i < n; i++) two &= set->target[i] == low || set->target[i] == high;
    const double split = how->first_class ? (double)how->first_class : low;
    two |= how->first_class > 0;
    set->classes = two ? 2 : whole && high - low < 100 ? (int64_t)(high - low) + 1 : 0;
    for (int64_t i = 0; i < n; i++)
        set->label[i] = two ? (set->target[i] <= split ? -1 : 1) : set->classes ? set->target[i] - low : NAN;
    for (int64_t i = 0; i < n; i++) square += (set->target[i] - mean) * (set->target[i] - mean) / (double)n;
    for (int64_t i = 0; i < n; i++) set->target[i] = (set->target[i] - mean) / (square > 0 ? sqrt(square) : 1);
}

static void read_array(const char *path, bench_set *set)
{
    char detail[ERM_DETAIL_SIZE];
    erm_array array;
    if (erm_array_read_npy(path, &array, detail)) bench_die("%s", detail);
    const int64_t n = array.rows, d = array.cols - 1;
    if (d < 1) bench_die("%s: a column of labels and at least one more are needed", path);
    set->values = bench_memory(n * d, sizeof *set->values);
    set->target = bench_memory(n, sizeof *set->target);
    set->label = bench_memory(n, sizeof *set->label);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j <= d; j++) {
            const int64_t at = array.by_column ? j * n + i : i * (d + 1) + j;
            const double x = array.single ? (double)((const float *)array.values)[at] : ((const double *)array.values)[at];
            *(j < d ? &set->values[i * d + j] : &set->target[i]) = x;
        }
    set->X.dense = erm_dense_f64(n, d, set->values, d);
    erm_array_free(&array);
}

/* NAME itself, or in the folder, as it is or compressed. */
static const char *find(const char *name, const char *folder, char *path, size_t size)
{
    static const char *const forms[] = {"%s/%s", "%s/%s.xz", "%s/small/%s"};
    if (access(name, R_OK) == 0) return name;
    for (size_t f = 0; folder && f < sizeof forms / sizeof *forms; f++) {
        snprintf(path, size, forms[f], folder, name);
        if (access(path, R_OK) == 0) return path;
    }
    bench_die("there is no data set '%s': not a generated one, no file, and not in the data folder (%s)", name,
              folder ? folder : "none was given: --data FOLDER");
}

bench_set bench_set_open(const char *name, const char *folder)
{
    bench_set set;
    if (bench_set_generate(name, &set)) return set;
    set = (bench_set){0};
    char path[4096], detail[ERM_DETAIL_SIZE];
    const char *const file = find(name, folder, path, sizeof path);
    const preparation how = preparation_of(name);
    const size_t length = strlen(file);
    if (length > 4 && !strcmp(file + length - 4, ".npy")) {
        read_array(file, &set);
    } else {
        erm_dataset data;
        if (erm_dataset_read_libsvm(file, NULL, &data, detail)) bench_die("%s", detail);
        adopt(&set, &data, &how);
        erm_dataset_free(&data);
    }
    make_labels(&set, &how);
    return set;
}

void bench_set_close(bench_set *set)
{
    free(set->label);
    free(set->target);
    free(set->values);
    free(set->index);
    free(set->start);
    *set = (bench_set){0};
}
