/* Copies of every format and view in every format: the same numbers, the same bits for any number of threads, and their size. */
#include "check.h"

#include "matrices.h"
#include "operators.h"

typedef erm_status copier(const erm_matrix *X, const erm_copy_options *options, erm_matrix_copy *copy, char *detail);

static copier *const copiers[] = {erm_csr_from, erm_csc_from, erm_dense_from, erm_dense_col_from};
static const char *const names[] = {"csr f64",   "csr f32",   "csc f64",           "csc f32",
                                    "dense f64", "dense f32", "dense columns f64", "dense columns f32"};

enum { COPIERS = 4 };

/* X has the numbers of full (rows x cols, or its transpose), as floats if `single`. */
static void assert_numbers(const erm_matrix *X, const double *full, bool transposed, bool single)
{
    double *row = calloc((size_t)X->cols + 1, sizeof *row);
    const double one = 1;
    for (int64_t i = 0; i < X->rows; i++) {
        memset(row, 0, (size_t)X->cols * sizeof *row);
        X->ops->mul_t(X, (erm_rows){.begin = i, .count = 1}, 1, &one, row);
        for (int64_t j = 0; j < X->cols; j++) {
            const double x = full[transposed ? j * X->rows + i : i * X->cols + j];
            if (row[j] != (single ? (double)(float)x : x))
                fail_case("%s: X[%lld][%lld] is %.17g, expected %.17g", X->ops->name, (long long)i, (long long)j, row[j], x);
        }
    }
    free(row);
}

static int64_t expected_bytes(const erm_matrix_copy *copy, int c, int64_t nonzeros, bool single)
{
    const erm_matrix *X = &copy->matrix.base;
    const int64_t size = single ? 4 : 8;
    if (c > 1) return X->rows * X->cols > 0 ? X->rows * X->cols * size : size;
    const int64_t lines = c == 0 ? X->rows : X->cols, stored = nonzeros > 0 ? nonzeros : 1;
    return (lines + 1) * 8 + stored * (4 + size);
}

static void check_copies(const owned_matrix *matrix)
{
    const erm_matrix *X = matrix->X;
    int64_t nonzeros = 0;
    for (int64_t p = 0; p < X->rows * X->cols; p++) nonzeros += matrix->full[p] != 0;
    for (int way = 0; way < 4 * COPIERS; way++) {
        const int c = way / 4;
        const erm_copy_options options = {.single = way % 2, .transposed = way / 2 % 2, .threads = 1 + way % 3};
        erm_matrix_copy copy;
        char detail[ERM_DETAIL_SIZE] = "";
        if (copiers[c](X, &options, &copy, detail) != ERM_OK) fail_case("%s to %s: %s", X->ops->name, names[2 * c], detail);
        const erm_matrix *Y = &copy.matrix.base;
        assert_string_equal(Y->ops->name, names[2 * c + options.single]);
        assert_int_equal(Y->rows, options.transposed ? X->cols : X->rows);
        assert_int_equal(Y->cols, options.transposed ? X->rows : X->cols);
        assert_int_equal(Y->nnz, c < 2 ? nonzeros : Y->rows * Y->cols);
        assert_int_equal(copy.bytes, expected_bytes(&copy, c, nonzeros, options.single));
        if (Y->ops->check(Y, detail) != ERM_OK) fail_case("%s to %s: %s", X->ops->name, Y->ops->name, detail);
        assert_numbers(Y, matrix->full, options.transposed, options.single);
        erm_matrix_copy_free(&copy);
        assert_null(copy.values);
    }
}

static void every_format_and_view_is_copied_to_every_format(void **state)
{
    (void)state;
    static const struct {
        int64_t rows, cols;
        double density;
    } shapes[] = {{23, 17, 0.3}, {4, 300, 0.5}, {40, 3, 1}, {6, 5, 0}, {0, 4, 1}, {3, 0, 1}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int kind = 0; matrix_kind_at(kind); kind++) {
            erm_rng rng = erm_rng_seed(s);
            double *full = random_numbers(&rng, shapes[s].rows, shapes[s].cols, shapes[s].density);
            owned_matrix *matrix = owned_matrix_new(matrix_kind_at(kind), shapes[s].rows, shapes[s].cols, full);
            check_copies(matrix);
            owned_matrix_free(matrix);
            free(full);
        }
}

static void assert_same(const erm_matrix_copy *a, const erm_matrix_copy *b, size_t size)
{
    const size_t nnz = (size_t)a->matrix.base.nnz;
    assert_int_equal(a->bytes, b->bytes);
    assert_memory_equal(a->values, b->values, nnz * size);
    if (a->index) assert_memory_equal(a->index, b->index, nnz * sizeof *a->index);
}

/* Large enough for five threads to be used. */
static void copies_are_the_same_for_any_number_of_threads(void **state)
{
    (void)state;
    enum { N = 701, D = 800 };
    erm_rng rng = erm_rng_seed(1);
    double *full = random_numbers(&rng, N, D, 0.95);
    static const char *const kinds[] = {"csr f64", "csc f64", "columns of dense f32", "centred csr f64"};
    for (int m = 0; m < 4; m++) {
        owned_matrix *matrix = owned_matrix_new(matrix_kind_called(kinds[m]), N, D, full);
        for (int c = 0; c < COPIERS; c++) {
            erm_matrix_copy first, copy;
            for (int threads = 1; threads <= 5; threads += 2) {
                const erm_copy_options options = {.threads = threads, .single = c % 2};
                assert_int_equal(copiers[c](matrix->X, &options, threads == 1 ? &first : &copy, NULL), ERM_OK);
                if (threads == 1) continue;
                assert_same(&first, &copy, options.single ? sizeof(float) : sizeof(double));
                erm_matrix_copy_free(&copy);
            }
            assert_numbers(&first.matrix.base, matrix->full, false, c % 2);
            erm_matrix_copy_free(&first);
        }
        owned_matrix_free(matrix);
    }
    free(full);
}

static void a_matrix_of_the_user_s_own_is_copied(void **state)
{
    (void)state;
    enum { N = 9, D = 6 };
    const cosines X = cosines_of(N, D);
    double full[N * D];
    for (int p = 0; p < N * D; p++) full[p] = cos((double)(p / D + 1) * (double)(p % D + 1));
    for (int c = 0; c < COPIERS; c++) {
        erm_matrix_copy copy;
        assert_int_equal(copiers[c](&X.base, NULL, &copy, NULL), ERM_OK);
        assert_numbers(&copy.matrix.base, full, false, false);
        erm_matrix_copy_free(&copy);
    }
}

static void assert_refused(const erm_matrix *X, const erm_copy_options *options, int c, erm_status expected, const char *sentence)
{
    char detail[ERM_DETAIL_SIZE] = "";
    erm_matrix_copy copy = {0};
    assert_int_equal(copiers[c](X, options, &copy, detail), expected);
    assert_string_equal(detail, sentence);
    assert_int_equal(copiers[c](X, options, &copy, NULL), expected);
    assert_null(copy.values);
}

static void what_cannot_be_copied_is_refused(void **state)
{
    (void)state;
    const double bad[] = {1, NAN}, large[] = {1, -1e300};
    const erm_dense X = erm_dense_f64(1, 2, bad, 2), Y = erm_dense_f64(1, 2, large, 2);
    const cosines tall = cosines_of(INT64_C(3000000000), 1), huge = cosines_of(INT64_C(1) << 60, 1);
    const erm_copy_options single = {.single = true}, transposed = {.transposed = true}, threads = {.threads = -1};
    for (int c = 0; c < COPIERS; c++) {
        assert_refused(NULL, NULL, c, ERM_EINVAL, "there is no matrix to copy");
        assert_refused(&X.base, NULL, c, ERM_EDATA, "X[0][1] is nan; expected finite values");
        assert_refused(&Y.base, &single, c, ERM_EDATA, "X has numbers that are too large for a copy in floats");
        assert_refused(&Y.base, &threads, c, ERM_EINVAL, "options.threads is -1; expected 0 or more");
    }
    assert_refused(&tall.base, NULL, 1, ERM_EINVAL, "X has 3000000000 rows; such a copy can have at most 2147483647");
    assert_refused(&tall.base, &transposed, 0, ERM_EINVAL, "X has 3000000000 rows; such a copy can have at most 2147483647");
    assert_refused(&tall.base, &transposed, 2, ERM_EINVAL,
                   "X has 3000000000 rows; a transposed copy can have at most 2147483647");
    assert_refused(&huge.base, NULL, 2, ERM_ENOMEM, "there is no memory for a copy of X");
    erm_matrix_copy_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_and_view_is_copied_to_every_format),
        cmocka_unit_test(copies_are_the_same_for_any_number_of_threads),
        cmocka_unit_test(a_matrix_of_the_user_s_own_is_copied),
        cmocka_unit_test(what_cannot_be_copied_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
