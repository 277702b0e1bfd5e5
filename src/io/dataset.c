/* A data set in memory. */
#include "ermopt/dataset.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/column_names.h"
#include "io/words.h"

enum { NAME_SIZE = 24 };

erm_csr erm_dataset_matrix(const erm_dataset *dataset)
{
    return erm_csr_f64(dataset->rows, dataset->cols, dataset->start, dataset->index, dataset->value);
}

bool erm__has_names(const erm_dataset *dataset)
{
    for (int64_t j = 0; dataset->feature_name && j < dataset->cols; j++) {
        char number[NAME_SIZE];
        snprintf(number, sizeof number, "%" PRId64, j + 1);
        if (strcmp(number, dataset->feature_name[j]) != 0) return true;
    }
    return false;
}

void erm_dataset_free(erm_dataset *dataset)
{
    if (!dataset) return;
    free(dataset->start);
    free(dataset->index);
    free(dataset->value);
    free(dataset->y);
    erm__strings_free(dataset->label_name, dataset->label_names);
    if (dataset->feature_name) erm__strings_free(dataset->feature_name, dataset->cols);
    *dataset = (erm_dataset){0};
}
