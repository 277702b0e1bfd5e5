/* A data set as LIBSVM text, which reads back to the same bits. */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/detail.h"
#include "base/number.h"
#include "ermopt/dataset.h"
#include "io/text.h"

/* True if a label in LIBSVM text can be this word. A number must be in its shortest form, as it is named when it is read. */
static bool is_writable(const char *word)
{
    const char *end = word + strlen(word);
    double number;
    if (word == end || erm__text_find_bad(word, end) || word[strcspn(word, " :,#")] != '\0') return false;
    const char *digits = word + (*word == '-' || *word == '+');
    if (erm__text_is(digits, end, "nan") || erm__text_is_infinite(word, end)) return false;
    if (erm__number_scan(word, end, &number) != end) return true;
    char shortest[ERM_NUMBER_SIZE];
    erm__number_format_shortest(number, shortest);
    return isfinite(number) && strcmp(shortest, word) == 0;
}

static erm_status check_labels(const erm_dataset *dataset, const char *path, char *detail)
{
    for (int64_t w = 0; dataset->label_name && w < dataset->label_names; w++)
        if (!is_writable(dataset->label_name[w]))
            return erm__fail(detail, ERM_EDATA, "%.200s: the label '%.100s' cannot be written; it would not read back", path,
                             dataset->label_name[w]);
    for (int64_t i = 0; i < dataset->rows && !dataset->label_name; i++)
        if (!isfinite(dataset->y[i]))
            return erm__fail(detail, ERM_EDATA, "%.200s: y[%" PRId64 "] is not finite and cannot be written", path, i);
    for (int64_t p = 0; p < dataset->nnz; p++)
        if (!isfinite(dataset->value[p]))
            return erm__fail(detail, ERM_EDATA, "%.200s: value[%" PRId64 "] is not finite and cannot be written", path, p);
    return ERM_OK;
}

static void write_row(const erm_dataset *dataset, int64_t i, erm__atomic_file *file)
{
    char text[2 * ERM_NUMBER_SIZE];
    if (dataset->label_name) {
        const char *word = dataset->label_name[(int64_t)dataset->y[i]];
        erm__atomic_write(file, word, strlen(word));
    } else {
        erm__atomic_write(file, text, erm__number_format_shortest(dataset->y[i], text));
    }
    for (int64_t p = dataset->start[i]; p < dataset->start[i + 1]; p++) {
        char *to = text + ERM_NUMBER_SIZE; /* the index is written backwards from here, the value behind */
        *--to = ':';
        for (int64_t index = (int64_t)dataset->index[p] + dataset->index_base, first = 1; index > 0 || first;
             index /= 10, first = 0)
            *--to = (char)('0' + index % 10);
        *--to = ' ';
        const size_t length = erm__number_format_shortest(dataset->value[p], text + ERM_NUMBER_SIZE);
        erm__atomic_write(file, to, (size_t)(text + ERM_NUMBER_SIZE - to) + length);
    }
    erm__atomic_write(file, "\n", 1);
}

erm_status erm_dataset_write_libsvm(const erm_dataset *dataset, const char *path, char *detail)
{
    if (!dataset || !path) return erm__fail(detail, ERM_EINVAL, "no %s", dataset ? "path to write to" : "data set to write");
    if (!dataset->start) return erm__fail(detail, ERM_EINVAL, "%.200s: the data set has no values", path);
    erm_status status = check_labels(dataset, path, detail);
    if (status != ERM_OK) return status;
    erm__atomic_file file;
    status = erm__atomic_open(&file, path, detail);
    if (status != ERM_OK) return status;
    for (int64_t i = 0; i < dataset->rows && file.error == 0; i++) write_row(dataset, i, &file);
    return erm__atomic_commit(&file, detail);
}
