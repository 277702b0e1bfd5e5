/* Newton's method for least squares on many dense data, whose Gram matrix is summed in floats: all digits, in a step or two. */
#include "check.h"

#include "ermopt/solve.h"
#include "named.h"
#include "solving.h"

enum { ROWS = 24000, COLS = 50 /* more than a million values */ };

static owned_problem *least_squares(erm_regularizer regularizer, bool full)
{
    problem_spec spec = spec_of("squared", regularizer, ROWS, COLS);
    spec.weights = spec.offset = spec.intercept = full;
    return owned_problem_new(spec);
}

static double *values(const owned_problem *owned) { return (double *)(uintptr_t)((const erm_dense *)owned->problem.X)->values; }

/* The same minimum as by orthogonal factors, in at most so many steps; and a bound that is below it and no further than tol from
 * what is certified, by the run and once more from scratch. */
static void compare(const owned_problem *owned, double tol, int64_t most)
{
    double w[COLS + 1] = {0}, v[COLS + 1] = {0};
    const erm_options options = {.solver = erm_solver_newton(NULL), .tol = tol, .max_epochs = 30},
                      exact = {.solver = erm_solver_direct(NULL), .tol = 1e-12, .max_epochs = 30};
    const erm_result result = solve(&owned->problem, options, w), other = solve(&owned->problem, exact, v);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_near(result.certificate.primal, other.certificate.primal, 4 * tol * other.certificate.primal);
    erm_certificate again;
    assert_int_equal(erm_certify(&owned->problem, w, &again, NULL), ERM_OK);
    const erm_certificate *const both[] = {&result.certificate, &again};
    for (int c = 0; c < 2; c++) {
        assert_int_equal(both[c]->kind, ERM_CERTIFICATE_GAP);
        assert_at_most(both[c]->dual, other.certificate.primal * (1 + 1e-12), 0);
        assert_at_most(both[c]->primal - both[c]->dual, tol * both[c]->primal, 1e-15);
    }
    assert_near(again.primal, result.certificate.primal, 1e-12 * again.primal);
    if (result.epochs > most || result.passes > 4) fail_case("%lld steps, %g passes", (long long)result.epochs, result.passes);
}

static void columns_of_any_size_take_two_steps(void **state)
{
    (void)state;
    for (int full = 0; full < 2; full++) {
        owned_problem *owned = least_squares(erm_l2(1e-8), full);
        double *const x = values(owned);
        for (int64_t p = 0; p < ROWS * COLS; p++) x[p] *= pow(10, (double)(p % COLS % 5 - 2));
        compare(owned, 1e-10, 2);
        owned_problem_free(owned);
    }
}

/* What tells two columns apart is below the rounding of floats. */
static void columns_that_are_nearly_the_same_are_left_to_doubles(void **state)
{
    (void)state;
    for (int full = 0; full < 2; full++) {
        owned_problem *owned = least_squares(erm_l2(1e-9), full);
        double *const x = values(owned);
        for (int64_t i = 0; i < ROWS; i++) x[i * COLS + 1] = x[i * COLS] + 1e-4 * x[i * COLS + 2];
        compare(owned, 1e-9, 3);
        owned_problem_free(owned);
    }
}

static void columns_far_from_0_keep_their_digits(void **state)
{
    (void)state;
    for (int full = 0; full < 2; full++) {
        owned_problem *owned = least_squares(erm_l2(1e-6), full);
        double *const x = values(owned);
        for (int64_t p = 0; p < ROWS * COLS; p++) x[p] += 1000 * (double)(p % COLS % 4);
        compare(owned, 1e-9, 3);
        owned_problem_free(owned);
    }
}

static void no_penalty_is_none(void **state)
{
    (void)state;
    owned_problem *owned = least_squares(erm_none(), true);
    compare(owned, 1e-9, 3);
    owned_problem_free(owned);
}

static void a_certificate_every_third_step_finds_the_same(void **state)
{
    (void)state;
    owned_problem *owned = least_squares(erm_l2(1e-4), true);
    double w[COLS + 1] = {0}, v[COLS + 1] = {0};
    erm_options options = {.solver = erm_solver_newton(NULL), .tol = 1e-13, .max_epochs = 30};
    const erm_result each = solve(&owned->problem, options, w);
    options.check_every = 3;
    const erm_result third = solve(&owned->problem, options, v);
    assert_int_equal(third.stop, ERM_STOP_CONVERGED);
    assert_near(each.certificate.primal, third.certificate.primal, 1e-12);
    owned_problem_free(owned);
}

static void the_bits_do_not_depend_on_the_number_of_threads(void **state)
{
    (void)state;
    owned_problem *owned = least_squares(erm_l2(1e-4), true);
    double w[COLS + 1] = {0};
    const erm_options options = {.solver = erm_solver_newton(NULL), .tol = 1e-6, .threads = 1};
    solve(&owned->problem, options, w);
    for (int threads = 2; threads <= 4; threads++) {
        double v[COLS + 1] = {0};
        erm_options same = options;
        same.threads = threads;
        solve(&owned->problem, same, v);
        assert_memory_equal(w, v, sizeof w);
    }
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_of_any_size_take_two_steps),
        cmocka_unit_test(columns_that_are_nearly_the_same_are_left_to_doubles),
        cmocka_unit_test(columns_far_from_0_keep_their_digits),
        cmocka_unit_test(no_penalty_is_none),
        cmocka_unit_test(a_certificate_every_third_step_finds_the_same),
        cmocka_unit_test(the_bits_do_not_depend_on_the_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
