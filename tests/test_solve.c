/* The solve loop: why it stops, what it returns, what it refuses, and that nothing but the problem decides the answer. */
#include "check.h"

#include "ermopt/solve.h"
#include "solving.h"

enum { SIZE = 4096 };

static void all_defaults_solve_a_problem(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("logistic", erm_l2(0.01), 100, 5));
    double w[SIZE] = {0};
    assert_int_equal(erm_solve(&owned->problem, NULL, w, NULL), ERM_OK);
    erm_certificate certificate;
    assert_int_equal(erm_certify(&owned->problem, w, &certificate, NULL), ERM_OK);
    assert_true(certificate.gap <= 1e-6 * certificate.primal);
    owned_problem_free(owned);
}

static void what_is_reported_is_the_certificate_of_what_is_returned(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("huber 1", erm_l1(0.02), 100, 5));
    double w[SIZE] = {0};
    const erm_result result = solve(&owned->problem, (erm_options){.tol = 1e-9}, w);
    erm_certificate certificate;
    assert_int_equal(erm_certify(&owned->problem, w, &certificate, NULL), ERM_OK);
    assert_true(result.certificate.primal == certificate.primal);
    assert_near(result.certificate.dual, certificate.dual,
                1e-9 * certificate.primal); /* a solve looks less far for the best bound */
    assert_near(result.certificate.gap, result.certificate.primal - result.certificate.dual, 1e-15);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    owned_problem_free(owned);
}

/* ---- the same bits ------------------------------------------------------------------------------------------------- */

static void the_same_seed_gives_the_same_bits_and_another_seed_others(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("logistic", erm_l2(1e-2), 200, 5));
    double w[3][SIZE] = {{0}};
    for (int run = 0; run < 3; run++) {
        erm_options options = {.max_epochs = 3, .tol = 1e-14, .seed = run == 2 ? 9 : 8};
        assert_true(erm_solver_from_name("sgd", &options.solver));
        solve(&owned->problem, options, w[run]);
    }
    assert_memory_equal(w[0], w[1], sizeof w[0]);
    assert_true(memcmp(w[0], w[2], sizeof w[0]) != 0);
    owned_problem_free(owned);
}

/* ---- equivalent problems ------------------------------------------------------------------------------------------- */

static void weight_2_is_the_row_twice(void **state)
{
    (void)state;
    enum { n = 30, d = 3 };
    erm_rng rng = erm_rng_seed(4);
    double x[2 * n * d], y[2 * n], weight[n];
    int64_t rows = 0;
    for (int i = 0; i < n; i++) {
        weight[i] = i % 3;
        for (int j = 0; j < d; j++) x[i * d + j] = erm_rng_normal(&rng);
        y[i] = erm_rng_uniform(&rng) < 0.5 ? -1 : 1;
    }
    double repeated[2 * n * d], repeated_y[2 * n];
    for (int i = 0; i < n; i++)
        for (int copy = 0; copy < i % 3; copy++, rows++) {
            memcpy(repeated + rows * d, x + i * d, sizeof(double) * d);
            repeated_y[rows] = y[i];
        }
    const erm_dense X = erm_dense_f64(n, d, x, d), many = erm_dense_f64(rows, d, repeated, d);
    erm_problem problem = {
        .X = &X.base, .y = y, .weight = weight, .loss = erm_loss_logistic(), .regularizer = erm_l1(0.05), .intercept = true};
    double w[d + 1] = {0}, v[d + 1] = {0};
    const erm_result a = solve(&problem, (erm_options){.tol = 1e-12}, w);
    problem = (erm_problem){
        .X = &many.base, .y = repeated_y, .loss = erm_loss_logistic(), .regularizer = erm_l1(0.05), .intercept = true};
    const erm_result b = solve(&problem, (erm_options){.tol = 1e-12}, v);
    assert_near(a.certificate.primal, b.certificate.primal, 1e-12);
    for (int j = 0; j <= d; j++) assert_near(w[j], v[j], 1e-5);
}

static void a_permuted_problem_has_the_permuted_answer(void **state)
{
    (void)state;
    enum { n = 40, d = 4 };
    erm_rng rng = erm_rng_seed(5);
    double x[n * d], y[n], px[n * d], py[n];
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < d; j++) x[i * d + j] = erm_rng_normal(&rng);
        y[i] = x[i * d] + erm_rng_normal(&rng);
    }
    for (int i = 0; i < n; i++) {
        py[i] = y[n - 1 - i];
        for (int j = 0; j < d; j++) px[i * d + j] = x[(n - 1 - i) * d + (j + 1) % d];
    }
    const erm_dense X = erm_dense_f64(n, d, x, d), P = erm_dense_f64(n, d, px, d);
    erm_problem problem = {
        .X = &X.base, .y = y, .loss = erm_loss_squared(), .regularizer = erm_elastic_net(0.05, 0.1), .intercept = true};
    double w[d + 1] = {0}, v[d + 1] = {0};
    solve(&problem, (erm_options){.tol = 1e-13}, w);
    problem.X = &P.base;
    problem.y = py;
    solve(&problem, (erm_options){.tol = 1e-13}, v);
    for (int j = 0; j < d; j++) assert_near(v[j], w[(j + 1) % d], 1e-6);
    assert_near(v[d], w[d], 1e-6);
}

static void an_offset_of_the_answer_leaves_nothing_to_fit(void **state)
{
    (void)state;
    enum { n = 30, d = 3 };
    erm_rng rng = erm_rng_seed(6);
    double x[n * d], y[n], offset[n], w[d + 1] = {0}, v[d + 1] = {0};
    for (int i = 0; i < n * d; i++) x[i] = erm_rng_normal(&rng);
    for (int i = 0; i < n; i++) y[i] = erm_rng_normal(&rng);
    const erm_dense X = erm_dense_f64(n, d, x, d);
    erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_squared(), .regularizer = erm_none(), .intercept = true};
    solve(&problem, (erm_options){.tol = 1e-10}, w);
    X.base.ops->mul(&X.base, (erm_rows){.count = n}, 1, w, offset);
    for (int i = 0; i < n; i++) offset[i] += w[d];
    problem.offset = offset;
    solve(&problem, (erm_options){.tol = 1e-10}, v);
    for (int j = 0; j <= d; j++) assert_near(v[j], 0, 1e-8);
}

/* ---- refusals -------------------------------------------------------------------------------------------------------- */

static void refused(const erm_problem *problem, erm_options options, erm_status status, const char *sentence)
{
    double w[8] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
    erm_result result;
    assert_int_equal(erm_solve(problem, &options, w, &result), status);
    if (!strstr(result.detail, sentence)) fail_case("'%s' does not say '%s'", result.detail, sentence);
    for (int j = 0; j < 8; j++) assert_true(w[j] == 0.5);
}

static void bad_input_is_refused_with_its_position(void **state)
{
    (void)state;
    double x[] = {1, 2, 3, 4, 5, 6}, y[] = {1, -1, 1}, weight[] = {1, 1, 1}, offset[] = {0, 0, 0};
    const erm_dense X = erm_dense_f64(3, 2, x, 2);
    const erm_problem good = {.X = &X.base,
                              .y = y,
                              .weight = weight,
                              .offset = offset,
                              .loss = erm_loss_logistic(),
                              .regularizer = erm_l2(1),
                              .intercept = true};
    const erm_options none = {0};
    x[3] = NAN;
    refused(&good, none, ERM_EDATA, "X[1][1] is nan");
    x[3] = 4;
    y[2] = 3;
    refused(&good, none, ERM_EDATA, "y[2] = 3 is no label for logistic loss; expected -1 or +1");
    y[2] = 1;
    weight[1] = -1;
    refused(&good, none, ERM_EDATA, "weight[1]");
    weight[1] = INFINITY;
    refused(&good, none, ERM_EDATA, "weight[1]");
    weight[0] = weight[1] = weight[2] = 0;
    refused(&good, none, ERM_EDATA, "weights add up to 0");
    weight[0] = weight[1] = weight[2] = 1;
    offset[2] = INFINITY;
    refused(&good, none, ERM_EDATA, "offset[2]");
    offset[2] = 0;
    erm_problem bad = good;
    bad.k = 3;
    refused(&bad, none, ERM_EINVAL, "k = 3");
    bad = good;
    bad.y = NULL;
    refused(&bad, none, ERM_EINVAL, "labels");
    bad = good;
    bad.regularizer = erm_l2(-1);
    refused(&bad, none, ERM_EINVAL, "l2 = -1");
    refused(&good, (erm_options){.tol = -1}, ERM_EINVAL, "tol");
    refused(&good, (erm_options){.max_epochs = -1}, ERM_EINVAL, "max_epochs");
    refused(&good, (erm_options){.threads = -1}, ERM_EINVAL, "threads");
    bad = good;
    bad.loss = erm_loss_hinge();
    refused(&bad, (erm_options){.solver = erm_solver_prox(NULL)}, ERM_EUNSUPPORTED, "prox needs a differentiable loss");
}

/* Their places are checked first; the values by whoever reads them first. */
static void compressed_rows_are_refused_with_the_position_too(void **state)
{
    (void)state;
    double x[] = {1, 2, 3, 4}, y[] = {1, -1, 1}, weight[] = {1, 1, 0};
    int32_t index[] = {0, 2, 1, 2};
    const int64_t start[] = {0, 2, 3, 4};
    const erm_csr X = erm_csr_f64(3, 3, start, index, x);
    erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l2(1)};
    const erm_options none = {0};
    for (int way = 0; way < 4; way++) {
        problem.intercept = way & 1;
        problem.weight = way & 2 ? weight : NULL;
        x[3] = NAN;
        refused(&problem, none, ERM_EDATA, "X[2][2] is nan");
        x[3] = 4;
        x[2] = -INFINITY;
        refused(&problem, none, ERM_EDATA, "X[1][1] is -inf");
        x[2] = 3;
        index[1] = 3;
        refused(&problem, none, ERM_EDATA, "row 0 of X has a value in column 3");
        index[1] = 2;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_defaults_solve_a_problem),
        cmocka_unit_test(what_is_reported_is_the_certificate_of_what_is_returned),
        cmocka_unit_test(the_same_seed_gives_the_same_bits_and_another_seed_others),
        cmocka_unit_test(weight_2_is_the_row_twice),
        cmocka_unit_test(a_permuted_problem_has_the_permuted_answer),
        cmocka_unit_test(an_offset_of_the_answer_leaves_nothing_to_fit),
        cmocka_unit_test(bad_input_is_refused_with_its_position),
        cmocka_unit_test(compressed_rows_are_refused_with_the_position_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
