/* The class number of each row's label. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "ermopt/dataset.h"

/* A class whose name is a number. */
typedef struct numbered {
    double value;
    int64_t class;
} numbered;

typedef struct named {
    const char *name;
    int64_t class;
} named;

static int compare_numbered(const void *a, const void *b)
{
    const double x = ((const numbered *)a)->value, y = ((const numbered *)b)->value;
    return (x > y) - (x < y);
}

/* With one output the classes 0 and 1 are -1 and +1; a third is 3, which no loss with one output takes for a label. */
static double encoded(int64_t class, bool one_output) { return (double)(one_output ? 2 * class - 1 : class); }

static erm_status encode_numbers(const erm_classes *classes, const erm_dataset *dataset, bool one_output, double *y)
{
    numbered *table = malloc((size_t)(classes->count + 1) * sizeof *table);
    if (!table) return ERM_ENOMEM;
    size_t count = 0;
    for (int64_t c = 0; c < classes->count; c++)
        if (erm__number_parse(classes->name[c], strlen(classes->name[c]), &table[count].value)) table[count++].class = c;
    qsort(table, count, sizeof *table, compare_numbered);
    for (int64_t i = 0; i < dataset->rows; i++) {
        const numbered key = {.value = dataset->y[i]};
        const numbered *found = isnan(key.value) ? NULL : bsearch(&key, table, count, sizeof *table, compare_numbered);
        y[i] = found ? encoded(found->class, one_output) : NAN;
    }
    free(table);
    return ERM_OK;
}

static int compare_named(const void *a, const void *b) { return strcmp(((const named *)a)->name, ((const named *)b)->name); }

/* The code of each of the data set's words. */
static bool encode_names(const erm_classes *classes, const erm_dataset *dataset, bool one_output, double *code)
{
    named *table = malloc((size_t)(classes->count + 1) * sizeof *table);
    if (!table) return false;
    for (int64_t c = 0; c < classes->count; c++) table[c] = (named){classes->name[c], c};
    qsort(table, (size_t)classes->count, sizeof *table, compare_named);
    for (int64_t w = 0; w < dataset->label_names; w++) {
        const named key = {.name = dataset->label_name[w]};
        const named *found = bsearch(&key, table, (size_t)classes->count, sizeof *table, compare_named);
        code[w] = found ? encoded(found->class, one_output) : NAN;
    }
    free(table);
    return true;
}

static erm_status encode_words(const erm_classes *classes, const erm_dataset *dataset, bool one_output, double *y)
{
    double *code = malloc((size_t)(dataset->label_names + 1) * sizeof *code);
    const bool ok = code && encode_names(classes, dataset, one_output, code);
    for (int64_t i = 0; i < dataset->rows && ok; i++) y[i] = code[(int64_t)dataset->y[i]];
    free(code);
    return ok ? ERM_OK : ERM_ENOMEM;
}

erm_status erm_classes_encode(const erm_classes *classes, const erm_dataset *dataset, bool one_output, double *y,
                              int64_t *unknown)
{
    const erm_status status =
        dataset->label_name ? encode_words(classes, dataset, one_output, y) : encode_numbers(classes, dataset, one_output, y);
    if (status != ERM_OK) return status;
    int64_t without = 0;
    for (int64_t i = 0; i < dataset->rows; i++) without += isnan(y[i]);
    if (unknown) *unknown = without;
    return ERM_OK;
}
