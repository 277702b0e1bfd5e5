/* The same bits for any number of threads, and two solves at a time. */
#include "check.h"

#include <pthread.h>

#include "ermopt/solve.h"
#include "named.h"
#include "problems.h"

enum { SIZE = 4096 };

static void bits_do_not_depend_on_threads(const char *solver, const matrix_kind *kind, const char *loss)
{
    /* large enough that several threads are worth it */
    const problem_spec spec = {.kind = kind,
                               .loss = loss_named(loss),
                               .regularizer = erm_l2(1e-3),
                               .n = 30000,
                               .d = 60,
                               .weights = true,
                               .intercept = true,
                               .seed = 7};
    owned_problem *owned = owned_problem_new(spec);
    static const int threads[] = {1, 2, 3, 4, 7};
    double first[SIZE] = {0};
    erm_result reference = {0};
    for (int t = 0; t < 5; t++) {
        double w[SIZE] = {0};
        erm_options options = {.tol = 1e-7, .threads = threads[t], .max_epochs = 2};
        assert_true(erm_solver_from_name(solver, &options.solver));
        erm_result result;
        assert_int_equal(erm_solve(&owned->problem, &options, w, &result), ERM_OK);
        assert_int_equal(result.threads, threads[t]);
        if (t == 0) {
            reference = result;
            memcpy(first, w, sizeof w);
        }
        if (memcmp(first, w, sizeof w))
            fail_case("%s on %s, %s: %d threads give another w", solver, kind->name, loss, threads[t]);
        const erm_certificate one = reference.certificate, other = result.certificate;
        const double values[4] = {one.primal, one.dual, one.gap, one.kkt};
        if (one.kind != other.kind || memcmp(values, (double[4]){other.primal, other.dual, other.gap, other.kkt}, sizeof values))
            fail_case("%s on %s, %s: %d threads give another certificate", solver, kind->name, loss, threads[t]);
    }
    owned_problem_free(owned);
}

static void one_to_seven_threads_give_the_same_bits_with_every_solver(void **state)
{
    (void)state;
    static const struct {
        const char *solver, *loss;
    } pairs[] = {{"gd", "logistic"},
                 {"prox", "logistic"},
                 {"svrg", "logistic"},
                 {"sgd", "logistic"},
                 {"newton", "huber 1"},
                 {"direct", "squared"},
                 {"interior", "hinge"},
                 {"prox", "cross-entropy, 5 classes"},
                 {"newton-cg", "logistic"},
                 {"newton-cg", "cross-entropy, 5 classes"},
                 {"lbfgs", "logistic"},
                 {"owlqn", "squared"},
                 {"cd", "logistic"},
                 {"cd", "squared"},
                 {"cd", "cross-entropy, 5 classes"},
                 {"cd", "multitask-squared, 3 outputs"},
                 {"gram", "squared"},
                 {"saga", "huber 1"},
                 {"dual", "hinge"},
                 {"dual", "multiclass-hinge, 4 classes"},
                 {"prox-newton", "logistic"},
                 {"prox-newton", "poisson"},
                 {"alm", "hinge"},
                 {"alm", "epsilon-insensitive"},
                 {"multipliers", "hinge"},
                 {"multipliers", "epsilon-insensitive"}};
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++)
        bits_do_not_depend_on_threads(pairs[p].solver, &matrix_kinds[p % (size_t)matrix_kinds_count], pairs[p].loss);
}

static void one_to_seven_threads_give_the_same_bits_on_every_matrix(void **state)
{
    (void)state;
    for (int m = 0; m < matrix_kinds_count; m++) bits_do_not_depend_on_threads("prox", &matrix_kinds[m], "logistic");
}

typedef struct caller {
    const erm_problem *problem;
    double w[SIZE];
    erm_status status;
} caller;

static void *call_solve(void *data)
{
    caller *const self = data;
    erm_options options = {.max_epochs = 20, .tol = 1e-12, .threads = 2};
    erm_solver_from_name("svrg", &options.solver);
    self->status = erm_solve(self->problem, &options, self->w, NULL);
    return NULL;
}

static void solves_in_several_threads_do_not_disturb_one_another(void **state)
{
    (void)state;
    enum { CALLERS = 3 };
    owned_problem *owned = owned_problem_new((problem_spec){.kind = &matrix_kinds[0],
                                                            .loss = loss_named("logistic"),
                                                            .regularizer = erm_l2(1e-2),
                                                            .n = 500,
                                                            .d = 8,
                                                            .intercept = true,
                                                            .seed = 5});
    static caller callers[CALLERS];
    pthread_t thread[CALLERS];
    for (int c = 0; c < CALLERS; c++) {
        callers[c] = (caller){.problem = &owned->problem};
        assert_int_equal(pthread_create(&thread[c], NULL, call_solve, &callers[c]), 0);
    }
    for (int c = 0; c < CALLERS; c++) pthread_join(thread[c], NULL);
    for (int c = 0; c < CALLERS; c++) {
        assert_int_equal(callers[c].status, ERM_OK);
        assert_memory_equal(callers[0].w, callers[c].w, sizeof callers[c].w);
    }
    assert_true(callers[0].w[0] != 0);
    owned_problem_free(owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_to_seven_threads_give_the_same_bits_with_every_solver),
        cmocka_unit_test(one_to_seven_threads_give_the_same_bits_on_every_matrix),
        cmocka_unit_test(solves_in_several_threads_do_not_disturb_one_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
