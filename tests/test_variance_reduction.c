/* SVRG loopless and accelerated, and SAGA: certified optima, rates as the theory has them, weights that count as copies, and rows
 * drawn by their size. */
#include "check.h"

#include "catalog_regularizer.h"
#include "ermopt/solve.h"
#include "named.h"
#include "problems.h"
#include "solving.h"

enum { FORMS = 4, MOST_EPOCHS = 400, SIZE = 512 };

/* Number of the form; step 0: the default. */
static erm_result solve_form(int number, double step, const erm_problem *problem, erm_options options, double *w)
{
    const erm_svrg_params svrg = {.step = step, .loopless = number == 1, .accelerated = number == 2};
    const erm_saga_params saga = {.step = step};
    options.solver = number < 3 ? erm_solver_svrg(&svrg) : erm_solver_saga(&saga);
    return solve(problem, options, w);
}

static const char *const form_names[FORMS] = {"svrg", "svrg, loopless", "svrg, accelerated", "saga"};

static void every_form_reaches_a_certified_gap_of_1e_8(void **state)
{
    (void)state;
    static const char *const losses[] = {"squared", "logistic", "huber 1", "cross-entropy, 5 classes"};
    const erm_regularizer regularizers[] = {erm_l2(0.1), erm_l1(0.02), erm_nonnegative(), erm_l1_ball(0.7)};
    uint64_t seed = 1;
    for (int f = 1; f < FORMS; f++)
        for (size_t l = 0; l < sizeof losses / sizeof *losses; l++)
            for (size_t r = 0; r < sizeof regularizers / sizeof *regularizers; r++)
                for (int m = 0; m < matrix_kinds_count; m++, seed++) {
                    owned_problem *owned = owned_problem_new((problem_spec){.kind = &matrix_kinds[m],
                                                                            .loss = loss_named(losses[l]),
                                                                            .regularizer = regularizers[r],
                                                                            .n = 60,
                                                                            .d = 5,
                                                                            .weights = seed % 5 == 0,
                                                                            .offset = seed % 2 == 0,
                                                                            .intercept = seed % 3 != 0,
                                                                            .seed = seed});
                    double w[SIZE] = {0};
                    const erm_result result = solve_form(f, 0, &owned->problem, (erm_options){.tol = 1e-8, .seed = seed}, w);
                    if (result.stop != ERM_STOP_CONVERGED)
                        fail_case("%s on %s x %s x %s: %s", form_names[f], losses[l], regularizers[r].ops->name,
                                  matrix_kinds[m].name, result.detail);
                    owned_problem_free(owned);
                }
}

static double optimum(const erm_problem *problem)
{
    double w[SIZE] = {0};
    return solve(problem, (erm_options){.tol = 1e-13, .solver = erm_solver_newton(NULL)}, w).certificate.primal;
}

/* The gaps after so many epochs, with the step given. */
static void gaps(int form, double step, const owned_problem *owned, int64_t epochs, double *gap)
{
    const double best = optimum(&owned->problem);
    solve_trace seen = {{0}};
    double w[SIZE] = {0};
    const erm_options options = {
        .tol = 1e-15, .max_epochs = epochs, .check_every = 1, .monitor = trace_record, .monitor_data = &seen};
    solve_form(form, step, &owned->problem, options, w);
    for (int64_t e = 0; e <= epochs; e++) gap[e] = seen.primal[e] - best;
}

/* Theory (SVRG, SAGA; n >= condition number): an epoch multiplies the expected gap by a constant below 1. */
static void every_epoch_multiplies_the_gap_by_about_the_same(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("logistic", erm_l2(0.05), 400, 8));
    for (int f = 0; f < FORMS; f++) {
        double gap[13];
        gaps(f, f == 3 ? 0.15 : 0.3, owned, 12, gap);
        const double first = gap[4] / gap[0], second = gap[8] / gap[4], third = gap[12] / gap[8];
        if (!(first < 0.4 && second < 0.4 && third < 0.4 && gap[12] > 1e-15))
            fail_case("%s: four epochs multiply the gap by %g, %g, %g", form_names[f], first, second, third);
        if (f != 2 && !(log(third) / log(second) > 0.5 && log(third) / log(second) < 2))
            fail_case("%s: no line: %g, then %g", form_names[f], second, third);
    }
    owned_problem_free(owned);
}

/* Columns that differ by 0.01 make the condition number about 10 / l2, for l2 > 1e-6. */
static void make_alike(owned_problem *owned, int64_t n, int64_t d, double difference)
{
    double *const x = owned->matrix->values;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 1; j < d; j++) x[i * d + j] = x[i * d] + difference * x[i * d + j];
}

/* The first epoch with a gap of at most 1e-8 of the one at the start. */
static double epochs_of(int form, double l2)
{
    enum { N = 300, D = 8 };
    owned_problem *owned = owned_problem_new(spec_of("logistic", erm_l2(l2), N, D));
    make_alike(owned, N, D, 0.01);
    double gap[MOST_EPOCHS + 1];
    gaps(form, 0, owned, MOST_EPOCHS, gap);
    owned_problem_free(owned);
    for (int64_t e = 0; e < MOST_EPOCHS; e++)
        if (gap[e] <= 1e-8 * gap[0]) return (double)e;
    return MOST_EPOCHS;
}

/* Theory: SVRG's epochs grow as the condition number, those of momentum as its root; QNing's less, as it is L-BFGS, here with
 * more pairs than dimensions. */
static void acceleration_pays_on_an_ill_conditioned_problem(void **state)
{
    (void)state;
    const double easy = epochs_of(2, 1e-2), hard = epochs_of(2, 1e-5), plain = epochs_of(0, 1e-3) / epochs_of(0, 1e-2);
    if (!(plain > 3.5)) fail_case("ten times the condition number takes svrg only %g times the epochs", plain);
    if (!(hard < 0.5 * sqrt(1e3) * easy && hard < MOST_EPOCHS / 2))
        fail_case("%g epochs with l2 = 1e-2, %g with 1e-5", easy, hard);
}

/* Steps that the noise of few rows has spoiled are forgotten, so that they cost no more than some epochs. */
static void noise_does_not_make_acceleration_slower_than_none(void **state)
{
    (void)state;
    enum { N = 50, D = 10 };
    owned_problem *owned = owned_problem_new(spec_of("logistic", erm_l2(1e-6), N, D));
    make_alike(owned, N, D, 0.1);
    for (uint64_t seed = 0; seed < 4; seed++) {
        const erm_options options = {.tol = 1e-6, .seed = seed};
        double w[SIZE] = {0}, v[SIZE] = {0};
        const double plain = solve_form(0, 0, &owned->problem, options, w).passes,
                     accelerated = solve_form(2, 0, &owned->problem, options, v).passes;
        if (!(accelerated < 0.2 * plain)) fail_case("%g passes, %g without acceleration", accelerated, plain);
    }
    owned_problem_free(owned);
}

typedef struct rises {
    const owned_problem *owned;
    double last, worst; /* F after the last epoch, and by how much it rose at most */
} rises;

static bool note_rise(const erm_progress *now, void *data)
{
    rises *self = data;
    const double F = slow_objective(self->owned, now->w);
    self->worst = fmax(self->worst, F - self->last);
    self->last = F;
    return true;
}

/* Few rows: the noise of an epoch often spoils a step. */
static void accelerated_epochs_never_raise_the_objective(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        owned_problem *owned = owned_problem_new(spec_of("logistic", r ? erm_l1(1e-4) : erm_l2(1e-6), 40, 30));
        rises seen = {.owned = owned, .last = INFINITY};
        double w[SIZE] = {0};
        solve_form(2, 0, &owned->problem,
                   (erm_options){.tol = 1e-9, .max_epochs = 200, .monitor = note_rise, .monitor_data = &seen}, w);
        if (!(seen.worst <= 1e-13)) fail_case("%s: F rose by %g", owned->problem.regularizer.ops->name, seen.worst);
        owned_problem_free(owned);
    }
}

static void accelerated_answers_have_the_zeros_of_the_optimum(void **state)
{
    (void)state;
    enum { N = 200, D = 60 };
    owned_problem *owned = owned_problem_new(spec_of("logistic", erm_l1(0.03), N, D));
    double best[SIZE] = {0}, w[SIZE] = {0};
    solve(&owned->problem, (erm_options){.tol = 1e-13, .solver = erm_solver_cd(NULL)}, best);
    const erm_result result = solve_form(2, 0, &owned->problem, (erm_options){.tol = 1e-9}, w);
    assert_true(result.nonzeros >= 3 && result.nonzeros <= D / 2);
    for (int j = 0; j < D; j++)
        if ((w[j] == 0) != (best[j] == 0)) fail_case("w[%d] = %g, at the optimum %g", j, w[j], best[j]);
    owned_problem_free(owned);
}

/* Also those that tie entries together, and with factors. What is not convex goes the way it goes without acceleration. */
static void acceleration_takes_every_regularizer(void **state)
{
    (void)state;
    static const char *const losses[] = {"logistic", "squared", "cross-entropy, 5 classes"};
    int64_t count;
    const regularizer_case *all = regularizer_catalog(&count);
    for (int64_t r = 0; r < count; r++) {
        owned_problem *owned = owned_problem_new((problem_spec){.kind = &matrix_kinds[r % matrix_kinds_count],
                                                                .loss = loss_named(losses[r % 3]),
                                                                .regularizer = all[r].regularizer,
                                                                .n = 60,
                                                                .d = 7,
                                                                .weights = r % 2,
                                                                .offset = r % 5 == 0,
                                                                .intercept = r % 7 != 0,
                                                                .seed = (uint64_t)r});
        const bool nonconvex = all[r].regularizer.ops->nonconvex;
        const erm_options options = {.tol = 1e-7, .max_epochs = nonconvex ? 50 : 10000};
        double w[SIZE] = {0}, plain[SIZE] = {0};
        const double F = solve_form(2, 0, &owned->problem, options, w).certificate.primal;
        const double wanted = solve_form(0, 0, &owned->problem, options, plain).certificate.primal;
        if (!(fabs(F - wanted) <= 4e-7 * fabs(wanted)) || (nonconvex && memcmp(w, plain, sizeof w)))
            fail_case("%s on %s: F = %.12g, not %.12g", losses[r % 3], all[r].name, F, wanted);
        owned_problem_free(owned);
    }
}

static void a_weight_of_k_is_as_k_copies(void **state)
{
    (void)state;
    enum { N = 40, D = 3 };
    owned_problem *owned = owned_problem_new(spec_of("logistic", erm_l1(0.01), N, D));
    double weight[N], full[3 * N * D], y[3 * N];
    int64_t copies = 0;
    for (int i = 0; i < N; i++) {
        weight[i] = i % 4;
        for (int c = 0; c < i % 4; c++, copies++) {
            memcpy(full + copies * D, owned->matrix->full + i * D, D * sizeof(double));
            y[copies] = owned->y[i];
        }
    }
    owned->problem.weight = weight;
    owned_matrix *X = owned_matrix_new(kind_named("dense f64"), copies, D, full);
    erm_problem copied = owned->problem;
    copied.X = X->X;
    copied.y = y;
    copied.weight = NULL;
    for (int f = 0; f < FORMS; f++) {
        double a[D + 1] = {0}, b[D + 1] = {0};
        solve_form(f, 0, &owned->problem, (erm_options){.tol = 1e-12}, a);
        solve_form(f, 0, &copied, (erm_options){.tol = 1e-12}, b);
        for (int j = 0; j <= D; j++)
            if (fabs(a[j] - b[j]) > 1e-5) fail_case("%s: w[%d] is %g, with copies %g", form_names[f], j, a[j], b[j]);
    }
    owned_matrix_free(X);
    owned_problem_free(owned);
}

/* Rows drawn alike would need steps as short as the longest row says; drawn by size, as the mean row says. */
static void a_few_long_rows_do_not_shorten_the_steps(void **state)
{
    (void)state;
    enum { N = 600, D = 6 };
    owned_problem *owned = owned_problem_new(spec_of("logistic", erm_l2(1e-3), N, D));
    double *const x = owned->matrix->values;
    for (int i = 0; i < N * D; i++)
        if (i / D % 50) x[i] *= 0.1;
    const double longest = D + 1, alike = 1 / (2 * 0.25 * longest); /* in the metric no row is longer */
    for (int f = 0; f < FORMS; f++) {
        double drawn[3], uniform[3]; /* few epochs: later ones have longer steps in any case */
        gaps(f, 0, owned, 2, drawn);
        gaps(f, alike, owned, 2, uniform);
        if (!(drawn[2] < 0.5 * uniform[2])) fail_case("%s: gap %g, with short steps %g", form_names[f], drawn[2], uniform[2]);
    }
    owned_problem_free(owned);
}

static void saga_refuses_what_it_cannot_do(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("hinge", erm_l2(0.1), 60, 5));
    double w[SIZE] = {0};
    assert_int_equal(erm_solve(&owned->problem, &(erm_options){.solver = erm_solver_saga(NULL)}, w, NULL), ERM_EUNSUPPORTED);
    owned->problem.loss = erm_loss_logistic();
    const erm_saga_params wrong[] = {{.step = -1}, {.step = NAN}, {.batch = -1}, {.inner = -1}};
    for (size_t p = 0; p < sizeof wrong / sizeof *wrong; p++)
        assert_int_equal(erm_solve(&owned->problem, &(erm_options){.solver = erm_solver_saga(&wrong[p])}, w, NULL), ERM_EINVAL);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_reaches_a_certified_gap_of_1e_8),
        cmocka_unit_test(every_epoch_multiplies_the_gap_by_about_the_same),
        cmocka_unit_test(acceleration_pays_on_an_ill_conditioned_problem),
        cmocka_unit_test(noise_does_not_make_acceleration_slower_than_none),
        cmocka_unit_test(accelerated_epochs_never_raise_the_objective),
        cmocka_unit_test(accelerated_answers_have_the_zeros_of_the_optimum),
        cmocka_unit_test(acceleration_takes_every_regularizer),
        cmocka_unit_test(a_weight_of_k_is_as_k_copies),
        cmocka_unit_test(a_few_long_rows_do_not_shorten_the_steps),
        cmocka_unit_test(saga_refuses_what_it_cannot_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
