/* Matrices that are read through windows, whose file is cut or changes while it is open: fits fail, and nothing worse happens. */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "ermopt.h"
#include "window_pairs.h"

#define COPY_NAME "test_window_broken.tmp"

static char detail[ERM_DETAIL_SIZE];

static void a_file_cut_while_it_is_open_makes_a_fit_fail(void **state)
{
    (void)state;
    for (int dense = 0; dense < 2; dense++) {
        window_pair pair = window_pair_open(dense, false, 34000);
        assert_int_equal(truncate(pair.path, 60000), 0);
        double w[WINDOW_COLS + 1] = {0}, z[WINDOW_ROWS];
        const erm_problem problem = {
            .X = pair.mapped.X, .y = pair.set.y, .loss = erm_loss_logistic(), .regularizer = erm_l2(0.01), .intercept = true};
        erm_result result;
        assert_int_equal(erm_solve(&problem, NULL, w, &result), ERM_EIO);
        assert_non_null(strstr(result.detail, "the file is cut off"));
        assert_int_equal(erm_mapped_status(&pair.mapped, detail), ERM_EIO);
        assert_string_equal(detail, result.detail);
        pair.mapped.X->ops->mul(pair.mapped.X, (erm_rows){.count = WINDOW_ROWS}, 1, w, z);
        assert_true(isnan(z[WINDOW_ROWS - 1]));
        erm_mapped_close(&pair.mapped);
        window_pair_close(&pair);
    }
}

static void columns_that_change_while_a_file_is_open_are_not_followed(void **state)
{
    (void)state;
    window_pair pair = window_pair_open(false, false, 34000);
    FILE *file = fopen(pair.path, "r+b");
    const int32_t far = INT32_MAX;
    assert_non_null(file);
    assert_int_equal(fseek(file, 512 + (8 * (WINDOW_ROWS + 1) + 63) / 64 * 64 + 4 * 1000, SEEK_SET), 0);
    assert_int_equal(fwrite(&far, sizeof far, 1, file), 1);
    fclose(file);
    double w[WINDOW_COLS] = {0}, z[WINDOW_ROWS];
    pair.mapped.X->ops->mul(pair.mapped.X, (erm_rows){.count = WINDOW_ROWS}, 1, w, z);
    assert_int_equal(erm_mapped_status(&pair.mapped, detail), ERM_EIO);
    assert_non_null(strstr(detail, "has changed since it was opened"));
    erm_mapped_close(&pair.mapped);
    window_pair_close(&pair);
}

/* Solvers use a row's columns as places in their memory. */
static void a_row_that_cannot_be_read_has_columns_that_there_are(void **state)
{
    (void)state;
    window_pair pair = window_pair_open(false, false, 34000);
    int32_t index[WINDOW_COLS];
    double value[WINDOW_COLS];
    assert_int_equal(truncate(pair.path, 512), 0);
    for (int64_t i = WINDOW_ROWS - 1; i >= 0; i -= i % 2 ? 1 : 5) { /* by itself, or as if in order */
        memset(index, 0x7f, sizeof index);
        const erm_row row = pair.mapped.X->ops->row(pair.mapped.X, i, index, value);
        for (int64_t p = 0; p < row.count; p++)
            if (row.index[p] != p || !isnan(row.value[p])) fail_case("row %d has column %d", (int)i, (int)row.index[p]);
    }
    assert_int_equal(erm_mapped_status(&pair.mapped, detail), ERM_EIO);
    erm_mapped_close(&pair.mapped);
    window_pair_close(&pair);
}

static void what_could_not_be_read_is_not_written(void **state)
{
    (void)state;
    for (int dense = 0; dense < 2; dense++) {
        window_pair pair = window_pair_open(dense, false, 34000);
        assert_int_equal(truncate(pair.path, 60000), 0);
        const erm_binary_options how = {.X = pair.mapped.X};
        assert_int_equal(erm_dataset_write_binary(&pair.mapped.set, &how, COPY_NAME, detail), ERM_EIO);
        assert_non_null(strstr(detail, "the file is cut off"));
        assert_int_not_equal(access(COPY_NAME, F_OK), 0);
        erm_mapped_close(&pair.mapped);
        window_pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_cut_while_it_is_open_makes_a_fit_fail),
        cmocka_unit_test(columns_that_change_while_a_file_is_open_are_not_followed),
        cmocka_unit_test(what_could_not_be_read_is_not_written),
        cmocka_unit_test(a_row_that_cannot_be_read_has_columns_that_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
