/* A data set in memory. */
#include "ermopt/dataset.h"

#include <stdlib.h>

#include "io/words.h"

erm_csr erm_dataset_matrix(const erm_dataset *dataset)
{
    return erm_csr_f64(dataset->rows, dataset->cols, dataset->start, dataset->index, dataset->value);
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
