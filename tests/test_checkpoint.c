/* Checkpoints that are damaged, of another run, or cannot be written; and solvers that cannot resume. */
#include "check.h"

#include <stdio.h>

#include "ermopt/solve.h"
#include "resuming.h"
#include "solving.h"

enum { N = 40, D = 4, SIZE = D + 1, EPOCHS = 6 };

typedef struct fixture {
    owned_problem *owned;
    resuming runs;
    erm_options options;
    double w[SIZE];
    erm_result result;
} fixture;

static problem_spec plain_spec(void) { return spec_of("logistic", erm_l2(1e-3), N, D); }

/* A run of gd that ran out of its budget. */
static fixture fixture_new(void)
{
    fixture self = {.owned = owned_problem_new(plain_spec()),
                    .runs = resuming_new(EPOCHS),
                    .options = {.solver = erm_solver_gd(NULL), .tol = 1e-13, .max_epochs = EPOCHS, .seed = 3}};
    assert_int_equal(resuming_record(&self.runs, &self.owned->problem, self.options, self.w, &self.result), ERM_OK);
    assert_int_equal(self.result.stop, ERM_STOP_MAX_EPOCHS);
    assert_int_equal(self.runs.count, EPOCHS);
    return self;
}

static void fixture_free(fixture *self)
{
    owned_problem_free(self->owned);
    resuming_free(&self->runs);
}

/* Goes on from the bytes in the file now; they must be refused with the sentence, w as it was and the file too. */
static void expect_refusal(fixture *self, const erm_problem *problem, erm_options options, erm_status wanted,
                           const char *sentence)
{
    double w[SIZE] = {1, 2, 3};
    const double before[SIZE] = {1, 2, 3};
    erm_result result;
    size_t size = 0, size_after = 0;
    options.checkpoint = self->runs.path;
    char *const bytes = files_read(self->runs.path, &size);
    const erm_status status = erm_solve(problem, &options, w, &result);
    if (status != wanted || !strstr(result.detail, sentence))
        fail_case("status %d, \"%s\" where \"%s\" was expected", (int)status, result.detail, sentence);
    assert_non_null(strstr(result.detail, self->runs.path));
    assert_memory_equal(w, before, sizeof w);
    assert_int_equal(result.stop, ERM_STOP_NONE);
    char *const after = files_read(self->runs.path, &size_after);
    assert_true(size == size_after && memcmp(bytes, after, size) == 0);
    assert_int_equal(files_count(&self->runs.directory), 1);
    free(bytes);
    free(after);
}

static void a_file_that_is_cut_anywhere_is_refused(void **state)
{
    (void)state;
    fixture self = fixture_new();
    const struct resuming_file *const file = &self.runs.file[2];
    for (size_t length = 0; length < file->size; length++) {
        files_write(self.runs.path, file->bytes, length);
        expect_refusal(&self, &self.owned->problem, self.options, ERM_EDATA,
                       length < 8 ? "is not a checkpoint" : "is a damaged checkpoint");
    }
    char *const longer = calloc(file->size + 9, 1);
    memcpy(longer, file->bytes, file->size);
    files_write(self.runs.path, longer, file->size + 9);
    expect_refusal(&self, &self.owned->problem, self.options, ERM_EDATA, "is a damaged checkpoint");
    free(longer);
    fixture_free(&self);
}

static void a_file_with_any_byte_changed_is_refused(void **state)
{
    (void)state;
    fixture self = fixture_new();
    const struct resuming_file *const file = &self.runs.file[2];
    for (size_t at = 0; at < file->size; at++) {
        file->bytes[at] ^= (char)(1 << at % 8);
        files_write(self.runs.path, file->bytes, file->size);
        file->bytes[at] ^= (char)(1 << at % 8);
        expect_refusal(&self, &self.owned->problem, self.options, ERM_EDATA,
                       at < 8 ? "is not a checkpoint" : "is a damaged checkpoint");
    }
    fixture_free(&self);
}

static void refused_as(fixture *self, const erm_problem *problem, erm_options options, const char *other)
{
    char sentence[100];
    snprintf(sentence, sizeof sentence, "was written with another %s;", other);
    files_write(self->runs.path, self->runs.file[1].bytes, self->runs.file[1].size);
    expect_refusal(self, problem, options, ERM_EINVAL, sentence);
}

static void a_file_of_another_problem_is_refused(void **state)
{
    (void)state;
    fixture self = fixture_new();
    const erm_problem *const same = &self.owned->problem;
    erm_problem other = *same;
    double y[N], weight[N], offset[N] = {0}, factor[D] = {1, 1, 1, 1};
    for (int i = 0; i < N; i++) weight[i] = 1;
    memcpy(y, same->y, sizeof y);
    y[7] = -y[7];
    other.y = y;
    refused_as(&self, &other, self.options, "set of labels, weights or offsets");
    other = *same;
    other.weight = weight;
    refused_as(&self, &other, self.options, "set of labels, weights or offsets");
    other = *same;
    other.offset = offset;
    refused_as(&self, &other, self.options, "set of labels, weights or offsets");
    other = *same;
    other.loss = erm_loss_squared_hinge();
    refused_as(&self, &other, self.options, "loss");
    other = *same;
    other.regularizer = erm_l2(2e-3);
    refused_as(&self, &other, self.options, "penalty");
    other.regularizer = erm_l2(1e-3);
    other.regularizer.factor = factor;
    refused_as(&self, &other, self.options, "penalty");
    const double near[D] = {1, 0, 0, 0};
    other.regularizer = erm_proximity(1e-3, near);
    refused_as(&self, &other, self.options, "penalty");
    other = *same;
    other.standardise = true;
    refused_as(&self, &other, self.options, "data matrix");
    fixture_free(&self);
}

/* Whose amounts are in arrays: also such as no point of the size of 1 tells apart. */
static void a_file_of_a_penalty_with_other_arrays_is_refused(void **state)
{
    (void)state;
    const double low[D] = {-20, -20, -20, -20}, high[D] = {20, 20, 20, 20}, higher[D] = {20, 20, 30, 20},
                 lower[D] = {-20, -30, -20, -20}, weight[D] = {60, 50, 40, 30}, other_weight[D] = {60, 50, 40, 20};
    const int32_t number[D] = {0, 0, 1, 1}, other_number[D] = {0, 1, 1, 0};
    const erm_bounds bounds = {low, high}, wide = {low, higher}, deep = {lower, high};
    const erm_groups groups = {2, number, (const double[]){50, 50}}, heavy = {2, number, (const double[]){50, 60}},
                     mixed = {2, other_number, groups.weight};
    const struct {
        erm_regularizer one, other;
    } pairs[] = {
        {erm_box_vectors(&bounds), erm_box_vectors(&wide)},        {erm_box_vectors(&bounds), erm_box_vectors(&deep)},
        {erm_group_lasso(1, &groups), erm_group_lasso(1, &heavy)}, {erm_group_lasso(1, &groups), erm_group_lasso(1, &mixed)},
        {erm_slope(1, weight), erm_slope(1, other_weight)},
    };
    fixture self = fixture_new();
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
        erm_problem problem = self.owned->problem;
        problem.regularizer = pairs[p].one;
        const erm_options options = {.solver = erm_solver_prox(NULL), .tol = 1e-15, .max_epochs = 3};
        for (int j = 0; j < SIZE; j++) self.w[j] = 0.5;
        assert_int_equal(resuming_record(&self.runs, &problem, options, self.w, &self.result), ERM_OK);
        assert_true(self.runs.count >= 2);
        problem.regularizer = pairs[p].other;
        refused_as(&self, &problem, options, "penalty");
    }
    fixture_free(&self);
}

static void a_file_of_other_data_is_refused(void **state)
{
    (void)state;
    fixture self = fixture_new();
    problem_spec spec = plain_spec();
    owned_problem *changed = owned_problem_new(spec);
    double *const value = changed->matrix->values;
    value[17] = nextafter(value[17], 10); /* by one bit */
    refused_as(&self, &changed->problem, self.options, "data matrix");
    owned_problem_free(changed);
    spec.kind = kind_named("dense columns f64");
    changed = owned_problem_new(spec);
    refused_as(&self, &changed->problem, self.options, "data matrix"); /* whose sums round differently */
    owned_problem_free(changed);
    spec = plain_spec();
    spec.intercept = false;
    changed = owned_problem_new(spec);
    refused_as(&self, &changed->problem, self.options, "shape of the problem");
    owned_problem_free(changed);
    fixture_free(&self);
}

static void a_file_of_another_solver_seed_or_parameter_is_refused(void **state)
{
    (void)state;
    fixture self = fixture_new();
    const erm_problem *const problem = &self.owned->problem;
    erm_options options = self.options;
    options.seed++;
    refused_as(&self, problem, options, "seed");
    options = self.options;
    options.solver = erm_solver_lbfgs(NULL);
    refused_as(&self, problem, options, "solver");
    options.solver = erm_solver_gd(&(erm_gd_params){.rule = ERM_GD_LINE_SEARCH});
    refused_as(&self, problem, options, "parameter of the solver");
    fixture_free(&self);
}

/* What the parameters of every solver are, each once away from its default. */
static void every_parameter_counts(void **state)
{
    (void)state;
    const struct {
        erm_solver plain, other;
    } pairs[] = {
        {erm_solver_gd(NULL), erm_solver_gd(&(erm_gd_params){.step = 0.1})},
        {erm_solver_prox(NULL), erm_solver_prox(&(erm_prox_params){.plain = true})},
        {erm_solver_prox(NULL), erm_solver_prox(&(erm_prox_params){.no_restart = true})},
        {erm_solver_sgd(NULL), erm_solver_sgd(&(erm_sgd_params){.rule = ERM_SGD_INVERSE})},
        {erm_solver_sgd(NULL), erm_solver_sgd(&(erm_sgd_params){.step = 0.1})},
        {erm_solver_sgd(NULL), erm_solver_sgd(&(erm_sgd_params){.batch = 3})},
        {erm_solver_sgd(NULL), erm_solver_sgd(&(erm_sgd_params){.momentum = 0.5})},
        {erm_solver_sgd(NULL), erm_solver_sgd(&(erm_sgd_params){.no_averaging = true})},
        {erm_solver_sgd(NULL), erm_solver_sgd(&(erm_sgd_params){.no_shuffle = true})},
        {erm_solver_svrg(NULL), erm_solver_svrg(&(erm_svrg_params){.step = 0.1})},
        {erm_solver_svrg(NULL), erm_solver_svrg(&(erm_svrg_params){.batch = 3})},
        {erm_solver_svrg(NULL), erm_solver_svrg(&(erm_svrg_params){.inner = 3})},
        {erm_solver_svrg(NULL), erm_solver_svrg(&(erm_svrg_params){.loopless = true})},
        {erm_solver_svrg(NULL), erm_solver_svrg(&(erm_svrg_params){.accelerated = true})},
        {erm_solver_saga(NULL), erm_solver_saga(&(erm_saga_params){.inner = 3})},
        {erm_solver_newton_cg(NULL), erm_solver_newton_cg(&(erm_newton_cg_params){.preconditioner = ERM_NEWTON_CG_DIAGONAL})},
        {erm_solver_lbfgs(NULL), erm_solver_lbfgs(&(erm_lbfgs_params){.pairs = 3})},
        {erm_solver_owlqn(NULL), erm_solver_owlqn(&(erm_lbfgs_params){.pairs = 3})},
        {erm_solver_cd(NULL), erm_solver_cd(&(erm_cd_params){.random_order = true})},
        {erm_solver_cd(NULL), erm_solver_cd(&(erm_cd_params){.no_working_set = true})},
        {erm_solver_cd(NULL), erm_solver_cd(&(erm_cd_params){.no_anderson = true})},
        {erm_solver_cd(NULL), erm_solver_cd(&(erm_cd_params){.no_screening = true})},
        {erm_solver_dual(NULL), erm_solver_dual(&(erm_dual_params){.no_shrinking = true})},
        {erm_solver_dual(NULL), erm_solver_dual(&(erm_dual_params){.no_leaps = true})},
    };
    fixture self = fixture_new();
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
        erm_options options = {.solver = pairs[p].plain, .tol = 1e-15, .max_epochs = 3};
        memset(self.w, 0, sizeof self.w);
        assert_int_equal(resuming_record(&self.runs, &self.owned->problem, options, self.w, &self.result), ERM_OK);
        assert_true(self.runs.count >= 2);
        options.solver = pairs[p].other;
        refused_as(&self, &self.owned->problem, options, "parameter of the solver");
    }
    fixture_free(&self);
}

static void tolerance_and_budget_may_change(void **state)
{
    (void)state;
    fixture self = fixture_new();
    double v[SIZE], w[SIZE] = {0};
    erm_result result, whole;
    erm_options options = self.options;
    options.max_epochs = 0;
    assert_int_equal(erm_solve(&self.owned->problem, &options, w, &whole), ERM_OK);
    assert_int_equal(whole.stop, ERM_STOP_CONVERGED);
    assert_int_equal(resuming_from(&self.runs, EPOCHS - 1, &self.owned->problem, options, v, &result), ERM_OK);
    assert_true(resuming_same(SIZE, w, &whole, v, &result)); /* the certificate at the end of the budget left no trace */
    options.tol = 1e-3;
    assert_int_equal(resuming_from(&self.runs, 1, &self.owned->problem, options, v, &result), ERM_OK);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    options.tol = 1e-15; /* and on, from the file that is there now */
    options.checkpoint = self.runs.path;
    const int64_t before = result.epochs;
    assert_int_equal(erm_solve(&self.owned->problem, &options, v, &result), ERM_OK);
    assert_int_equal(result.resumed, before);
    assert_true(result.epochs > before && result.certificate.gap <= 1e-15);
    fixture_free(&self);
}

static bool stop_at_4(const erm_progress *now, void *data)
{
    (void)data;
    return now->epoch < 4;
}

static void a_run_that_was_cancelled_goes_on_to_the_same_bits(void **state)
{
    (void)state;
    fixture self = fixture_new();
    double v[SIZE], w[SIZE] = {0};
    erm_result result, whole;
    erm_options options = self.options;
    options.max_epochs = 0;
    options.check_every = 3; /* not at epoch 4 */
    assert_int_equal(erm_solve(&self.owned->problem, &options, w, &whole), ERM_OK);
    remove(self.runs.path);
    options.checkpoint = self.runs.path;
    options.monitor = stop_at_4;
    memset(v, 0, sizeof v);
    assert_int_equal(erm_solve(&self.owned->problem, &options, v, &result), ERM_OK);
    assert_int_equal(result.stop, ERM_STOP_CANCELLED);
    options.monitor = NULL;
    assert_int_equal(erm_solve(&self.owned->problem, &options, v, &result), ERM_OK);
    assert_int_equal(result.resumed, 4);
    assert_true(resuming_same(SIZE, w, &whole, v, &result));
    fixture_free(&self);
}

static void a_path_that_cannot_be_written_is_refused_before_the_work(void **state)
{
    (void)state;
    fixture self = fixture_new();
    double w[SIZE] = {1, 2, 3};
    erm_result result;
    erm_options options = self.options;
    const char *const paths[] = {"there/is/no/such/directory", self.runs.directory.path, "/dev/null"};
    for (int p = 0; p < 3; p++) {
        options.checkpoint = paths[p];
        assert_int_equal(erm_solve(&self.owned->problem, &options, w, &result), ERM_EIO);
        assert_non_null(strstr(result.detail, paths[p]));
        assert_true(w[0] == 1 && w[1] == 2 && w[2] == 3 && result.stop == ERM_STOP_NONE);
    }
    options.checkpoint = self.runs.path;
    options.checkpoint_seconds = -1;
    assert_int_equal(erm_solve(&self.owned->problem, &options, w, &result), ERM_EINVAL);
    fixture_free(&self);
}

/* Makes the files of this process end where the epoch says. */
static bool fill_the_disk(const erm_progress *now, void *data)
{
    if (now->epoch == *(const int64_t *)data) files_limit_size(100);
    return true;
}

static void a_full_disk_ends_the_run_with_the_best_point(void **state)
{
    (void)state;
    fixture self = fixture_new();
    erm_options options = self.options;
    const int64_t full_at = 3;
    options.max_epochs = 0;
    options.checkpoint = self.runs.path;
    options.checkpoint_seconds = 1e-12;
    options.monitor = fill_the_disk;
    options.monitor_data = (void *)(uintptr_t)&full_at;
    remove(self.runs.path);
    double w[SIZE] = {0}, start[SIZE] = {0};
    erm_result result;
    erm_certificate certificate, before;
    const erm_status status = erm_solve(&self.owned->problem, &options, w, &result);
    files_limit_size(0);
    assert_int_equal(status, ERM_EIO);
    assert_non_null(strstr(result.detail, "cannot be written: File too large"));
    assert_int_equal(result.stop, ERM_STOP_CANCELLED);
    assert_int_equal(result.epochs, full_at);
    assert_int_equal(erm_certify(&self.owned->problem, w, &certificate, NULL), ERM_OK);
    assert_int_equal(erm_certify(&self.owned->problem, start, &before, NULL), ERM_OK);
    assert_true(certificate.primal == result.certificate.primal && certificate.primal < before.primal);
    assert_int_equal(files_count(&self.runs.directory), 1); /* what was written before is there, and whole */
    options.monitor = NULL;
    assert_int_equal(erm_solve(&self.owned->problem, &options, w, &result), ERM_OK);
    assert_int_equal(result.resumed, full_at - 1);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    fixture_free(&self);
}

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
    fixture self = fixture_new();
    const erm_problem *const problem = &self.owned->problem;
    const erm_solver_ops can = {.name = "own",
                                .state_size = sizeof(own),
                                .needs = ERM_NEEDS_DIFFERENTIABLE_REGULARIZER | ERM_CAN_RESUME,
                                .start = own_start,
                                .step = own_step};
    erm_solver_ops cannot = can;
    cannot.needs = ERM_NEEDS_DIFFERENTIABLE_REGULARIZER;
    erm_options options = {.solver = {.ops = &can}, .tol = 1e-14, .max_epochs = 30};
    double v[SIZE];
    erm_result result;
    self.runs.most = 30;
    memset(self.w, 0, sizeof self.w);
    assert_int_equal(resuming_record(&self.runs, problem, options, self.w, &self.result), ERM_OK);
    assert_true(self.runs.count > 10);
    for (int64_t f = 0; f < self.runs.count; f++) {
        assert_int_equal(resuming_from(&self.runs, f, problem, options, v, &result), ERM_OK);
        assert_true(resuming_same(SIZE, self.w, &self.result, v, &result));
    }
    options.solver.ops = &cannot;
    assert_int_equal(resuming_from(&self.runs, 0, problem, options, v, &result), ERM_EUNSUPPORTED);
    assert_string_equal(result.detail, "own cannot go on from a checkpoint; run it without one, or use another solver");
    options.solver = erm_solver_hogwild(NULL);
    assert_int_equal(resuming_from(&self.runs, 0, problem, options, v, &result), ERM_EUNSUPPORTED);
    assert_string_equal(result.detail, "hogwild cannot go on from a checkpoint; run it without one, or use sgd");
    fixture_free(&self);
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
    fixture self = fixture_new();
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
    expect_refusal(&self, &self.owned->problem, options, ERM_EINVAL, "on a processor that rounds differently");
    fixture_free(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_cut_anywhere_is_refused),
        cmocka_unit_test(a_file_with_any_byte_changed_is_refused),
        cmocka_unit_test(a_file_of_another_problem_is_refused),
        cmocka_unit_test(a_file_of_a_penalty_with_other_arrays_is_refused),
        cmocka_unit_test(a_file_of_other_data_is_refused),
        cmocka_unit_test(a_file_of_another_solver_seed_or_parameter_is_refused),
        cmocka_unit_test(every_parameter_counts),
        cmocka_unit_test(tolerance_and_budget_may_change),
        cmocka_unit_test(a_run_that_was_cancelled_goes_on_to_the_same_bits),
        cmocka_unit_test(a_path_that_cannot_be_written_is_refused_before_the_work),
        cmocka_unit_test(a_full_disk_ends_the_run_with_the_best_point),
        cmocka_unit_test(own_solvers_resume_where_they_say_that_they_can),
        cmocka_unit_test(a_start_with_other_bits_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
