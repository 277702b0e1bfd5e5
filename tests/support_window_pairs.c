/* One data set in memory, and in a file that is read through windows. */
#include "window_pairs.h"

#include <stdlib.h>

#include "check.h"

/* A few rows are empty, a few full. */
static erm_dataset new_data(double density)
{
    erm_rng rng = erm_rng_seed(5);
    erm_dataset set = {.rows = WINDOW_ROWS, .cols = WINDOW_COLS, .index_base = 1};
    set.start = calloc(WINDOW_ROWS + 1, sizeof *set.start);
    set.index = calloc(WINDOW_ROWS * WINDOW_COLS, sizeof *set.index);
    set.value = calloc(WINDOW_ROWS * WINDOW_COLS, sizeof *set.value);
    set.y = calloc(WINDOW_ROWS, sizeof *set.y);
    for (int i = 0; i < WINDOW_ROWS; i++) {
        double z = 0;
        for (int j = 0; j < WINDOW_COLS; j++) {
            if (i % 100 == 7 || (i % 100 != 9 && erm_rng_uniform(&rng) > density)) continue;
            set.index[set.nnz] = j;
            set.value[set.nnz] = (double)(float)erm_rng_normal(&rng);
            z += set.value[set.nnz++] * (j % 5 - 2);
        }
        set.start[i + 1] = set.nnz;
        set.y[i] = z + erm_rng_normal(&rng) > 0 ? 1 : -1;
    }
    return set;
}

window_pair window_pair_open(bool dense, bool single, int64_t resident_bytes)
{
    char detail[ERM_DETAIL_SIZE];
    window_pair pair = {.directory = files_new_directory(), .set = new_data(dense ? 0.9 : 0.3)};
    files_path(&pair.directory, "data", pair.path);
    const erm_csr own = erm_dataset_matrix(&pair.set);
    const erm_copy_options how = {.single = single};
    assert_int_equal((dense ? erm_dense_from : erm_csr_from)(&own.base, &how, &pair.copy, detail), ERM_OK);
    const erm_binary_options options = {.X = &pair.copy.matrix.base};
    if (erm_dataset_write_binary(&pair.set, &options, pair.path, detail)) fail_case("%s", detail);
    const erm_mapped_options windows = {.resident_bytes = resident_bytes};
    if (erm_mapped_open(pair.path, &windows, &pair.mapped, detail)) fail_case("%s", detail);
    assert_true(pair.mapped.X->out_of_core);
    assert_int_equal(pair.mapped.dense, dense);
    assert_int_equal(pair.mapped.single, single);
    assert_null(pair.mapped.set.start);
    return pair;
}

void window_pair_close(window_pair *pair)
{
    assert_int_equal(erm_mapped_status(&pair->mapped, NULL), ERM_OK);
    erm_mapped_close(&pair->mapped);
    erm_matrix_copy_free(&pair->copy);
    erm_dataset_free(&pair->set);
    files_remove_directory(&pair->directory);
}
