/* Runs that end before their time and leave a checkpoint: out of budget, cancelled, or where it cannot be written. */
#include "check.h"

#include <stdio.h>

#include "checkpoints.h"

static void tolerance_and_budget_may_change(void **state)
{
    (void)state;
    checkpoint_run self = checkpoint_run_new();
    double v[CHECKPOINT_SIZE], w[CHECKPOINT_SIZE] = {0};
    erm_result result, whole;
    erm_options options = self.options;
    options.max_epochs = 0;
    assert_int_equal(erm_solve(&self.owned->problem, &options, w, &whole), ERM_OK);
    assert_int_equal(whole.stop, ERM_STOP_CONVERGED);
    assert_int_equal(resuming_from(&self.runs, CHECKPOINT_EPOCHS - 1, &self.owned->problem, options, v, &result), ERM_OK);
    assert_true(
        resuming_same(CHECKPOINT_SIZE, w, &whole, v, &result)); /* the certificate at the end of the budget left no trace */
    options.tol = 1e-3;
    assert_int_equal(resuming_from(&self.runs, 1, &self.owned->problem, options, v, &result), ERM_OK);
    assert_int_equal(result.stop, ERM_STOP_CONVERGED);
    options.tol = 1e-15; /* and on, from the file that is there now */
    options.checkpoint = self.runs.path;
    const int64_t before = result.epochs;
    assert_int_equal(erm_solve(&self.owned->problem, &options, v, &result), ERM_OK);
    assert_int_equal(result.resumed, before);
    assert_true(result.epochs > before && result.certificate.gap <= 1e-15);
    checkpoint_run_free(&self);
}

static bool stop_at_4(const erm_progress *now, void *data)
{
    (void)data;
    return now->epoch < 4;
}

static void a_run_that_was_cancelled_goes_on_to_the_same_bits(void **state)
{
    (void)state;
    checkpoint_run self = checkpoint_run_new();
    double v[CHECKPOINT_SIZE], w[CHECKPOINT_SIZE] = {0};
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
    assert_true(resuming_same(CHECKPOINT_SIZE, w, &whole, v, &result));
    checkpoint_run_free(&self);
}

static void a_path_that_cannot_be_written_is_refused_before_the_work(void **state)
{
    (void)state;
    checkpoint_run self = checkpoint_run_new();
    double w[CHECKPOINT_SIZE] = {1, 2, 3};
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
    checkpoint_run_free(&self);
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
    checkpoint_run self = checkpoint_run_new();
    erm_options options = self.options;
    const int64_t full_at = 3;
    options.max_epochs = 0;
    options.checkpoint = self.runs.path;
    options.checkpoint_seconds = 1e-12;
    options.monitor = fill_the_disk;
    options.monitor_data = (void *)(uintptr_t)&full_at;
    remove(self.runs.path);
    double w[CHECKPOINT_SIZE] = {0}, start[CHECKPOINT_SIZE] = {0};
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
    checkpoint_run_free(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tolerance_and_budget_may_change),
        cmocka_unit_test(a_run_that_was_cancelled_goes_on_to_the_same_bits),
        cmocka_unit_test(a_path_that_cannot_be_written_is_refused_before_the_work),
        cmocka_unit_test(a_full_disk_ends_the_run_with_the_best_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
