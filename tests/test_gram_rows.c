/* Gram matrices of rows, and of the columns of listed rows, by two threads, over every storage format. */
#include "check.h"

#include "gram_samples.h"

static void the_gram_matrix_of_rows_is_the_sum_over_columns(void **state)
{
    (void)state;
    for (int kind = 0; kind < matrix_kinds_count; kind++)
        for (int centred = 0; centred < 2; centred++) {
            gram_sample *now = gram_sample_new(&matrix_kinds[kind], 91, 130, 0.3, centred ? 10 : 0, true);
            const gram_call how = {.of_rows = true, .centre = centred ? now->centre : NULL, .threads = 2};
            double *A = gram_computed(now, how), *metric = gram_zeros(now->d);
            for (int64_t j = 0; j < now->d; j++) metric[j] = 0.5 + (double)(j % 5);
            double *B = gram_computed(now, (gram_call){.of_rows = true, .centre = how.centre, .metric = metric, .threads = 2});
            for (int64_t i = 0; i < now->n; i++)
                for (int64_t k = 0; k < now->n; k++) {
                    long double a = 0, b = 0;
                    for (int64_t j = 0; j < now->d; j++) {
                        const long double product = gram_entry(now, how.centre, i, j) * gram_entry(now, how.centre, k, j);
                        a += product;
                        b += (long double)metric[j] * product;
                    }
                    assert_near(A[i * now->n + k], (double)a, 1e-11);
                    assert_near(B[i * now->n + k], (double)b, 1e-11);
                    assert_true(A[i * now->n + k] == A[k * now->n + i]);
                }
            free(A);
            free(B);
            free(metric);
            gram_sample_free(now);
        }
}

/* More columns than are packed together. */
static void the_gram_matrix_of_long_rows_is_the_sum_over_columns(void **state)
{
    (void)state;
    gram_sample *now = gram_sample_new(&matrix_kinds[0], 13, 2300, 1, 0, false);
    double *A = gram_computed(now, (gram_call){.of_rows = true, .threads = 2});
    for (int64_t i = 0; i < now->n; i++)
        for (int64_t k = 0; k < now->n; k++) {
            long double a = 0;
            for (int64_t j = 0; j < now->d; j++) a += gram_entry(now, NULL, i, j) * gram_entry(now, NULL, k, j);
            assert_near(A[i * now->n + k], (double)a, 1e-11);
        }
    free(A);
    gram_sample_free(now);
}

/* A row that is taken twice counts as one of twice the weight, and those that are not taken not at all. */
static void the_gram_matrix_of_a_list_is_that_of_the_rows_in_it(void **state)
{
    (void)state;
    enum { ROWS = 300, TAKEN = 170 };
    for (int kind = 0; kind < matrix_kinds_count; kind++) {
        gram_sample *now = gram_sample_new(&matrix_kinds[kind], ROWS, 21, 0.3, 0, true);
        double *h = gram_zeros(ROWS), each[TAKEN];
        int64_t list[TAKEN];
        for (int64_t t = 0; t < TAKEN; t++) {
            list[t] = t * t % ROWS;
            each[t] = 0.5 + (double)(t % 4);
            h[list[t]] += each[t];
        }
        double *B = gram_computed(now, (gram_call){.centre = now->centre, .h = h, .threads = 1}),
               *A = gram_zeros(now->m * now->m);
        erm__workspace ws;
        assert_int_equal(erm__workspace_open(&ws, &now->problem, 2), ERM_OK);
        double *memory = erm__arena_doubles(&ws.arena, erm__gram_memory(&ws));
        erm__gram_sample(&ws, now->centre, (erm_rows){.count = TAKEN, .list = list}, each, memory, A);
        for (int64_t p = 0; p < now->m * now->m; p++) assert_near(A[p], B[p], 1e-11);
        erm__workspace_close(&ws);
        free(A);
        free(B);
        free(h);
        gram_sample_free(now);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gram_matrix_of_rows_is_the_sum_over_columns),
        cmocka_unit_test(the_gram_matrix_of_long_rows_is_the_sum_over_columns),
        cmocka_unit_test(the_gram_matrix_of_a_list_is_that_of_the_rows_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
