/* Many prox steps of many entries at once are as many prox steps one by one, and their sum is the sum. */
#include "check.h"

#include "catalog_regularizer.h"
#include "ermopt/rng.h"
#include "regularizer/recursion_many.h"

enum { D = 13, K = 3, N = D * K, FULL = N + ERM_PATHS_FILL, MOST_STEPS = 1000 };

typedef struct arrays {
    double w[FULL], step[FULL], count[FULL], drift[FULL], end[FULL], sum[FULL], odd[FULL];
    erm_entry penalty[N];
    double pull;
    bool still; /* without drift, and with sums */
} arrays;

static double one_step(const erm_entry *of, double step, double drift, double pull, double w)
{
    const double v = w - step * (drift - of->pull), rest = fabs(v) - step * of->l1;
    const double next = rest <= 0 ? 0 : copysign(rest, v) / (1 + step * of->l2 + pull);
    return fmin(fmax(next, of->low), of->high);
}

static void draw(arrays *a, int trial, erm_rng *rng)
{
    a->still = trial % 2 == 0;
    a->pull = trial % 3 ? exp(-9 * erm_rng_uniform(rng)) : 0;
    const double scale = exp(10 * (erm_rng_uniform(rng) - 0.8));
    for (int i = 0; i < N; i++) {
        a->w[i] = erm_rng_below(rng, 4) ? 2 * erm_rng_normal(rng) : 0;
        a->step[i] = scale * exp(erm_rng_normal(rng));
        a->count[i] = floor(exp(erm_rng_uniform(rng) * log(MOST_STEPS + 1)) - 1 + 0.5 * erm_rng_uniform(rng));
        a->drift[i] = erm_rng_below(rng, 4) ? exp(4 * (erm_rng_uniform(rng) - 0.8)) * erm_rng_normal(rng) : 0;
    }
    for (int i = N; i < FULL; i++) a->w[i] = a->step[i] = a->count[i] = a->drift[i] = 0;
}

/* A bound other than 0 stops the entry on its way: then only the shape of the sum is known. */
static bool is_stopped(const erm_entry *of, double end) { return (end == of->low || end == of->high) && end != 0; }

static void check_entry(const arrays *a, int i, const char *name)
{
    const erm_entry *const of = &a->penalty[i];
    const double drift = a->still ? 0 : a->drift[i];
    double w = a->w[i], sum = 0, size = 0;
    for (int t = 0; t < (int)a->count[i]; t++) {
        w = one_step(of, a->step[i], drift, a->pull, w);
        sum += w;
        size += fabs(w);
    }
    if (!(fabs(a->end[i] - w) <= 1e-10 * fmax(fabs(w), fmax(1, fabs(a->w[i])))))
        fail_case("%s, %d steps of %g, pull %g: %.17g, one by one %.17g", name, (int)a->count[i], a->step[i], a->pull, a->end[i],
                  w);
    const double slack = is_stopped(of, w) ? 0.5 * a->count[i] * fmax(1, fabs(a->w[i])) : 1e-9 * fmax(size, a->count[i]);
    if (a->still && !(fabs(a->sum[i] - sum) <= slack))
        fail_case("%s, %d steps of %g from %g, pull %g: sum %.17g, one by one %.17g", name, (int)a->count[i], a->step[i], a->w[i],
                  a->pull, a->sum[i], sum);
}

static void check_all(arrays *a, bool alike, const char *name)
{
    for (int i = 0; i < N; i++) a->end[i] = a->sum[i] = NAN;
    erm__paths_run(&(erm__paths){.n = N,
                                 .w = a->w,
                                 .step = a->step,
                                 .count = a->count,
                                 .drift = a->still ? NULL : a->drift,
                                 .penalty = a->penalty,
                                 .alike = alike,
                                 .pull = a->pull,
                                 .end = a->end,
                                 .sum = a->sum,
                                 .odd = a->odd});
    for (int i = 0; i < N; i++) check_entry(a, i, name);
}

static void many_paths_are_steps_one_by_one_for_every_penalty_on_entries(void **state)
{
    (void)state;
    int64_t count;
    const regularizer_case *cases = regularizer_catalog(&count);
    erm_rng rng = erm_rng_seed(1);
    int tried = 0;
    for (int64_t r = 0; r < count; r++) {
        const erm_regularizer *R = &cases[r].regularizer;
        arrays a;
        if (!R->ops->entry || !R->ops->entry(R, 0, 0, &a.penalty[0])) continue;
        for (int i = 0; i < N; i++) assert_true(R->ops->entry(R, i / K, i, &a.penalty[i]));
        for (int trial = 0; trial < 200; trial++) {
            draw(&a, trial, &rng);
            check_all(&a, false, cases[r].name);
        }
        tried++;
    }
    assert_true(tried > 5);
}

static void entries_that_are_alike_share_one_penalty(void **state)
{
    (void)state;
    static const double amounts[][2] = {{0, 0},   {0.1, 0}, {0, 0.1},  {0.1, 0.3},  {1e-3, 1e-3}, {0, 1e-6},
                                        {0, 100}, {0, 1e9}, {0, 1e20}, {0.1, 1e20}, {0, 1e150}};
    erm_rng rng = erm_rng_seed(2);
    for (size_t p = 0; p < sizeof amounts / sizeof *amounts; p++)
        for (int trial = 0; trial < 400; trial++) {
            arrays a;
            for (int i = 0; i < N; i++) a.penalty[i] = (erm_entry){amounts[p][0], amounts[p][1], 0, -INFINITY, INFINITY};
            draw(&a, trial, &rng);
            check_all(&a, true, "alike");
        }
}

static void what_is_not_finite_does_not_become_a_number(void **state)
{
    (void)state;
    static const double amounts[][2] = {{0, 0}, {0.1, 0}, {0, 0.1}, {0.1, 0.3}};
    erm_rng rng = erm_rng_seed(3);
    for (size_t p = 0; p < sizeof amounts / sizeof *amounts; p++)
        for (int trial = 0; trial < 8; trial++) {
            arrays a;
            for (int i = 0; i < N; i++) a.penalty[i] = (erm_entry){amounts[p][0], amounts[p][1], 0, -INFINITY, INFINITY};
            draw(&a, trial, &rng);
            a.w[5] = trial & 2 ? NAN : INFINITY;
            a.count[5] = 1 + trial;
            erm__paths_run(&(erm__paths){N, a.w, a.step, a.count, a.still ? NULL : a.drift, a.penalty, trial & 4, a.pull, a.end,
                                         a.sum, a.odd});
            if (isfinite(a.end[5])) fail_case("%g became %g", a.w[5], a.end[5]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_paths_are_steps_one_by_one_for_every_penalty_on_entries),
        cmocka_unit_test(entries_that_are_alike_share_one_penalty),
        cmocka_unit_test(what_is_not_finite_does_not_become_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
