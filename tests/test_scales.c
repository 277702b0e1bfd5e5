/* Data of extreme scales: every solver converges with a certificate, or stops for the reason that holds, within few epochs. */
#include "check.h"

#include "solving.h"

enum { N = 90, D = 6, SIZE = 16, MOST_EPOCHS = 3000, NOISY_EPOCHS = 20 };

static const double TOL = 1e-6;

typedef struct trial {
    const char *name;
    double scale[D];
    double y_offset;   /* added to numbers */
    bool duplicates;   /* columns 3, 4, 5 are columns 0, 1, 2 */
    bool zero_weights; /* of two rows in three, whose values are huge */
    bool standardise;
    const char *kind;
} trial;

static const trial trials[] = {
    {"scales 1e-8 to 1e8", {1e-8, 1e-4, 1e-2, 1, 1e4, 1e8}, .kind = "dense f64"},
    {"scales 1e-8 to 1e8, sparse", {1e-8, 1e-4, 1e-2, 1, 1e4, 1e8}, .kind = "csr f64"},
    {"scales 1e-8 to 1e8, standardised", {1e-8, 1e-4, 1e-2, 1, 1e4, 1e8}, .standardise = true, .kind = "csc f64"},
    {"scales 1e-8 to 1e8, floats", {1e-8, 1e-4, 1e-2, 1, 1e4, 1e8}, .kind = "dense f32"},
    {"y around 1e9", {1, 1, 1, 1, 1, 1}, .y_offset = 1e9, .kind = "dense f64"},
    {"duplicated columns", {1, 1, 1, 1, 1, 1}, .duplicates = true, .kind = "dense f64"},
    {"duplicated columns, floats", {1, 1, 1, 1, 1, 1}, .duplicates = true, .kind = "csr f32"},
    {"weights of 0", {1, 1, 1, 1, 1, 1}, .zero_weights = true, .kind = "dense f64"},
    {"floats", {1, 1, 1, 1, 1, 1}, .kind = "dense columns f32 with gaps"},
};

static owned_problem *make(const trial *now, const char *loss, erm_regularizer regularizer)
{
    problem_spec spec = spec_of(loss, regularizer, N, D);
    spec.weights = now->zero_weights;
    owned_problem *owned = owned_problem_new(spec);
    double *const full = calloc(N * D, sizeof(double));
    for (int i = 0; i < N * D; i++) {
        const int j = i % D, from = now->duplicates ? i - j + j % 3 : i;
        full[i] = (float)(now->scale[j] * owned->matrix->full[from]);
        if (now->zero_weights && i / D % 3 != 1) full[i] *= 1e6;
    }
    for (int i = 0; i < N; i++) {
        owned->weight[i] = i % 3 == 1 ? 1 : 0;
        owned->y[i] += now->y_offset;
    }
    owned_matrix_free(owned->matrix);
    owned->matrix = owned_matrix_new(kind_named(now->kind), N, D, full);
    owned->problem.X = owned->matrix->X;
    owned->problem.standardise = now->standardise;
    free(full);
    return owned;
}

/* The coordinates of gradient descent are not scaled, nor are those of a dual, which is about rows, and
 * whose intercept comes from 0. */
static bool is_distorted(const trial *now, const char *solver)
{
    if (!strcmp(solver, "dual") && now->y_offset > 0) return true;
    return (!strcmp(solver, "gd") || !strcmp(solver, "dual")) && now->scale[0] < 1 && !now->standardise;
}

static void judge(const trial *now, const char *solver, const char *loss, erm_regularizer regularizer)
{
    owned_problem *owned = make(now, loss, regularizer);
    double w[SIZE] = {0};
    erm_result result;
    erm_options options = {.tol = TOL, .max_epochs = 1};
    assert_true(erm_solver_from_name(solver, &options.solver));
    const erm_status status = erm_solve(&owned->problem, &options, w, &result);
    if (status != ERM_OK) {
        assert_int_equal(status, ERM_EUNSUPPORTED);
        owned_problem_free(owned);
        return;
    }
    const bool noisy = !strcmp(result.solver, "sgd") || !strcmp(result.solver, "hogwild");
    options.max_epochs = noisy ? NOISY_EPOCHS : MOST_EPOCHS;
    if (result.stop == ERM_STOP_MAX_EPOCHS) result = solve(&owned->problem, options, w);
    const bool dependent = now->duplicates && result.stop == ERM_STOP_NOT_UNIQUE;
    const bool enough = result.stop == ERM_STOP_CONVERGED || dependent ||
                        ((noisy || is_distorted(now, result.solver)) && result.stop == ERM_STOP_MAX_EPOCHS) ||
                        (is_distorted(now, result.solver) && result.stop == ERM_STOP_STALLED);
    if (!enough) fail_case("%s, %s on %s, %s: %s", now->name, solver, loss, regularizer.ops->name, result.detail);
    erm_certificate again;
    assert_int_equal(erm_certify(&owned->problem, w, &again, NULL), ERM_OK);
    assert_near(again.primal, result.certificate.primal, 1e-12);
    assert_at_most(result.certificate.dual, again.primal, 1e-12);
    owned_problem_free(owned);
}

static void every_solver_copes_with_every_scale(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool far; /* tried on targets around 1e9: not labels, and not Huber's loss, whose slopes of 1 lead there slowly */
    } losses[] = {{"squared", true},        {"logistic", false}, {"hinge", false},
                  {"squared-hinge", false}, {"huber 1", false},  {"quantile 0.9", true}};
    for (size_t t = 0; t < sizeof trials / sizeof *trials; t++)
        for (int64_t s = 0; erm_solver_name(s); s++)
            for (int l = 0; l < 6; l++) {
                if (trials[t].y_offset > 0 && !losses[l].far) continue;
                const erm_regularizer regularizers[] = {erm_none(), erm_l2(1e-2), erm_l1(1e-2), erm_elastic_net(1e-2, 1e-2)};
                for (int r = 0; r < 4; r++) judge(&trials[t], erm_solver_name(s), losses[l].name, regularizers[r]);
            }
}

/* Only their proportions count: neither do the squares of large ones overflow, nor those of small ones vanish. */
static void weights_of_any_size_give_the_same_certificate(void **state)
{
    (void)state;
    static const double sizes[] = {1e-300, 1e-170, 1e160, 1e290};
    static const char *const losses[] = {"squared", "logistic", "squared-hinge"};
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++) {
        problem_spec spec = spec_of(losses[l], erm_l1(1e-2), N, D);
        spec.weights = true;
        owned_problem *owned = owned_problem_new(spec);
        double w[SIZE];
        for (int j = 0; j < SIZE; j++) w[j] = 0.1 * (j + 1);
        erm_certificate plain, scaled;
        assert_int_equal(erm_certify(&owned->problem, w, &plain, NULL), ERM_OK);
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            for (int i = 0; i < N; i++) owned->weight[i] *= sizes[s];
            assert_int_equal(erm_certify(&owned->problem, w, &scaled, NULL), ERM_OK);
            assert_near(scaled.primal, plain.primal, 1e-12 * plain.primal);
            assert_near(scaled.dual, plain.dual, 1e-9 * plain.primal);
            if (isfinite(plain.kkt)) assert_near(scaled.kkt, plain.kkt, 1e-9 * plain.kkt);
            for (int i = 0; i < N; i++) owned->weight[i] /= sizes[s];
        }
        owned_problem_free(owned);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_solver_copes_with_every_scale),
        cmocka_unit_test(weights_of_any_size_give_the_same_certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
