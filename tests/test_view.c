/* Views in use: solves on them, what their checks find, and a user's own matrix among them. */
#include "check.h"

#include "ermopt/solve.h"
#include "matrices.h"
#include "operators.h"

enum { N = 60, D = 12 };

/* ---- solves -------------------------------------------------------------------------------------------------------- */

static erm_result solve(erm_solver solver, const erm_matrix *X, erm_options options, double *w)
{
    double y[N];
    for (int i = 0; i < N; i++) y[i] = (i * 7) % 5 < 2 ? 1 : -1;
    const erm_problem problem = {.X = X, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l2(0.05), .intercept = true};
    erm_result result;
    options.solver = solver;
    memset(w, 0, (D + 1) * sizeof *w);
    if (erm_solve(&problem, &options, w, &result) != ERM_OK)
        fail_case("%s on %s: %s", result.solver, X->ops->name, result.detail);
    return result;
}

/* The steps of deterministic solvers are the same but for rounding, as long as no line search compares values that are equal
 * but for rounding; the others reach the same optimum. */
static void compare_solves(const erm_matrix *X, const erm_matrix *Y)
{
    double w[D + 1], v[D + 1];
    const erm_gd_params fixed = {.rule = ERM_GD_FIXED};
    const erm_solver steady[] = {erm_solver_gd(&fixed), erm_solver_prox(NULL)};
    for (int s = 0; s < 2; s++) {
        const erm_options options = {.tol = 1e-15, .max_epochs = s == 0 ? 200 : 10};
        solve(steady[s], X, options, w);
        solve(steady[s], Y, options, v);
        for (int j = 0; j <= D; j++) assert_near(w[j], v[j], 1e-10);
    }
    const erm_options tight = {.tol = 1e-11, .max_epochs = 3000};
    const erm_solver exact[] = {erm_solver_gd(NULL), erm_solver_svrg(NULL)};
    double P = 0;
    for (int s = 0; s < 2; s++) {
        P = solve(exact[s], Y, tight, v).certificate.primal;
        assert_near(solve(exact[s], X, tight, w).certificate.primal, P, 1e-10);
    }
    const erm_options loose = {.max_epochs = 200};
    assert_at_most(solve(erm_solver_sgd(NULL), X, loose, w).certificate.primal, P, 0.02);
}

static void solving_on_a_view_is_solving_on_its_copy(void **state)
{
    (void)state;
    static const char *const names[] = {"rows of dense f64",        "rows of centred csr",
                                        "columns of centred dense", "rows of scaled columns of blocks",
                                        "columns of rows of csc",   "centred rows of scaled columns of blocks",
                                        "centred blocks of dense",  "columns of csc beside centred csr beside blocks"};
    erm_rng rng = erm_rng_seed(8);
    double *full = random_numbers(&rng, N, D, 0.5);
    for (size_t m = 0; m < sizeof names / sizeof *names; m++) {
        owned_matrix *matrix = owned_matrix_new(matrix_kind_called(names[m]), N, D, full);
        erm_matrix_copy copy;
        const bool sparse = matrix->X->ops->sparse && matrix->X->ops->row;
        assert_int_equal((sparse ? erm_csr_from : erm_dense_from)(matrix->X, NULL, &copy, NULL), ERM_OK);
        compare_solves(matrix->X, &copy.matrix.base);
        erm_matrix_copy_free(&copy);
        owned_matrix_free(matrix);
    }
    free(full);
}

static void a_matrix_with_four_operations_is_solved_as_any_other(void **state)
{
    (void)state;
    const cosines X = cosines_of(N, D);
    erm_matrix_copy copy;
    assert_int_equal(erm_dense_from(&X.base, NULL, &copy, NULL), ERM_OK);
    compare_solves(&X.base, &copy.matrix.base);
    erm_matrix_copy_free(&copy);
}

static void it_can_be_in_rows_views_and_blocks(void **state)
{
    (void)state;
    const cosines X = cosines_of(N + 3, D - 4);
    int64_t list[N];
    int32_t level[N];
    for (int i = 0; i < N; i++) list[i] = (i * 11 + 2) % (N + 3), level[i] = i % 5 - 1;
    const erm_rows_view rows = erm_rows_view_of(&X.base, N, list);
    const erm_onehot onehot = erm_onehot_of(N, 4, level);
    const erm_matrix *const block[] = {&onehot.base, &rows.base};
    const erm_blocks_view blocks = erm_blocks_view_of(block, 2);
    erm_matrix_copy copy;
    assert_int_equal(erm_dense_from(&blocks.base, NULL, &copy, NULL), ERM_OK);
    compare_solves(&blocks.base, &copy.matrix.base);
    erm_matrix_copy_free(&copy);
}

static void a_row_twice_is_a_row_of_weight_two(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(3);
    double *full = random_numbers(&rng, N, D, 1), y[N + 5], weight[N], w[D + 1] = {0}, v[D + 1] = {0};
    int64_t list[N + 5];
    for (int i = 0; i < N + 5; i++) list[i] = i % N, y[i] = full[i % N * D] + 0.3 * full[i % N * D + 1];
    for (int i = 0; i < N; i++) weight[i] = i < 5 ? 2 : 1;
    const erm_dense X = erm_dense_f64(N, D, full, D);
    const erm_rows_view twice = erm_rows_view_of(&X.base, N + 5, list);
    erm_problem problem = {.X = &twice.base, .y = y, .loss = erm_loss_squared(), .regularizer = erm_l2(0.1), .intercept = true};
    const erm_options options = {.tol = 1e-14};
    assert_int_equal(erm_solve(&problem, &options, w, NULL), ERM_OK);
    problem.X = &X.base;
    problem.weight = weight;
    assert_int_equal(erm_solve(&problem, &options, v, NULL), ERM_OK);
    for (int j = 0; j <= D; j++) assert_near(w[j], v[j], 1e-6);
    free(full);
}

static void views_have_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    enum { ROWS = 900, COLS = 700 };
    erm_rng rng = erm_rng_seed(4);
    double *full = random_numbers(&rng, ROWS, COLS, 0.9), *y = random_numbers(&rng, ROWS, 1, 1);
    owned_matrix *matrix = owned_matrix_new(matrix_kind_called("rows of scaled columns of blocks"), ROWS, COLS, full);
    const erm_problem problem = {.X = matrix->X, .y = y, .loss = erm_loss_squared(), .regularizer = erm_l1(0.1)};
    double *first = calloc(COLS, sizeof *first), *w = calloc(COLS, sizeof *w);
    for (int threads = 1; threads <= 3; threads++) {
        memset(w, 0, COLS * sizeof *w);
        const erm_options options = {.max_epochs = 4, .threads = threads};
        assert_int_equal(erm_solve(&problem, &options, threads == 1 ? first : w, NULL), ERM_OK);
        if (threads > 1) assert_memory_equal(w, first, COLS * sizeof *w);
    }
    free(first);
    free(w);
    free(y);
    free(full);
    owned_matrix_free(matrix);
}

/* A rows view renumbers a list in parts, and a blocks view adds in parts: both are shorter than this list. */
static void long_lists_of_rows_are_taken_in_parts(void **state)
{
    (void)state;
    enum { COUNT = 1500 };
    erm_rng rng = erm_rng_seed(6);
    double *full = random_numbers(&rng, N, D, 0.6), *R = random_numbers(&rng, COUNT, 1, 1), Z[COUNT];
    int64_t list[COUNT];
    for (int t = 0; t < COUNT; t++) list[t] = (int64_t)erm_rng_below(&rng, N);
    static const char *const names[] = {"rows of dense f64", "columns of rows of csc", "rows of scaled columns of blocks",
                                        "centred rows of scaled columns of blocks", "dense beside dense columns"};
    for (int m = 0; m < 5; m++) {
        owned_matrix *matrix = owned_matrix_new(matrix_kind_called(names[m]), N, D, full);
        const erm_rows rows = {.count = COUNT, .list = list};
        double w[D], G[D] = {0}, expected[D] = {0};
        for (int j = 0; j < D; j++) w[j] = j - 3.5;
        matrix->X->ops->mul(matrix->X, rows, 1, w, Z);
        matrix->X->ops->mul_t(matrix->X, rows, 1, R, G);
        for (int t = 0; t < COUNT; t++) {
            double z = 0;
            for (int j = 0; j < D; j++) z += matrix->full[list[t] * D + j] * w[j];
            for (int j = 0; j < D; j++) expected[j] += matrix->full[list[t] * D + j] * R[t];
            assert_near(Z[t], z, 1e-12);
        }
        for (int j = 0; j < D; j++) assert_near(G[j], expected[j], 1e-11);
        matrix->X->ops->row_sqnorms(matrix->X, rows, Z);
        for (int t = 0; t < COUNT; t++) {
            double square = 0;
            for (int j = 0; j < D; j++) square += matrix->full[list[t] * D + j] * matrix->full[list[t] * D + j];
            assert_near(Z[t], square, 1e-12);
        }
        owned_matrix_free(matrix);
    }
    free(R);
    free(full);
}

/* Blocks then have no room for one row of another block's products. */
static void blocks_can_have_very_many_outputs_if_they_can_be_read(void **state)
{
    (void)state;
    enum { ROWS = 3, K = 1100 };
    const double values[ROWS] = {2, 3, 5};
    const erm_dense left = erm_dense_f64(ROWS, 1, values, 1), right = erm_dense_col_f64(ROWS, 1, values, ROWS);
    const cosines opaque = cosines_of(ROWS, 1);
    const erm_matrix *const both[] = {&left.base, &right.base}, *const hidden[] = {&left.base, &opaque.base};
    const erm_blocks_view X = erm_blocks_view_of(both, 2), Y = erm_blocks_view_of(hidden, 2);
    static double W[2 * K], Z[ROWS * K];
    for (int p = 0; p < 2 * K; p++) W[p] = p;
    X.base.ops->mul(&X.base, (erm_rows){.count = ROWS}, K, W, Z);
    for (int i = 0; i < ROWS; i++)
        for (int c = 0; c < K; c++) assert_true(Z[i * K + c] == values[i] * (K + 2 * c));
    Y.base.ops->mul(&Y.base, (erm_rows){.count = ROWS}, K, W, Z);
    for (int p = 0; p < ROWS * K; p++) assert_true(isnan(Z[p]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solving_on_a_view_is_solving_on_its_copy),
        cmocka_unit_test(a_matrix_with_four_operations_is_solved_as_any_other),
        cmocka_unit_test(it_can_be_in_rows_views_and_blocks),
        cmocka_unit_test(a_row_twice_is_a_row_of_weight_two),
        cmocka_unit_test(views_have_the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(long_lists_of_rows_are_taken_in_parts),
        cmocka_unit_test(blocks_can_have_very_many_outputs_if_they_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
