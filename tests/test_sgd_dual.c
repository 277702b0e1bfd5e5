/* The dual point that SGD averages for losses with a kink: a gap that shrinks with the epochs, which derivatives at the answer
 * do not give. */
#include "check.h"

#include "ermopt/solve.h"
#include "named.h"
#include "problems.h"

enum { SIZE = 64, FEW = 20, MANY = 320 };

/* After this many epochs; in *alone the gap that is certified from w. */
static double relative_gap(const owned_problem *owned, int64_t epochs, double *alone)
{
    double w[SIZE] = {0};
    erm_result result;
    const erm_options options = {.solver = erm_solver_sgd(NULL), .max_epochs = epochs, .tol = 1e-12};
    assert_int_equal(erm_solve(&owned->problem, &options, w, &result), ERM_OK);
    erm_certificate certificate;
    assert_int_equal(erm_certify(&owned->problem, w, &certificate, NULL), ERM_OK);
    *alone = certificate.gap / certificate.primal;
    return result.certificate.gap / result.certificate.primal;
}

static void losses_with_a_kink_get_a_gap_that_shrinks_with_the_epochs(void **state)
{
    (void)state;
    static const char *const losses[] = {"hinge", "absolute", "quantile 0.9", "epsilon-insensitive",
                                         "multiclass-hinge, 4 classes"};
    for (int l = 0; l < 5; l++)
        for (int variant = 0; variant < 4; variant++) {
            const double factor[6] = {1, 1, variant & 2 ? 0 : 1, 1, 1, 1};
            erm_regularizer l2 = erm_l2(0.05);
            l2.factor = factor;
            const problem_spec spec = {.kind = kind_named("csr f64"),
                                       .loss = loss_named(losses[l]),
                                       .regularizer = l2,
                                       .n = 400,
                                       .d = 6,
                                       .weights = true,
                                       .intercept = variant & 1,
                                       .seed = 4};
            owned_problem *owned = owned_problem_new(spec);
            double alone;
            const double few = relative_gap(owned, FEW, &alone), many = relative_gap(owned, MANY, &alone);
            if (!(many < 0.03) || !(many < few / 2) || !(many <= alone))
                fail_case("%s, variant %d: gap %g after %d epochs, %g after %d, %g from w alone", losses[l], variant, few, FEW,
                          many, MANY, alone);
            owned_problem_free(owned);
        }
}

static void smooth_losses_do_not_pay_for_it(void **state)
{
    (void)state;
    int64_t bytes[2];
    for (int kink = 0; kink < 2; kink++) {
        const problem_spec spec = {.kind = kind_named("dense f64"),
                                   .loss = loss_named(kink ? "hinge" : "squared-hinge"),
                                   .regularizer = erm_l2(0.1),
                                   .n = 1000,
                                   .d = 3,
                                   .seed = 1};
        owned_problem *owned = owned_problem_new(spec);
        double w[SIZE] = {0};
        erm_result result;
        const erm_options options = {.solver = erm_solver_sgd(NULL), .max_epochs = 2};
        assert_int_equal(erm_solve(&owned->problem, &options, w, &result), ERM_OK);
        bytes[kink] = result.workspace_bytes;
        owned_problem_free(owned);
    }
    assert_true(bytes[1] >= bytes[0] + 3 * 1000 * (int64_t)sizeof(double));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_with_a_kink_get_a_gap_that_shrinks_with_the_epochs),
        cmocka_unit_test(smooth_losses_do_not_pay_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
