/* Rows as a recipe prepares them, for comparison with other programs: prepared_table
 * STEPS TRAINING.npy NEW.npy WEIGHTS.npy|- OUT.npy */
#include <stdio.h>
#include <string.h>

#include "ermopt.h"

enum { STEPS = 16 };

static int fail(const char *sentence)
{
    fprintf(stderr, "%s\n", sentence);
    return 1;
}

/* The rows of `fresh` as they are prepared after a fit to `training`, as a file. */
static erm_status write_prepared(const erm_prepare *step, int64_t steps, const erm_matrix *training, const double *weight,
                                 const erm_matrix *fresh, const char *path, char *detail)
{
    erm_preparation fitted;
    erm_prepared prepared;
    erm_matrix_copy copy;
    erm_status status = erm_preparation_fit(step, steps, training, weight, &fitted, detail);
    if (status != ERM_OK) return status;
    status = erm_preparation_apply(&fitted, fresh, &prepared, detail);
    if (status == ERM_OK) {
        status = erm_dense_from(prepared.X, NULL, &copy, detail);
        if (status == ERM_OK) {
            const erm_array out = {.rows = fresh->rows, .cols = fitted.d, .values = copy.values};
            status = erm_array_write_npy(&out, path, detail);
            erm_matrix_copy_free(&copy);
        }
        erm_prepared_free(&prepared);
    }
    erm_preparation_free(&fitted);
    return status;
}

int main(int argc, char **argv)
{
    char detail[ERM_DETAIL_SIZE] = "";
    erm_prepare step[STEPS];
    int64_t steps;
    erm_array training, fresh, weight = {0};
    if (argc != 6) return fail("prepared_table STEPS TRAINING.npy NEW.npy WEIGHTS.npy|- OUT.npy");
    if (erm_prepare_parse(argv[1], 0, STEPS, step, &steps, detail)) return fail(detail);
    if (erm_array_read_npy(argv[2], &training, detail) || erm_array_read_npy(argv[3], &fresh, detail)) return fail(detail);
    if (strcmp(argv[4], "-") != 0 && erm_array_read_npy(argv[4], &weight, detail)) return fail(detail);
    const erm_dense X = erm_array_matrix(&training), Y = erm_array_matrix(&fresh);
    if (write_prepared(step, steps, &X.base, weight.values, &Y.base, argv[5], detail)) return fail(detail);
    erm_array_free(&training);
    erm_array_free(&fresh);
    erm_array_free(&weight);
    return 0;
}
