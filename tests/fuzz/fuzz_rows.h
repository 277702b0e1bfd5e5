/* What every data set that was read promises. */
#ifndef FUZZ_ROWS_H
#define FUZZ_ROWS_H

#include <math.h>

#include "ermopt/dataset.h"
#include "fuzz.h"

static inline void fuzz_check_rows(const erm_dataset *dataset)
{
    FUZZ_REQUIRE(dataset->start[0] == 0 && dataset->start[dataset->rows] == dataset->nnz);
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
}

#endif
