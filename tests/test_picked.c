/* Columns of sparse X that are read row by row, and copied when they are wanted. */
#include "check.h"

#include <string.h>

#include "matrices.h"
#include "named.h"
#include "solver/columns/columns.h"

enum { N = 1500, D = 90, MOST = 40 };

typedef struct sparse_case {
    const matrix_kind *kind;
    double *full;
    owned_matrix *matrix;
    double d[N], h[N];
} sparse_case;

static sparse_case *case_new(const char *kind, erm_rng *rng)
{
    sparse_case *const self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->kind = kind_named(kind);
    self->full = random_numbers(rng, N, D, 0.2);
    self->matrix = owned_matrix_new(self->kind, N, D, self->full);
    for (int i = 0; i < N; i++) {
        self->d[i] = erm_rng_normal(rng);
        self->h[i] = erm_rng_uniform(rng);
    }
    return self;
}

static void case_free(sparse_case *self)
{
    owned_matrix_free(self->matrix);
    free(self->full);
    free(self);
}

static double at(const sparse_case *self, int64_t i, int64_t j) { return self->matrix->full[i * D + j]; }

static int64_t random_list(erm_rng *rng, int32_t *list)
{
    int64_t count = 0;
    for (int32_t j = 0; j < D && count < MOST; j++)
        if (erm_rng_below(rng, 3) == 0) list[count++] = j;
    return count;
}

static void check_sums(const sparse_case *self, const erm__picked *picked, int threads)
{
    const double *products = erm__picked_products(picked, self->d, threads);
    for (int64_t s = 0; s < picked->count; s++) {
        double sum = 0;
        for (int64_t i = 0; i < N; i++) sum += self->d[i] * at(self, i, picked->list[s]);
        assert_near(products[s], sum, 1e-11);
    }
    const double *sums = erm__picked_sums(picked, self->h, threads);
    for (int64_t s = 0; s < picked->count; s++) {
        double sum = 0, square = 0;
        for (int64_t i = 0; i < N; i++) {
            const double x = at(self, i, picked->list[s]);
            sum += self->h[i] * x;
            square += self->h[i] * x * x;
        }
        assert_near(sums[2 * s], sum, 1e-11);
        assert_near(sums[2 * s + 1], square, 1e-11);
    }
}

static void check_margins(const sparse_case *self, const erm__picked *picked, int64_t count, const int32_t *list, int threads)
{
    double u[N];
    erm__picked_margins(picked, count, list, self->d, 0.5, threads, u);
    for (int64_t i = 0; i < N; i++) {
        double sum = 0.5;
        for (int64_t t = 0; t < count; t++) sum += self->d[t] * at(self, i, list[t]);
        assert_near(u[i], sum, 1e-12);
    }
}

typedef struct squares {
    const double *u;
    double d[N];
    int64_t end[ERM_PICKED_LANES];
    bool in_order;
} squares;

static void take_squares(void *data, int64_t lane, int64_t begin, int64_t end)
{
    squares *const to = data;
    if (to->end[lane] != 0 && to->end[lane] != begin) to->in_order = false;
    to->end[lane] = end;
    for (int64_t i = begin; i < end; i++) to->d[i] = to->u[i] * to->u[i];
}

/* One walk has the bits of two. */
static void check_walk(const sparse_case *self, const erm__picked *picked, int64_t count, const int32_t *list, int threads)
{
    double u[N], v[N], products[MOST];
    squares of = {.u = u, .in_order = true};
    const erm__picked_walk walk = {
        .count = count, .list = list, .a = self->d, .constant = 0.5, .u = u, .then = take_squares, .data = &of, .d = of.d};
    memcpy(products, erm__picked_do(picked, &walk, threads), (size_t)picked->count * sizeof *products);
    erm__picked_margins(picked, count, list, self->d, 0.5, 1, v);
    assert_memory_equal(u, v, sizeof u);
    for (int64_t i = 0; i < N; i++) v[i] *= v[i];
    assert_memory_equal(of.d, v, sizeof v);
    assert_memory_equal(products, erm__picked_products(picked, v, 1), (size_t)picked->count * sizeof *products);
    assert_true(of.in_order);
}

/* Of so few values all rows are looked at. */
static void check_estimate(const sparse_case *self, const erm__picked *picked, int64_t count, const int32_t *list)
{
    int32_t mark[D] = {0};
    const erm__picked_size size = erm__picked_estimate(picked, count, list, mark);
    double values = 0, pairs = 0;
    for (int64_t i = 0; i < N; i++) {
        int64_t here = 0;
        for (int64_t t = 0; t < count; t++) here += at(self, i, list[t]) != 0;
        values += (double)here;
        pairs += (double)(here * (here + 1) / 2);
    }
    assert_near(size.values, values, 0);
    assert_near(size.pairs, pairs, picked->by_columns ? 0.2 * pairs : 0); /* by columns, as if rows were equally long */
    for (int j = 0; j < D; j++) assert_int_equal(mark[j], 0);
}

/* Of every second listed column. */
static void check_pairs(const sparse_case *self, const erm__picked *picked, int64_t count, const int32_t *list, int threads)
{
    static double G[(MOST + 1) * (MOST + 1)];
    const int64_t offset[] = {0, 700, N - 30}, k = (count + 1) / 2, m = k + 1;
    int32_t place[D];
    memset(G, 0, sizeof G);
    for (int64_t s = 0; s < picked->count; s++) place[s] = -1;
    for (int64_t c = 0; c < k; c++) place[picked->slot[list[2 * c]]] = (int32_t)c;
    erm__picked_pairs(picked, (erm__picked_rows){.count = 3, .length = 64, .offset = offset}, self->h, place, m, threads, G);
    for (int64_t c = 0; c < m; c++)
        for (int64_t e = 0; e <= c; e++) {
            double sum = 0;
            for (int64_t i = 0; i < N; i++) {
                if (i >= 64 && !(i >= 700 && i < 764) && i < N - 30) continue;
                sum += self->h[i] * (c < k ? at(self, i, list[2 * c]) : 1) * (e < k ? at(self, i, list[2 * e]) : 1);
            }
            assert_near(G[c * m + e], sum, 1e-11);
        }
}

static void picked_columns_have_the_sums_of_their_columns(void **state)
{
    (void)state;
    const char *const kinds[] = {"csr f64", "csr f32", "csc f64", "csc f32"};
    erm_rng rng = erm_rng_seed(17);
    for (size_t m = 0; m < sizeof kinds / sizeof *kinds; m++) {
        sparse_case *const self = case_new(kinds[m], &rng);
        erm__picked picked;
        assert_true(erm__picked_suits(self->matrix->X) && erm__picked_open(&picked, self->matrix->X));
        for (int round = 0; round < 6; round++) {
            int32_t list[MOST];
            const int64_t count = random_list(&rng, list);
            erm__picked_take(&picked, count, list, 1 + round % 3);
            check_sums(self, &picked, 1 + round % 3);
            check_margins(self, &picked, count, list, 1 + round % 3);
            check_pairs(self, &picked, count, list, 1 + round % 3);
            check_walk(self, &picked, count, list, 1 + round % 3);
            check_estimate(self, &picked, count, list);
        }
        erm__picked_close(&picked);
        case_free(self);
    }
}

static void check_wanted(const sparse_case *self, const erm__columns *columns, int64_t count, const int32_t *list)
{
    for (int64_t t = 0; t < count; t++) {
        double sum = 0;
        for (int64_t i = 0; i < N; i++) sum += self->d[i] * at(self, i, list[t]);
        assert_near(erm__column_dot(columns, list[t], self->d), sum, 1e-11);
    }
}

/* First a few columns, then others, then so many that all are copied. */
static void columns_are_copied_when_they_are_wanted(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(5);
    for (int single = 0; single < 2; single++) {
        sparse_case *const self = case_new(single ? "csr f32" : "csr f64", &rng);
        erm__columns columns;
        int32_t scratch[D], list[D];
        assert_int_equal(erm__columns_open(&columns, self->matrix->X, 2, NULL), ERM_OK);
        assert_true(erm__columns_picked_bytes(&columns) + columns.copy.bytes == 0);
        for (int32_t j = 0; j < D; j++) list[j] = j;
        for (int64_t begin = 0; begin < 20; begin += 10) {
            erm__columns_want(&columns, 10, list + begin, 2, scratch);
            check_wanted(self, &columns, 10, list + begin);
            assert_true(columns.partly && erm__columns_are_dear(&columns, 10, list + begin));
        }
        assert_true(4 * columns.copy.bytes < self->matrix->X->nnz * (int64_t)(sizeof(int32_t) + (single ? 4 : 8)));
        erm__columns_want(&columns, 60, list, 2, scratch);
        assert_true(!columns.partly && !erm__columns_are_dear(&columns, 10, list));
        check_wanted(self, &columns, D, list);
        erm__columns_close(&columns);
        case_free(self);
    }
}

static void a_run_that_goes_on_reads_the_columns_that_it_read_before(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(6);
    sparse_case *const self = case_new("csr f64", &rng);
    erm__columns first, second;
    int32_t scratch[D], list[D], kept_list[D], kept_place[D];
    erm__columns_kept kept = {.list = kept_list, .place = kept_place};
    for (int32_t j = 0; j < D; j++) list[j] = j;
    for (int64_t count = 10; count <= 60; count += 50) {
        assert_int_equal(erm__columns_open(&first, self->matrix->X, 1, NULL), ERM_OK);
        assert_int_equal(erm__columns_open(&second, self->matrix->X, 1, NULL), ERM_OK);
        erm__columns_want(&first, count, list, 1, scratch);
        erm__columns_keep(&first, &kept);
        erm__columns_restore(&second, &kept, 1, scratch);
        assert_int_equal(second.picked.count, count);
        assert_true(second.partly == first.partly && second.copied == first.copied && first.partly == (count == 10));
        erm__columns_want(&first, count / 2, list, 1, scratch);
        erm__columns_want(&second, count / 2, list, 1, scratch);
        assert_true(second.partly == first.partly && second.copied == first.copied);
        erm__columns_close(&first);
        erm__columns_close(&second);
    }
    case_free(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picked_columns_have_the_sums_of_their_columns),
        cmocka_unit_test(columns_are_copied_when_they_are_wanted),
        cmocka_unit_test(a_run_that_goes_on_reads_the_columns_that_it_read_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
