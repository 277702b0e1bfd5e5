/* Coordinate descent for several outputs: the same optimum as proximal gradients find, by columns and by
 * a matrix, in few steps. */
#include "check.h"

#include <stdio.h>

#include "solving.h"

enum { SIZE = 4096, SHORT = 60, WIDE = 400, TALL = 900, FEW = 8 };

static const char *const multinomial = "cross-entropy, 5 classes", *const multitask = "multitask-squared, 3 outputs";

static erm_result cd(const erm_problem *problem, erm_cd_params params, erm_options options, double *w)
{
    memset(w, 0, SIZE * sizeof *w);
    options.solver = erm_solver_cd(&params);
    return solve(problem, options, w);
}

static void ends_where_prox_does(const erm_problem *problem, erm_cd_params params, const char *name)
{
    double w[SIZE], v[SIZE] = {0};
    const erm_result ours = cd(problem, params, (erm_options){.tol = 1e-10}, w);
    const erm_result other = solve(problem, (erm_options){.tol = 1e-8, .max_epochs = 100000, .solver = erm_solver_prox(NULL)}, v);
    const double F = ours.certificate.primal, G = other.certificate.primal;
    if (ours.stop != ERM_STOP_CONVERGED || F > G + 1e-10 * fabs(G) || F < G - 1e-8 * fabs(G))
        fail_case("%s: cd %.12g, prox %.12g: %s", name, F, G, ours.detail);
}

/* Few rows, whose columns are worked on, and many, of which a matrix is made. */
static void it_ends_where_prox_does_by_columns_and_by_a_matrix(void **state)
{
    (void)state;
    static int32_t group[WIDE];
    static const erm_groups groups = {.count = WIDE / 4, .group = group};
    for (int32_t j = 0; j < WIDE; j++) group[j] = j / 4;
    const erm_regularizer penalties[] = {erm_l1(0.02),
                                         erm_l21(0.03),
                                         erm_group_lasso(0.06, &groups),
                                         erm_sparse_group_lasso(0.01, 0.04, &groups),
                                         erm_elastic_net(0.02, 0.01),
                                         erm_elastic_net_box(0.02, 0, 0, 0.3)};
    for (size_t p = 0; p < sizeof penalties / sizeof *penalties; p++)
        for (int tall = 0; tall < 2; tall++)
            for (int squares = 0; squares < 2; squares++) {
                problem_spec spec =
                    spec_of(squares ? multitask : multinomial, penalties[p], tall ? TALL : SHORT, tall ? FEW : WIDE);
                spec.weights = squares;
                spec.kind = &matrix_kinds[(int)p % matrix_kinds_count];
                owned_problem *owned = owned_problem_new(spec);
                char name[100];
                snprintf(name, sizeof name, "%s, %s, %s", spec.loss.name, penalties[p].ops->name, tall ? "tall" : "wide");
                ends_where_prox_does(&owned->problem, (erm_cd_params){0}, name);
                owned_problem_free(owned);
            }
}

static void every_switch_leaves_the_optimum_where_it_is(void **state)
{
    (void)state;
    const erm_cd_params params[] = {{.random_order = true, .no_anderson = true}, {.no_working_set = true}, {.no_anderson = true}};
    for (size_t p = 0; p < sizeof params / sizeof *params; p++)
        for (int rows = 0; rows < 2; rows++) {
            owned_problem *owned = owned_problem_new(spec_of(multinomial, rows ? erm_l21(0.03) : erm_l1(0.02), SHORT, WIDE));
            ends_where_prox_does(&owned->problem, params[p], owned->problem.regularizer.ops->name);
            owned_problem_free(owned);
        }
}

/* Newton's method around it: a dozen steps to the last digits; squares are their own model, and a set that holds the support is
 * solved in one step. */
static void steps_are_few(void **state)
{
    (void)state;
    double w[SIZE];
    const struct {
        const char *loss;
        int64_t n, d, most;
    } cases[] = {
        {multinomial, SHORT, WIDE, 14}, {multinomial, TALL, FEW, 12}, {multitask, SHORT, WIDE, 9}, {multitask, TALL, FEW, 3}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        owned_problem *owned = owned_problem_new(spec_of(cases[c].loss, erm_l21(0.05), cases[c].n, cases[c].d));
        const erm_result result = cd(&owned->problem, (erm_cd_params){0}, (erm_options){.tol = 1e-12}, w);
        if (result.stop != ERM_STOP_CONVERGED || result.epochs > cases[c].most)
            fail_case("%s, n = %lld: %lld steps, gap %g", cases[c].loss, (long long)cases[c].n, (long long)result.epochs,
                      result.certificate.gap);
        owned_problem_free(owned);
    }
}

/* Softmax does not see a constant added to a row of W, so that the least norm is that of rows which add up to 0. */
static void rows_of_a_norm_are_0_together_or_add_up_to_0(void **state)
{
    (void)state;
    enum { K = 5 };
    double w[SIZE];
    owned_problem *owned = owned_problem_new(spec_of(multinomial, erm_l21(0.05), SHORT, WIDE));
    cd(&owned->problem, (erm_cd_params){0}, (erm_options){.tol = 1e-10}, w);
    int64_t rows = 0;
    for (int64_t j = 0; j < WIDE; j++) {
        int nonzeros = 0;
        double sum = 0;
        for (int c = 0; c < K; c++) {
            nonzeros += w[j * K + c] != 0;
            sum += w[j * K + c];
        }
        if (nonzeros != 0 && nonzeros != K) fail_case("row %lld has %d values that are not 0", (long long)j, nonzeros);
        assert_near(sum, 0, 1e-12);
        rows += nonzeros > 0;
    }
    assert_true(rows > 5 && rows < WIDE / 2);
    owned_problem_free(owned);
}

static void the_norm_of_rows_of_one_output_is_the_lasso(void **state)
{
    (void)state;
    double w[SIZE], v[SIZE];
    owned_problem *owned = owned_problem_new(spec_of("logistic", erm_l21(0.03), SHORT, WIDE));
    cd(&owned->problem, (erm_cd_params){0}, (erm_options){.tol = 1e-12}, w);
    owned->problem.regularizer = erm_l1(0.03);
    cd(&owned->problem, (erm_cd_params){0}, (erm_options){.tol = 1e-12}, v);
    for (int64_t j = 0; j <= WIDE; j++) assert_near(w[j], v[j], 1e-5);
    owned_problem_free(owned);
}

/* A caller's loss of several outputs, of whose Hessian the diagonal stands in the model. */
static void a_loss_of_ones_own_has_a_diagonal_model(void **state)
{
    (void)state;
    erm_loss_ops own = *erm_loss_cross_entropy().ops;
    own.name = "own";
    for (int bare = 0; bare < 2; bare++) {
        owned_problem *owned = owned_problem_new(spec_of(multinomial, erm_l21(0.03), SHORT, WIDE));
        owned->problem.loss.ops = &own;
        if (bare) own.hessian_mul = NULL;
        ends_where_prox_does(&owned->problem, (erm_cd_params){0}, own.name);
        owned_problem_free(owned);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_ends_where_prox_does_by_columns_and_by_a_matrix),
        cmocka_unit_test(every_switch_leaves_the_optimum_where_it_is),
        cmocka_unit_test(steps_are_few),
        cmocka_unit_test(rows_of_a_norm_are_0_together_or_add_up_to_0),
        cmocka_unit_test(the_norm_of_rows_of_one_output_is_the_lasso),
        cmocka_unit_test(a_loss_of_ones_own_has_a_diagonal_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
