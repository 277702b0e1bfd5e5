/* SVRG, in all its forms, and SAGA on sparse rows: lazy updates that equal dense ones, and the same bits for a seed. */
#include "check.h"

#include "ermopt/solve.h"
#include "named.h"
#include "problems.h"

enum { D = 5, SIZE = 512 };

/* Gives the problem d columns of which a row has few values. */
static void make_sparse(owned_problem *owned, const char *kind, int64_t d, double density, uint64_t seed)
{
    erm_rng rng = erm_rng_seed(seed);
    double *const full = random_numbers(&rng, owned->problem.X->rows, d, density);
    owned_matrix *const matrix = owned_matrix_new(kind_named(kind), owned->problem.X->rows, d, full);
    free(full);
    owned_matrix_free(owned->matrix);
    owned->matrix = matrix;
    owned->problem.X = matrix->X;
    owned->size = erm_problem_size(&owned->problem);
}

static erm_result solve_by(erm_solver solver, const erm_problem *problem, erm_options options, double *w)
{
    erm_result result;
    options.solver = solver;
    if (erm_solve(problem, &options, w, &result)) fail_case("%s: %s", solver.ops->name, result.detail);
    return result;
}

enum { FORMS = 4 };

static erm_solver form(int number)
{
    static const erm_svrg_params plain = {.batch = 1}, loopless = {.batch = 1, .loopless = true},
                                 accelerated = {.batch = 1, .accelerated = true};
    static const erm_saga_params saga = {.batch = 1};
    const erm_solver all[FORMS] = {erm_solver_svrg(&plain), erm_solver_svrg(&loopless), erm_solver_svrg(&accelerated),
                                   erm_solver_saga(&saga)};
    return all[number];
}

static int64_t advances; /* calls of the regularizer's advance in the test below */
static void (*real_advance)(const erm_regularizer *, erm_shape, int64_t, const int32_t *, const int64_t *, double, double,
                            const double *, const double *, double *);

static void counting_advance(const erm_regularizer *self, erm_shape shape, int64_t n, const int32_t *index, const int64_t *count,
                             double step, double pull, const double *metric, const double *drift, double *W)
{
    advances++;
    real_advance(self, shape, n, index, count, step, pull, metric, drift, W);
}

static int64_t proxes; /* and of its prox, which dense steps call once a step */
static void (*real_prox)(const erm_regularizer *, erm_shape, double, const double *, const double *, double *);

static void counting_prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V,
                          double *W)
{
    proxes++;
    real_prox(self, shape, step, metric, V, W);
}

static void assert_equal(const double *a, const double *b, int64_t size, int number, const char *way)
{
    for (int64_t e = 0; e < size; e++)
        if (fabs(a[e] - b[e]) > 1e-10 * fmax(1, fabs(b[e])))
            fail_case("form %d, %s: w[%d] = %.15g, not %.15g", number, way, (int)e, a[e], b[e]);
}

static void lazy_updates_equal_dense_ones(void **state)
{
    (void)state;
    const erm_regularizer regularizers[] = {erm_none(), erm_l1(0.01), erm_l2(0.1), erm_elastic_net(0.01, 0.1), erm_nonnegative()};
    for (size_t r = 0; r < sizeof regularizers / sizeof regularizers[0]; r++)
        for (uint64_t seed = 0; seed < 8 * FORMS; seed++) {
            const erm_solver solver = form((int)(seed / 8));
            owned_problem *owned =
                owned_problem_new((problem_spec){.kind = kind_named("csr f64"),
                                                 .loss = loss_named(seed & 2 ? "logistic" : "cross-entropy, 5 classes"),
                                                 .regularizer = regularizers[r],
                                                 .n = 90,
                                                 .d = D,
                                                 .weights = seed & 4,
                                                 .offset = seed & 4,
                                                 .intercept = !(seed & 4),
                                                 .seed = seed});
            make_sparse(owned, seed & 1 ? "csr f64" : "csr f32", 80, 0.03, seed);
            erm_regularizer_ops whole = *regularizers[r].ops, lazy = whole, dense = whole;
            real_advance = lazy.advance;
            real_prox = whole.prox;
            whole.prox = counting_prox;
            lazy.advance = counting_advance;
            lazy.entry = NULL;
            dense.advance = NULL;
            const erm_options one = {.tol = 1e-15, .max_epochs = 3, .seed = seed};
            double a[SIZE] = {0}, b[SIZE] = {0}, c[SIZE] = {0};
            proxes = advances = 0;
            owned->problem.regularizer.ops = &whole;
            solve_by(solver, &owned->problem, one, c);
            if (proxes >= 90) fail_case("%s, %s: columns were not brought up to date just in time", solver.ops->name, lazy.name);
            owned->problem.regularizer.ops = &lazy;
            solve_by(solver, &owned->problem, one, a);
            if (advances < 2 * 90) fail_case("%s, %s: rows were not updated lazily", solver.ops->name, lazy.name);
            owned->problem.regularizer.ops = &dense;
            solve_by(solver, &owned->problem, one, b);
            assert_equal(a, b, owned->size, (int)seed / 8, lazy.name);
            assert_equal(c, b, owned->size, (int)seed / 8, lazy.name);
            owned_problem_free(owned);
        }
}

static void the_same_seed_gives_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    for (int way = 0; way < 2 * FORMS; way++) {
        const bool sparse = way % 2 == 1;
        owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named("dense f64"),
                                                                .loss = loss_named("logistic"),
                                                                .regularizer = erm_l2(0.01),
                                                                .n = 4000,
                                                                .d = 20,
                                                                .seed = 2});
        if (sparse) make_sparse(owned, "csr f64", 60, 0.05, 1);
        double w[4][SIZE] = {{0}};
        for (int run = 0; run < 4; run++)
            solve_by(form(way / 2), &owned->problem,
                     (erm_options){.tol = 1e-15, .max_epochs = 4, .threads = run < 3 ? run + 1 : 1, .seed = run < 3 ? 7 : 8},
                     w[run]);
        assert_memory_equal(w[0], w[1], sizeof w[0]);
        assert_memory_equal(w[0], w[2], sizeof w[0]);
        assert_memory_not_equal(w[0], w[3], sizeof w[0]);
        owned_problem_free(owned);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lazy_updates_equal_dense_ones),
        cmocka_unit_test(the_same_seed_gives_the_same_bits_for_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
