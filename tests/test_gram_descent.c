/* The solver gram: f is a quadratic, so that one step solves the problem and further ones only refine it. */
#include "check.h"

#include "catalog_regularizer.h"
#include "solving.h"

enum { SIZE = 256 };

static erm_result solve_by_gram(const erm_problem *problem, double tol, double *w)
{
    memset(w, 0, SIZE * sizeof *w);
    return solve(problem, (erm_options){.solver = erm_solver_gram(NULL), .tol = tol, .check_every = 1}, w);
}

static void two_steps_reach_ten_digits_with_every_regularizer_it_takes(void **state)
{
    (void)state;
    int64_t count;
    const regularizer_case *const all = regularizer_catalog(&count);
    double w[SIZE];
    int tried = 0;
    for (int64_t r = 0; r < count; r++) {
        const erm_regularizer_ops *const ops = all[r].regularizer.ops;
        const bool groups = !strcmp(ops->name, "group-lasso") || !strcmp(ops->name, "sparse-group-lasso");
        if (ops->nonconvex || !(ops->advance || groups)) continue;
        problem_spec spec = spec_of("squared", all[r].regularizer, 300, 20);
        spec.weights = spec.offset = true;
        owned_problem *const owned = owned_problem_new(spec);
        const erm_result result = solve_by_gram(&owned->problem, 1e-10, w);
        if (result.stop != ERM_STOP_CONVERGED || result.epochs > 3)
            fail_case("%s: %d steps: %s", all[r].name, (int)result.epochs, result.detail);
        owned_problem_free(owned);
        tried++;
    }
    assert_true(tried > 20);
}

static void columns_of_any_scale_take_no_more_steps(void **state)
{
    (void)state;
    enum { N = 200, D = 8 };
    static double x[N * D], y[N];
    erm_rng rng = erm_rng_seed(4);
    double factor[D], w[SIZE];
    for (int j = 0; j < D; j++) factor[j] = pow(10, 2 * j - 7);
    for (int i = 0; i < N; i++) {
        const double common = erm_rng_normal(&rng);
        y[i] = 1e6 + common + 0.1 * erm_rng_normal(&rng);
        for (int j = 0; j < D; j++) x[i * D + j] = factor[j] * (5 + common + 0.01 * erm_rng_normal(&rng));
    }
    const erm_dense X = erm_dense_f64(N, D, x, D);
    erm_regularizer R = erm_l1(1e-3);
    R.factor = factor; /* so that the penalty is the same for all of them */
    const erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_squared(), .regularizer = R, .intercept = true};
    const erm_result result = solve_by_gram(&problem, 1e-9, w);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_true(result.epochs <= 3);
}

/* The support of a lasso has at most n features. */
static void more_columns_than_rows_give_a_sparse_optimum(void **state)
{
    (void)state;
    double w[SIZE];
    owned_problem *const owned = owned_problem_new(spec_of("squared", erm_l1(0.01), 30, 120));
    const erm_result result = solve_by_gram(&owned->problem, 1e-10, w);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_true(result.nonzeros <= 30 && result.nonzeros > 5);
    assert_true(result.epochs <= 4);
    owned_problem_free(owned);
}

static void equal_columns_are_no_trouble(void **state)
{
    (void)state;
    enum { N = 40 };
    static double x[N * 3], y[N];
    erm_rng rng = erm_rng_seed(9);
    for (int i = 0; i < N; i++) {
        x[i * 3] = x[i * 3 + 1] = erm_rng_normal(&rng);
        y[i] = x[i * 3] + 0.1 * erm_rng_normal(&rng); /* the third is empty */
    }
    const erm_dense X = erm_dense_f64(N, 3, x, 3);
    double w[SIZE];
    const erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_squared(), .regularizer = erm_l1(0.01)};
    const erm_result result = solve_by_gram(&problem, 1e-12, w);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_near(w[0] + w[1], 1, 0.1);
    assert_true(w[2] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_steps_reach_ten_digits_with_every_regularizer_it_takes),
        cmocka_unit_test(columns_of_any_scale_take_no_more_steps),
        cmocka_unit_test(more_columns_than_rows_give_a_sparse_optimum),
        cmocka_unit_test(equal_columns_are_no_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
