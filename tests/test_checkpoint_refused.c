/* Checkpoints that are damaged, or of another run, are refused: every byte, every part of the problem, every parameter. */
#include "check.h"

#include "checkpoints.h"

static void a_file_that_is_cut_anywhere_is_refused(void **state)
{
    (void)state;
    checkpoint_run self = checkpoint_run_new();
    const struct resuming_file *const file = &self.runs.file[2];
    for (size_t length = 0; length < file->size; length++) {
        files_write(self.runs.path, file->bytes, length);
        checkpoint_is_refused(&self, &self.owned->problem, self.options, ERM_EDATA,
                              length < 8 ? "is not a checkpoint" : "is a damaged checkpoint");
    }
    char *const longer = calloc(file->size + 9, 1);
    memcpy(longer, file->bytes, file->size);
    files_write(self.runs.path, longer, file->size + 9);
    checkpoint_is_refused(&self, &self.owned->problem, self.options, ERM_EDATA, "is a damaged checkpoint");
    free(longer);
    checkpoint_run_free(&self);
}

static void a_file_with_any_byte_changed_is_refused(void **state)
{
    (void)state;
    checkpoint_run self = checkpoint_run_new();
    const struct resuming_file *const file = &self.runs.file[2];
    for (size_t at = 0; at < file->size; at++) {
        file->bytes[at] ^= (char)(1 << at % 8);
        files_write(self.runs.path, file->bytes, file->size);
        file->bytes[at] ^= (char)(1 << at % 8);
        checkpoint_is_refused(&self, &self.owned->problem, self.options, ERM_EDATA,
                              at < 8 ? "is not a checkpoint" : "is a damaged checkpoint");
    }
    checkpoint_run_free(&self);
}

static void a_file_of_another_problem_is_refused(void **state)
{
    (void)state;
    checkpoint_run self = checkpoint_run_new();
    const erm_problem *const same = &self.owned->problem;
    erm_problem other = *same;
    double y[CHECKPOINT_N], weight[CHECKPOINT_N], offset[CHECKPOINT_N] = {0}, factor[CHECKPOINT_D] = {1, 1, 1, 1};
    for (int i = 0; i < CHECKPOINT_N; i++) weight[i] = 1;
    memcpy(y, same->y, sizeof y);
    y[7] = -y[7];
    other.y = y;
    checkpoint_is_of_another(&self, &other, self.options, "set of labels, weights or offsets");
    other = *same;
    other.weight = weight;
    checkpoint_is_of_another(&self, &other, self.options, "set of labels, weights or offsets");
    other = *same;
    other.offset = offset;
    checkpoint_is_of_another(&self, &other, self.options, "set of labels, weights or offsets");
    other = *same;
    other.loss = erm_loss_squared_hinge();
    checkpoint_is_of_another(&self, &other, self.options, "loss");
    other = *same;
    other.regularizer = erm_l2(2e-3);
    checkpoint_is_of_another(&self, &other, self.options, "penalty");
    other.regularizer = erm_l2(1e-3);
    other.regularizer.factor = factor;
    checkpoint_is_of_another(&self, &other, self.options, "penalty");
    const double near[CHECKPOINT_D] = {1, 0, 0, 0};
    other.regularizer = erm_proximity(1e-3, near);
    checkpoint_is_of_another(&self, &other, self.options, "penalty");
    other = *same;
    other.standardise = true;
    checkpoint_is_of_another(&self, &other, self.options, "data matrix");
    checkpoint_run_free(&self);
}

/* Whose amounts are in arrays: also such as no point of the size of 1 tells apart. */
static void a_file_of_a_penalty_with_other_arrays_is_refused(void **state)
{
    (void)state;
    const double low[CHECKPOINT_D] = {-20, -20, -20, -20}, high[CHECKPOINT_D] = {20, 20, 20, 20},
                 higher[CHECKPOINT_D] = {20, 20, 30, 20}, lower[CHECKPOINT_D] = {-20, -30, -20, -20},
                 weight[CHECKPOINT_D] = {60, 50, 40, 30}, other_weight[CHECKPOINT_D] = {60, 50, 40, 20};
    const int32_t number[CHECKPOINT_D] = {0, 0, 1, 1}, other_number[CHECKPOINT_D] = {0, 1, 1, 0};
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
    checkpoint_run self = checkpoint_run_new();
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
        erm_problem problem = self.owned->problem;
        problem.regularizer = pairs[p].one;
        const erm_options options = {.solver = erm_solver_prox(NULL), .tol = 1e-15, .max_epochs = 3};
        for (int j = 0; j < CHECKPOINT_SIZE; j++) self.w[j] = 0.5;
        assert_int_equal(resuming_record(&self.runs, &problem, options, self.w, &self.result), ERM_OK);
        assert_true(self.runs.count >= 2);
        problem.regularizer = pairs[p].other;
        checkpoint_is_of_another(&self, &problem, options, "penalty");
    }
    checkpoint_run_free(&self);
}

static void a_file_of_other_data_is_refused(void **state)
{
    (void)state;
    checkpoint_run self = checkpoint_run_new();
    problem_spec spec = checkpoint_spec();
    owned_problem *changed = owned_problem_new(spec);
    double *const value = changed->matrix->values;
    value[17] = nextafter(value[17], 10); /* by one bit */
    checkpoint_is_of_another(&self, &changed->problem, self.options, "data matrix");
    owned_problem_free(changed);
    spec.kind = kind_named("dense columns f64");
    changed = owned_problem_new(spec);
    checkpoint_is_of_another(&self, &changed->problem, self.options, "data matrix"); /* whose sums round differently */
    owned_problem_free(changed);
    spec = checkpoint_spec();
    spec.intercept = false;
    changed = owned_problem_new(spec);
    checkpoint_is_of_another(&self, &changed->problem, self.options, "shape of the problem");
    owned_problem_free(changed);
    checkpoint_run_free(&self);
}

static void a_file_of_another_solver_seed_or_parameter_is_refused(void **state)
{
    (void)state;
    checkpoint_run self = checkpoint_run_new();
    const erm_problem *const problem = &self.owned->problem;
    erm_options options = self.options;
    options.seed++;
    checkpoint_is_of_another(&self, problem, options, "seed");
    options = self.options;
    options.solver = erm_solver_lbfgs(NULL);
    checkpoint_is_of_another(&self, problem, options, "solver");
    options.solver = erm_solver_gd(&(erm_gd_params){.rule = ERM_GD_LINE_SEARCH});
    checkpoint_is_of_another(&self, problem, options, "parameter of the solver");
    checkpoint_run_free(&self);
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
    checkpoint_run self = checkpoint_run_new();
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
        erm_options options = {.solver = pairs[p].plain, .tol = 1e-15, .max_epochs = 3};
        memset(self.w, 0, sizeof self.w);
        assert_int_equal(resuming_record(&self.runs, &self.owned->problem, options, self.w, &self.result), ERM_OK);
        assert_true(self.runs.count >= 2);
        options.solver = pairs[p].other;
        checkpoint_is_of_another(&self, &self.owned->problem, options, "parameter of the solver");
    }
    checkpoint_run_free(&self);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
