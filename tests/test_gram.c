/* Gram matrices of columns against sums in long double over every storage format, with any number of threads. */
#include "check.h"

#include <float.h>

#include "gram_samples.h"
#include "named.h"

/* Around the sizes of panels, tiles, chunks and blocks. */
static const struct {
    int64_t n, d;
    double density;
} shapes[] = {{1, 1, 1}, {40, 7, 1}, {33, 8, 0.5}, {129, 12, 0.9}, {128, 23, 0.1}, {300, 25, 0.05}, {70, 57, 0.2}, {5, 0, 1}};

enum { SHAPES = sizeof shapes / sizeof *shapes };

static void the_gram_matrix_is_the_weighted_sum_of_outer_products(void **state)
{
    (void)state;
    for (int kind = 0; kind < matrix_kinds_count; kind++)
        for (int s = 0; s < SHAPES; s++)
            for (int intercept = 0; intercept < 2; intercept++) {
                gram_sample *now =
                    gram_sample_new(&matrix_kinds[kind], shapes[s].n, shapes[s].d, shapes[s].density, 0, intercept);
                const double tolerance = DBL_EPSILON * (double)(now->n + 8), loose = 100 * tolerance;
                gram_check(now, (gram_call){.threads = 2}, tolerance);
                gram_check(now, (gram_call){.h = now->h, .threads = 2}, tolerance);
                if (intercept) gram_check(now, (gram_call){.centre = now->centre, .h = now->h, .threads = 2}, loose);
                now->problem.weight = NULL;
                gram_check(now, (gram_call){.threads = 1}, tolerance);
                gram_sample_free(now);
            }
}

/* In floats, of columns of any size, in any order of rows. */
static void a_rough_gram_matrix_has_six_digits(void **state)
{
    (void)state;
    static const int64_t rows[] = {1, 129, 300, 4500}, cols[] = {3, 16, 33, 70};
    for (size_t s = 0; s < sizeof rows / sizeof *rows; s++)
        for (int intercept = 0; intercept < 2; intercept++) {
            gram_sample *now = gram_sample_new(kind_named("dense f64"), rows[s], cols[s], 1, 0, intercept);
            now->problem.weight = NULL;
            double *const unit = gram_zeros(now->d);
            for (int64_t j = 0; j < now->d; j++) unit[j] = 1 / (1 + (double)j);
            int64_t *const list = calloc((size_t)now->n, sizeof *list);
            for (int64_t i = 0; i < now->n; i++) list[i] = now->n - 1 - i;
            erm__workspace ws;
            assert_int_equal(erm__workspace_open(&ws, &now->problem, 2), ERM_OK);
            assert_true(erm__gram_is_dense(&ws));
            double *const memory = erm__arena_doubles(&ws.arena, erm__gram_memory(&ws)), *const A = gram_zeros(now->m * now->m);
            const double *const centre = intercept ? now->centre : NULL;
            erm__gram_rough(&ws, centre, unit, (erm_rows){.count = now->n, .list = list}, NULL, 1, memory, A);
            gram_is_its_definition(now, (gram_call){.centre = centre}, A, 1e-6);
            erm__gram_rough(&ws, centre, unit, (erm_rows){.count = now->n}, now->h, 1e-3, memory, A);
            gram_is_its_definition(now, (gram_call){.centre = centre, .h = now->h}, A, 1e-6);
            erm__workspace_close(&ws);
            free(A);
            free(list);
            free(unit);
            gram_sample_free(now);
        }
}

static void negative_weights_keep_their_sign(void **state)
{
    (void)state;
    for (int kind = 0; kind < matrix_kinds_count; kind++) {
        gram_sample *now = gram_sample_new(&matrix_kinds[kind], 150, 11, 0.6, 0, true);
        for (int64_t i = 0; i < now->n; i += 7) now->h[i] = -1 - (double)i;
        gram_check(now, (gram_call){.h = now->h, .threads = 1}, 200 * DBL_EPSILON);
        gram_sample_free(now);
    }
}

/* Centred sums of order 1 from numbers of order 1e6: digits are lost if the means are taken off afterwards. */
static void columns_with_large_means_keep_their_digits(void **state)
{
    (void)state;
    for (int kind = 0; kind < matrix_kinds_count; kind++) {
        gram_sample *now = gram_sample_new(&matrix_kinds[kind], 400, 40, 0.1, 1e6, true);
        gram_check(now, (gram_call){.centre = now->centre, .h = now->h, .threads = 2}, 1e-9);
        gram_sample_free(now);
    }
}

/* A matrix with nothing but the operations that every matrix has. */
static void a_matrix_without_optional_operations_has_a_gram_matrix(void **state)
{
    (void)state;
    for (int kind = 0; kind < matrix_kinds_count; kind++) {
        gram_sample *now = gram_sample_new(&matrix_kinds[kind], 100, 21, 0.1, 0, true);
        erm_matrix_ops ops = *now->matrix->X->ops;
        ops.row = NULL;
        ops.scan = NULL;
        now->matrix->view.dense.base.ops = &ops;
        gram_check(now, (gram_call){.centre = now->centre, .threads = 2}, 1e-12);
        gram_sample_free(now);
    }
}

static void check_threads(const gram_sample *now, gram_call how)
{
    static const int threads[] = {2, 3, 4, 7};
    how.threads = 1;
    double *one = gram_computed(now, how);
    const int64_t order = how.of_rows ? now->n : now->m;
    for (int t = 0; t < 4; t++) {
        how.threads = threads[t];
        double *many = gram_computed(now, how);
        if (memcmp(one, many, (size_t)(order * order) * sizeof *one) != 0)
            fail_case("%s: %d threads give other bits than one", now->name, how.threads);
        free(many);
    }
    free(one);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    static const int64_t rows[] = {2500, 900, 60}; /* in lanes, together, and fewer rows than columns */
    for (int kind = 0; kind < matrix_kinds_count; kind++)
        for (int s = 0; s < 3; s++)
            for (int density = 0; density < 2; density++) {
                gram_sample *now = gram_sample_new(&matrix_kinds[kind], rows[s], s == 2 ? 90 : 30, density ? 0.1 : 0.5, 0, true);
                check_threads(now, (gram_call){.centre = now->centre, .h = now->h});
                if (s == 2) check_threads(now, (gram_call){.centre = now->centre, .of_rows = true});
                gram_sample_free(now);
            }
}

static void lanes_add_up_to_the_sum(void **state)
{
    (void)state;
    for (int kind = 0; kind < matrix_kinds_count; kind++) {
        gram_sample *now = gram_sample_new(&matrix_kinds[kind], 2100, 13, kind % 2 ? 0.1 : 0.7, 0, true);
        gram_check(now, (gram_call){.centre = now->centre, .h = now->h, .threads = 2}, 1e-12);
        gram_sample_free(now);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gram_matrix_is_the_weighted_sum_of_outer_products),
        cmocka_unit_test(a_rough_gram_matrix_has_six_digits),
        cmocka_unit_test(negative_weights_keep_their_sign),
        cmocka_unit_test(columns_with_large_means_keep_their_digits),
        cmocka_unit_test(a_matrix_without_optional_operations_has_a_gram_matrix),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(lanes_add_up_to_the_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
