/* What a matrix's check finds in data that cannot be used: the status, and a sentence that says where. */
#include "check.h"

#include "matrices.h"

/* A 3 x 4 matrix, as row-major numbers and as compressed rows; each test spoils one thing. */
typedef struct example {
    double numbers[12];
    float floats[12];
    int64_t start[4];
    int32_t index[5];
    double values[5];
    float value_floats[5];
} example;

static const example good = {
    .numbers = {1, 0, 2, 0, 0, 0, 0, 0, 3, 4, 5, 0},
    .floats = {1, 0, 2, 0, 0, 0, 0, 0, 3, 4, 5, 0},
    .start = {0, 2, 2, 5},
    .index = {0, 2, 0, 1, 2},
    .values = {1, 2, 3, 4, 5},
    .value_floats = {1, 2, 3, 4, 5},
};

static void good_data_pass(void **state)
{
    (void)state;
    const erm_dense dense = erm_dense_f64(3, 4, good.numbers, 4), dense_floats = erm_dense_f32(3, 4, good.floats, 4);
    const erm_csr csr = erm_csr_f64(3, 4, good.start, good.index, good.values);
    const erm_csr csr_floats = erm_csr_f32(3, 4, good.start, good.index, good.value_floats);
    const erm_matrix *all[] = {&dense.base, &dense_floats.base, &csr.base, &csr_floats.base};
    for (int m = 0; m < 4; m++) assert_check(all[m], ERM_OK, "");
    assert_int_equal(dense.base.nnz, 12);
    assert_int_equal(csr.base.nnz, 5);
}

static void a_number_that_is_not_finite_is_named_by_row_and_column(void **state)
{
    (void)state;
    example bad = good;
    bad.numbers[9] = NAN;
    bad.floats[7] = INFINITY;
    bad.values[4] = -INFINITY;
    bad.value_floats[1] = NAN;
    const erm_dense dense = erm_dense_f64(3, 4, bad.numbers, 4), dense_floats = erm_dense_f32(3, 4, bad.floats, 4);
    const erm_csr csr = erm_csr_f64(3, 4, bad.start, bad.index, bad.values);
    const erm_csr csr_floats = erm_csr_f32(3, 4, bad.start, bad.index, bad.value_floats);
    assert_check(&dense.base, ERM_EDATA, "X[2][1] is nan; expected finite values");
    assert_check(&dense_floats.base, ERM_EDATA, "X[1][3] is inf; expected finite values");
    assert_check(&csr.base, ERM_EDATA, "X[2][2] is -inf; expected finite values");
    assert_check(&csr_floats.base, ERM_EDATA, "X[0][2] is nan; expected finite values");
}

static void large_finite_numbers_pass(void **state)
{
    (void)state;
    example large = good;
    for (int p = 0; p < 5; p++) large.numbers[p] = large.values[p] = 1.7e308;
    for (int p = 0; p < 5; p++) large.floats[p] = large.value_floats[p] = 3.4e38F;
    const erm_dense dense = erm_dense_f64(3, 4, large.numbers, 4), dense_floats = erm_dense_f32(3, 4, large.floats, 4);
    const erm_csr csr = erm_csr_f64(3, 4, large.start, large.index, large.values);
    const erm_csr csr_floats = erm_csr_f32(3, 4, large.start, large.index, large.value_floats);
    const erm_matrix *all[] = {&dense.base, &dense_floats.base, &csr.base, &csr_floats.base};
    for (int m = 0; m < 4; m++) assert_check(all[m], ERM_OK, "");
}

static void what_lies_between_dense_rows_is_not_looked_at(void **state)
{
    (void)state;
    example gaps = good;
    gaps.numbers[3] = gaps.numbers[7] = NAN;
    const erm_dense dense = erm_dense_f64(3, 3, gaps.numbers, 4);
    assert_check(&dense.base, ERM_OK, "");
}

static void dense_sizes_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    const double *x = good.numbers;
    const int64_t huge = INT64_C(1) << 40;
    const erm_dense narrow = erm_dense_f64(3, 4, x, 3), null = erm_dense_f64(3, 4, NULL, 4),
                    large = erm_dense_f64(huge, 4, x, huge);
    const erm_dense negative = erm_dense_f64(-1, 4, x, 4), wide = erm_dense_f64(1, INT64_C(2147483648), x, INT64_C(2147483648));
    const erm_dense empty = erm_dense_f64(0, 4, NULL, 4);
    assert_check(&narrow.base, ERM_EINVAL, "the stride of X is 3 values; expected at least its 4 columns");
    assert_check(&null.base, ERM_EINVAL, "X is 3 x 4, but its values are NULL");
    assert_check(&large.base, ERM_EINVAL, "X with 1099511627776 rows and stride 1099511627776 is larger than memory can be");
    assert_check(&negative.base, ERM_EINVAL, "X is -1 x 4; expected sizes >= 0 and at most 2147483647 columns");
    assert_check(&wide.base, ERM_EINVAL, "X is 1 x 2147483648; expected sizes >= 0 and at most 2147483647 columns");
    assert_check(&empty.base, ERM_OK, "");
}

static void column_indices_must_rise_and_stay_in_range(void **state)
{
    (void)state;
    example falling = good, twice = good, above = good, below = good;
    falling.index[2] = 1;
    falling.index[3] = 0;
    twice.index[1] = 0;
    above.index[4] = 4;
    below.index[2] = -1;
    const erm_csr all[] = {erm_csr_f64(3, 4, falling.start, falling.index, falling.values),
                           erm_csr_f32(3, 4, twice.start, twice.index, twice.value_floats),
                           erm_csr_f64(3, 4, above.start, above.index, above.values),
                           erm_csr_f64(3, 4, below.start, below.index, below.values)};
    assert_check(&all[0].base, ERM_EDATA, "row 2 of X has column 0 after column 1; expected rising columns");
    assert_check(&all[1].base, ERM_EDATA, "row 0 of X has column 0 after column 0; expected rising columns");
    assert_check(&all[2].base, ERM_EDATA, "row 2 of X has a value in column 4; expected 0 to 3");
    assert_check(&all[3].base, ERM_EDATA, "row 2 of X has a value in column -1; expected 0 to 3");
}

static void row_starts_must_begin_at_0_and_never_fall(void **state)
{
    (void)state;
    example late = good, falling = good, ends_early = good;
    late.start[0] = 1;
    falling.start[1] = 4;
    ends_early.start[3] = -1;
    const erm_csr all[] = {erm_csr_f64(3, 4, late.start, late.index, late.values),
                           erm_csr_f64(3, 4, falling.start, falling.index, falling.values),
                           erm_csr_f64(3, 4, ends_early.start, ends_early.index, ends_early.values)};
    assert_check(&all[0].base, ERM_EDATA, "start[0] of X is 1; expected 0");
    assert_check(&all[1].base, ERM_EDATA, "start[2] = 2 of X is below start[1] = 4; expected row starts that never fall");
    assert_check(&all[2].base, ERM_EDATA, "start[3] = -1 of X is below start[2] = 2; expected row starts that never fall");
}

/* The example's compressed rows, read as the columns of its transpose. */
static void compressed_columns_are_checked_like_compressed_rows(void **state)
{
    (void)state;
    example falling = good, above = good, late = good, bad = good;
    falling.index[1] = 0;
    above.index[4] = 4;
    late.start[0] = 1;
    bad.values[3] = NAN;
    const erm_csc all[] = {erm_csc_f64(4, 3, good.start, good.index, good.values),
                           erm_csc_f64(4, 3, falling.start, falling.index, falling.values),
                           erm_csc_f32(4, 3, above.start, above.index, above.value_floats),
                           erm_csc_f64(4, 3, late.start, late.index, late.values),
                           erm_csc_f64(4, 3, bad.start, bad.index, bad.values),
                           erm_csc_f64(4, 3, good.start, NULL, good.values),
                           erm_csc_f64(INT64_C(2147483648), 3, good.start, good.index, good.values)};
    assert_check(&all[0].base, ERM_OK, "");
    assert_check(&all[1].base, ERM_EDATA, "column 0 of X has row 0 after row 0; expected rising rows");
    assert_check(&all[2].base, ERM_EDATA, "column 2 of X has a value in row 4; expected 0 to 3");
    assert_check(&all[3].base, ERM_EDATA, "start[0] of X is 1; expected 0");
    assert_check(&all[4].base, ERM_EDATA, "X[1][2] is nan; expected finite values");
    assert_check(&all[5].base, ERM_EINVAL, "X has 5 stored values, but its row indices are NULL");
    assert_check(&all[6].base, ERM_EINVAL, "X is 2147483648 x 3; expected sizes from 0 to 2147483647");
}

/* The example's 3 x 4 numbers, read as the columns of a 4 x 3 matrix. */
static void dense_columns_are_checked_like_dense_rows(void **state)
{
    (void)state;
    example bad = good;
    bad.numbers[9] = NAN;
    bad.floats[7] = INFINITY;
    const erm_dense all[] = {erm_dense_col_f64(4, 3, good.numbers, 4), erm_dense_col_f64(4, 3, bad.numbers, 4),
                             erm_dense_col_f32(4, 3, bad.floats, 4), erm_dense_col_f64(4, 3, good.numbers, 3),
                             erm_dense_col_f64(4, 3, NULL, 4)};
    assert_check(&all[0].base, ERM_OK, "");
    assert_check(&all[1].base, ERM_EDATA, "X[1][2] is nan; expected finite values");
    assert_check(&all[2].base, ERM_EDATA, "X[3][1] is inf; expected finite values");
    assert_check(&all[3].base, ERM_EINVAL, "the stride of X is 3 values; expected at least its 4 rows");
    assert_check(&all[4].base, ERM_EINVAL, "X is 4 x 3, but its values are NULL");
}

static void missing_arrays_and_bad_sizes_of_compressed_rows_are_refused(void **state)
{
    (void)state;
    const int64_t zeros[4] = {0};
    const erm_csr all[] = {erm_csr_f64(3, 4, NULL, good.index, good.values), erm_csr_f64(3, 4, good.start, NULL, good.values),
                           erm_csr_f64(3, 4, good.start, good.index, NULL),
                           erm_csr_f64(-3, 4, good.start, good.index, good.values), erm_csr_f64(3, 4, zeros, NULL, NULL)};
    assert_check(&all[0].base, ERM_EINVAL, "the row starts of X are NULL");
    assert_check(&all[1].base, ERM_EINVAL, "X has 5 stored values, but its column indices are NULL");
    assert_check(&all[2].base, ERM_EINVAL, "X has 5 stored values, but its values are NULL");
    assert_check(&all[3].base, ERM_EINVAL, "X is -3 x 4; expected sizes >= 0 and at most 2147483647 columns");
    assert_check(&all[4].base, ERM_OK, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_data_pass),
        cmocka_unit_test(a_number_that_is_not_finite_is_named_by_row_and_column),
        cmocka_unit_test(large_finite_numbers_pass),
        cmocka_unit_test(what_lies_between_dense_rows_is_not_looked_at),
        cmocka_unit_test(dense_sizes_that_do_not_fit_are_refused),
        cmocka_unit_test(column_indices_must_rise_and_stay_in_range),
        cmocka_unit_test(row_starts_must_begin_at_0_and_never_fall),
        cmocka_unit_test(compressed_columns_are_checked_like_compressed_rows),
        cmocka_unit_test(dense_columns_are_checked_like_dense_rows),
        cmocka_unit_test(missing_arrays_and_bad_sizes_of_compressed_rows_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
