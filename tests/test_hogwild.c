/* Hogwild: near the optimum with one thread and with several threads, a fixed answer with one, and honest refusals. */
#include "check.h"

#include "ermopt/solve.h"
#include "named.h"
#include "problems.h"
#include "solving.h"

enum { N = CHECK_SANITIZED ? 800 : 3000, D = 40, SIZE = 512 };

/* A problem of which a row has a few of many columns. */
static owned_problem *sparse_problem(const char *loss, erm_regularizer regularizer, uint64_t seed)
{
    owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named("csr f64"),
                                                            .loss = loss_named(loss),
                                                            .regularizer = regularizer,
                                                            .n = N,
                                                            .d = D,
                                                            .weights = seed % 2 == 1,
                                                            .offset = seed % 3 == 1,
                                                            .intercept = true,
                                                            .seed = seed});
    erm_rng rng = erm_rng_seed(seed);
    double *const full = random_numbers(&rng, N, D, 0.1);
    owned_matrix *const matrix = owned_matrix_new(kind_named(seed % 2 ? "csr f64" : "csr f32"), N, D, full);
    free(full);
    owned_matrix_free(owned->matrix);
    owned->matrix = matrix;
    owned->problem.X = matrix->X;
    return owned;
}

static double hogwild(const owned_problem *owned, int threads, int64_t epochs, uint64_t seed, double *w)
{
    const erm_options options = {
        .solver = erm_solver_hogwild(NULL), .threads = threads, .max_epochs = epochs, .check_every = epochs, .seed = seed};
    return solve(&owned->problem, options, w).certificate.primal;
}

static void every_number_of_threads_comes_within_a_hundredth(void **state)
{
    (void)state;
    static const char *const losses[] = {"logistic", "squared", "huber 0.1", "cross-entropy, 5 classes"};
    const erm_regularizer regularizers[] = {erm_l2(0.01), erm_l1(0.002), erm_nonnegative()};
    const size_t count = CHECK_SANITIZED ? 2 : sizeof losses / sizeof *losses;
    for (size_t l = 0; l < count; l++)
        for (size_t r = 0; r < sizeof regularizers / sizeof *regularizers; r++) {
            owned_problem *owned = sparse_problem(losses[l], regularizers[r], l + r);
            double w[SIZE] = {0};
            const double best =
                solve(&owned->problem, (erm_options){.solver = erm_solver_prox(NULL), .tol = 1e-8}, w).certificate.primal;
            for (int threads = 1; threads <= 4; threads++) {
                memset(w, 0, sizeof w);
                const double P = hogwild(owned, threads, 60, 1, w);
                if (!(P - best < 1e-2 * best))
                    fail_case("%s x %s, %d threads: F = %g, optimum %g", losses[l], regularizers[r].ops->name, threads, P, best);
            }
            owned_problem_free(owned);
        }
}

static void more_epochs_come_nearer(void **state)
{
    (void)state;
    owned_problem *owned = sparse_problem("hinge", erm_l2(0.01), 3);
    double w[SIZE] = {0};
    const double best =
        solve(&owned->problem, (erm_options){.solver = erm_solver_interior(NULL), .tol = 1e-8}, w).certificate.primal;
    double gap[3];
    for (int e = 0; e < 3; e++) {
        memset(w, 0, sizeof w);
        gap[e] = hogwild(owned, 2, 4 << (3 * e), 1, w) - best;
    }
    if (!(gap[1] < 0.7 * gap[0] && gap[2] < 0.7 * gap[1])) fail_case("gaps %g, %g, %g", gap[0], gap[1], gap[2]);
    owned_problem_free(owned);
}

static void with_one_thread_the_seed_fixes_every_bit(void **state)
{
    (void)state;
    owned_problem *owned = sparse_problem("logistic", erm_elastic_net(0.001, 0.01), 5);
    double w[3][SIZE] = {{0}};
    for (int run = 0; run < 3; run++) hogwild(owned, 1, 3, run < 2 ? 7 : 8, w[run]);
    assert_memory_equal(w[0], w[1], sizeof w[0]);
    assert_memory_not_equal(w[0], w[2], sizeof w[0]);
    owned_problem_free(owned);
}

static void a_column_that_no_row_has_is_left_to_the_regularizer(void **state)
{
    (void)state;
    const double full[] = {1, 0, 0, 1, 0, 1, -1, 0, 1, 2, 0, 0}, y[] = {1, 2, 0, -1};
    owned_matrix *X = owned_matrix_new(kind_named("csr f64"), 4, 3, full);
    const erm_problem problem = {.X = X->X, .y = y, .loss = erm_loss_squared(), .regularizer = erm_l2(0.5)};
    double w[3] = {0, 5, 0};
    solve(&problem, (erm_options){.solver = erm_solver_hogwild(NULL), .max_epochs = 400, .threads = 1, .check_every = 400}, w);
    if (!(fabs(w[1]) < 0.01)) fail_case("w[1] = %g", w[1]);
    owned_matrix_free(X);
}

static void it_refuses_what_it_cannot_do(void **state)
{
    (void)state;
    owned_problem *owned = sparse_problem("logistic", erm_l2_ball(1), 1);
    double w[SIZE] = {0};
    erm_result result;
    assert_int_equal(erm_solve(&owned->problem, &(erm_options){.solver = erm_solver_hogwild(NULL)}, w, &result),
                     ERM_EUNSUPPORTED);
    assert_non_null(strstr(result.detail, "sum over the entries"));
    owned->problem.regularizer = erm_l2(1);
    const erm_hogwild_params wrong[] = {{.step = -1}, {.step = NAN}, {.step = INFINITY}};
    for (size_t p = 0; p < sizeof wrong / sizeof *wrong; p++)
        assert_int_equal(erm_solve(&owned->problem, &(erm_options){.solver = erm_solver_hogwild(&wrong[p])}, w, NULL),
                         ERM_EINVAL);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_of_threads_comes_within_a_hundredth),
        cmocka_unit_test(more_epochs_come_nearer),
        cmocka_unit_test(with_one_thread_the_seed_fixes_every_bit),
        cmocka_unit_test(a_column_that_no_row_has_is_left_to_the_regularizer),
        cmocka_unit_test(it_refuses_what_it_cannot_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
