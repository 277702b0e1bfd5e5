/* Matrices that are read through windows: every operation, and whole fits, give the bits of the same matrix in memory, from any
 * number of threads. */
#include "check.h"

#include <pthread.h>
#include <stdio.h>

#include "ermopt.h"
#include "window_pairs.h"

static char detail[ERM_DETAIL_SIZE];

static const struct {
    bool dense, single;
    int64_t resident_bytes;
} KINDS[] = {
    {false, false, 34000}, {false, true, 34000},  {true, false, 2500},   {true, true, 1300},
    {false, false, 80000}, {false, true, 150000}, {true, false, 150000}, {true, true, 1 << 24},
};
enum { KINDS_COUNT = sizeof KINDS / sizeof *KINDS };

/* ---- operations -------------------------------------------------------------------------------------------------- */

static void assert_same(const double *a, const double *b, int64_t count, bool exactly)
{
    if (exactly && count > 0) assert_memory_equal(a, b, (size_t)count * sizeof *a);
    for (int64_t p = 0; p < count; p++) assert_near(a[p], b[p], 1e-11);
}

/* Dense rows are worked on in groups within a call, so there the bits are the same for calls that fit into a window. */
static void assert_same_products(const erm_matrix *A, const erm_matrix *B, erm_rows rows, int64_t k, bool fits)
{
    static double W[WINDOW_ROWS * 3], Z[2][WINDOW_ROWS * 3], G[4][WINDOW_COLS * 3];
    const bool exactly = fits || A->ops->sparse;
    for (int64_t p = 0; p < WINDOW_ROWS * 3; p++) W[p] = (double)(p % 17) / 3 - 2;
    memset(G, 0, sizeof G);
    A->ops->mul(A, rows, k, W, Z[0]);
    B->ops->mul(B, rows, k, W, Z[1]);
    assert_same(Z[0], Z[1], rows.count * k, exactly);
    A->ops->mul_t(A, rows, k, W, G[0]);
    B->ops->mul_t(B, rows, k, W, G[1]);
    assert_same(G[0], G[1], WINDOW_COLS * k, exactly);
    A->ops->row_sqnorms(A, rows, Z[0]);
    B->ops->row_sqnorms(B, rows, Z[1]);
    assert_same(Z[0], Z[1], rows.count, exactly);
    A->ops->col_sqsums(A, rows, W, G[2]);
    B->ops->col_sqsums(B, rows, W, G[3]);
    A->ops->col_sqsums(A, rows, NULL, G[2]);
    B->ops->col_sqsums(B, rows, NULL, G[3]);
    assert_same(G[2], G[3], WINDOW_COLS, exactly);
}

typedef struct table {
    double x[400][WINDOW_COLS];
} table;

static void put(const erm_piece *piece, void *context)
{
    table *to = context;
    assert_false(piece->column);
    for (int64_t p = 0; p < piece->count; p++)
        to->x[piece->line][piece->first + (piece->index ? piece->index[p] : p)] += piece->value[p];
}

static void assert_same_values(const erm_matrix *A, const erm_matrix *B, erm_rows rows)
{
    static table a, b;
    memset(&a, 0, sizeof a);
    memset(&b, 0, sizeof b);
    assert_true(A->ops->scan(A, rows, put, &a) && B->ops->scan(B, rows, put, &b));
    assert_memory_equal(&a, &b, sizeof a);
    for (int64_t t = 0; t < rows.count; t++) {
        int32_t index[2][WINDOW_COLS];
        double value[2][WINDOW_COLS];
        const int64_t i = erm_row_number(rows, t);
        const erm_row x = A->ops->row(A, i, index[0], value[0]), z = B->ops->row(B, i, index[1], value[1]);
        assert_int_equal(x.count, z.count);
        assert_int_equal(!x.index, !z.index);
        if (x.count > 0) assert_memory_equal(x.value, z.value, (size_t)x.count * sizeof(double));
        if (x.count > 0 && x.index) assert_memory_equal(x.index, z.index, (size_t)x.count * sizeof(int32_t));
    }
}

static void every_operation_has_the_bits_of_the_matrix_in_memory(void **state)
{
    (void)state;
    static int64_t list[300];
    for (int64_t t = 0; t < 300; t++) list[t] = t < 100 ? (t * 37) % WINDOW_ROWS : t < 200 ? 1000 + t : (t * t) % WINDOW_ROWS;
    const erm_rows ranges[] = {{0, WINDOW_ROWS, NULL}, {0, 0, NULL},   {5, 1, NULL}, {900, 64, NULL},
                               {964, 64, NULL},        {0, 300, list}, {40, 7, list}};
    for (int c = 0; c < KINDS_COUNT; c++) {
        window_pair pair = window_pair_open(KINDS[c].dense, KINDS[c].single, KINDS[c].resident_bytes);
        const erm_matrix *A = &pair.copy.matrix.base, *B = pair.mapped.X;
        for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++)
            for (int64_t k = 1; k <= 3; k += 2)
                assert_same_products(A, B, ranges[r], k, ranges[r].count < 100 && KINDS[c].resident_bytes > 100000);
        assert_same_values(A, B, (erm_rows){700, 400, NULL});
        assert_same_values(A, B, (erm_rows){0, 300, list});
        assert_int_equal(B->ops->check(B, detail), ERM_OK);
        window_pair_close(&pair);
    }
}

typedef struct reader {
    const erm_matrix *X;
    const double *W, *Z; /* what to multiply by, and what comes out */
    int64_t step;
    bool good;
} reader;

static void *read_blocks(void *context)
{
    reader *self = context;
    self->good = true;
    for (int64_t t = 1; t <= 200; t++) {
        const int64_t begin = t * self->step % (WINDOW_ROWS - 50);
        double z[50], value[WINDOW_COLS], sum = 0;
        int32_t index[WINDOW_COLS];
        self->X->ops->mul(self->X, (erm_rows){.begin = begin, .count = 50}, 1, self->W, z);
        const erm_row row = self->X->ops->row(self->X, begin, index, value);
        for (int64_t p = 0; p < row.count; p++) sum += row.value[p] * self->W[row.index ? row.index[p] : p];
        self->good = self->good && memcmp(z, self->Z + begin, sizeof z) == 0 && fabs(sum - z[0]) < 1e-9;
    }
    return NULL;
}

static void threads_share_the_windows(void **state)
{
    (void)state;
    enum { THREADS = 8 };
    for (int c = 0; c < KINDS_COUNT; c++) {
        window_pair pair = window_pair_open(KINDS[c].dense, KINDS[c].single, KINDS[c].resident_bytes);
        static double W[WINDOW_COLS], Z[WINDOW_ROWS];
        for (int j = 0; j < WINDOW_COLS; j++) W[j] = j - 10;
        pair.copy.matrix.base.ops->mul(&pair.copy.matrix.base, (erm_rows){.count = WINDOW_ROWS}, 1, W, Z);
        reader readers[THREADS];
        pthread_t thread[THREADS];
        for (int t = 0; t < THREADS; t++) {
            readers[t] = (reader){.X = pair.mapped.X, .W = W, .Z = Z, .step = t % 2 ? 50 : 7919 + t};
            assert_int_equal(pthread_create(&thread[t], NULL, read_blocks, &readers[t]), 0);
        }
        for (int t = 0; t < THREADS; t++) {
            assert_int_equal(pthread_join(thread[t], NULL), 0);
            if (!readers[t].good) fail_case("kind %d: thread %d read something else", c, t);
        }
        window_pair_close(&pair);
    }
}

/* ---- fits -------------------------------------------------------------------------------------------------------- */

static void fit(const erm_matrix *X, const double *y, erm_solver solver, int threads, double *w, erm_result *result)
{
    const erm_problem problem = {.X = X, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l2(0.01), .intercept = true};
    const erm_options options = {.solver = solver, .tol = 1e-7, .threads = threads, .seed = 3};
    memset(w, 0, (WINDOW_COLS + 1) * sizeof *w);
    if (erm_solve(&problem, &options, w, result) != ERM_OK) fail_case("%s", result->detail);
    if (result->stop != ERM_STOP_CONVERGED) fail_case("%s: %s", result->solver, result->detail);
}

static void fits_through_windows_have_the_same_bits(void **state)
{
    (void)state;
    const erm_solver solvers[] = {erm_solver_prox(NULL),
                                  erm_solver_lbfgs(NULL),
                                  erm_solver_newton(NULL),
                                  erm_solver_newton_cg(NULL),
                                  erm_solver_dual(NULL),
                                  erm_solver_saga(NULL),
                                  {0}};
    static const int kinds[] = {0, 1, 6, 7};
    for (int t = 0; t < 4; t++) {
        const int c = kinds[t];
        window_pair pair = window_pair_open(KINDS[c].dense, KINDS[c].single, KINDS[c].resident_bytes);
        for (size_t s = 0; s < sizeof solvers / sizeof *solvers; s++) {
            double w[2][WINDOW_COLS + 1];
            erm_result result[2];
            fit(&pair.copy.matrix.base, pair.set.y, solvers[s], 1, w[0], &result[0]);
            fit(pair.mapped.X, pair.set.y, solvers[s], 3, w[1], &result[1]);
            if (memcmp(w[0], w[1], sizeof w[0]) != 0) fail_case("kind %d: %s has other bits", c, result[0].solver);
            assert_true(result[0].certificate.gap == result[1].certificate.gap);
        }
        window_pair_close(&pair);
    }
}

static void auto_takes_no_solver_that_copies_what_is_out_of_core(void **state)
{
    (void)state;
    enum { FEW = 600 };
    int64_t list[FEW];
    for (int64_t t = 0; t < FEW; t++) list[t] = t;
    window_pair pair = window_pair_open(false, false, 100000);
    /* few rows, for which auto takes coordinate descent where it may: a view is out of core as what it views */
    const erm_rows_view memory = erm_rows_view_of(&pair.copy.matrix.base, FEW, list),
                        file = erm_rows_view_of(pair.mapped.X, FEW, list);
    erm_problem problem = {.X = &memory.base,
                           .y = pair.set.y,
                           .loss = erm_loss_logistic(),
                           .regularizer = erm_l1(0.01),
                           .intercept = true,
                           .standardise = true};
    double w[WINDOW_COLS + 1] = {0};
    erm_result result;
    assert_int_equal(erm_solve(&problem, NULL, w, &result), ERM_OK);
    assert_string_equal(result.solver, "cd");
    problem.X = &file.base;
    assert_int_equal(erm_solve(&problem, NULL, w, &result), ERM_OK);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    assert_string_equal(result.solver, "prox");
    assert_int_equal(result.copied_bytes, 0);
    window_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_has_the_bits_of_the_matrix_in_memory),
        cmocka_unit_test(threads_share_the_windows),
        cmocka_unit_test(fits_through_windows_have_the_same_bits),
        cmocka_unit_test(auto_takes_no_solver_that_copies_what_is_out_of_core),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
