/* Samples with their Gram matrices, by the library and by definition. */
#include "gram_samples.h"

#include <stdlib.h>

#include "check.h"

double *gram_zeros(int64_t count) { return calloc((size_t)count + 1, sizeof(double)); }

gram_sample *gram_sample_new(const matrix_kind *kind, int64_t n, int64_t d, double density, double mean, bool intercept)
{
    erm_rng rng = erm_rng_seed((uint64_t)(n + d));
    double *full = random_numbers(&rng, n, d, density);
    for (int64_t p = 0; p < n * d && mean != 0; p++)
        if (p % d % 10 == 1) full[p] = (double)(float)(mean + erm_rng_normal(&rng));
    gram_sample *now = calloc(1, sizeof *now);
    *now = (gram_sample){.name = kind->name, .n = n, .d = d, .m = d + intercept};
    now->matrix = owned_matrix_new(kind, n, d, full);
    free(full);
    now->weight = gram_zeros(n);
    now->h = gram_zeros(n);
    now->centre = gram_zeros(d);
    double total = 0;
    for (int64_t i = 0; i < n; i++) {
        now->weight[i] = (double)(erm_rng_below(&rng, 3)) + (i == 0);
        now->h[i] = now->weight[i] * erm_rng_uniform(&rng);
        total += now->weight[i];
    }
    for (int64_t j = 0; j < d; j++) {
        long double sum = 0;
        for (int64_t i = 0; i < n; i++) sum += (long double)now->weight[i] * (long double)now->matrix->full[i * d + j];
        now->centre[j] = (double)(sum / (long double)total);
    }
    now->problem = (erm_problem){
        .X = now->matrix->X, .weight = now->weight, .loss = erm_loss_squared(), .regularizer = erm_l2(1), .intercept = intercept};
    return now;
}

void gram_sample_free(gram_sample *now)
{
    owned_matrix_free(now->matrix);
    free(now->weight);
    free(now->h);
    free(now->centre);
    free(now);
}

double *gram_computed(const gram_sample *now, gram_call how)
{
    erm__workspace ws;
    assert_int_equal(erm__workspace_open(&ws, &now->problem, how.threads), ERM_OK);
    double *memory = erm__arena_doubles(&ws.arena, how.of_rows ? erm__gram_rows_memory(&ws) : erm__gram_memory(&ws));
    assert_non_null(memory);
    const int64_t order = how.of_rows ? now->n : erm__gram_order(&ws);
    assert_int_equal(order, how.of_rows ? now->n : now->m);
    double *A = gram_zeros(order * order);
    for (int64_t p = 0; p < order * order; p++) A[p] = NAN; /* what was there before does not count */
    if (how.of_rows)
        erm__gram_of_rows(&ws, how.centre, how.metric, memory, A);
    else
        erm__gram(&ws, how.centre, how.h, memory, A);
    erm__workspace_close(&ws);
    return A;
}

long double gram_entry(const gram_sample *now, const double *centre, int64_t i, int64_t j)
{
    if (j == now->d) return 1;
    return (long double)now->matrix->full[i * now->d + j] - (centre ? (long double)centre[j] : 0);
}

void gram_is_its_definition(const gram_sample *now, gram_call how, const double *A, double tolerance)
{
    const double *s = how.h ? how.h : now->problem.weight;
    long double S = 0;
    for (int64_t i = 0; i < now->n; i++) S += now->problem.weight ? (long double)now->problem.weight[i] : 1;
    for (int64_t a = 0; a < now->m; a++)
        for (int64_t b = 0; b < now->m; b++) {
            long double sum = 0, size = 0;
            for (int64_t i = 0; i < now->n; i++) {
                const long double product =
                    (s ? (long double)s[i] : 1) * gram_entry(now, how.centre, i, a) * gram_entry(now, how.centre, i, b);
                sum += product;
                size += fabsl(product);
            }
            const double value = A[a * now->m + b];
            if (!(fabsl((long double)value - sum / S) <= (long double)tolerance * size / S))
                fail_case("%s, %lld x %lld: A[%lld][%lld] is %.17g, expected %.17Lg", now->name, (long long)now->n,
                          (long long)now->d, (long long)a, (long long)b, value, sum / S);
        }
}

void gram_check(const gram_sample *now, gram_call how, double tolerance)
{
    double *A = gram_computed(now, how);
    gram_is_its_definition(now, how, A, tolerance);
    free(A);
}
