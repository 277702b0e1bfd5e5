/* Checkpoints of solvers from outside the library: those that can resume, those that cannot, and one that
 * is not the same twice. */
#include "check.h"

#include "checkpoints.h"

/* A solver from outside: gradient descent with momentum, whose state has pointers that change places in every step. */
typedef struct own {
    double *g, *h;
    const erm_problem *problem; /* not the library's memory */
    int64_t epochs;
} own;

static erm_status own_start(void *state, erm_run *run)
{
    own *self = state;
    self->g = erm_run_take(run, run->size);
    self->h = erm_run_take(run, run->size);
    self->problem = run->problem;
    return erm_run_ok(run) ? ERM_OK : ERM_ENOMEM;
}

static erm_status own_step(void *state, erm_run *run)
{
    own *self = state;
    erm_run_gradient(run, (erm_rows){.count = self->problem->X->rows}, run->w, self->g);
    erm_run_penalty_gradient(run, run->w, self->g);
    for (int64_t j = 0; j < run->size; j++) {
        self->h[j] = 0.5 * self->h[j] + self->g[j]; /* h is what the last step called g */
        run->w[j] -= 0.3 / (1 + 0.1 * (double)self->epochs) * self->h[j];
    }
    double *const swapped = self->g;
    self->g = self->h;
    self->h = swapped;
    self->epochs++;
    return ERM_OK;
}

static void own_solvers_resume_where_they_say_that_they_can(void **state)
{
    (void)state;
    checkpoint_run self = checkpoint_run_new();
    const erm_problem *const problem = &self.owned->problem;
    const erm_solver_ops can = {.name = "own",
                                .state_size = sizeof(own),
                                .needs = ERM_NEEDS_DIFFERENTIABLE_REGULARIZER | ERM_CAN_RESUME,
                                .start = own_start,
                                .step = own_step};
    erm_solver_ops cannot = can;
    cannot.needs = ERM_NEEDS_DIFFERENTIABLE_REGULARIZER;
    erm_options options = {.solver = {.ops = &can}, .tol = 1e-14, .max_epochs = 30};
    double v[CHECKPOINT_SIZE];
    erm_result result;
    self.runs.most = 30;
    memset(self.w, 0, sizeof self.w);
    assert_int_equal(resuming_record(&self.runs, problem, options, self.w, &self.result), ERM_OK);
    assert_true(self.runs.count > 10);
    for (int64_t f = 0; f < self.runs.count; f++) {
        assert_int_equal(resuming_from(&self.runs, f, problem, options, v, &result), ERM_OK);
        assert_true(resuming_same(CHECKPOINT_SIZE, self.w, &self.result, v, &result));
    }
    options.solver.ops = &cannot;
    assert_int_equal(resuming_from(&self.runs, 0, problem, options, v, &result), ERM_EUNSUPPORTED);
    assert_string_equal(result.detail, "own cannot go on from a checkpoint; run it without one, or use another solver");
    options.solver = erm_solver_hogwild(NULL);
    assert_int_equal(resuming_from(&self.runs, 0, problem, options, v, &result), ERM_EUNSUPPORTED);
    assert_string_equal(result.detail, "hogwild cannot go on from a checkpoint; run it without one, or use sgd");
    checkpoint_run_free(&self);
}

/* A start that makes other bits each time: what a processor that rounds differently looks like. */
static erm_status fickle_start(void *state, erm_run *run)
{
    const erm_status status = own_start(state, run);
    if (status == ERM_OK) ((own *)state)->h[0] = *(const double *)run->params;
    return status;
}

static void a_start_with_other_bits_is_refused(void **state)
{
    (void)state;
    checkpoint_run self = checkpoint_run_new();
    const erm_solver_ops fickle = {.name = "fickle",
                                   .state_size = sizeof(own),
                                   .needs = ERM_NEEDS_DIFFERENTIABLE_REGULARIZER | ERM_CAN_RESUME,
                                   .start = fickle_start,
                                   .step = own_step};
    const double here = 0.1, there = nextafter(0.1, 1);
    erm_options options = {.solver = {.ops = &fickle, .params = &here}, .tol = 1e-14, .max_epochs = 5};
    assert_int_equal(resuming_record(&self.runs, &self.owned->problem, options, self.w, &self.result), ERM_OK);
    options.solver.params = &there;
    files_write(self.runs.path, self.runs.file[1].bytes, self.runs.file[1].size);
    checkpoint_is_refused(&self, &self.owned->problem, options, ERM_EINVAL, "on a processor that rounds differently");
    checkpoint_run_free(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_solvers_resume_where_they_say_that_they_can),
        cmocka_unit_test(a_start_with_other_bits_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
