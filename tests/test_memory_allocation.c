/* The most memory that a solve holds at one time, beyond the data: what the result says it is, and for first-order solvers
 * 8 (ROWS n k + ROW_NUMBERS n + FEATURES d k + ROW_BUFFERS d) bytes. And data that nobody may write:
 * a file mapped into memory. */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ermopt/solve.h"
#include "failing_alloc.h"
#include "named.h"
#include "problems.h"

/* Rows: four vectors for the certificate (two of them where several outputs are mended); three for the blocks that the lanes walk
 * in; and a derivative for each row where the solver keeps it. Row numbers: labels and weights in those blocks, the order of the
 * rows, and the derivatives of a batch. Features: up to 16 lanes of gradients (there never are more than a quarter of the values
 * of X), and the solver's iterates. Row buffers: one and a half rows a lane. SMALL, in bytes: what has a fixed size,
 * with k^2 for each lane. */
enum { ROWS = 9, ROW_NUMBERS = 6, FEATURES = 32, ROW_BUFFERS = 24, SMALL = 64 * 1024 };

static const char *const first_order[] = {"gd", "prox", "sgd", "svrg", "saga", "hogwild"};
enum { FIRST_ORDER = sizeof first_order / sizeof *first_order };

static erm_result solve_measured(const char *solver, const erm_problem *problem, int64_t *peak)
{
    erm_options options = {.max_epochs = 1, .threads = 2};
    assert_true(erm_solver_from_name(solver, &options.solver));
    double *const w = calloc((size_t)erm_problem_size(problem), sizeof *w);
    assert_non_null(w);
    erm_result result;
    failing_alloc_measure();
    const erm_status status = erm_solve(problem, &options, w, &result);
    *peak = failing_alloc_peak();
    if (status) fail_case("%s: %s", solver, result.detail);
    free(w);
    return result;
}

static void hold_to_bound(const char *solver, const char *kind, catalog_loss loss, int64_t n, int64_t d)
{
    owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named(kind),
                                                            .loss = loss,
                                                            .regularizer = erm_l2(1e-2),
                                                            .n = n,
                                                            .d = d,
                                                            .weights = true,
                                                            .offset = true,
                                                            .intercept = true,
                                                            .seed = 3});
    int64_t peak;
    const int64_t k = owned->problem.k;
    const erm_result result = solve_measured(solver, &owned->problem, &peak);
    const double most = 8.0 * (double)((ROWS * k + ROW_NUMBERS) * n + (FEATURES * k + ROW_BUFFERS) * d) + SMALL;
    if ((double)peak > most)
        fail_case("%s on %s, %s, %lld x %lld: %lld bytes, bound %.0f", solver, kind, loss.name, (long long)n, (long long)d,
                  (long long)peak, most);
    if (llabs(result.workspace_bytes - peak) > peak / 100 + 8192)
        fail_case("%s on %s, %s, %lld x %lld: %lld bytes, the result says %lld", solver, kind, loss.name, (long long)n,
                  (long long)d, (long long)peak, (long long)result.workspace_bytes);
    owned_problem_free(owned);
}

static void first_order_solvers_need_some_vectors_of_n_k_and_of_d_k(void **state)
{
    (void)state;
    static const char *const kinds[] = {"dense f64", "csr f64"};
    catalog_loss losses[] = {loss_named("logistic"), loss_named("cross-entropy, 5 classes")};
    losses[1].k = 10;
    for (int s = 0; s < FIRST_ORDER; s++)
        for (int m = 0; m < 2; m++)
            for (int l = 0; l < 2; l++) {
                hold_to_bound(first_order[s], kinds[m], losses[l], 8000, 10);
                hold_to_bound(first_order[s], kinds[m], losses[l], 40, 3000);
                hold_to_bound(first_order[s], kinds[m], losses[l], 400, 400);
            }
}

static catalog_loss loss_for(const char *solver)
{
    static const char *const of_kinks[] = {"interior", "alm", "multipliers"};
    for (int i = 0; i < 3; i++)
        if (strcmp(solver, of_kinks[i]) == 0) return loss_named("hinge");
    return loss_named("squared");
}

static void every_solver_says_how_much_it_held(void **state)
{
    (void)state;
    for (int64_t s = 0; erm_solver_name(s); s++) {
        const char *const solver = erm_solver_name(s);
        owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named("csr f64"),
                                                                .loss = loss_for(solver),
                                                                .regularizer = erm_l2(1e-2),
                                                                .n = 2000,
                                                                .d = 50,
                                                                .intercept = true,
                                                                .seed = 4});
        int64_t peak;
        const erm_result result = solve_measured(solver, &owned->problem, &peak);
        if (llabs(result.workspace_bytes - peak) > peak / 100 + 8192)
            fail_case("%s: %lld bytes, the result says %lld", solver, (long long)peak, (long long)result.workspace_bytes);
        owned_problem_free(owned);
    }
}

/* The numbers as a file, mapped so that a write would end the process. */
static double *map_file(const double *numbers, size_t bytes)
{
    char path[] = "/tmp/ermopt_mapped_XXXXXX";
    const int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    unlink(path);
    assert_true(write(descriptor, numbers, bytes) == (ssize_t)bytes);
    double *const mapped = mmap(NULL, bytes, PROT_READ, MAP_SHARED, descriptor, 0);
    assert_true(mapped != MAP_FAILED);
    close(descriptor);
    return mapped;
}

static void a_mapped_file_serves_as_the_data_of_every_solver(void **state)
{
    (void)state;
    enum { N = 300, D = 7, SIZE = D + 1 };
    for (int64_t s = 0; erm_solver_name(s); s++) {
        const char *const solver = erm_solver_name(s);
        owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named("dense f64"),
                                                                .loss = loss_for(solver),
                                                                .regularizer = erm_l2(1e-2),
                                                                .n = N,
                                                                .d = D,
                                                                .intercept = true,
                                                                .seed = 5});
        double *const mapped = map_file(owned->matrix->full, sizeof(double) * N * D);
        const erm_dense X = erm_dense_f64(N, D, mapped, D);
        erm_problem problem = owned->problem;
        double w[2][SIZE] = {{0}};
        for (int way = 0; way < 2; way++) {
            if (way == 1) problem.X = &X.base;
            erm_options options = {.max_epochs = 3, .threads = 1};
            assert_true(erm_solver_from_name(solver, &options.solver));
            assert_int_equal(erm_solve(&problem, &options, w[way], NULL), ERM_OK);
        }
        if (memcmp(w[0], w[1], sizeof w[0])) fail_case("%s: a mapped file gives another w", solver);
        munmap(mapped, sizeof(double) * N * D);
        owned_problem_free(owned);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_order_solvers_need_some_vectors_of_n_k_and_of_d_k),
        cmocka_unit_test(every_solver_says_how_much_it_held),
        cmocka_unit_test(a_mapped_file_serves_as_the_data_of_every_solver),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
