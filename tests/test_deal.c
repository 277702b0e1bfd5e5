/* Folds and splits: partitions, even in size and in every stratum, with groups kept whole. */
#include "check.h"

#include "ermopt/selection.h"

enum { MOST = 600, FOLDS = 7, STRATA = 4 };

static void fold_of(int64_t n, int64_t folds, erm_deal deal, int32_t *fold)
{
    char detail[ERM_DETAIL_SIZE];
    if (erm_deal_folds(n, folds, &deal, fold, detail)) fail_case("%s", detail);
}

/* Strata of very different sizes. */
static void label(int64_t n, double *y)
{
    for (int64_t i = 0; i < n; i++) y[i] = i % 11 == 0 ? -3 : i % 5 == 0 ? 0.5 : i % 3 == 0 ? 2 : 9;
}

/* The most and the fewest rows that a fold has of a stratum (NULL: of all). */
static int64_t unevenness(int64_t n, int64_t folds, const int32_t *fold, const double *y, double stratum)
{
    int64_t count[MOST] = {0}, most = 0, fewest = n;
    for (int64_t i = 0; i < n; i++) {
        assert_true(fold[i] >= 0 && fold[i] < folds);
        count[fold[i]] += !y || !(y[i] < stratum || y[i] > stratum);
    }
    for (int64_t f = 0; f < folds; f++) {
        most = count[f] > most ? count[f] : most;
        fewest = count[f] < fewest ? count[f] : fewest;
    }
    return most - fewest;
}

static void folds_differ_by_one_row_at_most(void **state)
{
    (void)state;
    int32_t fold[MOST];
    for (int64_t n = 2; n < 60; n++)
        for (int64_t folds = 2; folds <= n; folds++) {
            fold_of(n, folds, (erm_deal){.seed = (uint64_t)n}, fold);
            assert_true(unevenness(n, folds, fold, NULL, 0) <= 1);
        }
}

static void every_stratum_is_spread_within_one_row(void **state)
{
    (void)state;
    static const double strata[STRATA] = {-3, 0.5, 2, 9};
    int32_t fold[MOST];
    double y[MOST];
    for (int64_t n = 20; n <= MOST; n += 37)
        for (int64_t folds = 2; folds <= FOLDS; folds++) {
            label(n, y);
            fold_of(n, folds, (erm_deal){.stratum = y, .seed = 5}, fold);
            assert_true(unevenness(n, folds, fold, NULL, 0) <= 1);
            for (int c = 0; c < STRATA; c++) assert_true(unevenness(n, folds, fold, y, strata[c]) <= 1);
        }
}

static void leave_one_out_gives_every_row_a_fold_of_its_own(void **state)
{
    (void)state;
    int32_t fold[MOST];
    fold_of(MOST, MOST, (erm_deal){.seed = 1}, fold);
    assert_int_equal(unevenness(MOST, MOST, fold, NULL, 0), 0);
}

static void groups_stay_whole_and_the_folds_about_even(void **state)
{
    (void)state;
    int64_t group[MOST];
    int32_t fold[MOST], of_group[2000];
    for (int64_t i = 0; i < MOST; i++) group[i] = 7 * ((i * i) % 83) - 300; /* uneven sizes, negative numbers */
    fold_of(MOST, 5, (erm_deal){.group = group, .seed = 3}, fold);
    for (int g = 0; g < 2000; g++) of_group[g] = -1;
    for (int64_t i = 0; i < MOST; i++) {
        int32_t *const seen = &of_group[group[i] + 1000];
        assert_true(*seen < 0 || *seen == fold[i]);
        *seen = fold[i];
    }
    assert_true(unevenness(MOST, 5, fold, NULL, 0) <= 15); /* the largest group's size */
}

static void groups_with_strata_leave_each_fold_its_share(void **state)
{
    (void)state;
    int64_t group[MOST];
    int32_t fold[MOST];
    double y[MOST];
    for (int64_t i = 0; i < MOST; i++) { /* 200 groups of 3 rows, one in four of the rare class */
        group[i] = i / 3;
        y[i] = group[i] % 4 == 0 ? 1 : -1;
    }
    fold_of(MOST, 5, (erm_deal){.group = group, .stratum = y, .seed = 3}, fold);
    assert_int_equal(unevenness(MOST, 5, fold, y, 1), 0);
    assert_int_equal(unevenness(MOST, 5, fold, y, -1), 0);
    for (int64_t i = 1; i < MOST; i++) assert_true(group[i] != group[i - 1] || fold[i] == fold[i - 1]);
}

static void the_seed_decides_and_order_can_be_kept(void **state)
{
    (void)state;
    int32_t a[MOST], b[MOST], c[MOST];
    fold_of(MOST, 4, (erm_deal){.seed = 1}, a);
    fold_of(MOST, 4, (erm_deal){.seed = 1}, b);
    fold_of(MOST, 4, (erm_deal){.seed = 2}, c);
    assert_memory_equal(a, b, sizeof a);
    assert_true(memcmp(a, c, sizeof a) != 0);
    fold_of(MOST, 4, (erm_deal){.in_order = true}, a);
    for (int64_t i = 0; i < MOST; i++) assert_int_equal(a[i], i % 4);
}

static void a_split_takes_its_share_of_all_rows_and_of_every_stratum(void **state)
{
    (void)state;
    static const double strata[STRATA] = {-3, 0.5, 2, 9};
    int32_t part[MOST];
    double y[MOST];
    char detail[ERM_DETAIL_SIZE];
    label(MOST, y);
    for (double share = 0.1; share < 1; share += 0.17) {
        assert_int_equal(erm_deal_split(MOST, share, &(erm_deal){.stratum = y, .seed = 8}, part, detail), ERM_OK);
        int64_t all = 0;
        for (int64_t i = 0; i < MOST; i++) all += part[i];
        assert_int_equal(all, floor(MOST * share + 0.5));
        for (int c = 0; c < STRATA; c++) {
            double rows = 0, taken = 0;
            for (int64_t i = 0; i < MOST; i++) {
                const bool in = !(y[i] < strata[c] || y[i] > strata[c]);
                rows += in;
                taken += in * part[i];
            }
            assert_true(fabs(taken - share * rows) <= 1);
        }
    }
}

static void a_split_of_groups_keeps_them_whole(void **state)
{
    (void)state;
    int32_t part[MOST];
    int64_t group[MOST], taken = 0;
    char detail[ERM_DETAIL_SIZE];
    for (int64_t i = 0; i < MOST; i++) group[i] = i / 6;
    assert_int_equal(erm_deal_split(MOST, 0.25, &(erm_deal){.group = group}, part, detail), ERM_OK);
    for (int64_t i = 0; i < MOST; i++) {
        taken += part[i];
        assert_int_equal(part[i], part[i / 6 * 6]);
    }
    assert_true(llabs(taken - MOST / 4) <= 6);
}

static void rows_of_a_fold_and_the_others_are_all_rows(void **state)
{
    (void)state;
    int32_t fold[50];
    int64_t in[50], out[50];
    fold_of(50, 3, (erm_deal){.seed = 4}, fold);
    for (int32_t f = 0; f < 3; f++) {
        const int64_t a = erm_fold_rows(50, fold, f, false, in), b = erm_fold_rows(50, fold, f, true, out);
        assert_int_equal(a + b, 50);
        for (int64_t t = 0; t < a; t++) assert_true(fold[in[t]] == f && (t == 0 || in[t] > in[t - 1]));
        for (int64_t t = 0; t < b; t++) assert_true(fold[out[t]] != f && (t == 0 || out[t] > out[t - 1]));
    }
}

static void what_cannot_be_dealt_is_said(void **state)
{
    (void)state;
    int32_t fold[4];
    char detail[ERM_DETAIL_SIZE];
    const int64_t group[] = {1, 1, 2, 2};
    const double y[] = {0, NAN, 1, 1};
    assert_int_equal(erm_deal_folds(4, 5, NULL, fold, detail), ERM_EINVAL);
    assert_int_equal(erm_deal_folds(4, 1, NULL, fold, detail), ERM_EINVAL);
    assert_int_equal(erm_deal_folds(4, 3, &(erm_deal){.group = group}, fold, detail), ERM_EINVAL);
    assert_non_null(strstr(detail, "2 groups"));
    assert_int_equal(erm_deal_folds(4, 2, &(erm_deal){.stratum = y}, fold, detail), ERM_EDATA);
    assert_int_equal(erm_deal_split(4, 0.01, NULL, fold, detail), ERM_EINVAL);
    assert_int_equal(erm_deal_split(4, 1, NULL, fold, detail), ERM_EINVAL);
    assert_int_equal(erm_deal_split(4, 0.5, NULL, NULL, detail), ERM_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_differ_by_one_row_at_most),
        cmocka_unit_test(every_stratum_is_spread_within_one_row),
        cmocka_unit_test(leave_one_out_gives_every_row_a_fold_of_its_own),
        cmocka_unit_test(groups_stay_whole_and_the_folds_about_even),
        cmocka_unit_test(groups_with_strata_leave_each_fold_its_share),
        cmocka_unit_test(the_seed_decides_and_order_can_be_kept),
        cmocka_unit_test(a_split_takes_its_share_of_all_rows_and_of_every_stratum),
        cmocka_unit_test(a_split_of_groups_keeps_them_whole),
        cmocka_unit_test(rows_of_a_fold_and_the_others_are_all_rows),
        cmocka_unit_test(what_cannot_be_dealt_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
