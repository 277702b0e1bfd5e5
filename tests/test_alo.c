/* Leave-one-out from one fit: equal to n fits where the loss is squared, and close to them elsewhere. */
#include "check.h"

#include "ermopt/selection.h"
#include "problems.h"
#include "solving.h"

enum { N = 60, D = 6, MOST = 1000 };

typedef struct alo_case {
    const char *loss, *kind;
    double l1, l2;
    bool weights, offset, intercept;
    double within; /* of the margins, root mean square, relative to how far rows move their own */
} alo_case;

static const alo_case cases[] = {
    {.loss = "squared", .kind = "dense f64", .intercept = true, .within = 1e-9},
    {.loss = "squared", .kind = "csr f64", .l2 = 0.1, .weights = true, .offset = true, .intercept = true, .within = 1e-9},
    {.loss = "squared", .kind = "csc f32", .l2 = 0.3, .weights = true, .within = 1e-9},
    {.loss = "multitask-squared, 3 outputs", .kind = "dense f64", .l2 = 0.1, .weights = true, .intercept = true, .within = 1e-9},
    {.loss = "squared", .kind = "dense f64", .l1 = 0.02, .l2 = 0.1, .weights = true, .intercept = true, .within = 0.25},
    {.loss = "logistic", .kind = "dense f64", .l2 = 0.1, .weights = true, .offset = true, .intercept = true, .within = 0.25},
    {.loss = "logistic", .kind = "csr f32", .l1 = 0.01, .l2 = 0.1, .intercept = true, .within = 0.25},
    {.loss = "poisson", .kind = "dense f64", .l2 = 0.5, .weights = true, .intercept = true, .within = 0.25},
    {.loss = "cross-entropy, 5 classes", .kind = "dense columns f64", .l2 = 0.2, .weights = true, .within = 0.25},
};

static owned_problem *problem_of(const alo_case *one)
{
    problem_spec spec = spec_of(one->loss, erm_elastic_net(one->l1, one->l2), N, D);
    if (!(one->l1 > 0)) spec.regularizer = one->l2 > 0 ? erm_l2(one->l2) : erm_none();
    spec.kind = kind_named(one->kind);
    spec.weights = one->weights;
    spec.offset = one->offset;
    spec.intercept = one->intercept;
    return owned_problem_new(spec);
}

/* The margins of row i by the fit of the others, the penalty keeping its weight against the sum of losses. */
static void leave_out(const erm_problem *problem, int64_t i, double *w, double *z)
{
    int64_t others[N], count = 0;
    double total = 0, rest = 0;
    for (int64_t t = 0; t < N; t++) {
        const double s = problem->weight ? problem->weight[t] : 1;
        total += s;
        if (t != i) rest += s;
        if (t != i) others[count++] = t;
    }
    erm_subset training, row;
    assert_int_equal(erm_subset_open(problem, count, others, &training), ERM_OK);
    assert_int_equal(erm_subset_open(problem, 1, &i, &row), ERM_OK);
    if (problem->regularizer.ops != erm_none().ops)
        training.problem.regularizer = erm_regularizer_scaled(&problem->regularizer, total / rest);
    solve(&training.problem, (erm_options){.tol = 1e-13}, w);
    erm_problem_margins(&row.problem, w, z);
    erm_subset_close(&training);
    erm_subset_close(&row);
}

static void it_equals_a_fit_without_each_row(void **state)
{
    (void)state;
    static double w[MOST], without[MOST], Z[N * 5], z[5];
    char detail[ERM_DETAIL_SIZE];
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        owned_problem *const owned = problem_of(&cases[c]);
        const int64_t k = owned->problem.k ? owned->problem.k : 1;
        memset(w, 0, sizeof w);
        solve(&owned->problem, (erm_options){.tol = 1e-13}, w);
        if (erm_alo_margins(&owned->problem, w, Z, detail)) fail_case("%s", detail);
        double wrong = 0, moved = 0, exact = 0, total = 0, risk, part;
        for (int64_t i = 0; i < N; i++) {
            memcpy(without, w, sizeof w);
            leave_out(&owned->problem, i, without, z);
            int64_t self = i;
            erm_subset row;
            assert_int_equal(erm_subset_open(&owned->problem, 1, &self, &row), ERM_OK);
            double fitted[5];
            erm_problem_margins(&row.problem, w, fitted);
            assert_int_equal(erm_problem_risk(&row.problem, ERM_METRIC_LOSS, z, &part, NULL), ERM_OK);
            if (!owned->problem.weight || owned->weight[i] > 0) exact += part * (owned->problem.weight ? owned->weight[i] : 1);
            total += owned->problem.weight ? owned->weight[i] : 1;
            erm_subset_close(&row);
            for (int64_t e = 0; e < k; e++) {
                wrong += pow(z[e] - Z[i * k + e], 2);
                moved += pow(z[e] - fitted[e], 2);
            }
        }
        assert_int_equal(erm_problem_risk(&owned->problem, ERM_METRIC_LOSS, Z, &risk, NULL), ERM_OK);
        if (!(sqrt(wrong / moved) <= cases[c].within))
            fail_case("case %d: margins are off by %g of their move", (int)c, sqrt(wrong / moved));
        assert_near(risk, exact / total, fmin(0.02, cases[c].within));
        owned_problem_free(owned);
    }
}

/* A row's weight 0 leaves nothing to take out; class weights and standardised columns go through. */
static void rows_without_weight_keep_their_margins(void **state)
{
    (void)state;
    static double w[MOST], Z[N], z[N];
    owned_problem *const owned = problem_of(&cases[5]);
    owned->problem.standardise = true;
    memset(w, 0, sizeof w);
    solve(&owned->problem, (erm_options){.tol = 1e-12}, w);
    assert_int_equal(erm_alo_margins(&owned->problem, w, Z, NULL), ERM_OK);
    erm_problem_margins(&owned->problem, w, z);
    for (int i = 0; i < N; i++) {
        if (owned->weight[i] > 0)
            assert_true(fabs(Z[i] - z[i]) > 1e-9);
        else
            assert_near(Z[i], z[i], 1e-12);
    }
    owned_problem_free(owned);
}

static void the_fit_to_the_row_itself_is_always_better(void **state)
{
    (void)state;
    static double w[MOST], Z[N], z[N];
    owned_problem *const owned = problem_of(&cases[6]);
    memset(w, 0, sizeof w);
    solve(&owned->problem, (erm_options){.tol = 1e-12}, w);
    assert_int_equal(erm_alo_margins(&owned->problem, w, Z, NULL), ERM_OK);
    erm_problem_margins(&owned->problem, w, z);
    double inside, outside, error;
    assert_int_equal(erm_problem_risk(&owned->problem, ERM_METRIC_LOSS, z, &inside, NULL), ERM_OK);
    assert_int_equal(erm_problem_risk(&owned->problem, ERM_METRIC_LOSS, Z, &outside, &error), ERM_OK);
    assert_true(outside > inside && error > 0);
    for (int i = 0; i < N; i++) assert_true((Z[i] - z[i]) * owned->y[i] <= 0);
    owned_problem_free(owned);
}

static void the_standard_error_is_that_of_a_mean(void **state)
{
    (void)state;
    const double y[] = {1, 2, 3, 10}, Z[] = {0, 0, 0, 0}, weight[] = {1, 2, 3, 0}, x[4] = {0};
    const erm_dense X = erm_dense_f64(4, 1, x, 1);
    const erm_problem problem = {.X = &X.base, .y = y, .weight = weight, .loss = erm_loss_squared(), .regularizer = erm_none()};
    double mean, error;
    assert_int_equal(erm_problem_risk(&problem, ERM_METRIC_MSE, Z, &mean, &error), ERM_OK);
    assert_near(mean, 36.0 / 6, 1e-15);
    assert_near(error, sqrt((25 + 2 * 4 + 3 * 9) / 6.0 / 2), 1e-14);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    static double w[MOST], Z[5 * N];
    char detail[ERM_DETAIL_SIZE];
    owned_problem *const owned = problem_of(&cases[4]);
    erm_problem hinge = owned->problem;
    for (int i = 0; i < N; i++) owned->y[i] = i % 2 ? 1 : -1;
    hinge.loss = erm_loss_hinge();
    assert_int_equal(erm_alo_margins(&hinge, w, Z, detail), ERM_EUNSUPPORTED);
    assert_non_null(strstr(detail, "hinge"));
    assert_int_equal(erm_alo_margins(NULL, w, Z, detail), ERM_EINVAL);
    assert_int_equal(erm_alo_margins(&owned->problem, NULL, Z, detail), ERM_EINVAL);
    assert_int_equal(erm_alo_margins(&owned->problem, w, NULL, detail), ERM_EINVAL);
    w[2] = NAN;
    assert_int_equal(erm_alo_margins(&owned->problem, w, Z, detail), ERM_EDATA);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_equals_a_fit_without_each_row),
        cmocka_unit_test(rows_without_weight_keep_their_margins),
        cmocka_unit_test(the_fit_to_the_row_itself_is_always_better),
        cmocka_unit_test(the_standard_error_is_that_of_a_mean),
        cmocka_unit_test(what_is_wrong_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
