/* The parts of coordinate descent: working sets, Anderson extrapolation, columns. */
#include "check.h"

#include "matrices.h"
#include "named.h"
#include "solver/columns/columns.h"
#include "solver/descent/anderson.h"
#include "solver/descent/working_set.h"

static void a_working_set_has_the_highest_scores_in_order(void **state)
{
    (void)state;
    enum { MOST = 40 };
    erm_rng rng = erm_rng_seed(3);
    for (int round = 0; round < 500; round++) {
        const int64_t count = 1 + (int64_t)erm_rng_below(&rng, MOST), wanted = (int64_t)erm_rng_below(&rng, MOST + 2);
        double score[MOST], scratch[MOST];
        int32_t list[MOST];
        int64_t positive = 0;
        for (int64_t j = 0; j < count; j++) {
            score[j] = erm_rng_below(&rng, 9) ? (double)erm_rng_below(&rng, 6) : INFINITY; /* many are equal */
            positive += score[j] > 0;
        }
        const int64_t chosen = erm__working_set(count, score, wanted, scratch, list);
        assert_int_equal(chosen, wanted < positive ? wanted : positive);
        bool in[MOST] = {false};
        for (int64_t t = 0; t < chosen; t++) {
            assert_true(t == 0 || list[t] > list[t - 1]);
            assert_true(score[list[t]] > 0);
            in[list[t]] = true;
        }
        for (int64_t i = 0; i < count; i++)
            for (int64_t j = 0; j < count; j++)
                if (in[i] && !in[j] && (score[j] > score[i] || (score[j] == score[i] && j < i)))
                    fail_case("%lld is in, and %lld is not", (long long)i, (long long)j);
    }
}

static void extrapolation_solves_a_linear_iteration(void **state)
{
    (void)state;
    enum { LENGTH = 4, Y = 2, POINTS = ERM_ANDERSON + 1 };
    const double rate[LENGTH] = {0.9, -0.5, 0.99, 0.3}, limit[LENGTH] = {1, -2, 3, 7};
    double x[POINTS * LENGTH], y[POINTS * Y], scale[LENGTH] = {1, 2, 0.5, 1}, at[LENGTH], follows[Y];
    erm__anderson anderson = {.room = LENGTH, .y_length = Y, .x = x, .y = y, .scale = scale};
    erm__anderson_reset(&anderson, LENGTH);
    for (int k = 0; k < POINTS; k++) {
        assert_false(erm__anderson_full(&anderson));
        double *const now = erm__anderson_x(&anderson), *const then = erm__anderson_y(&anderson);
        for (int j = 0; j < LENGTH - 1; j++) now[j] = limit[j] + pow(rate[j], k);
        now[LENGTH - 1] = limit[LENGTH - 1]; /* does not move, and must not */
        then[0] = now[0] + 2 * now[1];
        then[1] = now[2] - 1;
        erm__anderson_push(&anderson);
    }
    assert_true(erm__anderson_full(&anderson));
    assert_true(erm__anderson_extrapolate(&anderson, at, follows));
    for (int j = 0; j < LENGTH; j++) assert_near(at[j], limit[j], 1e-3);
    assert_true(at[LENGTH - 1] == limit[LENGTH - 1]);
    assert_near(follows[0], at[0] + 2 * at[1], 1e-12);
    assert_near(follows[1], at[2] - 1, 1e-12);
}

static void check_column(const owned_matrix *matrix, const erm__columns *X, int64_t j, const double *h, const double *r)
{
    const int64_t n = matrix->rows, d = matrix->cols;
    double dot = 0, mean = 0, spread = 0, total = 0, q[64] = {0}, several[64] = {0}, out = 0;
    for (int64_t i = 0; i < n; i++) {
        const double x = matrix->full[i * d + j];
        dot += x * r[i];
        mean += h[i] * x;
        spread += h[i] * (x - 0.3) * (x - 0.3);
        total += h[i];
    }
    assert_near(X->ops->dot(X, j, r), dot, 1e-12);
    assert_near(X->ops->mean(X, j, h), mean, 1e-12);
    assert_near(X->ops->spread(X, j, h, total, 0.3), spread, 1e-12);
    const int32_t list = (int32_t)j;
    const double factor = -1.7;
    X->ops->add(X, j, factor, h, (j + 1) % d, q);
    X->ops->adds(X, 1, &list, &factor, several);
    X->ops->dots(X, 1, &list, r, &out);
    assert_near(out, dot, 1e-12);
    for (int64_t i = 0; i < n; i++) {
        assert_near(q[i], factor * h[i] * matrix->full[i * d + j], 1e-13);
        assert_near(several[i], factor * matrix->full[i * d + j], 1e-13);
    }
}

/* Several at once, of which some kernels take four together. */
static void check_columns(const erm__columns *X, const double *r)
{
    const int64_t n = X->n, d = X->d;
    int32_t list[16];
    double a[16], out[16], one[64] = {0}, several[64] = {0};
    for (int32_t j = 0; j < d; j++) {
        list[j] = (int32_t)d - 1 - j;
        a[j] = 0.3 * j - 1;
        X->ops->add(X, list[j], a[j], NULL, list[j], one);
    }
    X->ops->adds(X, d, list, a, several);
    X->ops->dots(X, d, list, r, out);
    for (int64_t i = 0; i < n; i++) assert_near(several[i], one[i], 1e-13);
    for (int64_t j = 0; j < d; j++) assert_near(out[j], X->ops->dot(X, list[j], r), 1e-13);
}

static void columns_of_every_matrix_are_its_columns(void **state)
{
    (void)state;
    enum { N = 53, D = 7 };
    erm_rng rng = erm_rng_seed(11);
    for (int m = 0; matrix_kind_at(m); m++) {
        const matrix_kind *kind = matrix_kind_at(m);
        double *const full = random_numbers(&rng, N, D, kind->sparse ? 0.4 : 1), h[N], r[N];
        owned_matrix *matrix = owned_matrix_new(kind, N, D, full);
        for (int i = 0; i < N; i++) {
            h[i] = erm_rng_uniform(&rng);
            r[i] = erm_rng_normal(&rng);
        }
        erm__columns columns;
        int32_t scratch[D];
        char detail[ERM_DETAIL_SIZE];
        if (erm__columns_open(&columns, matrix->X, 2, detail)) fail_case("%s: %s", kind->name, detail);
        assert_true(columns.n == matrix->rows && columns.d == matrix->cols);
        erm__columns_want(&columns, D, (const int32_t[]){0, 1, 2, 3, 4, 5, 6}, 2, scratch);
        for (int64_t j = 0; j < matrix->cols; j++) check_column(matrix, &columns, j, h, r);
        check_columns(&columns, r);
        erm__columns_close(&columns);
        owned_matrix_free(matrix);
        free(full);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_working_set_has_the_highest_scores_in_order),
        cmocka_unit_test(extrapolation_solves_a_linear_iteration),
        cmocka_unit_test(columns_of_every_matrix_are_its_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
