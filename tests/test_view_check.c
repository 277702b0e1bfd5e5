/* What the checks of views find: in their lists, centres, scales and levels, and in the matrices that they are made of. */
#include "check.h"

#include "matrices.h"
#include "operators.h"

static const double numbers[] = {1, 2, 3, 4, 5, 6}, not_finite[] = {1, 2, INFINITY, 4, 5, 6};

static void lists_of_rows_are_checked(void **state)
{
    (void)state;
    const int64_t good[] = {2, 0, 2}, bad[] = {1, 3}, below[] = {-1};
    const erm_dense X = erm_dense_f64(3, 2, numbers, 2), infinite = erm_dense_f64(3, 2, not_finite, 2);
    const erm_rows_view all[] = {erm_rows_view_of(&X.base, 3, good),        erm_rows_view_of(&X.base, 2, bad),
                                 erm_rows_view_of(&X.base, 1, below),       erm_rows_view_of(&X.base, -1, good),
                                 erm_rows_view_of(&X.base, 1, NULL),        erm_rows_view_of(NULL, 1, good),
                                 erm_rows_view_of(&infinite.base, 3, good), erm_rows_view_of(&X.base, 0, NULL)};
    assert_check(&all[0].base, ERM_OK, "");
    assert_check(&all[1].base, ERM_EINVAL, "list[1] of a rows view is 3; expected a row from 0 to 2");
    assert_check(&all[2].base, ERM_EINVAL, "list[0] of a rows view is -1; expected a row from 0 to 2");
    assert_check(&all[3].base, ERM_EINVAL, "a rows view has -1 rows; expected at least 0");
    assert_check(&all[4].base, ERM_EINVAL, "the list of a rows view is NULL");
    assert_check(&all[5].base, ERM_EINVAL, "a rows view is made of no matrix");
    assert_check(&all[6].base, ERM_EDATA, "X[1][0] is inf; expected finite values");
    assert_check(&all[7].base, ERM_OK, "");
}

static void lists_of_columns_are_checked(void **state)
{
    (void)state;
    const int32_t good[] = {2, 0}, bad[] = {1, 3}, below[] = {-1}, twice[] = {0, 1, 0};
    int32_t position[5][3];
    const erm_dense X = erm_dense_f64(2, 3, numbers, 3);
    const cosines opaque = cosines_of(2, 3);
    const erm_cols_view all[] = {erm_cols_view_of(&X.base, 2, good, position[0]),
                                 erm_cols_view_of(&X.base, 2, bad, position[1]),
                                 erm_cols_view_of(&X.base, 1, below, position[2]),
                                 erm_cols_view_of(&X.base, 3, twice, position[3]),
                                 erm_cols_view_of(&X.base, 2, good, NULL),
                                 erm_cols_view_of(&X.base, 2, NULL, position[4]),
                                 erm_cols_view_of(&opaque.base, 2, good, position[4]),
                                 erm_cols_view_of(NULL, 2, good, NULL),
                                 erm_cols_view_of(&X.base, -2, good, position[4])};
    assert_check(&all[0].base, ERM_OK, "");
    assert_check(&all[1].base, ERM_EINVAL, "list[1] of a columns view is 3; expected a column from 0 to 2");
    assert_check(&all[2].base, ERM_EINVAL, "list[0] of a columns view is -1; expected a column from 0 to 2");
    assert_check(&all[3].base, ERM_EINVAL, "list[2] of a columns view is column 0, which is in the list twice");
    assert_check(&all[4].base, ERM_EINVAL, "a columns view needs memory for the positions of 3 columns, and got NULL");
    assert_check(&all[5].base, ERM_EINVAL, "the list of a columns view is NULL");
    assert_check(&all[6].base, ERM_EUNSUPPORTED,
                 "a columns view of a cosines matrix, which has no scan; take the columns of what it is made of, or copy it");
    assert_check(&all[7].base, ERM_EINVAL, "a columns view is made of no matrix");
    assert_check(&all[8].base, ERM_EINVAL, "a columns view has -2 columns; expected at least 0");
}

static void centres_and_scales_are_checked(void **state)
{
    (void)state;
    const int64_t start[] = {0, 1, 2};
    const int32_t index[] = {2, 0};
    const erm_csr X = erm_csr_f64(2, 3, start, index, numbers);
    const cosines opaque = cosines_of(2, 3);
    const erm_scaled_view centred = erm_scaled_view_of(&X.base, numbers, NULL);
    const erm_scaled_view all[] = {centred,
                                   erm_scaled_view_of(&X.base, not_finite, numbers),
                                   erm_scaled_view_of(&X.base, NULL, not_finite),
                                   erm_scaled_view_of(&opaque.base, NULL, numbers),
                                   erm_scaled_view_of(&centred.base, NULL, numbers),
                                   erm_scaled_view_of(NULL, numbers, NULL)};
    assert_check(&all[0].base, ERM_OK, "");
    assert_check(&all[1].base, ERM_EDATA, "centre[2] of a scaled view is inf; expected finite numbers");
    assert_check(&all[2].base, ERM_EDATA, "scale[2] of a scaled view is inf; expected finite numbers");
    assert_check(&all[3].base, ERM_EUNSUPPORTED,
                 "a scaled view of a cosines matrix, which has no scan; scale what it is made of, or copy it");
    assert_check(&all[4].base, ERM_EUNSUPPORTED,
                 "a scaled view of a centred view matrix, which has no scan; scale what it is made of, or copy it");
    assert_check(&all[5].base, ERM_EINVAL, "a scaled view is made of no matrix");
}

static void blocks_and_levels_are_checked(void **state)
{
    (void)state;
    const int32_t level[] = {1, -1, 2}, wild[] = {0, -2, 0};
    const erm_dense X = erm_dense_f64(3, 2, numbers, 2), shorter = erm_dense_f64(2, 2, numbers, 2);
    const erm_onehot good = erm_onehot_of(3, 3, level), high = erm_onehot_of(3, 2, level), low = erm_onehot_of(3, 2, wild),
                     null = erm_onehot_of(3, 2, NULL), wide = erm_onehot_of(3, INT32_MAX, level);
    const erm_matrix *const fits[] = {&X.base, &good.base}, *const unlike[] = {&good.base, &shorter.base},
                            *const bad[] = {&X.base, &low.base}, *const hole[] = {&X.base, NULL},
                            *const broad[] = {&X.base, &wide.base};
    const erm_blocks_view all[] = {erm_blocks_view_of(fits, 2), erm_blocks_view_of(unlike, 2), erm_blocks_view_of(bad, 2),
                                   erm_blocks_view_of(hole, 2), erm_blocks_view_of(fits, 0),   erm_blocks_view_of(NULL, 2),
                                   erm_blocks_view_of(broad, 2)};
    assert_check(&good.base, ERM_OK, "");
    assert_check(&high.base, ERM_EDATA, "level[2] of a one-hot matrix is 2; expected 0 to 1, or -1 for none");
    assert_check(&null.base, ERM_EINVAL, "the levels of a one-hot matrix are NULL");
    assert_check(&all[0].base, ERM_OK, "");
    assert_check(&all[1].base, ERM_EINVAL, "block 1 of a blocks view has 2 rows; expected 3 as in block 0");
    assert_check(&all[2].base, ERM_EDATA, "level[1] of a one-hot matrix is -2; expected 0 to 1, or -1 for none");
    for (int m = 3; m < 6; m++) assert_check(&all[m].base, ERM_EINVAL, "a blocks view is made of no matrix");
    assert_check(&all[6].base, ERM_EINVAL, "the blocks of a view have more than 2147483647 columns together");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_rows_are_checked),
        cmocka_unit_test(lists_of_columns_are_checked),
        cmocka_unit_test(centres_and_scales_are_checked),
        cmocka_unit_test(blocks_and_levels_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
