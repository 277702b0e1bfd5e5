/* Class weights: the same as the sample weights that they stand for. */
#include "check.h"

#include "solving.h"

enum { N = 60, D = 4, SIZE = 64 };

/* The weights of the classes multiplied out, in place of them. */
static void multiply_out(const erm_problem *problem, double *weight)
{
    for (int64_t i = 0; i < problem->X->rows; i++) {
        const int64_t c = problem->k > 1 ? (int64_t)problem->y[i] : problem->y[i] > 0 ? 1 : 0;
        weight[i] = (problem->weight ? problem->weight[i] : 1) * problem->class_weight[c];
    }
}

static void compare(owned_problem *owned, const char *solver)
{
    const double class_weight[8] = {0.5, 3, 0.25, 2, 1, 1, 1, 1};
    double w[SIZE] = {0}, v[SIZE] = {0}, weight[N];
    erm_options options = {.tol = 1e-8, .max_epochs = 200, .threads = 1}; /* Hogwild has the same bits with one thread only */
    assert_true(erm_solver_from_name(solver, &options.solver));
    erm_problem classes = owned->problem;
    classes.class_weight = class_weight;
    multiply_out(&classes, weight);
    erm_problem samples = owned->problem;
    samples.weight = weight;
    erm_result ours, theirs;
    const erm_status status = erm_solve(&classes, &options, w, &ours);
    assert_int_equal(erm_solve(&samples, &options, v, &theirs), status);
    if (status) return;
    if (memcmp(w, v, sizeof w) != 0) fail_case("%s on %s: another answer", solver, classes.loss.ops->name);
    erm_certificate one, two;
    assert_int_equal(erm_certify(&classes, w, &one, NULL), ERM_OK);
    assert_int_equal(erm_certify(&samples, w, &two, NULL), ERM_OK);
    assert_memory_equal(&one.primal, &two.primal, sizeof one.primal);
    assert_memory_equal(&one.dual, &two.dual, sizeof one.dual);
    owned->problem.class_weight = NULL;
}

static void every_solver_gives_the_same_bits_as_with_sample_weights(void **state)
{
    (void)state;
    for (int l = 0; l < catalog_loss_count(); l++) {
        const catalog_loss loss = catalog_loss_at(l);
        if (!loss.loss.ops->classifies) continue;
        for (int weights = 0; weights < 2; weights++) {
            owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named("csr f64"),
                                                                    .loss = loss,
                                                                    .regularizer = erm_l2(0.05),
                                                                    .n = N,
                                                                    .d = D,
                                                                    .weights = weights == 1,
                                                                    .intercept = true,
                                                                    .seed = 3});
            for (int64_t s = 0; erm_solver_name(s); s++) compare(owned, erm_solver_name(s));
            owned_problem_free(owned);
        }
    }
}

static void balanced_weights_give_every_class_the_same_share(void **state)
{
    (void)state;
    const double x[6] = {0}, y[] = {1, 1, -1, 1, 1, -1}, classes[] = {2, 0, 2, 1, 2, 0};
    const erm_dense X = erm_dense_f64(6, 1, x, 1);
    erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_none()};
    double weight[3];
    assert_int_equal(erm_class_weights_balanced(&problem, weight, NULL), ERM_OK);
    assert_near(weight[0], 6.0 / (2 * 2), 1e-15);
    assert_near(weight[1], 6.0 / (2 * 4), 1e-15);
    const double s[] = {1, 1, 3, 1, 1, 3};
    problem.weight = s; /* now both have 1/2... of 10, but 6 and 4 */
    assert_int_equal(erm_class_weights_balanced(&problem, weight, NULL), ERM_OK);
    assert_near(weight[0], 10.0 / (2 * 6), 1e-15);
    assert_near(weight[1], 10.0 / (2 * 4), 1e-15);
    problem = (erm_problem){.X = &X.base, .y = classes, .loss = erm_loss_cross_entropy(), .regularizer = erm_none(), .k = 3};
    assert_int_equal(erm_class_weights_balanced(&problem, weight, NULL), ERM_OK);
    assert_near(weight[0], 6.0 / (3 * 2), 1e-15);
    assert_near(weight[1], 6.0 / (3 * 1), 1e-15);
    assert_near(weight[2], 6.0 / (3 * 3), 1e-15);
}

static void what_cannot_be_weighted_is_refused(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3}, y[] = {1, 1, 1}, good[] = {1, 2}, bad[] = {1, -2}, none[] = {5, 0};
    const erm_dense X = erm_dense_f64(3, 1, x, 1);
    erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_squared(), .regularizer = erm_none(), .class_weight = good};
    double weight[2];
    char detail[ERM_DETAIL_SIZE];
    assert_int_equal(erm_problem_check(&problem, detail), ERM_EUNSUPPORTED);
    assert_true(strstr(detail, "squared loss has no classes"));
    assert_int_equal(erm_class_weights_balanced(&problem, weight, detail), ERM_EUNSUPPORTED);
    problem.loss = erm_loss_logistic();
    assert_int_equal(erm_problem_check(&problem, detail), ERM_OK);
    assert_int_equal(erm_class_weights_balanced(&problem, weight, detail), ERM_EDATA);
    assert_true(strstr(detail, "class 0"));
    problem.class_weight = bad;
    assert_int_equal(erm_problem_check(&problem, detail), ERM_EDATA);
    assert_true(strstr(detail, "class_weight[1] = -2"));
    problem.class_weight = none;
    assert_int_equal(erm_problem_check(&problem, detail), ERM_EDATA);
    assert_true(strstr(detail, "add up to 0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_solver_gives_the_same_bits_as_with_sample_weights),
        cmocka_unit_test(balanced_weights_give_every_class_the_same_share),
        cmocka_unit_test(what_cannot_be_weighted_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
