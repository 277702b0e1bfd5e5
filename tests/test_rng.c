/* The random numbers: reproducible, and distributed as promised. */
#include "check.h"

#include "ermopt/rng.h"

/* First outputs for state (1, 2, 3, 4), as in the reference implementation by Blackman and Vigna. */
static void xoshiro_gives_the_reference_numbers(void **state)
{
    (void)state;
    erm_rng rng = {{1, 2, 3, 4}};
    const uint64_t expected[] = {11520, 0, 1509978240, 1215971899390074240};
    for (int i = 0; i < 4; i++) assert_true(erm_rng_next(&rng) == expected[i]);
}

static void below_stays_below_and_reaches_every_value(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(5);
    int64_t count[7] = {0};
    for (int i = 0; i < 70000; i++) count[erm_rng_below(&rng, 7)]++;
    for (int v = 0; v < 7; v++) assert_true(count[v] > 9500 && count[v] < 10500);
}

static void normal_has_mean_0_and_variance_1(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(6);
    double sum = 0, squares = 0;
    const int n = 100000;
    for (int i = 0; i < n; i++) {
        const double x = erm_rng_normal(&rng);
        sum += x;
        squares += x * x;
    }
    assert_true(fabs(sum / n) < 0.02);
    assert_true(fabs(squares / n - 1) < 0.02);
}

static void shuffle_keeps_every_element(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(7);
    int64_t list[100], seen[100] = {0};
    for (int i = 0; i < 100; i++) list[i] = i;
    erm_rng_shuffle(&rng, 100, list);
    int moved = 0;
    for (int i = 0; i < 100; i++) {
        seen[list[i]]++;
        moved += list[i] != i;
    }
    for (int i = 0; i < 100; i++) assert_int_equal(seen[i], 1);
    assert_true(moved > 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xoshiro_gives_the_reference_numbers),
        cmocka_unit_test(below_stays_below_and_reaches_every_value),
        cmocka_unit_test(normal_has_mean_0_and_variance_1),
        cmocka_unit_test(shuffle_keeps_every_element),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
